"""Loudness as ITU-R BS.1770 measures it, and clips brought to one loudness.

The K-weighting filters are applied in the frequency domain, stretch by stretch, so that no loop runs over
samples. All sound is mono float32 at 48 kHz; levels are LUFS (sound) or dBFS (peaks).
"""

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import soxr

from player.ports import RATE_HZ, Samples

TARGET_LUFS = -20.0
PEAK_DBFS = -3.0
TRUE_PEAK_DBFS = -2.5  # between the samples, where a loudspeaker goes through

_OVER = 4  # samples for each one, to see between them
_UNSEEN_DB = 3.5  # a peak of sound below 12 kHz is at most so much over its samples
_EVEN_LU = 0.3
_TRIES = 4  # what the limiter takes of the loudness of a clip with high peaks is given back
_GATE_LUFS = -70.0
_GATE_LU = -10.0
_BLOCK = RATE_HZ * 400 // 1000
_HOP = _BLOCK // 4
_TRANSFORM = 1 << 15
_MEMORY = RATE_HZ // 10  # what the filters remember: after 100 ms they have fallen by more than 80 dB
_STRETCH = _TRANSFORM - _MEMORY  # samples filtered at once
_FRAME = RATE_HZ // 1000  # the limiter works in frames of 1 ms
_BEND = 5  # frames in which it bends the gain down before a peak, and back after

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
        return _lufs(float(power.mean(dtype=np.float64))) if power.size else -math.inf
    blocks = _block_means(power)
    loud = blocks[blocks > _power(_GATE_LUFS)]
    if not loud.size:
        return -math.inf
    return _lufs(float(loud[loud > float(loud.mean()) * 10 ** (_GATE_LU / 10)].mean()))


def normalise(sound: Samples, lufs: float = TARGET_LUFS, peak_dbfs: float = PEAK_DBFS) -> Samples:
    """Return `sound` at a loudness, its peaks held below a ceiling. Silence stays silence."""
    peak = np.abs(sound).max(initial=0.0)
    if not peak > 0:
        return sound
    strong = sound / peak  # the absolute gate is made for broadcasts; a soft voice is no silence
    now = loudness(strong)
    if not math.isfinite(now):  # a click in a long silence
        return limit(strong, 10 ** (peak_dbfs / 20))
    gain_db = lufs - now
    for _ in range(_TRIES):
        raised = strong * np.float32(10 ** (gain_db / 20))
        levelled = limit(raised, 10 ** (peak_dbfs / 20))
        if levelled is raised:  # nothing was taken
            break
        missing = lufs - loudness(levelled)
        if missing < _EVEN_LU:
            break
        gain_db += missing
    return levelled


def limit(sound: Samples, ceiling: float) -> Samples:
    """Return `sound` with no sample above `ceiling`: the gain bends down 5 ms before a peak and back after.

    Elsewhere every sample stays as it is.
    """
    if not sound.size or float(np.abs(sound).max()) <= ceiling:
        return sound
    held: Samples = np.clip(sound * _bent(np.abs(sound), ceiling), -ceiling, ceiling)
    return held


def hold_true_peaks(sound: Samples) -> Samples:
    """Return `sound` with no peak above `TRUE_PEAK_DBFS`, those between its samples too.

    The gain bends as in `limit`; a sound without such peaks stays as it is.
    """
    ceiling = 10 ** (TRUE_PEAK_DBFS / 20)
    if float(np.abs(sound).max(initial=0.0)) <= ceiling * 10 ** (-_UNSEEN_DB / 20):
        return sound
    between = np.abs(soxr.resample(sound, 1, _OVER))[: sound.size * _OVER]
    if float(between.max()) <= ceiling:
        return sound
    peaks = np.pad(between, (0, sound.size * _OVER - between.size)).reshape(-1, _OVER).max(axis=1)
    return np.asarray(sound * _bent(peaks, ceiling), dtype=np.float32)


def _bent(peaks: Samples, ceiling: float) -> Samples:
    """Return for each sample the gain that holds `peaks`, of which there is one for each, under a ceiling."""
    count = -(-peaks.size // _FRAME)
    frames = np.pad(peaks, (0, count * _FRAME - peaks.size)).reshape(count, _FRAME)
    gain = ceiling / np.maximum(frames.max(axis=1).astype(np.float64), ceiling)
    # What is lowest counts for the neighbours too, as the gain goes straight from one frame to the next.
    reach = np.pad(gain, (2 * _BEND + 1, 2 * _BEND + 2), constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(reach, 2 * _BEND + 3).min(axis=1)
    window = np.hanning(2 * _BEND + 3)[1:-1]
    smooth = np.convolve(lowest, window / window.sum(), mode="valid").astype(np.float32)
    ramp = np.arange(_FRAME, dtype=np.float32) / _FRAME
    gains = smooth[:-1, np.newaxis] + np.diff(smooth)[:, np.newaxis] * ramp
    return np.asarray(gains, np.float32).ravel()[: peaks.size]


def _weighted(sound: Samples) -> Samples:
    response = _response()
    out = np.empty(sound.size, dtype=np.float32)
    for begin in range(0, sound.size, _STRETCH):
        first = max(0, begin - _MEMORY)
        stretch = sound[first : begin + _STRETCH]
        filtered = np.fft.irfft(np.fft.rfft(stretch, _TRANSFORM) * response, _TRANSFORM)
        out[begin : begin + _STRETCH] = filtered[begin - first : stretch.size]
    return out


@cache
def _response() -> npt.NDArray[np.complex64]:
    delay = np.exp(-2j * np.pi * np.arange(_TRANSFORM // 2 + 1) / _TRANSFORM)
    response = np.ones(delay.size, dtype=np.complex128)
    for ahead, back in (_SHELF, _HIGH_PASS):
        response *= np.polyval(ahead[::-1], delay) / np.polyval(back[::-1], delay)
    return response.astype(np.complex64)


def _block_means(power: Samples) -> _Floats:
    hops = power[: power.size // _HOP * _HOP].reshape(-1, _HOP).sum(axis=1, dtype=np.float64)
    return np.convolve(hops, np.ones(_BLOCK // _HOP), mode="valid") / _BLOCK


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else -math.inf
