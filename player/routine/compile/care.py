"""A step that asks becomes its question and what each answer means; what a listener has leaves steps out.

In: a step with `ask`, or the work of a step, and what is known; out: the steps in its place, or what bars it.
Of what is asked in the session itself the steps carry what is left to decide (`when`).
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from player.core.condition import Condition, Logic, Value, joined, reduced
from player.core.plan import Advance, Ask, Eyes
from player.routine.compile.known import CompileContext
from player.routine.model.library import FactOf, Means, Site, Stroke, doctor_of
from player.routine.model.script import Doing, Keep, StepSpec

LIGHT = 2  # the most pressure that counts as light
_THEN = {Means.LEAVE_OUT: Advance.AUTO, Means.ASKS: Advance.AUTO, Means.SETTLE: Advance.WAIT}
_MOMENT = Doing(seconds=1, settle=0)


def asked(spec: StepSpec, context: CompileContext) -> Iterator[StepSpec]:
    """Yield the steps of one that asks: its question, as far as it is open, and what its answers mean."""
    fact = context.library.facts[spec.ask]
    if fact.in_ is not None and not fact.lasting and fact.in_ not in context.families:
        return  # a session like this does not ask for it
    question = fact.again if fact.again and context.last.get(fact.id) else fact.question
    say, again = spec.say or question, spec.say_again or question
    spec = replace(spec, say=say, say_again=again, keep=Keep.ALWAYS)
    if fact.means is None:
        doing = replace(spec.doing, seconds=1.0, settle=0.0)
        if fact.id in context.open:
            asks = Ask(fact.id)
            yield replace(spec, doing=doing, advance=Advance.CHOICE, asks=asks, care=fact.of_health)
        return
    care = _Care(spec, fact, context)
    if fact.id in context.open:
        yield from care.question()
    yield from care.meanings()


class _Care:
    """Makes the steps of one question of care."""

    def __init__(self, spec: StepSpec, fact: FactOf, context: CompileContext) -> None:
        label = spec.label or context.words["label_gate"]
        doing = replace(_MOMENT, eyes=Eyes.EITHER)
        self._spec = replace(spec, label=label, doing=doing, find="", care=True)
        self._fact = fact
        self._context = context
        self._has = Value(fact.id)
        self._doctor = Value(doctor_of(fact.id))

    def question(self) -> Iterator[StepSpec]:
        ask = Ask(self._fact.id, opens=False, echo=self._fact.no)
        yield replace(self._spec, id=self._id(), advance=Advance.ANSWER, asks=ask)

    def meanings(self) -> Iterator[StepSpec]:
        fact, has = self._fact, self._has
        ends = fact.in_ is None or fact.in_ in self._context.families
        if fact.means is Means.ENDS and ends:
            yield from self._told("ends", fact.yes, has, ends=True)
        elif fact.means is Means.DOCTOR or fact.clears:
            yield from self._with_doctor(ends=ends and not fact.clears)
        elif fact.means in _THEN and fact.id in self._context.open:
            yield from self._told("told", fact.yes, has, advance=_THEN[fact.means])

    def _with_doctor(self, *, ends: bool) -> Iterator[StepSpec]:
        words, has, agreed = self._context.words, self._has, self._doctor
        refused = Logic("not", (agreed,))
        news = self._fact.id in self._context.open
        if (news or not self._fact.clears) and not self._context.facts.get(agreed.name, False):
            ask = Ask(agreed.name, opens=True, echo=words["doctor_agreed"])
            yield from self._told("doctor", words["doctor_question"], has, advance=Advance.ANSWER, asks=ask)
        if ends:
            yield from self._told("ends", words["doctor_first"], _both(has, refused), ends=True)
        if news:
            told = _both(has, refused) if self._fact.clears else _both(has, agreed) if ends else has
            yield from self._told("told", self._fact.yes, told)

    def _told(
        self,
        name: str,
        text: str,
        when: Condition,
        *,
        advance: Advance = Advance.AUTO,
        asks: Ask | None = None,
        ends: bool = False,
    ) -> Iterator[StepSpec]:
        known = self._context.facts.get(self._doctor.name, False)
        open_ = self._context.open | (set() if known else {self._doctor.name})
        left = reduced(when, self._context.facts, open_)
        if left is False:
            return
        spec = within(self._spec, left)
        spec = replace(spec, id=self._id(name), say=text, say_again="", say_short="")
        yield replace(spec, advance=advance, asks=asks, ends=ends)

    def _id(self, *names: str) -> str:
        return ".".join(("care", self._fact.id, *names))


def _both(*parts: Condition) -> Condition:
    return Logic("and", parts)


def within(spec: StepSpec, left: Condition | bool) -> StepSpec:
    """Return the step under one more condition; True is none."""
    if isinstance(left, bool):
        return spec
    both = joined("and", iter([one for one in (spec.when, left) if one is not None]))
    return replace(spec, when=None if isinstance(both, bool) else both)


def barred(stroke: Stroke, sites: tuple[Site, ...], context: CompileContext) -> Condition | bool:
    """Return whether a step is left out because of what the listener has, or what of that is open."""
    places = _places(sites)
    tool = {"tool"} if stroke.tool else set()
    names = frozenset(places | {stroke.id, stroke.family.value} | tool)
    facts = (fact for fact in context.library.facts.values() if _hits(fact, sites, names))
    return joined("or", (reduced(_bars(fact), context.facts, context.all_open) for fact in facts))


def lightened(pressure: int, sites: tuple[Site, ...], context: CompileContext) -> Condition | bool:
    """Return whether work of this pressure is led lightly for what the listener has, or what is open."""
    if pressure <= LIGHT:
        return False
    facts = context.library.facts.values()
    has = (Value(fact.id) for fact in facts if fact.lightens and _there(fact, _places(sites)))
    return joined("or", (reduced(one, context.facts, context.all_open) for one in has))


def _hits(fact: FactOf, sites: tuple[Site, ...], names: frozenset[str]) -> bool:
    if any(fact.id in site.forbidden_when for site in sites):
        return True
    return _there(fact, names) and not names.isdisjoint(fact.leaves_out)


def _there(fact: FactOf, names: Collection[str]) -> bool:
    """Whether a fact counts where this is done: everywhere, or at its own places."""
    return not fact.at or any(name in names for name in fact.at)


def _places(sites: tuple[Site, ...]) -> set[str]:
    return {name for site in sites for name in (site.id, *site.zones)}


def _bars(fact: FactOf) -> Condition:
    has = Value(fact.id)
    return _both(has, Logic("not", (Value(doctor_of(fact.id)),))) if fact.clears else has
