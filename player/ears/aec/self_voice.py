"""Whether what is left after cancelling is the player's own voice: it swells where and when the echo does.

After somebody has moved, or from a poor loudspeaker, a lone word of the player can be left, and a recogniser
knows it for what it is. Three things tell it from somebody else's: how much of it is a filtered copy of the
echo, how alike the two are in their loudness over time and pitch, and that it is much softer than the echo.

Where the delay is not known yet, the microphone has lost samples, or the loudspeaker has waited for some, the
canceller expects the echo at the wrong time or not at all. So a copy is looked for in what was played, by
generalised cross-correlation.
"""

import numpy as np
import numpy.typing as npt

from player.ports import Samples

_WINDOW, _HOP = 256, 64  # 16 ms, every 4 ms
_BINS = slice(4, 64)  # 250 Hz to 4 kHz
_BANDS = 15
_FLOOR = 1e-3  # of a band's power: what is softer is noise
_LEAST = 0.005
_COPY_WEIGHT = 0.7
_SOFT_WEIGHT = 0.05  # per dB
_REMAINS_DB = -10.0  # over the echo
_SOFTER_DB = (
    -9.0
)  # under this it counts twice: remains of a poor loudspeaker are no louder, words seldom softer
_SOFTEST_DB, _LOUDEST_DB = -18.0, 0.0
_SOUGHT = 0.4  # the best of thousands of delays is like anything by so much more
_LONG = 4_000  # samples, a quarter of a second: of less any place may look like another
_MOVED = 0.2  # and what was heard is a purer copy than what is left
_IN_PLACE = 160  # samples, 10 ms: the echo's strongest part is found so exactly
_REGULAR = 0.05  # of the mean power: bands in which nothing was played say nothing
STRANGER = -1.0

_Spectra = npt.NDArray[np.complex64]
_SHAPE = np.hanning(_WINDOW).astype(np.float32)


def likeness(left: Samples, echo: Samples) -> float:
    """Return how like the echo what is left is: under -0.2 for others, more for the player itself.

    Both have the same length, 16 kHz, full scale 1; under 64 ms nothing is known: `STRANGER`.
    """
    if len(left) < 4 * _WINDOW or not echo.any():
        return STRANGER
    return _like(left, echo) - _SOFT_WEIGHT * min(_over_db(left, echo) - _SOFTER_DB, 0.0)


def sought(left: Samples, played: Samples) -> float:
    """Return the same against what was played before, at whatever delay: `played` ends with `left`."""
    if len(left) < 4 * _WINDOW or not played.any():
        return STRANGER
    return _like_at(_delay(left, played), left, played) - _SOUGHT


def displaced(heard: Samples, played: Samples, delay: int) -> float:
    """Return the same of what the microphone heard where its echo is not `delay` samples late, as it should.

    There the wrong thing has been subtracted, and what is left is like nothing any more. Where the echo is in
    its place nothing is known by this: `STRANGER`.
    """
    if len(heard) < _LONG or not played.any():
        return STRANGER
    lag = _delay(heard, played)
    if abs(len(played) - len(heard) - lag - delay) <= _IN_PLACE:
        return STRANGER
    return _like_at(lag, heard, played) - _MOVED


def _like_at(lag: int, sound: Samples, played: Samples) -> float:
    then = played[lag : lag + len(sound)]
    return _like(sound, then) if then.any() else STRANGER


def _like(left: Samples, echo: Samples) -> float:
    one, other = _spectra(left), _spectra(echo)
    same = _COPY_WEIGHT * float(np.log10(_copied(one, other) + _LEAST)) + _alike(one, other)
    return same - _SOFT_WEIGHT * (_over_db(left, echo) - _REMAINS_DB)


def _delay(left: Samples, played: Samples) -> int:
    """Return where in `played` what is most like `left` begins."""
    size = 1 << (len(left) + len(played)).bit_length()
    spectrum = np.fft.rfft(played, size)
    power = np.abs(spectrum) ** 2
    cross = np.fft.rfft(left, size).conj() * spectrum / np.sqrt(power + _REGULAR * power.mean())
    return int(np.argmax(np.abs(np.fft.irfft(cross, size)[: len(played) - len(left) + 1])))


def _over_db(left: Samples, echo: Samples) -> float:
    ratio = (left @ left + 1e-9) / (echo @ echo + 1e-9)
    return float(np.clip(10 * np.log10(ratio), _SOFTEST_DB, _LOUDEST_DB))


def _copied(one: _Spectra, other: _Spectra) -> float:
    """Return the coherence, its median over pitch: 1 for a filtered copy, near 0 for strangers."""
    cross = np.abs((one * other.conj()).sum(axis=0)) ** 2
    powers = (np.abs(one) ** 2).sum(axis=0) * (np.abs(other) ** 2).sum(axis=0)
    return float(np.median(cross / (powers + 1e-12)))


def _alike(one: _Spectra, other: _Spectra) -> float:
    """Return the correlation of the levels over time and pitch, -1 to 1."""
    first, second = _levels(one), _levels(other)
    return float((first * second).mean() / (first.std() * second.std() + 1e-9))


def _levels(spectra: _Spectra) -> npt.NDArray[np.float32]:
    powers = (np.abs(spectra) ** 2).reshape(len(spectra), _BANDS, -1).mean(axis=2)
    levels = np.log10(powers + _FLOOR)
    return np.asarray(levels - levels.mean(), np.float32)


def _spectra(sound: Samples) -> _Spectra:
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    return np.fft.rfft(windows * _SHAPE, axis=1)[:, _BINS].astype(np.complex64)
