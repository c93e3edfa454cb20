"""Where speech begins and ends: the same for every recogniser.

A frame counts when it sounds like speech and stands out of the noise floor; a stretch opens when half of
the last 0.3 s counts and closes when that time is quiet again. Endpointing by voice activity alone never
closes in noise; energy over the floor alone opens at every knock.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

FRAME = 480  # 30 ms
FRAME_BYTES = 2 * FRAME

IsSpeech = Callable[[bytes], bool]  # one frame, s16le

_SMOOTHING = 10  # frames
_OPEN_AT = 5  # speech frames among the last `_SMOOTHING`
_CLOSE_AT = 1
_ISOLATION = 10  # quiet frames before a lone word
_SHORTEST, _LONGEST = 5, 67  # frames: 0.15 s, 2.0 s
_PRE_ROLL = 6  # frames kept from before: weak beginnings
_STAND_OUT_DB = 5.0
_QUIETEST_DB = -60.0  # full scale; nothing softer is speech
_LOWEST_FLOOR_DB = -75.0
_FLOOR_RISE_DB = 0.03  # per frame: 1 dB a second
_FLOOR_MEMORY = 50  # frames


@dataclass(frozen=True, slots=True)
class Opened:
    """Something like speech began at sample `at`; `pcm` is all of it so far, with what came just before."""

    at: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Grew:
    """The open stretch went on."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The stretch is over: samples `start` to `end` hold the speech.

    `alone`: of a word's length, with quiet before it.
    """

    start: int
    end: int
    alone: bool


Change = Opened | Grew | Closed


class NoiseFloor:
    """Level of the quiet, in dB full scale: falls at once, rises slowly, never under the recent low."""

    def __init__(self) -> None:
        self.db = _LOWEST_FLOOR_DB
        self._recent: deque[float] = deque(maxlen=_FLOOR_MEMORY + 1)

    def follow(self, level_db: float) -> float:
        """Take one frame's level and return the floor."""
        self._recent.append(level_db)
        low = sorted(self._recent)[(len(self._recent) - 1) // 10]
        self.db = max(_LOWEST_FLOOR_DB, min(self.db + _FLOOR_RISE_DB, level_db), low)
        return self.db


class Segmenter:
    """Cuts a stream of 16 kHz s16le into stretches of speech; any chunk size gives the same ones."""

    def __init__(self, is_speech: IsSpeech) -> None:
        self.floor = NoiseFloor()
        self.level_db = _LOWEST_FLOOR_DB
        self._is_speech = is_speech
        self._rest = b""
        self._frames: deque[bytes] = deque(maxlen=_PRE_ROLL + _SMOOTHING)  # the latest
        self._recent: deque[bool] = deque([False] * _SMOOTHING, maxlen=_SMOOTHING)
        self._first: int | None = None  # frame at which the open stretch began
        self._count = 0
        self._last_end = -_ISOLATION

    @property
    def taken(self) -> int:
        """Samples judged so far."""
        return self._count * FRAME

    def accept(self, pcm: bytes) -> Iterator[Change]:
        """Yield what changes, in order; exhaust it before the next call."""
        data = self._rest + pcm
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        for at in range(0, whole, FRAME_BYTES):
            yield from self._step(data[at : at + FRAME_BYTES])

    def _step(self, frame: bytes) -> Iterator[Change]:
        self._recent.append(self._counts(frame))
        self._count += 1
        self._frames.append(frame)
        if self._first is not None:
            yield from self._go_on(self._first, frame)
        elif sum(self._recent) >= _OPEN_AT:
            yield self._begin()

    def _go_on(self, first: int, frame: bytes) -> Iterator[Change]:
        if self._count - first <= _LONGEST + _SMOOTHING:
            yield Grew(frame)  # beyond that it is talk, not a word: only its end matters any more
        if sum(self._recent) <= _CLOSE_AT:
            yield self._finish(first)

    def _counts(self, frame: bytes) -> bool:
        self.level_db = level_db(np.frombuffer(frame, np.int16))
        gate_db = max(self.floor.follow(self.level_db) + _STAND_OUT_DB, _QUIETEST_DB)
        return self._is_speech(frame) and self.level_db > gate_db

    def _begin(self) -> Opened:
        first = self._count - _SMOOTHING + self._recent.index(True)
        kept = list(self._frames)[-(self._count - first + _PRE_ROLL) :]
        self._first = first
        return Opened(first * FRAME, b"".join(kept))

    def _finish(self, first: int) -> Closed:
        quiet = next((n for n, speech in enumerate(reversed(self._recent)) if speech), _SMOOTHING)
        last = max(self._count - quiet, first + 1)
        lone = first - self._last_end >= _ISOLATION
        self._first, self._last_end = None, last
        return Closed(first * FRAME, last * FRAME, lone and _SHORTEST <= last - first <= _LONGEST)


def level_db(samples: npt.NDArray[np.int16]) -> float:
    """Mean level in dB full scale; -100 for digital silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) / 2**30
    return 10 * float(np.log10(power + 1e-10))


def seconds(samples: int) -> float:
    """Length of that many samples."""
    return samples / EARS_RATE_HZ
