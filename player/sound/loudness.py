"""Loudness as ITU-R BS.1770 measures it, and clips brought to one loudness.

The K-weighting filters are applied in the frequency domain, stretch by stretch, so that no loop runs over
samples. All sound is mono float32 at 48 kHz; levels are LUFS (sound) or dBFS (peaks).
"""

import math

import numpy as np
import numpy.typing as npt

from player.ports import RATE_HZ, Samples

TARGET_LUFS = -20.0
PEAK_DBFS = -3.0

_GATE_LUFS = -70.0
_GATE_LU = -10.0
_BLOCK = RATE_HZ * 400 // 1000
_HOP = _BLOCK // 4
_STRETCH = 1 << 19  # samples filtered at once: about 11 s
_MEMORY = RATE_HZ // 5  # what the filters remember: after 200 ms they have fallen by more than 200 dB
_LOOK_AHEAD = RATE_HZ * 5 // 1000

# BS.1770-4, tables 1 and 2: the head's shelf and the high-pass, for 48 kHz.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

_Floats = npt.NDArray[np.float64]


def loudness(sound: Samples) -> float:
    """Return integrated loudness in LUFS; -inf for silence.

    A clip shorter than one block of 400 ms is measured as a whole, without gates.
    """
    power = np.square(_weighted(sound))
    if power.size < _BLOCK:
        return _lufs(float(power.mean())) if power.size else -math.inf
    blocks = _block_means(power)
    loud = blocks[blocks > _power(_GATE_LUFS)]
    if not loud.size:
        return -math.inf
    return _lufs(float(loud[loud > float(loud.mean()) * 10 ** (_GATE_LU / 10)].mean()))


def normalise(sound: Samples, lufs: float = TARGET_LUFS, peak_dbfs: float = PEAK_DBFS) -> Samples:
    """Return `sound` at a loudness, its peaks held below a ceiling. Silence stays silence."""
    now = loudness(sound)
    if math.isinf(now):
        return sound
    gain = 10 ** ((lufs - now) / 20)
    return limit((sound * np.float32(gain)).astype(np.float32), 10 ** (peak_dbfs / 20))


def limit(sound: Samples, ceiling: float) -> Samples:
    """Return `sound` with no sample above `ceiling`: the gain bends down 5 ms before a peak and back after.

    Elsewhere every sample stays as it is.
    """
    peaks = np.abs(sound)
    if not sound.size or float(peaks.max()) <= ceiling:
        return sound
    gain = np.minimum(1.0, ceiling / np.maximum(peaks.astype(np.float64), ceiling))
    around = _sliding_minimum(np.pad(gain, 2 * _LOOK_AHEAD, constant_values=1.0), 2 * _LOOK_AHEAD + 1)
    window = np.hanning(2 * _LOOK_AHEAD + 3)[1:-1]
    smooth = _convolve(around, window / window.sum())
    return np.clip(sound * smooth, -ceiling, ceiling).astype(np.float32)


def _weighted(sound: Samples) -> _Floats:
    size = _fast_size(min(_STRETCH, sound.size) + 2 * _MEMORY)
    response = _response(size)
    out = np.empty(sound.size)
    for begin in range(0, sound.size, _STRETCH):
        first = max(0, begin - _MEMORY)
        stretch = sound[first : begin + _STRETCH].astype(np.float64)
        filtered = np.fft.irfft(np.fft.rfft(stretch, size) * response, size)
        out[begin : begin + _STRETCH] = filtered[begin - first : stretch.size]
    return out


def _response(size: int) -> npt.NDArray[np.complex128]:
    delay = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(size // 2 + 1, dtype=np.complex128)
    for ahead, back in (_SHELF, _HIGH_PASS):
        response *= np.polyval(ahead[::-1], delay) / np.polyval(back[::-1], delay)
    return response


def _fast_size(least: int) -> int:
    return 1 << (least - 1).bit_length()


def _block_means(power: _Floats) -> _Floats:
    sums = np.concatenate(([0.0], np.cumsum(power)))
    starts = np.arange(0, power.size - _BLOCK + 1, _HOP)
    return np.asarray((sums[starts + _BLOCK] - sums[starts]) / _BLOCK)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else -math.inf


def _sliding_minimum(values: _Floats, width: int) -> _Floats:
    """Return the minimum of every `width` neighbours; `width - 1` shorter than `values`."""
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        values = np.minimum(values[:-step], values[step:])
        reach += step
    return values


def _convolve(values: _Floats, kernel: _Floats) -> _Floats:
    size = _fast_size(values.size + kernel.size)
    full = np.fft.irfft(np.fft.rfft(values, size) * np.fft.rfft(kernel, size), size)
    return full[kernel.size - 1 : values.size]
