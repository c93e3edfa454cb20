"""What is known of a listener before a session, what must be asked, and what that decides.

In: the facts of the library and what was answered before; out: what stands, what is open, conditions decided.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from player.core.condition import Condition, Fact, reduced
from player.core.course import days_since_steam
from player.errors import Fault, FileFault
from player.files.facts import Answered
from player.routine.compile.request import Request
from player.routine.model.library import FactOf, Library, doctor_of
from player.routine.model.script import Family, Group, Param, Routine, StepSpec, Words, position

STEAMED = "days_since_steam"  # a fact
INTERVIEW_DAYS = 183  # how long the answers of an interview are good
EASE_STEP_S = 5.0
MAX_ROUTINES = 50  # in one session, as far as they are looked at for questions


def standing(facts: Mapping[str, FactOf], kept: Mapping[str, Answered], today: date) -> dict[str, bool]:
    """Return what is known today of what was answered before; what is missing must be asked.

    A "no" is good only in lasting facts, and only while the interview is; a "yes" counts for its own time.
    What was answered in the future, by a clock that was wrong, is good only where it is the careful answer.
    """
    given = {**kept, **_following(facts, kept)}
    answers = ((name, answer, facts.get(name.removesuffix(".doctor"))) for name, answer in given.items())
    return {name: answer.yes for name, answer, fact in answers if fact and _stands(fact, answer, today)}


def _following(facts: Mapping[str, FactOf], kept: Mapping[str, Answered]) -> dict[str, Answered]:
    """Return what follows from answers before, each as exactly as it is known."""
    was = {fact.id: kept[fact.after] for fact in facts.values() if _was(fact, kept)}
    return {name: answer for name, answer in was.items() if was.keys().isdisjoint(facts[name].unless)}


def _was(fact: FactOf, kept: Mapping[str, Answered]) -> bool:
    """Whether the fact that this one follows from was answered so often in a row, and at its place."""
    last = kept.get(fact.after)
    if last is None or not last.yes or last.row < fact.times:
        return False
    place = kept.get(fact.where)
    return not fact.where or (place is not None and place.yes and place.at >= last.at)


def _stands(fact: FactOf, answer: Answered, today: date) -> bool:
    if answer.yes and fact.sticky:
        return True
    age = (today - answer.on).days
    lasts = INTERVIEW_DAYS if fact.lasting else 0
    if answer.yes and fact.days:
        lasts = fact.days
    return max(age, 0) < lasts and (age >= -1 or answer.yes)


def spoken_day(when: date, words: Words) -> str:
    """Return a day as it is spoken: "12 December"."""
    months = words["months"].split()
    return words["day"].format(day=when.day, month=months[when.month - 1])


@dataclass(frozen=True, slots=True)
class CompileContext:
    """What is known in one routine of a session."""

    library: Library
    words: Words
    facts: Mapping[str, Fact]
    params: Mapping[str, float]
    product: str = "none"
    open: frozenset[str] = frozenset()  # facts that are asked in this session: nobody knows them yet
    families: frozenset[Family] = frozenset()  # of the routines of this session
    until: Mapping[str, str] = field(
        default_factory=dict
    )  # fact: when it may be asked again, as it is spoken
    last: Mapping[str, bool] = field(default_factory=dict)  # what was answered last, however long ago

    @property
    def all_open(self) -> frozenset[str]:
        """Return the facts that are open, with the doctor's agreement that each may lead to."""
        doctors = (doctor_of(name) for name in self.open)
        return self.open | {name for name in doctors if not self.facts.get(name, False)}


def decided(when: Condition | None, context: CompileContext) -> Condition | bool:
    """Return whether a condition holds, or what of it is decided in the session."""
    return True if when is None else reduced(when, context.facts, context.all_open)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a session: what was answered and done before, and what is given for this one."""

    facts: Mapping[str, FactOf]
    request: Request

    def standing(self) -> dict[str, Fact]:
        """Return what was answered before and still counts, and what the calendar says."""
        kept, calendar, today = self.request.known, self.request.calendar, self.request.today
        answered = {} if kept is None else standing(self.facts, kept, today)
        days = None if calendar is None else days_since_steam(calendar, today)
        return {**answered, **({} if days is None else {STEAMED: float(days)})}

    def settled(self) -> dict[str, Fact]:
        """Return what need not be asked."""
        lasting = {fact.id: fact.default for fact in self.facts.values() if fact.lasting}
        return {**(lasting if self.request.known is None else self.standing()), **self.request.facts}

    def settled_by(self, params: Collection[str], minutes: float | None) -> frozenset[str]:
        """Return the choices that a listener has made by naming a param, or how long it may take."""
        choices = (fact for fact in self.facts.values() if fact.instead_of)
        return frozenset(one.id for one in choices if minutes is not None or one.instead_of in params)

    def last(self) -> dict[str, bool]:
        """Return what was answered last, also what counts no more."""
        return {name: answer.yes for name, answer in (self.request.known or {}).items()}

    def until(self, words: Words) -> dict[str, str]:
        """Return for each fact whose yes counts for some days when it may be asked again, as it is spoken."""
        return {fact.id: spoken_day(self._until(fact), words) for fact in self.facts.values() if fact.days}

    def _until(self, fact: FactOf) -> date:
        answer, today = (self.request.known or {}).get(fact.id), self.request.today
        begun = answer.on if answer is not None and answer.yes and answer.on <= today else today
        return begun + timedelta(fact.days)

    def borne(self, product: str, routine: Routine) -> str:
        """Return the product, or the first that is allowed beside it when the listener does not bear it."""
        has = {**self.standing(), **self.request.facts}
        barred = {name for fact in self.facts.values() if has.get(fact.id) for name in fact.leaves_out}
        others = (name for name in routine.products.allowed if name not in barred)
        return next(others, product) if product in barred else product


def eased(name: str, param: Param, ease: float) -> float:
    """Return a param when only so much of its time beyond the least is used: 1 is all, 0 none."""
    if ease == 1.0 or not name.endswith("_secs"):
        return param.default
    return param.min + (param.default - param.min) * ease // EASE_STEP_S * EASE_STEP_S


def specs_of(steps: Iterable[StepSpec | Group]) -> Iterator[StepSpec]:
    """Yield the steps of a script once each, in order, whatever group they are in."""
    for step in steps:
        yield from specs_of(step.steps) if isinstance(step, Group) else (step,)


def asks(steps: Iterable[StepSpec | Group]) -> Iterator[str]:
    """Yield the facts that these steps ask."""
    return (spec.ask for spec in specs_of(steps) if spec.ask)


def asked_in(routines: Iterable[Routine], others: Callable[[Routine], Iterable[Routine]]) -> set[str]:
    """Return the facts that these scripts ask, and the `others` that each of them leads to."""
    asked: set[str] = set()
    waiting, seen = list(routines), set[str]()
    while waiting and len(seen) < MAX_ROUTINES:
        routine = waiting.pop()
        if routine.id not in seen:
            seen.add(routine.id)
            asked |= set(asks(routine.steps))
            waiting += others(routine)
    return asked


def limited(name: str, value: float, routine: Routine) -> float:
    """Return the value of a param. Raises `FileFault` when it is out of its limits."""
    param = routine.params[name]
    if not param.min <= value <= param.max:
        message = f"`{name}` is {value:g}; {routine.id} takes {param.min:g} to {param.max:g}"
        raise FileFault((Fault(routine.path, *position(routine.where, "params"), message, "param"),))
    return value
