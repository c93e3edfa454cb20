"""Takes steady noise out of what a recogniser is given; where words begin and end is judged without it.

Each of 241 bands is turned down by how little speech there is in it: the log-spectral estimator of Ephraim
and Malah (1985), over a noise floor tracked by how likely speech is (Gerkmann and Hendriks, 2012).
"""

import numpy as np
import numpy.typing as npt

_WINDOW = 480  # samples: 30 ms
DELAY = _HOP = _WINDOW // 2
_KEPT = 300 * _HOP  # samples: 4.5 s, longer than any word
_SHAPE = np.sqrt(np.hanning(_WINDOW + 1)[:_WINDOW])
_LEAST = 10 ** (-12 / 20)  # more makes tunes of what is left
_MOST = 1000.0  # over the noise: more is as good as none
_LIKELY = 10**1.5  # how far over the noise speech is
_NOISE_MEMORY, _SPEECH_MEMORY, _DOUBT_MEMORY = 0.8, 0.98, 0.9
_STUCK = 0.99  # so likely for so long, it is no speech but the floor that has risen
_FIRST = 20  # hops that are all taken for noise
_SOFTEST = 10**-2.5

_Floats = npt.NDArray[np.float64]

# exp(E1(v) / 2) over log v: with v = exp(s), E1 is the sum of exp(-exp(s)) ds
_LOG_V = np.linspace(np.log(1e-4), np.log(50.0), 500)
_LIFT = np.exp(np.cumsum(np.exp(-np.exp(_LOG_V))[::-1])[::-1] * (_LOG_V[1] - _LOG_V[0]) / 2)


class Suppressor:
    """Takes a stream of any chunks; keeps the last seconds of it, cleaned."""

    def __init__(self) -> None:
        bands = _WINDOW // 2 + 1
        self._rest = b""
        self._before = np.zeros(_HOP)  # heard
        self._begun = np.zeros(_HOP)  # half a window of what is cleaned next
        self._noise = np.ones(bands)
        self._speech = np.zeros(bands)  # power in the last hop
        self._likely = np.zeros(bands)  # for how long speech has been
        self._hops = 0
        self._cleaned = bytearray()

    def accept(self, pcm: bytes, *, untouched: bool = False) -> None:
        """Take s16le at 16 kHz. `untouched`: learn the noise and leave it in."""
        data = self._rest + pcm
        whole = len(data) // (2 * _HOP) * 2 * _HOP
        self._rest = data[whole:]
        sound = np.frombuffer(data[:whole], "<i2").astype(np.float64)
        for at in range(0, len(sound), _HOP):
            done = self._hop(sound[at : at + _HOP], untouched=untouched)
            self._cleaned += np.clip(np.rint(done), -32768, 32767).astype("<i2").tobytes()
        del self._cleaned[: -2 * _KEPT]

    def between(self, start: int, end: int) -> bytes:
        """Return these samples of the stream, cleaned, `DELAY` late: what came last is not yet done."""
        first = self._hops * _HOP - len(self._cleaned) // 2
        return bytes(self._cleaned[2 * max(0, start - first) : 2 * max(0, end - first)])

    def _hop(self, new: _Floats, *, untouched: bool) -> _Floats:
        spectrum = np.fft.rfft(np.concatenate((self._before, new)) * _SHAPE)
        gains = self._gains(np.abs(spectrum) ** 2 + 1e-3)
        cleaned = np.fft.irfft(spectrum if untouched else spectrum * gains, _WINDOW) * _SHAPE
        done: _Floats = self._begun + cleaned[:_HOP]
        self._before, self._begun = new, cleaned[_HOP:]
        return done

    def _gains(self, powers: _Floats) -> _Floats:
        self._track(powers)
        over = np.minimum(powers / self._noise, _MOST)
        smooth = _SPEECH_MEMORY * self._speech / self._noise + (1 - _SPEECH_MEMORY) * np.maximum(over - 1, 0)
        prior = np.maximum(smooth, _SOFTEST)
        share = prior / (1 + prior)
        gains: _Floats = np.clip(share * np.interp(np.log(share * over), _LOG_V, _LIFT), _LEAST, 1.0)
        self._speech = gains**2 * powers
        return gains

    def _track(self, powers: _Floats) -> None:
        self._hops += 1
        if self._hops <= _FIRST:
            self._noise += (powers - self._noise) / self._hops
            return
        over = np.minimum(powers / self._noise * _LIKELY / (1 + _LIKELY), 200.0)
        likely = 1 / (1 + (1 + _LIKELY) * np.exp(-over))
        self._likely = _DOUBT_MEMORY * self._likely + (1 - _DOUBT_MEMORY) * likely
        likely = np.where(self._likely > _STUCK, np.minimum(likely, _STUCK), likely)
        heard = likely * self._noise + (1 - likely) * powers
        self._noise = _NOISE_MEMORY * self._noise + (1 - _NOISE_MEMORY) * heard
