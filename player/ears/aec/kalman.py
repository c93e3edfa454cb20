"""A linear echo canceller: a partitioned-block Kalman filter in the frequency domain (Enzner and Vary, 2006).

It subtracts an estimate of the echo and never attenuates: a recogniser understands a word with a little echo
left beside it, but not a word that a suppressor has bitten into. Each tap carries its own uncertainty, so the
filter adapts fast while it knows little and hardly while somebody else speaks.
"""

import numpy as np
import numpy.typing as npt

from player.ports import Samples

_KEEP = 0.9998  # of a tap's state per block: a room changes slowly
_SMOOTHING = 0.8  # of the power of what is not echo, per block
_FADE_DB = 60.0  # later taps are expected to be this much smaller
_FLOOR = 1e-6

_Spectra = npt.NDArray[np.complex64]
_Powers = npt.NDArray[np.float32]


class KalmanFilter:
    """Learns the path from reference to microphone. `block` samples at a time, `parts` blocks of taps.

    `unsure` is the power that a tap may have at first: the nearer that is, the sooner the path is known.
    """

    def __init__(self, block: int, parts: int, unsure: float = 1.0) -> None:
        self.block, self.parts = block, parts
        self.echo: Samples = np.zeros(block, np.float32)  # what was subtracted from the last block
        bins = block + 1
        self._played: _Spectra = np.zeros((parts, bins), np.complex64)  # newest first
        self._path: _Spectra = np.zeros((parts, bins), np.complex64)
        self._unsure: _Powers = np.float32(unsure) * _prior(parts, bins)
        self._other: _Powers = np.full(bins, 1e-3, np.float32)  # power of what is not echo
        self._last: Samples = np.zeros(block, np.float32)

    def __call__(self, heard: Samples, played: Samples) -> Samples:
        """Take one block of microphone and reference; return the microphone without the echo."""
        n = self.block
        self._played[1:] = self._played[:-1]
        self._played[0] = np.fft.rfft(np.concatenate((self._last, played)))
        self._last = played.copy()
        echo: _Spectra = np.einsum("pb,pb->b", self._path, self._played)
        self.echo = np.fft.irfft(echo)[n:].astype(np.float32)
        left: Samples = heard - self.echo
        self._adapt(np.fft.rfft(np.concatenate((np.zeros(n, np.float32), left))).astype(np.complex64))
        return left

    def _adapt(self, left: _Spectra) -> None:
        self._other += (1 - _SMOOTHING) * (np.abs(left) ** 2 - self._other)
        power: _Powers = np.abs(self._played) ** 2
        expected = 0.5 * np.einsum("pb,pb->b", power, self._unsure)
        gain = self._unsure / (expected + self._other + _FLOOR)
        step = np.fft.irfft(gain * self._played.conj() * left, axis=1)
        step[:, self.block :] = 0  # keep the taps causal and short
        self._path += np.fft.rfft(step, axis=1)
        grown = (1 - _KEEP**2) * np.abs(self._path) ** 2
        self._unsure = _KEEP**2 * (1 - 0.5 * gain * power) * self._unsure + grown


def _prior(parts: int, bins: int) -> _Powers:
    fade = 10 ** (-_FADE_DB / 20 * np.arange(parts) / parts)
    return np.tile(fade.astype(np.float32)[:, None], (1, bins))
