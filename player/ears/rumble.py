"""What is below every voice, taken out where it is loud: an offset of the sound card, hum of the mains.

Levels mean nothing with it, and recognisers set their gain by it. Without it the sound stays as it is.
"""

import math

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

_EDGE_HZ = 75.0  # the deepest voices begin above it
_TAPS = 1201  # 50 Hz fall by 40 dB
_LOUD_DB = -60.0  # full scale; all that a quiet room has is softer
_SHARE = 0.5  # of the sound for so long: of speech it is a hundredth
_MEMORY_S = 0.3
_FULL = 32768.0


def _low_pass() -> npt.NDArray[np.float64]:
    place = np.arange(_TAPS) - _TAPS // 2
    taps = np.sinc(2 * _EDGE_HZ / EARS_RATE_HZ * place) * np.hamming(_TAPS)
    return np.asarray(taps / taps.sum())


class Rumble:
    """Takes s16le at 16 kHz and returns as much, 38 ms late from the moment at which there was rumble."""

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._before = np.zeros(_TAPS - 1)
        self._low = self._all = 0.0  # mean squares of the last moments
        self.loud = False

    def accept(self, pcm: bytes) -> bytes:
        """Return the sound without it."""
        samples = np.frombuffer(pcm, np.int16).astype(np.float64)
        if not len(samples):
            return pcm
        known = np.concatenate((self._before, samples))
        self._before = known[-(_TAPS - 1) :]
        low = np.convolve(known, self._taps, "valid")
        late = known[_TAPS // 2 : _TAPS // 2 + len(samples)]
        self.loud = self.loud or self._stays(low, late)
        if not self.loud:
            return pcm
        return np.clip(np.rint(late - low), -32768, 32767).astype("<i2").tobytes()

    def _stays(self, low: npt.NDArray[np.float64], sound: npt.NDArray[np.float64]) -> bool:
        kept = math.exp(-len(low) / (_MEMORY_S * EARS_RATE_HZ))
        self._low = kept * self._low + (1 - kept) * float(np.mean(low**2))
        self._all = kept * self._all + (1 - kept) * float(np.mean(sound**2))
        return self._low > _SHARE * self._all and self._low > _FULL**2 * 10 ** (_LOUD_DB / 10)
