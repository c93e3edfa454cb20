"""Where a word begins to sound: its voiced onset, which the ear takes for its beat.

"Five" and "six" begin with breath, which lasts a tenth of a second or more: laid on the beat by the start of
their clips, counts would limp.
"""

import numpy as np

from player.ports import RATE_HZ, Samples

_BAND_HZ = (90, 900)  # the strong part of a voice; breath and hiss lie higher
_FRAME, _HOP = (
    RATE_HZ // 125,
    RATE_HZ // 1000,
)  # 8 ms: a period of the lowest voice; looked at each millisecond
_BELOW_DB = 14.0  # under the loudest frame
_LASTS = 20  # frames in a row: a burst of a consonant is shorter


def voiced_onset(clip: Samples) -> int:
    """Return the sample (48 kHz) of `clip` at which voice begins; 0 in one without any."""
    if clip.size < _FRAME + _LASTS * _HOP:
        return 0
    spectrum = np.fft.rfft(clip)
    hz = np.fft.rfftfreq(clip.size, 1 / RATE_HZ)
    spectrum[(hz < _BAND_HZ[0]) | (hz > _BAND_HZ[1])] = 0
    band = np.square(np.fft.irfft(spectrum, clip.size))
    energy = np.concatenate([[0.0], np.cumsum(band)])
    frames = energy[_FRAME::_HOP] - energy[: energy.size - _FRAME : _HOP]
    loud = frames > frames.max(initial=0.0) * 10 ** (-_BELOW_DB / 10)
    run = np.convolve(loud, np.ones(_LASTS), mode="valid") == _LASTS
    if not run.any():
        return 0
    return int(run.argmax()) * _HOP + _FRAME // 2
