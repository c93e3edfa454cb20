"""What an evening is made of on this machine: the shelf, what was last, the request that answers make."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from player.app import care
from player.app.spoken_names import faults
from player.core.evening import AS_LAST, Evening, Offer
from player.core.menu_words import Words
from player.core.plan import Plan
from player.core.timing import usual_s
from player.errors import Fault, FileFault, PlayerError
from player.files import facts
from player.routine.compile.compose import plan_of, session_of
from player.routine.compile.gates import INTERVIEW
from player.routine.compile.known import asks, standing
from player.routine.compile.load import Scripts
from player.routine.compile.request import NOTHING_ASKED, Request
from player.routine.model.script import Availability, Family, Routine

RESTFUL = frozenset({"rest", "evening"})  # tags
USUAL = frozenset({"general", "daily", "balance"})  # tags
REST = "rest"  # the group of what is restful
_Care = tuple[Family, tuple[str, ...]]


@dataclass(slots=True)
class Shelf:
    """The routines that can be asked for aloud: those with names, but for names that cannot work.

    `faults`: why some are not offered, or not by that name.
    """

    scripts: Scripts
    words: Words
    faults: list[Fault] = field(default_factory=list)
    _offers: dict[str, Offer] = field(default_factory=dict)
    _routines: dict[str, Routine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [routine for routine in self._read() if routine.names and _may_be_led(routine)]
        self.faults += faults(named, self.words.language, self.words)
        refused = {(fault.path, fault.line) for fault in self.faults}
        for routine in named:
            with_names = () if any(path == routine.path for path, _ in refused) else routine.names
            try:
                self._offers[routine.id] = self._offer(routine, with_names)
            except PlayerError as error:
                self.faults.append(Fault(routine.path, 0, 0, str(error)))
            else:
                self._routines[routine.id] = routine

    def _read(self) -> Iterator[Routine]:
        for name in self.scripts.names():
            try:
                yield self.scripts.routine(name)
            except FileFault as fault:
                self.faults += fault.faults

    def routine(self, name: str) -> Routine:
        """Return a routine of the shelf. Raises `KeyError`."""
        return self._routines[name]

    def offers(self, request: Request) -> tuple[Offer, ...]:
        """Return every offer, with whether what is known of the listener allows it."""
        allowed: dict[_Care, bool] = {}
        return tuple(
            replace(offer, allowed=self._allowed(self._routines[name], request, allowed))
            for name, offer in self._offers.items()
        )

    def _allowed(self, routine: Routine, request: Request, known: dict[_Care, bool]) -> bool:
        """Whether nothing that is known ends a session of this kind before it begins."""
        if routine.playlist:
            inner = (self.scripts.routine(entry.run[0]) for entry in routine.playlist)
            return all(self._allowed(one, request, known) for one in inner)
        kind = (routine.family, routine.gates)
        if kind not in known:
            plan = plan_of(routine, self.scripts, self.words.language.routine, request)
            known[kind] = not any(step.ends and step.when is None for step in plan.steps)
        return known[kind]

    def _offer(self, routine: Routine, names: tuple[str, ...]) -> Offer:
        moves, _, _ = session_of(routine, self.scripts, self.words.language.routine, NOTHING_ASKED)
        restful = bool(RESTFUL & set(routine.tags))
        return Offer(
            id=routine.id,
            title=routine.title,
            minutes=usual_s(move.step for move in moves) / 60,
            names=tuple(name.lower() for name in names),
            groups=(routine.family.value, *routine.tags, *((REST,) if restful else ())),
            products=() if routine.playlist else _products(routine),
            quiet="quiet_secs" in routine.params and routine.params["quiet_secs"].min <= 60,
            restful=restful,
            usual=bool(USUAL & set(routine.tags)),
        )


def _may_be_led(routine: Routine) -> bool:
    return routine.family is not Family.INFO and routine.availability is not Availability.SPECIALIST_ONLY


def _products(routine: Routine) -> tuple[str, ...]:
    return tuple(dict.fromkeys((routine.products.default, *routine.products.allowed)))


def request(evening: Evening, of: care.Person, asof: datetime, *, heard: bool, everyday: bool) -> Request:
    """Return what was wished for the routine that was chosen, with what is known of the listener."""
    wishes = {name: value for name, value in evening.wishes.items() if name != AS_LAST}
    asked = Request(
        product=wishes.get("product", ""),
        minutes=float(wishes["minutes"]) if "minutes" in wishes else None,
        params={"quiet_secs": float(wishes["quiet"])} if "quiet" in wishes else {},
        with_gates=True,
    )
    return care.informed(asked, of, asof, heard=heard, everyday=everyday)


def interview_due(scripts: Scripts, of: care.Person, asof: datetime) -> bool:
    """Whether a lasting question of care is to be asked."""
    shelf = scripts.library.facts
    known = standing(shelf, facts.before(of.facts, asof), asof.astimezone().date())
    return any(
        shelf[name].lasting and shelf[name].means is not None and name not in known
        for name in asks(scripts.routine(INTERVIEW).steps)
    )


def interview(scripts: Scripts, words: Words, of: care.Person, asof: datetime) -> Plan:
    """Return the interview as far as it is not known."""
    known = facts.before(of.facts, asof)
    asked = Request(known=known, today=asof.astimezone().date())
    spoken = words.language.routine
    plan = plan_of(scripts.routine(INTERVIEW), scripts, spoken, asked)
    first, *others = plan.steps
    first = replace(first, say=" ".join((*care.told_of(of, asof, spoken), first.say)))
    return replace(plan, steps=(first, *others), framed=False)  # the evening goes on after it
