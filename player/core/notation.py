"""What a score is made of: sounds and places at sample positions, 48 kHz, from the start of a performance."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum

from player.core.place import Part, Place
from player.core.timing import RATE_HZ


def samples(seconds: float) -> int:
    """Return seconds as samples."""
    return round(seconds * RATE_HZ)


class Role(StrEnum):
    """Why something is said."""

    PREFACE = "preface"
    INSTRUCTION = "instruction"
    COUNT = "count"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Speech:
    """`text` is said from sample `at` to sample `end`; `brisk` where the usual way is longer than a beat."""

    at: int
    end: int
    text: str
    role: Role
    brisk: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """A tone by name at sample `at`; `length` samples where it lasts (a hum), else 0."""

    at: int
    tone: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """From sample `at` on the session is at `place`."""

    at: int
    place: Place


@dataclass(frozen=True, slots=True)
class Score:
    """One performance: what sounds, where the session is, and how long it takes in samples."""

    speech: tuple[Speech, ...]
    beats: tuple[Beat, ...]
    marks: tuple[ScoreMark, ...]
    length: int

    def speaks(self, position: int, tail: int) -> bool:
        """Return whether something is being said at sample `position`, or was within `tail` samples."""
        return any(one.at <= position < one.end + tail for one in self.speech)

    def place_at(self, position: int) -> Place | None:
        """Return the place at sample `position`, timed work to the millisecond; None in a preface."""
        index = bisect_right(self.marks, position, key=lambda mark: mark.at)
        if not index:
            return None
        mark = self.marks[index - 1]
        if mark.place.part is not Part.TIME:
            return mark.place
        return replace(mark.place, elapsed_ms=mark.place.elapsed_ms + (position - mark.at) * 1000 // RATE_HZ)
