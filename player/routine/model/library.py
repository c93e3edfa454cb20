"""What routines share, as types: places, strokes, hands, products, tools, gates, facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from player.core.plan import CountAloud, Trait
from player.routine.model.condition import Fact

Xy = tuple[float, float]


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
    forbidden_when: str = ""
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
class Ask:
    """One line of a safety list."""

    ask: str = ""
    class_: str = "stop"
    wait_days: int = 0
    clearable: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """A safety question before a routine."""

    id: str
    say: str = ""
    asks: tuple[Ask, ...] = ()
    silence_is_yes: bool = False


@dataclass(frozen=True, slots=True)
class FactOf:
    """Something that `when` may ask."""

    id: str
    question: str = ""
    default: Fact = False


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
