"""Whether there is a voice in a sound: vocal folds beat evenly; water, steps and dishes do not."""

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

_BAND_HZ = (70, 900)  # where a voice is strongest over what is around it
_PITCH_HZ = (70, 400)
_RATE_HZ = 8_000
_FRAME, _HOP = 256, 80  # 32 ms, every 10 ms
_LONG = 8  # frames that must be even
_EVEN = 0.7  # noises stay under 0.55, words in noise 10 dB under them are over 0.85


def voiced(pcm: bytes) -> bool:
    """Take s16le at 16 kHz; return whether some 80 ms of it repeat themselves as a voice does."""
    return evenness(pcm) >= _EVEN


def evenness(pcm: bytes) -> float:
    """Return how alike neighbouring periods are where they are most alike: near 0 for noise, 1 for a tone."""
    sound = _band(np.frombuffer(pcm, "<i2").astype(np.float64))
    lags = range(_RATE_HZ // _PITCH_HZ[1], _RATE_HZ // _PITCH_HZ[0] + 1)
    if len(sound) < _FRAME + lags[-1] + _HOP * _LONG:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)
    starts = np.arange(0, len(windows) - lags[-1], _HOP)
    frames = windows[starts]
    powers = np.einsum("ij,ij->i", windows, windows) + 1.0
    alike = [
        np.einsum("ij,ij->i", frames, windows[starts + lag]) / np.sqrt(powers[starts] * powers[starts + lag])
        for lag in lags
    ]
    return float(np.sort(np.max(alike, axis=0))[-_LONG:].mean())


def _band(sound: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the band of voices at half the rate."""
    size = len(sound) // 2 * 2
    spectrum = np.fft.rfft(sound[:size])
    hz = np.fft.rfftfreq(size, 1 / EARS_RATE_HZ)
    spectrum[(hz < _BAND_HZ[0]) | (hz > _BAND_HZ[1])] = 0
    half: npt.NDArray[np.float64] = np.fft.irfft(spectrum[: size // 4 + 1], size // 2) / 2
    return half
