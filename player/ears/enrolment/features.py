"""Takes of a word by one person, and how near a new sound comes to them: cepstra and time warping.

Only features are kept: 12 cepstra every 20 ms and their slopes, each normalised over its own segment. A sound
is compared with every take and with a noisy copy of it; what counts is the mean of the two nearest takes, so
one bad take of three spoils nothing, told in standard deviations from what other people's words reach (the
impostors that come with the player, as features).
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

Features = npt.NDArray[np.float32]  # (frames of 20 ms, WIDTH)

WIDTH = 24
STEP_S = 0.02
FAR = 1.5  # the cost of what cannot be warped together at all; strangers' words cost about 0.9

HOP = 160
_WINDOW, _FFT = 400, 512
_BANDS, _CEPSTRA = 26, 12
_LOW_HZ, _HIGH_HZ = 100.0, 7000.0
_EMPHASIS = 0.97
_SOFT_DB = 25.0  # a frame this far under the loudest is not part of the word
_LOUD_DB = 20.0  # the frames over which the cepstra are normalised
_PAD = 2  # frames kept before and after the word
_NOISY_DB = 8.0  # speech over noise in the noisy copy
_LEAST_FRAMES = 8
_MOST_FRAMES = 100
_NEAREST = 2
_LEAST_SPREAD = 1.5  # of impostors, of the usual one of all phrases


@dataclass(frozen=True, slots=True)
class Take:
    """One word said once, and the same with noise over it."""

    clean: Features
    noisy: Features


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a sound is to one phrase's takes: standard deviations nearer than impostors; its length."""

    nearness: float
    longer_s: float  # than the takes' median; negative: shorter


def features(pcm: bytes) -> Features:
    """Return the features of s16le at 16 kHz, trimmed to the word."""
    return _features(_floats(pcm))


def take_of(pcm: bytes) -> Take:
    """Return the take of one segment."""
    sound = _floats(pcm)
    return Take(_features(sound), _features(_with_noise(sound)))


def to_text(sound: Features) -> str:
    """Write features as text, for a file or a pipe."""
    return base64.b64encode(sound.astype("<f2").tobytes()).decode("ascii")


def from_text(text: str) -> Features:
    """Read features. Raises `ValueError` for anything else."""
    flat = np.frombuffer(base64.b64decode(text, validate=True), "<f2").astype(np.float32)
    if not len(flat) or len(flat) % WIDTH or not np.isfinite(flat).all():
        raise ValueError("these are no features of a take")
    return flat.reshape(-1, WIDTH)


# --- sound to features ----------------------------------------------------------------------------------


def _floats(pcm: bytes) -> npt.NDArray[np.float64]:
    sound = np.frombuffer(pcm, "<i2").astype(np.float64) / 32768
    return np.pad(sound, (0, max(0, _WINDOW + _LEAST_FRAMES * 2 * HOP - len(sound))))


def _with_noise(sound: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Add pink noise, the same every time, `_NOISY_DB` under the loud half of the word."""
    rng = np.random.default_rng(0)
    spectrum = np.fft.rfft(rng.standard_normal(len(sound)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(sound))
    loud = np.sort(sound**2)[len(sound) // 2 :].mean()
    return np.asarray(sound + noise / noise.std() * np.sqrt(loud) * 10 ** (-_NOISY_DB / 20))


@cache
def _filters() -> npt.NDArray[np.float64]:
    """Return triangular filters on the mel scale, (bins, bands)."""

    def mel(hz: float) -> float:
        return 1127 * float(np.log1p(hz / 700))

    edges_hz = 700 * np.expm1(np.linspace(mel(_LOW_HZ), mel(_HIGH_HZ), _BANDS + 2) / 1127)
    edges = edges_hz * _FFT / EARS_RATE_HZ
    bins = np.arange(_FFT // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling))


@cache
def _cosines() -> npt.NDArray[np.float64]:
    """Return the cosine transform from bands to cepstra, without the one that is the level."""
    angles = np.pi / _BANDS * (np.arange(_BANDS)[:, None] + 0.5) * np.arange(1, _CEPSTRA + 1)
    return np.asarray(np.cos(angles) * np.sqrt(2 / _BANDS))


def frames(pcm: bytes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return level (dB) and normalised cepstra of s16le at 16 kHz, one row each `HOP` samples."""
    return _frames(_floats(pcm))


def _frames(sound: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    steep = np.append(sound[0], sound[1:] - _EMPHASIS * sound[:-1])
    windows = np.lib.stride_tricks.sliding_window_view(steep, _WINDOW)[::HOP] * np.hamming(_WINDOW)
    power = (np.abs(np.fft.rfft(windows, _FFT)) ** 2) @ _filters()
    level_db = 10 * np.log10(power.sum(axis=1) + 1e-9)
    cepstra = np.log(power + 1e-7) @ _cosines()
    loud = level_db > np.percentile(level_db, 97) - _LOUD_DB
    return level_db, (cepstra - cepstra[loud].mean(axis=0)) / (cepstra[loud].std(axis=0) + 1e-3)


def _features(sound: npt.NDArray[np.float64]) -> Features:
    level_db, cepstra = _frames(sound)
    around = np.pad(cepstra, ((2, 2), (0, 0)), "edge")
    slopes = (2 * (around[4:] - around[:-4]) + around[3:-1] - around[1:-3]) / 5
    first, last = _word(level_db)
    return np.hstack([cepstra, slopes])[first:last:2][:_MOST_FRAMES].astype(np.float32)


def _word(level_db: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the frames of the word, never fewer than can be compared."""
    inside = np.flatnonzero(level_db > level_db.max() - _SOFT_DB)
    first, last = max(0, int(inside[0]) - 2 * _PAD), int(inside[-1]) + 2 * _PAD + 1
    short = max(0, 2 * _LEAST_FRAMES - (last - first))
    first = max(0, first - short)
    return first, max(last, first + 2 * _LEAST_FRAMES)


# --- comparing ----------------------------------------------------------------------------------------------


class Stack:
    """Many takes' features at once, so that one pass compares a sound with all of them."""

    def __init__(self, several: Sequence[Features]) -> None:
        self.frames = np.array([len(one) for one in several])
        longest = int(self.frames.max())
        self._stacked = np.zeros((len(several), longest, WIDTH), np.float32)
        for index, one in enumerate(several):
            self._stacked[index, : len(one)] = one
        self._squares = (self._stacked**2).sum(axis=2)

    def costs(self, sound: Features) -> npt.NDArray[np.float32]:
        """Return what it costs to warp each take onto some stretch of `sound`, per frame of the take.

        A take may be said up to twice as fast or as slowly; what cannot be warped so costs `FAR`.
        """
        distance = self._distances(sound)
        best = np.full(len(self.frames), np.inf, np.float32)
        nowhere = np.full(self._squares.shape, np.inf, np.float32)
        before, earlier, ends = nowhere, nowhere, self.frames - 1
        every = np.arange(len(ends))
        for column in distance:
            here = column.copy()
            reached = np.minimum(before[:, :-1], earlier[:, :-1])
            reached[:, 1:] = np.minimum(reached[:, 1:], before[:, :-2] + column[:, 1:-1])
            here[:, 1:] += reached
            best = np.minimum(best, here[every, ends])
            before, earlier = here, before
        return np.asarray(np.minimum(best / self.frames, FAR), np.float32)

    def _distances(self, sound: Features) -> npt.NDArray[np.float32]:
        """Return the distance of every frame of `sound` to every frame of every take."""
        frames = self._stacked.reshape(-1, WIDTH)
        dots = np.einsum("mk,nk->mn", sound, frames)  # not a matrix product: its threads cost more here
        squares = (sound**2).sum(axis=1)[:, None] + self._squares.reshape(-1)
        distance = np.sqrt(np.maximum(squares - 2 * dots, 0) / WIDTH).astype(np.float32)
        return np.reshape(distance, (len(sound), *self._squares.shape))


class Templates:
    """A person's takes of each phrase, ready to be compared with. No phrase may be without takes."""

    def __init__(self, takes: Mapping[str, Sequence[Take]], impostors: Sequence[Features]) -> None:
        self.phrases = tuple(takes)
        self._counts = [len(several) for several in takes.values()]
        flat = [take for several in takes.values() for take in several]
        self._stack = Stack([take.clean for take in flat] + [take.noisy for take in flat])
        self._length = [float(np.median([len(t.clean) for t in several])) for several in takes.values()]
        reached = np.array([self._reached(one) for one in impostors])
        reached[reached >= FAR] = np.nan  # too short for that phrase: says nothing
        self._mean = np.nanmean(reached, axis=0)
        self._spread = _no_less_than_usual(np.nanstd(reached, axis=0))

    def _reached(self, sound: Features) -> npt.NDArray[np.float64]:
        """Return the mean cost of the two nearest takes of each phrase."""
        both = self._stack.costs(sound)
        nearer = np.minimum(both[: len(both) // 2], both[len(both) // 2 :])
        cut = np.split(nearer, np.cumsum(self._counts)[:-1])
        return np.array([np.sort(costs)[:_NEAREST].mean() for costs in cut])

    def compare(self, sound: Features) -> dict[str, Likeness]:
        """Return how like `sound` is to each phrase."""
        nearness = (self._mean - self._reached(sound)) / self._spread
        longer_s = (len(sound) - np.array(self._length)) * STEP_S
        return {
            phrase: Likeness(float(near), float(longer))
            for phrase, near, longer in zip(self.phrases, nearness, longer_s, strict=True)
        }


def _no_less_than_usual(spread: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the spreads, none so small by chance, as of one take or where few impostors are long enough."""
    return np.maximum(spread, _LEAST_SPREAD * float(np.median(spread)) + 1e-3)


@cache
def impostors() -> tuple[Features, ...]:
    """Return other people's words, as features."""
    with np.load(Path(__file__).with_name("impostors.npz")) as held:
        flat, lengths = held["features"].astype(np.float32) / held["scale"], held["lengths"]
    return tuple(np.split(flat, np.cumsum(lengths)[:-1]))


# --- looking at takes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How one take stands among the others: cost to its own word's, and to the nearest other word's."""

    own: float
    other: float
    nearest: str  # that other phrase; "" when there is none yet


def standing(index: int, phrase: str, takes: Mapping[str, Sequence[Take]]) -> Standing:
    """Leave take `index` of `phrase` out and compare it with all the others."""
    sound = takes[phrase][index].clean
    own = [take.clean for n, take in enumerate(takes[phrase]) if n != index]
    others = [(name, take.clean) for name, several in takes.items() if name != phrase for take in several]
    own_cost = float(Stack(own).costs(sound).min()) if own else 0.0
    if not others:
        return Standing(own_cost, FAR, "")
    costs = Stack([one for _, one in others]).costs(sound)
    nearest = int(costs.argmin())
    return Standing(own_cost, float(costs[nearest]), others[nearest][0])
