"""Where a session can be.

Each state carries exactly what it needs. `place` in Playing is where its performance began; where the
session really is comes with each event.
"""

from dataclasses import dataclass
from enum import StrEnum

from player.core.place import Place


class Ending(StrEnum):
    """How a session ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    DECLINED = "declined"  # an answer to a question of care means that it may not go on
    UNANSWERED = "unanswered"  # nobody chose for so long that nobody is there


class Said(StrEnum):
    """What came while a question was open: only after nothing at all is silence an answer."""

    NOTHING = "nothing"
    UNCLEAR = "unclear"  # something that was not understood
    ASKED_AGAIN = "asked again"  # for that; now it waits


@dataclass(frozen=True, slots=True)
class Idle:
    """Not begun."""


@dataclass(frozen=True, slots=True)
class Offering:
    """An interrupted session was found; "yes" goes on at `place`, "no" or silence begins anew."""

    place: Place
    said: Said = Said.NOTHING


@dataclass(frozen=True, slots=True)
class Playing:
    """A step is being performed."""

    place: Place


@dataclass(frozen=True, slots=True)
class Questioning(Playing):
    """A step that asks is being performed; nobody needs to hear a question to its end to answer it."""

    said: Said = Said.NOTHING


@dataclass(frozen=True, slots=True)
class Passed(Playing):
    """The first step after the everyday question that silence passed; a late "yes" still counts."""


@dataclass(frozen=True, slots=True)
class Choosing(Playing):
    """A step that lets one choose is being performed, or waits: `choices` are what can be said, and means."""

    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step's work is over; "next" goes on."""

    place: Place


@dataclass(frozen=True, slots=True)
class Asking:
    """The step asked something; "yes" or "no" answers."""

    place: Place
    said: Said = Said.NOTHING


@dataclass(frozen=True, slots=True)
class Paused:
    """Silent at `place`, until told to go on."""

    place: Place


@dataclass(frozen=True, slots=True)
class Unanswered(Paused):
    """Silent at a question that is still open."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The last sentence is being said."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Finished:
    """Over."""

    ending: Ending


State = (
    Idle
    | Offering
    | Playing
    | Questioning
    | Passed
    | Choosing
    | Waiting
    | Asking
    | Paused
    | Unanswered
    | Closing
    | Finished
)
Live = Offering | Playing | Questioning | Passed | Choosing | Waiting | Asking | Paused | Unanswered
