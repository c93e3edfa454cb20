"""A room that does not exist: a loudspeaker, the air, a microphone on a clock of its own.

What it makes is sound at 16 kHz as floats, full scale 1. The models are invented, not measured: they bound
what a canceller can do, and say little about one particular kitchen.
"""

from dataclasses import dataclass

import numpy as np
import soxr

from player.ports import EARS_RATE_HZ, Samples

_REVERBERATION_S = 0.35  # until 60 dB down
_CHANGE_EVERY_S = 20.0


@dataclass(frozen=True, slots=True)
class EchoRoom:
    """What happens to the player's sound on its way back to its microphone."""

    delay_ms: float = 120.0
    drift_ppm: float = 0.0  # how much faster the microphone's clock runs than the loudspeaker's
    poor: bool = False  # a small loudspeaker, driven hard
    changing: bool = False  # somebody moves: another response every 20 s, 10 dB under the first
    noise_db: float = -60.0  # full scale
    seed: int = 1

    def heard(self, played: Samples, level_db: float) -> Samples:
        """Return the echo of `played` at the microphone; its active level is `level_db`."""
        delay = np.zeros(round(self.delay_ms * EARS_RATE_HZ / 1000), np.float32)
        late = np.concatenate((delay, self._loudspeaker(played)))
        echo = self._air(late)[: len(played)]
        echo = echo * 10 ** (level_db / 20) / active(echo)
        if self.drift_ppm:
            echo = soxr.resample(echo, EARS_RATE_HZ, EARS_RATE_HZ * (1 + self.drift_ppm * 1e-6), "VHQ")
            echo = np.pad(echo, (0, max(0, len(played) - len(echo))))[: len(played)]
        return echo.astype(np.float32)

    def noise(self, length: int) -> Samples:
        """Return the steady noise of the room: falls by 4 dB per octave."""
        spectrum = np.fft.rfft(np.random.default_rng(self.seed + 50).normal(size=length))
        spectrum *= np.maximum(np.arange(len(spectrum)) * EARS_RATE_HZ / length, 60) ** -0.66
        noise = np.fft.irfft(spectrum, length)
        noise *= 10 ** (self.noise_db / 20) / noise.std()
        return np.asarray(noise, np.float32)

    def _loudspeaker(self, sound: Samples) -> Samples:
        drive, even = (2.0, 0.1) if self.poor else (0.5, 0.03)
        return np.asarray(np.tanh(drive * sound) / drive + even * sound**2, np.float32)

    def _air(self, sound: Samples) -> Samples:
        rng = np.random.default_rng(self.seed)
        first = response(rng)
        if not self.changing:
            return _convolved(sound, first)
        every = int(_CHANGE_EVERY_S * EARS_RATE_HZ)
        out = np.zeros(len(sound) + len(first), np.float32)
        for number, at in enumerate(range(0, len(sound), every)):
            other = first + (0.316 * response(rng) if number else 0)
            piece = _convolved(sound[at : at + every], other, tail=True)
            out[at : at + len(piece)] += piece[: len(out) - at]
        return out


def response(rng: np.random.Generator, direct_db: float = 0.0) -> Samples:
    """Return a direct path and a tail that dies away; `direct_db` is their ratio."""
    length = int(_REVERBERATION_S * EARS_RATE_HZ)
    tail = rng.normal(size=length) * 10 ** (-3 * np.arange(length) / length)
    tail[:16] = 0
    tail /= np.sqrt((tail**2).sum())
    tail[0] = 10 ** (direct_db / 20)
    return np.asarray(tail / np.sqrt((tail**2).sum()), np.float32)


def active(sound: Samples) -> float:
    """Return the level of the words, not of the gaps, as an amplitude."""
    powers = np.mean(sound[: len(sound) // 480 * 480].reshape(-1, 480) ** 2, axis=1)
    return float(np.sqrt(powers[powers > np.percentile(powers, 95) / 300].mean()))


def _convolved(sound: Samples, other: Samples, *, tail: bool = False) -> Samples:
    full = len(sound) + len(other) - 1
    size = 1 << (full - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(other, size), size)
    return product[: full if tail else len(sound)].astype(np.float32)
