"""Where the words are said: how loud the room is, how far the speaker, how the sound comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from player.bench.hearing.noises import Make, Random, Sound, coloured
from player.bench.voices import Pcm
from player.ports import EARS_RATE_HZ

WORD_DB = -26.0  # full scale: the active part of a word
ROOM_DB = -62.0  # a quiet room, and the microphone's own hiss
_FULL = 32768.0
_SLICE = EARS_RATE_HZ // 100
_ACTIVE_DB, _END_DB = 30.0, 28.0  # under the loudest 10 ms: still the word
_REVERBERATION_S = 0.5
_MUFFLED_HZ = 1200.0
_TELEPHONE_HZ = (300.0, 3400.0)
_TELEPHONE_RATE_HZ = 8000


@dataclass(frozen=True, slots=True)
class Condition:
    """`noise` is a kind of noise at `snr_db` under the word; `way` is how the word reaches the microphone."""

    name: str
    noise: str = ""
    snr_db: float = 0.0
    way: str = ""


SILENT = Condition("silence")  # not even hiss: a sound file made by a computer
QUIET = Condition("quiet room", "room")
WAYS = tuple(
    Condition(way, "room", way=way) for way in ("reverberant", "near", "far", "muffled", "telephone")
)
NOISY = tuple(
    Condition(f"{noise} {snr_db} dB", noise, snr_db)
    for noise in ("kitchen", "fan", "babble", "music")
    for snr_db in (20, 10, 5, 0)
)
TELEVISION = tuple(Condition(f"television {snr_db} dB", "television", snr_db) for snr_db in (20, 10))
ALL = (SILENT, QUIET, *WAYS, *NOISY, *TELEVISION)
TALK_NOISE = (QUIET, Condition("kitchen 10 dB", "kitchen", 10), Condition("music 10 dB", "music", 10))


def reach(clip: Pcm, condition: Condition) -> Sound:
    """Return the word as it arrives: full scale 32768, its active part at `WORD_DB` unless near or far."""
    sound = clip / _loudness(clip)
    gain_db = {"near": 14.0, "far": -16.0}.get(condition.way, 0.0)
    if condition.way in {"reverberant", "far"}:
        sound = _reverberated(sound, 0.0 if condition.way == "reverberant" else -3.0)
    if condition.way == "muffled":
        sound = _muffled(sound)
    if condition.way == "telephone":
        sound = _telephoned(sound)
    return np.asarray(sound * _FULL * 10 ** ((WORD_DB + gain_db) / 20))


def noise_under(length: int, condition: Condition, makes: Mapping[str, Make], rng: Random) -> Sound:
    """Return the noise of a condition for a whole stream."""
    if not condition.noise:
        return np.zeros(length)
    room = coloured(length, rng, 0.66) * _FULL * 10 ** (ROOM_DB / 20)
    if condition.noise == "room":
        return np.asarray(room)
    loud = _FULL * 10 ** ((WORD_DB - condition.snr_db) / 20)
    return np.asarray(room + makes[condition.noise](length, rng) * loud)


def bounds(clip: Sequence[int] | Pcm) -> tuple[int, int]:
    """Return where the word in a clip begins and ends, in samples: within 28 dB of its loudest 10 ms."""
    powers = _powers(np.asarray(clip))
    loud = np.flatnonzero(powers > powers.max() * 10 ** (-_END_DB / 10))
    return int(loud.min()) * _SLICE, int(loud.max() + 1) * _SLICE


def _powers(clip: Pcm) -> Sound:
    whole = clip[: len(clip) // _SLICE * _SLICE].astype(np.float64).reshape(-1, _SLICE)
    return np.asarray(np.mean(whole**2, axis=1))


def _loudness(clip: Pcm) -> float:
    powers = _powers(clip)
    return float(np.sqrt(powers[powers > powers.max() * 10 ** (-_ACTIVE_DB / 10)].mean()))


def _reverberated(sound: Sound, direct_db: float) -> Sound:
    rng = np.random.default_rng(5)
    length = int(_REVERBERATION_S * EARS_RATE_HZ)
    tail = rng.normal(size=length) * 10 ** (-3 * np.arange(length) / length)
    tail[0] = 10 ** (direct_db / 20) * np.sqrt(np.sum(tail[1:] ** 2))
    size = len(sound) + length
    mixed = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    return np.asarray(mixed * np.sqrt(np.sum(sound**2) / np.sum(mixed**2)))


def _telephoned(sound: Sound) -> Sound:
    """Send it through a headset in its telephone profile: 8,000 samples a second, from 300 to 3,400 Hz."""
    narrow = soxr.resample(sound, EARS_RATE_HZ, _TELEPHONE_RATE_HZ)
    spectrum = np.fft.rfft(narrow)
    hz = np.arange(len(spectrum)) * _TELEPHONE_RATE_HZ / len(narrow)
    band = 1 / np.sqrt(
        (1 + (_TELEPHONE_HZ[0] / np.maximum(hz, 1)) ** 8) * (1 + (hz / _TELEPHONE_HZ[1]) ** 16)
    )
    wide = soxr.resample(np.fft.irfft(spectrum * band, len(narrow)), _TELEPHONE_RATE_HZ, EARS_RATE_HZ)
    return np.asarray(np.pad(wide, (0, max(0, len(sound) - len(wide))))[: len(sound)])


def _muffled(sound: Sound) -> Sound:
    """Palms at the mouth: what is above `_MUFFLED_HZ` falls by 12 dB an octave."""
    spectrum = np.fft.rfft(sound)
    hz = np.arange(len(spectrum)) * EARS_RATE_HZ / len(sound)
    return np.asarray(np.fft.irfft(spectrum / (1 + (hz / _MUFFLED_HZ) ** 2), len(sound)))
