"""A room that does not exist: a loudspeaker, the air, a microphone on a clock of its own.

What it makes is sound at 16 kHz as floats, full scale 1. The models are invented, not measured: they bound
what a canceller can do, and say little about one particular kitchen.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.ports import EARS_BLOCK, EARS_RATE_HZ, Samples

_REVERBERATION_S = 0.35  # until 60 dB down
_CHANGE_EVERY = 20 * EARS_RATE_HZ
_CHANGE = 0.316  # -10 dB
_SIZE = 6144  # of the transforms: a block and the reverberation
_NOISE = 1 << 20  # samples; then it comes again
_HALF = 32  # samples of the interpolating kernel on each side
_PHASES = 4096
_KEEP = 2 * EARS_RATE_HZ


@dataclass(frozen=True, slots=True)
class EchoRoom:
    """What happens to the player's sound on its way back to its microphone."""

    delay_ms: float = 120.0  # at least 5
    drift_ppm: float = 0.0  # how much faster the microphone's clock runs than the loudspeaker's
    poor: bool = False  # a small loudspeaker, driven hard
    changing: bool = False  # somebody moves: another response every 20 s, 10 dB from the first
    noise_db: float = -60.0  # full scale
    seed: int = 1

    def heard(self, played: Samples, level_db: float) -> Samples:
        """Return the echo of `played` at the microphone; its active level is `level_db`."""
        echo = self._passed(played)
        return np.asarray(echo * (10 ** (level_db / 20) / active(echo)), np.float32)

    def gain(self, played: Samples, level_db: float) -> float:
        """Return the gain of the air that gives the echo of `played` that level."""
        return float(10 ** (level_db / 20) / active(self._passed(played)))

    def noise(self, length: int) -> Samples:
        """Return the steady noise of the room: falls by 4 dB per octave."""
        size = min(length, _NOISE)
        spectrum = np.fft.rfft(np.random.default_rng(self.seed + 50).normal(size=size))
        spectrum *= np.maximum(np.arange(len(spectrum)) * EARS_RATE_HZ / size, 60) ** -0.66
        noise = np.fft.irfft(spectrum, size)
        noise *= 10 ** (self.noise_db / 20) / noise.std()
        return np.resize(noise.astype(np.float32), length)

    def loudspeaker(self, sound: Samples) -> Samples:
        """Return what the loudspeaker makes of what it is given."""
        drive, even = (2.0, 0.1) if self.poor else (0.5, 0.03)
        return np.asarray(np.tanh(drive * sound) / drive + even * sound**2, np.float32)

    def _passed(self, played: Samples) -> Samples:
        air = Air(self)
        count = -(-len(played) // EARS_BLOCK)
        waiting = iter(np.pad(played, (0, count * EARS_BLOCK - len(played))).reshape(count, EARS_BLOCK))
        silence = np.zeros(EARS_BLOCK, np.float32)
        blocks = []
        for _ in range(count):
            while air.silent:
                air.play(next(waiting, silence))
            blocks.append(air.take())
        return np.concatenate(blocks)[: len(played)]


class Air:
    """One session in a room, block by block: what is played now comes back later.

    Blocks of `EARS_BLOCK` samples. `play` while it is `silent`, then `take`: two clocks are never one.
    """

    def __init__(self, room: EchoRoom, gain: float = 1.0) -> None:
        self._room = room
        self._gain = gain
        self._rng = np.random.default_rng(room.seed)
        self._first = response(self._rng)
        self._path = np.fft.rfft(self._first, _SIZE)
        self._ringing: Samples = np.zeros(_SIZE, np.float32)  # of what was played, from now on
        delay = round(room.delay_ms * EARS_RATE_HZ / 1000)
        self._echo: Samples = np.zeros(_KEEP + delay, np.float32)  # the latest, in the loudspeaker's time
        self._at = -float(delay)  # where the microphone is
        self._played = 0

    @property
    def silent(self) -> bool:
        """Whether the loudspeaker must play before the microphone can hear another block."""
        delay = len(self._echo) - _KEEP
        return self._played < self._at + delay + EARS_BLOCK

    def play(self, block: Samples) -> None:
        """Take what the loudspeaker plays next."""
        if self._room.changing and self._played and self._played % _CHANGE_EVERY == 0:
            self._path = np.fft.rfft(self._first + _CHANGE * response(self._rng), _SIZE)
        sound = np.fft.rfft(self._room.loudspeaker(block), _SIZE)
        self._ringing += np.fft.irfft(sound * self._path).astype(np.float32)
        _push(self._echo, self._ringing[:EARS_BLOCK])
        _push(self._ringing, np.zeros(EARS_BLOCK, np.float32))
        self._played += EARS_BLOCK

    def take(self) -> Samples:
        """Return the next block of echo, as the microphone's clock counts it."""
        step = 1 / (1 + self._room.drift_ppm * 1e-6)
        first = self._at - self._played + len(self._echo)
        self._at += EARS_BLOCK * step
        if not self._room.drift_ppm:
            return self._gain * self._echo[int(first) : int(first) + EARS_BLOCK]
        return self._gain * _interpolated(self._echo, first + step * np.arange(EARS_BLOCK, dtype=np.float64))


def _interpolated(sound: Samples, places: npt.NDArray[np.float64]) -> Samples:
    whole = np.floor(places).astype(np.int64)
    phase = np.rint((places - whole) * _PHASES).astype(np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(sound, 2 * _HALF)[whole - _HALF + 1]
    read: Samples = np.einsum("ij,ij->i", windows, _KERNEL[phase])
    return read


def _kernel() -> Samples:
    offsets = np.arange(1 - _HALF, _HALF + 1) - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(10 * np.sqrt(np.clip(1 - (offsets / _HALF) ** 2, 0, 1))) / np.i0(10)
    kernel: Samples = (np.sinc(offsets) * window).astype(np.float32)
    return kernel


_KERNEL = _kernel()


def response(rng: np.random.Generator, direct_db: float = 0.0) -> Samples:
    """Return a direct path and a tail that dies away; `direct_db` is their ratio."""
    length = int(_REVERBERATION_S * EARS_RATE_HZ)
    tail = rng.normal(size=length) * 10 ** (-3 * np.arange(length) / length)
    tail[:16] = 0
    tail /= np.sqrt((tail**2).sum())
    tail[0] = 10 ** (direct_db / 20)
    return np.asarray(tail / np.sqrt((tail**2).sum()), np.float32)


def active(sound: Samples) -> float:
    """Return the level of the words, not of the gaps, as an amplitude."""
    powers = np.mean(sound[: len(sound) // 480 * 480].reshape(-1, 480) ** 2, axis=1)
    return float(np.sqrt(powers[powers > np.percentile(powers, 95) / 300].mean()))


def _push(line: Samples, new: Samples) -> None:
    line[: -len(new)] = line[len(new) :]
    line[-len(new) :] = new
