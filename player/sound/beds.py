"""Beds: quiet sound under a whole session that loops without a seam.

`bed(name)` makes one of `NAMES`; `looped(sound)` makes one of the listener's own sound. All are mono float32
at 48 kHz and `UNDER_VOICE_DB` softer than the voice, no peak more than `PEAKS_OVER_DB` over that. Noise and
drone are made from whole periods of the loop, so their end meets their beginning; the listener's sound is
cross-faded with itself.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from player.ports import RATE_HZ, Samples
from player.sound.loudness import TARGET_LUFS, loudness, normalise

UNDER_VOICE_DB = 22.0
PEAKS_OVER_DB = 18.0  # over a bed's loudness: 21 under the peaks of the voice; drops of rain reach 17.2
MOST_S = 180.0  # of a listener's sound; more would only cost memory
LEAST_S = 4.0
CROSS_FADE_S = 1.5
PERIOD_S = 60

_DROPS_A_SECOND = 55
_DROP_S = 0.02
_AROUND = RATE_HZ // 10  # of a loop, seen beyond its seam by what holds its peaks
_GRID = RATE_HZ // 1000  # whole milliseconds: in these the peaks are held
_SOFTEST_LUFS = -65.0  # what is softer is silence with a hiss

_SILENT_AT_FIRST = f"its first {MOST_S / 60:.0f} minutes are silent, and no more is used: cut the silence off"

_Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=1)
def bed(name: str) -> Samples:
    """Return the loop of that name, read-only; the same samples every time. Raises `KeyError`."""
    return _levelled(_MAKERS[name](np.random.default_rng(7)))


def looped(sound: Samples) -> Samples:
    """Return a listener's own `sound` as a loop, its end faded into its beginning.

    Raises `ValueError`, whose text says what is wrong, when it is too short or holds nothing to be heard.
    """
    if len(sound) < RATE_HZ * LEAST_S:
        raise ValueError(f"it has {len(sound) / RATE_HZ:.1f} seconds; a bed needs {LEAST_S:.0f} at least")
    loop = _met(sound[: int(RATE_HZ * MOST_S)])
    if loudness(loop) < _SOFTEST_LUFS:
        raise ValueError(_SILENT_AT_FIRST if len(sound) > RATE_HZ * MOST_S else "it is silent")
    return _levelled(np.pad(loop, _AROUND, mode="wrap"))[_AROUND:-_AROUND]


def _met(sound: Samples) -> Samples:
    """Return `sound` without its offset, its end faded into its beginning, in whole milliseconds."""
    fade = int(RATE_HZ * CROSS_FADE_S)
    angle = np.linspace(0, np.pi / 2, fade)
    even = sound[: len(sound) // _GRID * _GRID].astype(np.float64)
    even -= even.mean()
    body = even[: len(even) - fade]
    body[:fade] = body[:fade] * np.sin(angle) + even[len(even) - fade :] * np.cos(angle)
    return body.astype(np.float32)


class BedLoop:
    """A bed that goes round and round. Used by the audio thread alone."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._at = 0

    def next(self, frames: int) -> Samples:
        """Return the next `frames` samples, for the caller to change."""
        index = np.arange(self._at, self._at + frames) % len(self._samples)
        self._at = (self._at + frames) % len(self._samples)
        return self._samples[index]


def _brown(rng: np.random.Generator) -> _Floats:
    """Return noise that falls by 6 dB an octave, like a far waterfall."""
    return _noise(rng, -6.0, 35.0, 8_000.0) * _swell(rng, (3, 5), 1.5)


def _drone(rng: np.random.Generator) -> _Floats:
    """Return bowls that never fade: partials of 110 Hz, each of two tones so near that they beat slowly."""
    time = np.arange(PERIOD_S * RATE_HZ) / RATE_HZ
    sound = np.zeros(time.size)
    for ratio, level_db in ((1.0, 0), (1.5, -8), (2.0, -9), (2.76, -20), (3.0, -17), (5.4, -30)):
        for apart_hz in (0.0, rng.uniform(0.1, 0.35)):
            whole_hz = round((110.0 * ratio + apart_hz) * PERIOD_S) / PERIOD_S
            phase = rng.uniform(0, 2 * np.pi)
            sound += 10 ** (level_db / 20) * np.sin(2 * np.pi * whole_hz * time + phase)
    return sound * _swell(rng, (1, 2, 3), 3.0)


def _rain(rng: np.random.Generator) -> _Floats:
    """Return a wash of noise and single drops."""
    wash = _noise(rng, -1.5, 300.0, 12_000.0) * _swell(rng, (2, 7), 2.0)
    low = _noise(rng, -6.0, 60.0, 900.0)
    return wash + 0.7 * low + 0.35 * _drops(rng)


def _drops(rng: np.random.Generator) -> _Floats:
    size = PERIOD_S * RATE_HZ
    sound = np.zeros(size)
    time = np.arange(round(_DROP_S * RATE_HZ)) / RATE_HZ
    for _ in range(_DROPS_A_SECOND * PERIOD_S):
        ring = np.sin(2 * np.pi * rng.uniform(1_200, 5_200) * time) * np.exp(
            -time / rng.uniform(0.0015, 0.004)
        )
        where = (rng.integers(size) + np.arange(time.size)) % size  # over the end it goes on at the beginning
        sound[where] += rng.lognormal(-1.2, 0.7) * ring
    return _even(sound)


def _noise(rng: np.random.Generator, slope_db: float, low_hz: float, high_hz: float) -> _Floats:
    """Return noise of one period with `slope_db` an octave between two frequencies; RMS 1."""
    size = PERIOD_S * RATE_HZ
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    inside = (hz >= low_hz) & (hz <= high_hz)
    spectrum = np.zeros(hz.size, np.complex128)
    phases = np.exp(2j * np.pi * rng.random(int(inside.sum())))
    spectrum[inside] = hz[inside] ** (slope_db / (20 * np.log10(2))) * phases
    return _even(np.fft.irfft(spectrum, size))


def _swell(rng: np.random.Generator, rounds: tuple[int, ...], depth_db: float) -> _Floats:
    """Return a gain that rises and falls `rounds` times in a period, by `depth_db` at most."""
    turn = np.arange(PERIOD_S * RATE_HZ) / (PERIOD_S * RATE_HZ)
    waves = [np.sin(2 * np.pi * (count * turn + rng.random())) for count in rounds]
    return np.asarray(10 ** (depth_db * np.mean(waves, axis=0) / 20))


def _even(sound: _Floats) -> _Floats:
    return np.asarray(sound / np.sqrt(np.mean(np.square(sound))))


def _levelled(sound: _Floats | Samples) -> Samples:
    unit = (sound / np.abs(sound).max()).astype(np.float32)
    lufs = TARGET_LUFS - UNDER_VOICE_DB
    levelled = normalise(unit, lufs, lufs + PEAKS_OVER_DB)
    levelled.flags.writeable = False
    return levelled


_MAKERS: Mapping[str, Callable[[np.random.Generator], _Floats]] = MappingProxyType(
    {"brown": _brown, "drone": _drone, "rain": _rain}
)
NAMES = tuple(_MAKERS)
