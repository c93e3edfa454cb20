"""A routine as its script says it: typed, with positions, before any loop is unrolled.

A `where` is the node that was read, kept for its positions alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from player.core.condition import Condition, Fact
from player.core.plan import Advance, Ask, CountAloud, Eyes, Side, Trait
from player.yaml_reader.document import Node

Amount = float | str
"""A number, or the name of one of the routine's params."""

Words = Mapping[str, str]
"""The words of a language that routines are put into, by key."""

FORMAT = 1


class Family(StrEnum):
    """What a routine belongs to."""

    ACUPRESSURE = "acupressure"
    SCULPTURAL = "sculptural"
    SUPPORT = "support"
    INFO = "info"


class Availability(StrEnum):
    """Who may do it."""

    SELF = "self"
    SELF_ADAPTED = "self-adapted"
    SPECIALIST_ONLY = "specialist-only"


class Often(StrEnum):
    """How often a routine is meant."""

    ANY = "any"
    DAILY = "daily"
    AS_NEEDED = "as-needed"
    COURSE = "course"
    WEEKLY_AT_MOST = "weekly-at-most"
    NEVER = "never"


class Keep(StrEnum):
    """How soon something may be left out to fit a time."""

    ALWAYS = "always"
    USUALLY = "usually"
    IF_TIME = "if-time"


@dataclass(frozen=True, slots=True)
class HoldFor:
    """A hold at the end of each set."""

    count: int
    beat: float = 60.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Said or sounded in timed work: `left_s` seconds before its end, halfway, or every `left_s`."""

    kind: str  # left, last, halfway, chime, every
    left_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Doing:
    """What the hands do. None means: as the loop around it, the stroke or the routine says."""

    at: tuple[str, ...] | None = None
    side: str | None = None  # a Side, or "{side}"
    hand: str | None = None
    stroke: str | None = None
    pressure: int | None = None
    beat: float | None = None
    beats: int | None = None
    strokes: Amount | None = None
    seconds: Amount | None = None
    sets: Amount | None = None
    hold: HoldFor | None = None
    count: CountAloud | None = None
    direction: tuple[str, ...] | None = None
    eyes: Eyes | None = None
    mouth_busy: bool | None = None
    ears_covered: bool | None = None
    settle: float | None = None


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of a script."""

    id: str
    where: Node
    say: str = ""
    say_short: str = ""
    say_again: str = ""
    say_alone: str = ""
    ask: str = ""  # a fact
    ends: bool = False
    asks: Ask | None = None  # of a step that was made of one with `ask`
    care: bool = False  # made of one that asks about health
    say_by_product: Mapping[str, str] = field(default_factory=dict)
    find: str = ""
    label: str = ""
    note: str = ""
    doing: Doing = Doing()
    announce: tuple[Notice, ...] | None = None
    say_on_announce: str = ""
    say_between: str = ""
    advance: Advance | None = None
    when: Condition | None = None
    optional: bool = False
    kind: str = ""
    run: str = ""
    use: Mapping[str, Amount] = field(default_factory=dict)
    keep: Keep | None = None
    special: Trait | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One round of a `for_each`: its words, and what it changes in the steps."""

    key: str
    words: Mapping[str, str]
    doing: Doing
    where: Node
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that belong together, perhaps done several times."""

    id: str
    where: Node
    steps: "tuple[StepSpec | Group, ...]" = ()
    loops: tuple[tuple[Item, ...], ...] = ()  # outermost first
    repeat: Amount = 1
    pick: Amount | None = None
    when: Condition | None = None
    optional: bool = False
    keep: Keep | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A number that the listener may change, within limits."""

    default: float
    min: float
    max: float
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Products:
    """What may be on the hands."""

    default: str = "none"
    allowed: tuple[str, ...] = ("none",)
    forbidden: tuple[str, ...] = ()
    needs_yes: Mapping[str, str] = field(default_factory=dict)  # product: gate


@dataclass(frozen=True, slots=True)
class Tools:
    """What may be held in the hand."""

    options: tuple[str, ...] = ()
    required: bool = False
    forbidden_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits that a routine sets itself; the check holds it to them."""

    max_pressure: int | None = None
    max_pressure_at: Mapping[str, int] = field(default_factory=dict)
    allowed_hands: tuple[str, ...] = ()
    forbidden_strokes: tuple[str, ...] = ()
    forbidden_at: tuple[str, ...] = ()
    no_repeat: bool = False
    toward_terminus: bool = False
    no_back_and_forth: bool = False
    cycle: tuple[str, ...] = ()
    last_kind: str = ""
    focus: tuple[str, ...] = ()
    focus_share: float = 0.0
    one_neck_side_at_a_time: bool = True
    no_slide: bool = False
    no_twist: bool = False
    every_step_names_points: bool = False
    default_hand: str = ""


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """One routine of a playlist, or a choice among several (the first is taken when nobody chooses)."""

    where: Node
    run: tuple[str, ...] = ()
    choose: str = ""  # the name under which another can be asked for
    family: str = ""  # any routine of this family may be asked for
    when: Condition | None = None
    use: Mapping[str, Amount] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Routine:
    """A whole script: a routine, an information card or a playlist."""

    id: str
    path: str
    where: Node
    title: str = ""
    family: Family = Family.ACUPRESSURE
    language: str = "en"
    source: str = ""
    honest_note: str = ""
    availability: Availability = Availability.SELF
    target_min: tuple[float, float] | None = None
    eyes: Eyes = Eyes.EITHER
    products: Products = Products()
    tools: Tools = Tools()
    prep: tuple[str, ...] = ()
    prep_facts: Mapping[str, Fact] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    often: Often = Often.ANY
    gates: tuple[str, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    rules: Rules = Rules()
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # by which it is asked for aloud; without one it is not offered
    steps: tuple[StepSpec | Group, ...] = ()
    playlist: tuple[PlaylistEntry, ...] = ()
    digest: str = ""

    @property
    def kind(self) -> str:
        """Routine, card or playlist."""
        if self.playlist:
            return "playlist"
        return "card" if self.family is Family.INFO else "routine"


def position(where: Node, key: str) -> tuple[int, int]:
    """Return where the value of `key` stands in what was read as `where`, or where that begins."""
    inside: Any = where.value
    node = inside.get(key) if isinstance(inside, dict) else None
    return (node.line, node.column) if node is not None else (where.line, where.column)


SIDES = tuple(side.value for side in Side)

_NAMES = tuple(one.name for one in fields(Doing))
NOTHING = Doing()


def merged(doing: Doing, over: Doing) -> Doing:
    """Return `doing` with whatever `over` says instead."""
    if over is NOTHING:
        return doing
    changed: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(over, name)
        changed[name] = getattr(doing, name) if value is None else value
    return Doing(**changed)


def amount(value: Amount | None, params: Mapping[str, float]) -> float | None:
    """Return a number that may be the name of a param."""
    return params[value] if isinstance(value, str) else value
