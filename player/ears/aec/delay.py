"""Where the echo begins: the path from reference to microphone, seen roughly but over a long reach.

Cross-spectra of the last two seconds, smoothed; cheap, independent of the adaptive filter, and blind to what
the user says, which has nothing in common with the reference.
"""

import numpy as np
import numpy.typing as npt

from player.ears.aec.drift import Look, Spectrum
from player.ports import Samples

WINDOW = 32_768
HOP = 4_096
REACH = WINDOW // 2  # the longest delay that is found
_SMOOTHING = 0.8
_QUIET = 1e-4  # mean power of a reference that says something, -40 dB full scale
_STANDS_OUT = 15.0  # times the mean of the response's envelope; without any echo it is 7 to 10
_SAME = 48  # samples: 3 ms
_AGREE = 2  # looks that must agree before the delay is believed
_WINDOW = np.hanning(WINDOW)
_BLOCK = 256  # samples whose power and time are noted together
_BLOCK_WEIGHT = np.mean(_WINDOW.reshape(-1, _BLOCK) ** 2, axis=1)


class PathEstimate:
    """Looks every `HOP` samples. `delay` is that of the echo's strongest part, in samples, or None."""

    def __init__(self) -> None:
        self.delay: int | None = None
        self._taken = 0
        self._corrected: npt.NDArray[np.float64] = np.zeros(WINDOW)
        self._heard = np.zeros(WINDOW, np.float32)
        self._played = np.zeros(WINDOW, np.float32)
        self._new = 0
        self._cross: Spectrum = np.zeros(WINDOW // 2 + 1, np.complex128)
        self._power = np.zeros(WINDOW // 2 + 1)
        self._sums = np.zeros(3)
        self._candidate, self._agreed = 0, 0

    def accept(self, heard: Samples, played: Samples, corrected: float) -> Look | None:
        """Take one block of each; return a new look at the path when it is time for one.

        `corrected`: by how much the reading of the reference has been shifted so far, in samples.
        """
        count = len(heard)
        for kept, new in ((self._heard, heard), (self._played, played)):
            kept[:-count] = kept[count:]
            kept[-count:] = new
        self._corrected[:-count] = self._corrected[count:]
        self._corrected[-count:] = corrected
        self._taken += count
        self._new += count
        if self._new < HOP:
            return None
        self._new -= HOP
        return self._look()

    def forget(self) -> None:
        """Begin again: the alignment has jumped."""
        self._cross[:] = 0
        self._power[:] = 0
        self._sums[:] = 0
        self._played[:] = 0
        self.delay, self._agreed = None, 0

    def _look(self) -> Look | None:
        if np.mean(self._played[-HOP:] ** 2) < _QUIET / 100 or np.mean(self._played**2) < _QUIET:
            return None
        played = np.fft.rfft(_WINDOW * self._played)
        self._cross = _SMOOTHING * self._cross + np.fft.rfft(_WINDOW * self._heard) * played.conj()
        self._power = _SMOOTHING * self._power + np.abs(played) ** 2
        self._sums = _SMOOTHING * self._sums + self._weights()
        path = self._cross / (self._power + 0.05 * self._power.mean())
        self._find(np.abs(np.fft.irfft(path)[:REACH]))
        _, at, corrected = self._sums / self._sums[0]
        return Look(path, at, corrected)

    def _weights(self) -> npt.NDArray[np.float64]:
        """Return power, and power times time and correction: speech is loud at some times only."""
        power = _BLOCK_WEIGHT * np.mean(self._played.reshape(-1, _BLOCK) ** 2, axis=1)
        times = self._taken - WINDOW + _BLOCK * (np.arange(len(power)) + 0.5)
        corrected = self._corrected[_BLOCK // 2 :: _BLOCK]
        return np.array([power.sum(), power @ times, power @ corrected])

    def _find(self, response: npt.NDArray[np.float64]) -> None:
        peak = int(np.argmax(response))
        if response[peak] <= _STANDS_OUT * response.mean():
            self._agreed = 0
            return
        self._agreed = self._agreed + 1 if abs(peak - self._candidate) <= _SAME else 1
        self._candidate = peak
        if self._agreed >= _AGREE:
            self.delay = peak
