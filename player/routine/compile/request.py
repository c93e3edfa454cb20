"""What a listener asks for beside a routine's name, and whether it is known there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from player.core.condition import Fact
from player.core.course import Calendar
from player.errors import UsageError
from player.files.facts import Answered
from player.messages import did_you_mean
from player.routine.compile.load import Scripts
from player.routine.model.script import Routine, position


@dataclass(frozen=True, slots=True)
class Request:
    """What a listener asks for beside the routine's name."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    params: Mapping[str, float | str] = field(default_factory=dict)
    product: str = ""
    tool: str = ""
    minutes: float | None = None
    with_prep: bool = False
    with_after: bool = False
    with_gates: bool = False
    known: Mapping[str, Answered] | None = None  # what was answered before; None: all of it, with no
    today: date = date.min
    heard: bool = True  # whether a microphone hears: else silence means nothing
    everyday: bool = True  # whether the everyday question is asked where the interview is known
    led: int | None = None  # how often the listener was led through it before; None: it makes no difference
    calendar: Calendar | None = None  # what was done when; None: nobody is asked for, so no course is told of


NOTHING_ASKED = Request()


def check_request(request: Request, routine: Routine, scripts: Scripts) -> None:
    """Raise `UsageError` for facts, products, tools and params that are not known here."""
    library = scripts.library
    for name in request.facts:
        need(name, library.facts, "fact", shows(routine))
    if request.product:
        need(request.product, library.products, "product", shows(routine))
        allowed = (routine.products.default, *routine.products.allowed)
        if not routine.playlist and "any" not in allowed:
            need(request.product, allowed, f"product in {routine.id} called", shows(routine))
    if request.tool:
        need(request.tool, routine.tools.options or library.tools, "tool", shows(routine))
    _check_params(request, routine, scripts)


def _check_params(request: Request, routine: Routine, scripts: Scripts) -> None:
    known = {*routine.params, *(entry.choose for entry in routine.playlist)}
    if not known.issuperset(request.params):
        known |= {name for other in _scripts_of(routine, scripts) for name in other.params}
    for name in request.params:
        hint = f"{shows(routine)}; facts: docs/routine-format.md"
        need(name, known - {""}, "param or fact", hint, scripts.library.facts)


def _scripts_of(routine: Routine, scripts: Scripts) -> Iterator[Routine]:
    names = [*routine.prep, *routine.after, *(name for entry in routine.playlist for name in entry.run)]
    return (scripts.routine(name, where=title_of(routine)) for name in names)


def title_of(routine: Routine) -> tuple[str, int, int]:
    """Return file, line and column of a routine's title: who asked, in a message."""
    return routine.path, *position(routine.where, "title")


def shows(routine: Routine) -> str:
    """Return the hint that tells how to see what a routine takes."""
    return f"`player show {routine.id}` names what it takes"


def need(name: str, known: Iterable[str], what: str, hint: str, others: Iterable[str] = ()) -> None:
    """Raise `UsageError` unless `name` is among what is known; `others` are for suggestions only."""
    known = sorted(set(known))
    if name not in known:
        few = f"; there is: {', '.join(known)}" if 0 < len(known) <= 12 else ""
        message = f"there is no {what} `{name[:60]}`{did_you_mean(name, (*known, *others))}{few}"
        raise UsageError(message, hint)
