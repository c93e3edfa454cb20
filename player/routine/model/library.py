"""What routines share, as types: places, strokes, hands, products, tools, gates, facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from player.core.condition import Fact
from player.core.plan import CountAloud, Trait
from player.routine.model.script import Family, Group, StepSpec

Xy = tuple[float, float]
_DOCTOR = ".doctor"


@dataclass(frozen=True, slots=True)
class Site:
    """A place on the body that a script can name."""

    id: str
    kind: str  # point, line, zone, node, attachment
    name: str = ""
    both: str = ""
    one: str = ""
    alternate: str = ""
    known_as: str = ""
    side: str = "mid"  # or pair
    find: str = ""
    find_short: str = ""
    max_pressure: int = 3
    cautions: tuple[str, ...] = ()
    allowed: bool = True
    why_not: str = ""
    forbidden_when: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    rank: int = 5
    view: str = "front"
    xy: Xy | None = None
    path: tuple[Xy, ...] = ()
    outline: tuple[Xy, ...] = ()


class Work(StrEnum):
    """What kind of work a stroke is."""

    NONE = "none"
    LIGHT = "light"
    POINT = "point"
    DEEP = "deep"
    MUSCLE = "muscle"
    PINCH = "pinch"
    LYMPH = "lymph"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A movement, and what a step gets when it does not say otherwise."""

    id: str
    name: str = ""
    how: str = ""
    family: Work = Work.LIGHT
    beat: float | None = None
    beats: int = 1
    strokes: int | None = None
    seconds: float | None = None
    pressure: int | None = None
    settle: float = 3.0
    count: CountAloud | None = None
    special: Trait | None = None
    forbidden_when: tuple[str, ...] = ()
    limit: float | None = None
    slides: bool = False
    twists: bool = False
    back_and_forth: bool = False
    tool: bool = False
    breath: bool = False
    hum: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A hand, product or tool."""

    id: str
    name: str = ""
    cautions: tuple[str, ...] = ()
    reusable: bool = True


@dataclass(frozen=True, slots=True)
class Gate:
    """The care of a routine, before anything is prepared: steps that ask and tell.

    `interview`: the interview comes first, as far as it is not known; `silence`: then a short silence passes
    the everyday question.
    """

    id: str
    steps: tuple[StepSpec | Group, ...] = ()
    interview: bool = False
    silence: bool = False


class Means(StrEnum):
    """What "yes" to a question of care leads to; it never leads on by itself."""

    ENDS = "ends"
    DOCTOR = "doctor"  # it ends unless a doctor has agreed
    LEAVE_OUT = "leave-out"  # the rest is led
    SETTLE = "settle"  # something is done first
    ASKS = "asks"  # further questions come


@dataclass(frozen=True, slots=True)
class FactOf:
    """Something that `when` may name and `ask` asks aloud; with `means` it is a question of care."""

    id: str
    question: str = ""
    default: Fact = False
    means: Means | None = None
    yes: str = ""  # said at once when somebody has it
    no: str = ""  # the echo of "no"
    today: str = ""  # said at the beginning of later sessions in which it leaves something out
    leaves_out: tuple[str, ...] = ()  # places, strokes, kinds of work, products, `tool`
    lightens: bool = False  # what is firm is led lightly
    clears: bool = False  # a doctor's agreement brings back what it leaves out
    in_: Family | None = None  # only sessions with a routine of this family end with it
    lasting: bool = False  # asked in the interview
    sticky: bool = False  # a yes stands until it is forgotten
    days: int = 0  # how long a yes counts; 0: as long as the interview
    again: str = ""  # of a choice: how it is offered to somebody who took it last time
    instead_of: str = ""  # of a choice: the param that is meant otherwise; who names it is not asked
    private: bool = False  # a matter of health though no question of care
    after: str = ""  # the fact that was answered with yes before: this one says so
    times: int = 1  # how often in a row that was
    where: str = ""  # and the fact that says at which place it was: this one counts only there
    at: tuple[str, ...] = ()  # zones: what it leaves out and lightens; (): everywhere
    unless: tuple[
        str, ...
    ] = ()  # facts that say it more exactly: where one of them counts, this one does not

    @property
    def of_health(self) -> bool:
        """Whether an answer is kept out of log, journal and cache."""
        return self.private or self.means is not None


def doctor_of(fact: str) -> str:
    """Return the name of the fact that a doctor has agreed in spite of `fact`."""
    return f"{fact}{_DOCTOR}"


def is_doctors(name: str) -> bool:
    """Whether a name is that of a doctor's agreement."""
    return name.endswith(_DOCTOR)


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that routines share, by id."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    strokes: Mapping[str, Stroke] = field(default_factory=dict)
    hands: Mapping[str, Thing] = field(default_factory=dict)
    products: Mapping[str, Thing] = field(default_factory=dict)
    tools: Mapping[str, Thing] = field(default_factory=dict)
    gates: Mapping[str, Gate] = field(default_factory=dict)
    facts: Mapping[str, FactOf] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    def site(self, word: str) -> Site | None:
        """Return the place with this id or spoken name."""
        return self.sites.get(word) or self.sites.get(self.by_name.get(word.lower(), ""))

    def site_words(self) -> Iterator[str]:
        """Yield every id and name of a place, for suggestions."""
        yield from self.sites
        yield from (site.name for site in self.sites.values())
