"""Where speech begins and ends: the same for every recogniser.

A frame counts when it sounds like speech and stands out of the noise floor; a stretch opens when half of
the last 0.3 s counts and closes when that time is quiet again. In noise, which hides all but the vowel of a
short word, fewer frames are enough the farther they stand out. Endpointing by voice activity alone never
closes in noise; energy over the floor alone opens at every knock. Talk that never pauses is that of many, and
there a frame counts only when it stands out of it. Where others talk softly, as from a television, what is
clearly louder begins anew and is over when it is clearly softer again.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from player.ports import EARS_RATE_HZ

FRAME = 480  # 30 ms
FRAME_BYTES = 2 * FRAME
FRAME_S = FRAME / EARS_RATE_HZ


class IsSpeech(Protocol):
    """Whether one frame, s16le, sounds like speech."""

    def __call__(self, frame: bytes, *, finely: bool) -> bool:
        """Judge it at once, or finely where much of what there is sounds like speech."""


_SMOOTHING = 10  # frames
_OPEN_AT = 5  # speech frames among the last `_SMOOTHING`
_FAR_OUT = 2.5  # frames that one is worth at most in noise, where it stands out so many times `_STAND_OUT_DB`
_CLOSE_AT = 1
_ISOLATION = 10  # quiet frames before a lone word
_SHORTEST, _LONGEST = 5, 67  # frames: 0.15 s, 2.0 s
_PRE_ROLL, _EARLIER = 6, 5  # frames kept from before: weak beginnings, and those that noise hides
_STAND_OUT_DB = 5.0
_QUIETEST_DB = -60.0  # full scale; nothing softer is speech, and a louder floor is noise
_LOWEST_FLOOR_DB = -75.0
_FLOOR_RISE_DB = 0.03  # per frame: 1 dB a second
_FLOOR_MEMORY = 50  # frames
_BUSY = 100  # frames
_BUSY_SHARE = 0.25  # of them count: besides words there is something like them, such as music
_CROWD = 133  # frames: who speaks for 4 s without a breath is more than one
_CROWD_SHARE = 0.97  # of them
_OVER_CROWD_DB = 4.0
_LOUDER_DB = 6.0  # than the loudest of those who talk softly, for so many frames on end
_LOUDER = 3
_SOFTER_DB = 9.0  # than the loud part of the word
_RISE = 10  # frames in which a stretch may become louder and is still the same
_OVER_TALK_DB = 3.0  # over the loudest of what came before it
_UNDER_PEAK_DB = 26.0  # so far under its loudest frame a word is over, or holds its breath
_BEFORE = 77  # frames: the 2.3 s that a command must stand out of
_LOUD_PART, _LOUD_BEFORE = 85, 95  # percentiles: how loud a stretch is, and what came before it


@dataclass(frozen=True, slots=True)
class SegmentOpened:
    """Speech may begin at `at`; `pcm`: all so far from 0.18 s before, `earlier`: 0.15 s before that."""

    at: int
    pcm: bytes
    earlier: bytes = b""


@dataclass(frozen=True, slots=True)
class Grew:
    """The open stretch went on."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples `start` to `end` hold speech.

    `alone`: of a word's length, with quiet before it, softer talk, or one word; then not `apart`, nor is
    a vowel shorter than a word.
    `over_floor_db`: its level over the noise; `over_before_db`: over the loudest of the 2.3 s before it.
    """

    start: int
    end: int
    alone: bool
    over_floor_db: float
    over_before_db: float
    apart: bool


@dataclass(frozen=True, slots=True)
class Lull(Stretch):
    """The open stretch has been quiet for `frames` frames: it may be over, or a word may hold its breath."""

    frames: int


@dataclass(frozen=True, slots=True)
class Closed(Stretch):
    """The stretch is over."""


Change = SegmentOpened | Grew | Lull | Closed


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


class Crowd:
    """Talk that never pauses: many people at once, a television."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_CROWD)
        self._speech: deque[bool] = deque([False] * _CROWD, maxlen=_CROWD)

    def over(self, level_db: float, *, speech: bool) -> bool:
        """Take one frame; return whether it stands out of the crowd, or there is none."""
        crowd = sum(self._speech) >= _CROWD_SHARE * _CROWD
        over = not crowd or level_db > float(np.median(self._levels)) + _OVER_CROWD_DB
        self._levels.append(level_db)
        self._speech.append(speech)
        return over


class Segmenter:
    """Cuts a stream of 16 kHz s16le into stretches of speech; any chunk size gives the same ones."""

    def __init__(self, is_speech: IsSpeech) -> None:
        self.floor = NoiseFloor()
        self._crowd = Crowd()
        self.level_db = _LOWEST_FLOOR_DB
        self.faint = self.spoken = 0  # frames like speech, too soft for it and loud enough
        self.own_voice = False  # the player speaks: what stands out may be what is left of it
        self._is_speech = is_speech
        self._rest = b""
        self._frames: deque[bytes] = deque(maxlen=_EARLIER + _PRE_ROLL + _SMOOTHING)
        self._recent: deque[bool] = deque([False] * _SMOOTHING, maxlen=_SMOOTHING)
        self._worth: deque[float] = deque([0.0] * _SMOOTHING, maxlen=_SMOOTHING + _LONGEST)  # of each frame
        self._busy: deque[bool] = deque([False] * _BUSY, maxlen=_BUSY)
        self._levels: deque[float] = deque(maxlen=_BEFORE + _SMOOTHING + _LONGEST)  # dB, the latest
        self._first: int | None = None  # frame at which the open stretch began
        self._peak_db = _LOWEST_FLOOR_DB  # of the open stretch
        self._floor_db = _LOWEST_FLOOR_DB  # when it began
        self._among = False  # it began where much sounded like speech
        self._before_db = _LOWEST_FLOOR_DB  # the loudest of the 2.3 s before it
        self._lull = 0  # frames
        self._count = 0
        self._last_end = -_ISOLATION
        self._last_lone: int | None = None  # frame at which the last stretch began, if it was alone

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
        self._worth.append(self._worth_of_frame() if self._recent[-1] else 0.0)
        self._count += 1
        self._frames.append(frame)
        self._levels.append(self.level_db)
        if self._first is not None and self._outdone(self._first):
            yield self._finish(self._first)
            yield self._begin_louder()
        elif self._first is not None:
            yield from self._go_on(self._first, frame)
        elif any(self._recent) and self._worth_since(self._count - _SMOOTHING) >= _OPEN_AT:
            yield self._begin()

    def _go_on(self, first: int, frame: bytes) -> Iterator[Change]:
        if self._count - first <= _LONGEST + _SMOOTHING:
            yield Grew(frame)  # beyond that it is talk, not a word: only its end matters any more
        self._peak_db = max(self._peak_db, self.level_db)
        if self._is_softer_again(first):
            self._recent[-1] = False
        speech = self._recent[-1] and self.level_db > self._peak_db - _UNDER_PEAK_DB
        self._lull = 0 if speech else self._lull + 1
        if sum(self._recent) <= _CLOSE_AT:
            yield self._finish(first)
        elif self._lull:
            yield Lull(*self._stretch(first, self._count - self._lull), self._lull)

    def _counts(self, frame: bytes) -> bool:
        self.level_db = level_db(np.frombuffer(frame, np.int16))
        over_floor = self.level_db > self.floor.follow(self.level_db) + _STAND_OUT_DB
        speech = self._speaks(frame, over_floor=over_floor)
        return self._crowd.over(self.level_db, speech=speech) and speech and over_floor

    def _worth_of_frame(self) -> float:
        """Return how many frames one that counts is worth: more where noise hides those around it."""
        out = (self.level_db - self.floor.db) / _STAND_OUT_DB
        return min(out, _FAR_OUT) if self.floor.db > _QUIETEST_DB and not self.own_voice else 1.0

    def _worth_since(self, first: int) -> float:
        return sum(list(self._worth)[first - self._count :])

    def _speaks(self, frame: bytes, *, over_floor: bool) -> bool:
        like, audible = self._is_speech(frame, finely=False), self.level_db > _QUIETEST_DB
        speech = like and audible
        self.faint += like and over_floor and not audible
        self.spoken += speech and over_floor
        self._busy.append(speech and over_floor)
        return self._is_speech(frame, finely=True) if self._is_busy() else speech

    def _is_busy(self) -> bool:
        return sum(self._busy) > _BUSY_SHARE * _BUSY

    def _outdone(self, first: int) -> bool:
        """Whether somebody louder begins to speak where others talk."""
        if not self._among or self._count - first <= _RISE + _LOUDER:
            return False
        levels = list(self._levels)[first - self._count :]
        return min(levels[-_LOUDER:]) > max(levels[:-_LOUDER]) + _LOUDER_DB

    def _is_louder(self, first: int) -> bool:
        """Whether the open stretch is louder than the talk before it."""
        return self._among and self._loud_db(first, self._count) > self._before_db + _OVER_TALK_DB

    def _is_softer_again(self, first: int) -> bool:
        """Whether somebody louder than the talk before has come to an end, though the talk has not."""
        return self._is_louder(first) and self.level_db < self._loud_db(first, self._count) - _SOFTER_DB

    def _begin(self) -> SegmentOpened:
        return self._open(self._count - _SMOOTHING + self._recent.index(True))

    def _begin_louder(self) -> SegmentOpened:
        self._recent.extend([True] * _SMOOTHING)
        return self._open(self._count - _LOUDER)

    def _open(self, first: int) -> SegmentOpened:
        kept = list(self._frames)[-(self._count - first + _PRE_ROLL + _EARLIER) :]
        sound = kept[-(self._count - first + _PRE_ROLL) :]
        self._first, self._lull, self._among = first, 0, self._is_busy()
        self._floor_db = self.floor.db
        levels = list(self._levels)
        self._peak_db = max(levels[first - self._count :])
        before = levels[max(0, len(levels) + first - self._count - _BEFORE) : first - self._count]
        before_db = float(np.percentile(before, _LOUD_BEFORE)) if before else _LOWEST_FLOOR_DB
        self._before_db = max(before_db, _LOWEST_FLOOR_DB)
        return SegmentOpened(first * FRAME, b"".join(sound), b"".join(kept[: len(kept) - len(sound)]))

    def _finish(self, first: int) -> Closed:
        quiet = next((n for n, speech in enumerate(reversed(self._recent)) if speech), _SMOOTHING)
        last = max(self._count - quiet, first + 1)
        closed = Closed(*self._stretch(first, last))
        self._first, self._last_end = None, last
        self._last_lone = first if closed.alone and closed.apart else None
        return closed

    def _stretch(self, first: int, last: int) -> tuple[int, int, bool, float, float, bool]:
        apart = first - self._last_end >= _ISOLATION or self._is_louder(first)
        second = self._last_lone is not None and last - self._last_lone <= _LONGEST
        long = last - first >= _SHORTEST
        worth = long or self._worth_since(first) >= _OPEN_AT
        lone, apart = (apart or second) and worth and last - first <= _LONGEST, apart and long
        over_floor_db, over_before_db = self._standing(first, last) if lone else (0.0, 0.0)
        return first * FRAME, last * FRAME, lone, over_floor_db, over_before_db, apart

    def _standing(self, first: int, last: int) -> tuple[float, float]:
        loud_db = self._loud_db(first, last)
        return loud_db - self._floor_db, loud_db - self._before_db

    def _loud_db(self, first: int, last: int) -> float:
        levels = list(self._levels)[first - self._count : last - self._count or None]
        return float(np.percentile(levels, _LOUD_PART))


def level_db(samples: npt.NDArray[np.int16]) -> float:
    """Mean level in dB full scale; -100 for digital silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) / 2**30
    return 10 * float(np.log10(power + 1e-10))


def seconds(samples: int) -> float:
    """Length of that many samples."""
    return samples / EARS_RATE_HZ
