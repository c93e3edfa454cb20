"""Two clocks: how fast the echo's delay grows, and the reference read at the microphone's pace.

Loudspeaker and microphone are often two devices with two crystals. At 50 ppm the delay grows by a sample in
1.25 s, faster than a linear filter can follow. The drift shows as the shift between two estimates of the same
echo path made some seconds apart; it is measured on the reference as it has been read, so the true drift is
what is left plus what was already corrected.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.ports import Samples

Spectrum = npt.NDArray[np.complex128]

LIMIT_PPM = 300.0  # no crystal is worse
_BASE_LOOKS = 16  # looks between the two that are compared
_MEASURES = 9  # the median of so many counts
_FIRST_MEASURES = 3
_SPAN = 24  # samples: the largest shift looked for
_FINE = np.arange(-8, 9) / 8  # fractions of a sample around the peak
_ALIKE = 0.35  # below it the two paths are not the same path
_LATE = 25  # readings beyond what has come: the stream has stopped, or is later than it was
_HALF = 16  # samples of the interpolating kernel on each side
_PHASES = 512


@dataclass(frozen=True, slots=True)
class Look:
    """The echo path as a spectrum, the sample at which it was so, and the shift corrected by then."""

    path: Spectrum
    at: float
    corrected: float


class DriftEstimate:
    """Looks at the echo path again and again; `ppm` is positive when the delay grows. None: not known yet."""

    def __init__(self) -> None:
        self.ppm: float | None = None
        self._looks: deque[Look] = deque(maxlen=_BASE_LOOKS + 1)
        self._measures: deque[float] = deque(maxlen=_MEASURES)

    def look(self, now: Look) -> None:
        """Compare the path with what it was some seconds ago."""
        self._looks.append(now)
        before = self._looks[0]
        if len(self._looks) <= _BASE_LOOKS or now.at <= before.at:
            return
        shift, alike = _shift(now.path * before.path.conj())
        if alike < _ALIKE:
            return
        ppm = (shift + now.corrected - before.corrected) / (now.at - before.at) * 1e6
        if abs(ppm) <= LIMIT_PPM:
            self._measures.append(ppm)
        if len(self._measures) >= _FIRST_MEASURES:
            self.ppm = float(np.median(self._measures))

    def forget(self) -> None:
        """Compare with no look from before any more: the alignment has jumped."""
        self._looks.clear()


class Reading:
    """A stream that grows in blocks and is read at another clock's pace, band-limited.

    `slack` samples are kept between what has come and what is read, against blocks that come late. What is
    later than that is read as silence: of the last `late` samples some had not come; `past` reads them again.
    """

    def __init__(self, keep: int, slack: int = 0) -> None:
        self.ppm = 0.0
        self.corrected = 0.0  # samples by which the reading has been shifted against its own pace so far
        self.late = 0
        self._keep, self._slack = keep, slack
        self._stream: Samples = np.zeros(0, np.float32)
        self._at: float | None = None  # of the next sample, in `_stream`
        self._starved = 0

    def put(self, samples: Samples) -> None:
        """Add what has come."""
        self._stream = np.concatenate((self._stream, samples))
        surplus = len(self._stream) - self._keep
        if surplus > 0 and self._at is not None:
            self._stream = self._stream[surplus:]
            self._at -= surplus

    def take(self, count: int) -> tuple[Samples, bool]:
        """Return the next `count` samples, and whether the reading had to jump: too far behind or ahead."""
        ready = len(self._stream) - _HALF - count - self._slack
        if self._at is None and ready < 0:
            return np.zeros(count, np.float32), False
        jumped = self._at is not None and self._lost(ready - self._at)
        if self._at is None or jumped:
            self._starved = 0
            self._at = float(ready)
        samples = self._read(self._at, count)
        self._at += count * self._step
        self.corrected += count * self.ppm * 1e-6
        self.late = max(0, math.ceil(self._at) + _HALF - len(self._stream))
        return samples, jumped

    def _lost(self, ahead: float) -> bool:
        self._starved = self._starved + 1 if ahead < -self._slack else 0
        return self._starved > _LATE or ahead > self._keep / 2

    def past(self, count: int) -> Samples:
        """Return the last `count` samples as they would have been read at today's pace."""
        at = self._at or 0.0
        return self._read(at - count * self._step, count)

    @property
    def _step(self) -> float:
        return 1 - self.ppm * 1e-6

    def _read(self, at: float, count: int) -> Samples:
        if self.ppm == 0 and at.is_integer() and 0 <= at <= len(self._stream) - count:
            return self._stream[int(at) : int(at) + count]
        places = at + self._step * np.arange(count)
        whole = np.floor(places).astype(np.int64)
        phase = np.rint((places - whole) * _PHASES).astype(np.int64)
        first, last = int(whole[0]) - _HALF + 1, int(whole[-1]) + _HALF + 1
        part = self._stream[max(0, first) : max(0, last)]
        before = min(max(0, -first), last - first)
        part = np.pad(part, (before, last - first - before - len(part)))
        windows = np.lib.stride_tricks.sliding_window_view(part, 2 * _HALF)[whole - whole[0]]
        read: Samples = np.einsum("ij,ij->i", windows, _KERNEL[phase])
        return read


def _kernel() -> Samples:
    offsets = np.arange(-_HALF + 1, _HALF + 1) - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.cos(np.pi * np.clip(offsets / (_HALF + 1), -1, 1) / 2) ** 2
    kernel: Samples = (np.sinc(offsets) * window).astype(np.float32)
    return kernel


_KERNEL = _kernel()


def _shift(product: Spectrum) -> tuple[float, float]:
    """Return by how many samples the later path is later, and how alike the two are (0 to 1)."""
    near: npt.NDArray[np.float64] = np.fft.irfft(product)
    near = np.concatenate((near[-_SPAN:], near[: _SPAN + 1]))
    peak = int(np.argmax(near)) - _SPAN
    places = peak + _FINE
    fine = np.sinc(places[:, None] - np.arange(-_SPAN, _SPAN + 1)) @ near
    best = int(np.argmax(fine))
    total = np.abs(product).sum() / (len(product) - 1)
    alike = float(fine[best] / total) if total > 0 else 0.0
    return float(places[best] + _vertex(fine, best) / 8), alike


def _vertex(values: npt.NDArray[np.float64], best: int) -> float:
    if not 0 < best < len(values) - 1:
        return 0.0
    left, middle, right = values[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return float((left - right) / (2 * bend)) if bend < 0 else 0.0
