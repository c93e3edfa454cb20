"""Household noise, made on the spot: free to pass on, and the same every time. Every kind has the power 1."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

Sound = npt.NDArray[np.float64]
Samples = Sound | npt.NDArray[np.int16]
Random = np.random.Generator
Make = Callable[[int, Random], Sound]

_TALKERS = 6
_BREATH_S = 0.5
_BEAT_S = 0.5
_CHORDS_HZ = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))


def coloured(length: int, rng: Random, slope: float, low_hz: float = 60.0) -> Sound:
    """Return noise whose amplitude falls with frequency to the power `slope`."""
    size = 1 << length.bit_length()  # a transform of any other length takes many times as long
    spectrum = np.fft.rfft(rng.normal(size=size))
    spectrum *= np.maximum(np.arange(len(spectrum)) * EARS_RATE_HZ / size, low_hz) ** -slope
    return _even(np.fft.irfft(spectrum)[:length])


def fan(length: int, rng: Random) -> Sound:
    """Return a steady rush with the hum of a motor."""
    return _even(coloured(length, rng, 0.8) + 0.5 * _hum(length, 100.0, 4))


def kitchen(length: int, rng: Random) -> Sound:
    """Return water that comes and goes, a hum, and dishes that clink about three times a second."""
    swell = 0.6 + 0.4 * np.sin(np.arange(length) / EARS_RATE_HZ * 2 * np.pi / 7.0)
    sound = swell * coloured(length, rng, 0.3, 400.0) + 0.3 * _hum(length, 50.0, 6)
    for _ in range(3 * length // EARS_RATE_HZ):
        _add(sound, int(rng.integers(length)), rng.uniform(1, 6) * _clink(rng))
    return _even(sound)


def music(length: int, rng: Random) -> Sound:
    """Return chords, a tune and a drum."""
    step = int(_BEAT_S * EARS_RATE_HZ)
    sound = np.zeros(length)
    for number, at in enumerate(range(0, length, step)):
        chord = _CHORDS_HZ[number // 8 % len(_CHORDS_HZ)]
        tune_hz = 2 * chord[int(rng.integers(3))]
        for hz, loud in [*((hz, 0.5) for hz in chord), (tune_hz, 1.0)]:
            _add(sound, at, loud * _note(step, float(hz)))
        _add(sound, at, rng.normal(0, 1.0, step // 4) * np.exp(-np.arange(step // 4) / 300))
    return _even(sound)


def babble_of(talk: Sequence[Samples]) -> Make:
    """Return a maker of several people talking at once."""
    one = recorded(talk)

    def babble(length: int, rng: Random) -> Sound:
        return _even(sum((one(length, rng) for _ in range(_TALKERS)), np.zeros(length)))

    return babble


def television_of(talk: Sequence[Samples]) -> Make:
    """Return a maker of one person who talks, with a breath between the sentences."""
    breath = np.zeros(int(_BREATH_S * EARS_RATE_HZ))
    return recorded([part for clip in talk for part in (clip, breath)])


def recorded(clips: Sequence[Samples]) -> Make:
    """Return a maker that takes a piece of recordings; they are joined when it is first asked."""

    @cache
    def run() -> npt.NDArray[np.float32]:
        return np.concatenate([_even(clip).astype(np.float32) for clip in clips])

    def piece(length: int, rng: Random) -> Sound:
        at = int(rng.integers(len(run())))
        return _even(np.take(run(), np.arange(at, at + length), mode="wrap").astype(np.float64))

    return piece


def _hum(length: int, hz: float, harmonics: int) -> Sound:
    t = np.arange(length) / EARS_RATE_HZ
    return np.asarray(sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, harmonics + 1)))


def _clink(rng: Random) -> Sound:
    t = np.arange(EARS_RATE_HZ // 4) / EARS_RATE_HZ
    partials = sum(np.sin(2 * np.pi * rng.uniform(1500, 6500) * t + k) for k in range(4))
    return np.asarray(partials * np.exp(-t / rng.uniform(0.01, 0.06)))


def _note(length: int, hz: float) -> Sound:
    t = np.arange(length) / EARS_RATE_HZ
    tone = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 7) if hz * k < EARS_RATE_HZ / 2)
    return np.asarray(tone * np.exp(-t / 0.3))


def _add(sound: Sound, at: int, piece: Sound) -> None:
    end = min(len(sound), at + len(piece))
    sound[at:end] += piece[: end - at]


def _even(sound: Samples) -> Sound:
    power = float(np.mean(np.square(sound, dtype=np.float64)))
    return np.asarray(sound / (np.sqrt(power) + 1e-9))
