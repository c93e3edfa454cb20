"""Which routines a session is made of, what is known in each, and which of their steps are wanted.

In: a read routine, the folder of scripts, the words of the language, a request. Out: `Part`s in the order in
which they are led; of their steps only those are left whose conditions hold, and beside each step that runs
another routine stands that routine's part. Nothing is unrolled yet. Raises `FileFault` for a routine that is
missing, nested too deep or too long and for a param out of its limits, `UsageError` for a choice that is not
there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod

from player.core.plan import Advance, Eyes
from player.errors import Fault, FileFault
from player.routine.compile.load import Scripts
from player.routine.compile.request import Request, need, shows, title_of
from player.routine.compile.size import MAX_SIZE, size
from player.routine.model.condition import Condition, Fact, holds
from player.routine.model.library import Library
from player.routine.model.script import (
    Amount,
    Doing,
    Family,
    Group,
    Keep,
    Param,
    PlaylistEntry,
    Routine,
    StepSpec,
    Words,
    amount,
    position,
)
from player.yaml_reader.document import Node

MAX_DEPTH = 8
EASE_STEP_S = 5.0
_ORDER = {Keep.ALWAYS: 0, Keep.USUALLY: 1, Keep.IF_TIME: 2, None: 1}
_NOWHERE = Node({}, 0, 0)

Steps = tuple[StepSpec | Group, ...]


@dataclass(frozen=True, slots=True)
class CompileContext:
    """What is known in one routine of a session."""

    library: Library
    words: Words
    facts: Mapping[str, Fact]
    params: Mapping[str, float]
    product: str = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One routine of a session: its steps, still in loops, and the parts that they run, by their `where`."""

    routine: Routine
    context: CompileContext
    steps: Steps
    prefix: tuple[str, ...] = ()  # of the ids of its steps
    inner: Mapping[Node, "Part"] = field(default_factory=dict)
    gate: bool = False  # one safety question, not the routine's own steps
    whole: bool = False  # every round of a group, also where only some are picked


def session_parts(
    routine: Routine, scripts: Scripts, words: Words, request: Request, ease: float = 1.0
) -> tuple[Part, ...]:
    """Return the parts of a session, with what the listener asked for around them.

    `ease`: how much of the params' times beyond their least is used, 1 is all, 0 the least.
    """
    return tuple(_Assembler(scripts, words, request, ease).session(routine))


def routines_in(parts: Iterable[Part]) -> Iterator[Routine]:
    """Yield the routine of every part but gates, in the order in which they come first."""
    for part in parts:
        if not part.gate:
            yield part.routine
        yield from routines_in(part.inner.values())


class _Assembler:
    def __init__(self, scripts: Scripts, words: Words, request: Request, ease: float) -> None:
        self._scripts = scripts
        self._words = words
        self._request = request
        self._ease = ease
        self._size = 0

    def session(self, routine: Routine) -> Iterator[Part]:
        if routine.playlist:
            yield from self._playlist(routine)
            return
        request, facts = self._request, self._facts(routine, {})
        if request.with_gates:
            yield from self._gates(((routine, facts),))
        if request.with_prep:
            prep_facts = {**facts, **routine.prep_facts, **request.facts}
            yield from (self._other(name, routine, prep_facts) for name in routine.prep)
        yield self._part(routine, facts, {}, ())
        if request.with_after:
            yield from (self._other(name, routine, facts) for name in routine.after)

    def _facts(self, routine: Routine, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        """Return every fact: by default, from the script, from product and tool; the listener wins."""
        library = self._scripts.library
        product = str(self._request.product or facts.get("product") or routine.products.default)
        options = routine.tools.options or tuple(library.tools)
        tool = str(facts.get("tool") or self._request.tool or options[0])
        given = {name: fact.default for name, fact in library.facts.items()}
        return {
            **given,
            **facts,
            "product": product,
            "tool": tool,
            "tool.reusable": library.tools[tool].reusable,
            **self._request.facts,
        }

    def _playlist(self, routine: Routine) -> Iterator[Part]:
        chosen = [(entry, self._chosen(entry, routine)) for entry in routine.playlist]
        main = next((inner for _, inner in chosen if inner.family is Family.SCULPTURAL), None)
        facts: dict[str, Fact] = {"product": main.products.default} if main else {}
        if main and self._request.product:
            need(self._request.product, main.products.allowed, f"product in {main.id} called", shows(main))
        there = [(entry, inner, self._facts(inner, {**facts, **entry.facts})) for entry, inner in chosen]
        there = [led for led in there if _wanted(led[0].when, led[2])]
        if self._request.with_gates:
            yield from self._gates((inner, now) for _, inner, now in there)
        yield from (self._part(inner, now, entry.use, (inner.id,)) for entry, inner, now in there)

    def _chosen(self, entry: PlaylistEntry, routine: Routine) -> Routine:
        asked = str(self._request.params.get(entry.choose, "")) if entry.choose else ""
        where = (routine.path, *position(entry.where, "run"))
        inner = self._scripts.routine(asked or entry.run[0], where=where)
        if asked and asked not in entry.run and inner.family.value != entry.family:
            need(asked, entry.run, f"choice for `{entry.choose}`", shows(routine))
        return inner

    def _gates(self, routines: Iterable[tuple[Routine, Mapping[str, Fact]]]) -> Iterator[Part]:
        """Yield the safety questions of all these routines, each once, before anything is prepared."""
        asked: set[str] = set()
        for routine, facts in routines:
            needed = routine.products.needs_yes.get(str(facts["product"]))
            for name in (*routine.gates, *([needed] if needed else [])):
                if name not in asked:
                    asked.add(name)
                    yield self._gate(name, routine, facts)

    def _gate(self, name: str, routine: Routine, facts: Mapping[str, Fact]) -> Part:
        gate = self._scripts.library.gates[name]
        spec = StepSpec(
            id="ask",
            where=_NOWHERE,
            say=gate.say,
            label=self._words["label_gate"],
            doing=Doing(eyes=Eyes.EITHER),
            advance=Advance.UNLESS_NO if gate.silence_is_yes else Advance.YES,
        )
        context = self._context(routine, facts, {})
        return Part(routine, context, (spec,), ("gate", name), gate=True)

    def _other(self, name: str, asker: Routine, facts: Mapping[str, Fact]) -> Part:
        inner = self._scripts.routine(name, where=title_of(asker))
        return self._part(inner, facts, {}, (inner.id,))

    def _part(
        self,
        routine: Routine,
        facts: Mapping[str, Fact],
        use: Mapping[str, Amount],
        prefix: tuple[str, ...],
        times: int = 1,
    ) -> Part:
        """Return a routine's part with those of the routines that it runs; it comes `times` times."""
        self._bound(routine, prefix, times)
        context = self._context(routine, facts, use)
        steps = _narrowed(routine.steps, context)
        inner = {
            spec.where: self._part(
                self._scripts.routine(spec.run, where=(routine.path, *position(spec.where, "run"))),
                facts,
                spec.use,
                (*prefix, spec.id),
                times * rounds,
            )
            for spec, rounds in _runs(steps, context.params)
        }
        return Part(routine, context, steps, prefix, inner)

    def _bound(self, routine: Routine, prefix: tuple[str, ...], times: int) -> None:
        if len(prefix) > MAX_DEPTH:
            message = f"`{routine.id}` runs itself, or runs are nested deeper than {MAX_DEPTH}"
            raise FileFault((Fault(routine.path, 0, 0, message, "endless-run"),))
        self._size += times * size(routine.steps, routine.params)
        if self._size > MAX_SIZE:
            message = f"the session unrolls to more than {MAX_SIZE} steps"
            raise FileFault((Fault(routine.path, 0, 0, message, "too-many-steps"),))

    def _context(
        self, routine: Routine, facts: Mapping[str, Fact], use: Mapping[str, Amount]
    ) -> CompileContext:
        params = {name: _eased(name, param, self._ease) for name, param in routine.params.items()}
        for name, value in {**use, **self._request.params}.items():
            if name in params and not isinstance(value, str):
                params[name] = _within(name, value, routine)
        return CompileContext(self._scripts.library, self._words, facts, params, str(facts["product"]))


def _wanted(when: Condition | None, facts: Mapping[str, Fact]) -> bool:
    return when is None or holds(when, facts)


def _narrowed(steps: Steps, context: CompileContext) -> Steps:
    """Return the steps whose conditions hold, and of a group that picks among its steps those picked."""
    return tuple(
        _narrowed_group(step, context) if isinstance(step, Group) else step
        for step in steps
        if _wanted(step.when, context.facts)
    )


def _narrowed_group(group: Group, context: CompileContext) -> Group:
    steps, pick = group.steps, group.pick
    if pick is not None:
        pick = int(amount(pick, context.params) or 1)
        if rounds_of(group, context.params) <= 1:
            steps, pick = _picked(steps, pick, context), None
    return replace(group, steps=_narrowed(steps, context), pick=pick)


def _picked(steps: Steps, most: int, context: CompileContext) -> Steps:
    there = [step for step in steps if _wanted(step.when, context.facts)]
    best = sorted(there, key=lambda step: _ORDER[step.keep])[:most]
    return tuple(step for step in there if any(step is other for other in best))


def rounds_of(group: Group, params: Mapping[str, float]) -> int:
    """Return how many rounds the loops of a group make."""
    return int(amount(group.repeat, params) or 0) * prod(len(loop) for loop in group.loops)


def _runs(steps: Steps, params: Mapping[str, float]) -> Iterator[tuple[StepSpec, int]]:
    """Yield the steps that run another routine, and how often each comes."""
    for step in steps:
        if isinstance(step, StepSpec):
            if step.run:
                yield step, 1
            continue
        rounds = rounds_of(step, params)
        rounds = rounds if step.pick is None else min(rounds, int(step.pick))
        if rounds:
            yield from ((spec, rounds * times) for spec, times in _runs(step.steps, params))


def _eased(name: str, param: Param, ease: float) -> float:
    if ease == 1.0 or not name.endswith("_secs"):
        return param.default
    return param.min + (param.default - param.min) * ease // EASE_STEP_S * EASE_STEP_S


def _within(name: str, value: float, routine: Routine) -> float:
    param = routine.params[name]
    if not param.min <= value <= param.max:
        message = f"`{name}` is {value:g}; {routine.id} takes {param.min:g} to {param.max:g}"
        raise FileFault((Fault(routine.path, *position(routine.where, "params"), message, "param"),))
    return value
