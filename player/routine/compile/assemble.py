"""Which routines a session is made of, what is known in each, and which of their steps are wanted.

In: a read routine, the folder of scripts, the words of the language, a request. Out: `Part`s in the order in
which they are led; of their steps only those are left whose conditions hold, and beside each step that runs
another routine stands that routine's part. Nothing is unrolled yet. Raises `FileFault` for a routine that is
missing, nested too deep or too long and for a param out of its limits, `UsageError` for a choice that is not
there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from player.core.condition import Fact, holds
from player.errors import Fault, FileFault
from player.routine.compile.course_steps import early, offered
from player.routine.compile.gates import EVERYDAY, INTERVIEW, TODAY, asked_first
from player.routine.compile.known import CompileContext, Known, asked_in, asks, eased, limited, specs_of
from player.routine.compile.load import Scripts
from player.routine.compile.narrow import Steps, narrowed, runs
from player.routine.compile.request import Request, need, shows, title_of
from player.routine.compile.size import MAX_SIZE, size
from player.routine.model.library import Gate
from player.routine.model.script import Amount, Family, PlaylistEntry, Routine, Words, position
from player.yaml_reader.document import Node

MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class SessionPart:
    """One routine of a session: its steps, still in loops, and the parts that they run, by their `where`."""

    routine: Routine
    context: CompileContext
    steps: Steps
    prefix: tuple[str, ...] = ()  # of the ids of its steps
    inner: Mapping[Node, "SessionPart"] = field(default_factory=dict)
    gate: bool = False  # what is asked before, not the routine's own steps
    whole: bool = False  # every round of a group, also where only some are picked


def session_parts(
    routine: Routine, scripts: Scripts, words: Words, request: Request, ease: float = 1.0
) -> tuple[SessionPart, ...]:
    """Return the parts of a session, with what the listener asked for around them.

    `ease`: how much of the params' times beyond their least is used, 1 is all, 0 the least.
    """
    return tuple(_Assembler(scripts, words, request, ease).session(routine))


def facts_before(routine: Routine, scripts: Scripts, words: Words, request: Request) -> Mapping[str, Fact]:
    """Return every fact as it is known before a session."""
    return _Assembler(scripts, words, request, 1.0).facts(routine, {})


def routines_in(parts: Iterable[SessionPart]) -> Iterator[Routine]:
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
        self._known = Known(scripts.library.facts, request)
        self._open: frozenset[str] = frozenset()
        self._families: frozenset[Family] = frozenset()

    def session(self, routine: Routine) -> Iterator[SessionPart]:
        if routine.playlist:
            yield from self._playlist(routine)
            return
        request, facts = self._request, self.facts(routine, {})
        yield from self._care(routine, ((routine, facts),))
        if request.with_prep:
            prep_facts = {**facts, **routine.prep_facts, **request.facts}
            yield from (self._other(name, routine, prep_facts, routine.prep_facts) for name in routine.prep)
        yield self._part(routine, facts, {}, ())
        if request.with_after:
            yield from (self._other(name, routine, facts) for name in routine.after)

    def facts(self, routine: Routine, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        """Return every fact: by default, from the script, from product and tool; the listener wins."""
        library = self._scripts.library
        product = str(self._request.product or facts.get("product") or routine.products.default)
        product = self._known.borne(product, routine)
        options = routine.tools.options or tuple(library.tools)
        tool = str(facts.get("tool") or self._request.tool or options[0])
        given: dict[str, Fact] = {name: fact.default for name, fact in library.facts.items()}
        return {
            **given,
            **self._known.standing(),
            **facts,
            "product": product,
            "tool": tool,
            "tool.reusable": library.tools[tool].reusable,
            **self._request.facts,
        }

    def _playlist(self, routine: Routine) -> Iterator[SessionPart]:
        chosen = [(entry, self._chosen(entry, routine)) for entry in routine.playlist]
        main = next((inner for _, inner in chosen if inner.family is Family.SCULPTURAL), None)
        facts: dict[str, Fact] = {"product": main.products.default} if main else {}
        if main and self._request.product:
            need(self._request.product, main.products.allowed, f"product in {main.id} called", shows(main))
        there = [(entry, inner, self.facts(inner, {**facts, **entry.facts})) for entry, inner in chosen]
        there = [led for led in there if led[0].when is None or holds(led[0].when, led[2])]
        yield from self._care(routine, tuple((inner, now) for _, inner, now in there))
        yield from (
            self._part(inner, now, entry.use, (inner.id,), said=entry.facts) for entry, inner, now in there
        )

    def _chosen(self, entry: PlaylistEntry, routine: Routine) -> Routine:
        asked = str(self._request.params.get(entry.choose, "")) if entry.choose else ""
        where = (routine.path, *position(entry.where, "run"))
        inner = self._scripts.routine(asked or entry.run[0], where=where)
        if asked and asked not in entry.run and inner.family.value != entry.family:
            need(asked, entry.run, f"choice for `{entry.choose}`", shows(routine))
        return inner

    def _care(
        self, asker: Routine, routines: tuple[tuple[Routine, Mapping[str, Fact]], ...]
    ) -> Iterator[SessionPart]:
        """Yield what all these routines ask first, before anything is prepared; `asker` was asked for."""
        gates = tuple(gate for routine, facts in routines for gate in self._gates(routine, facts))
        self._families = frozenset(routine.family for routine, _ in routines)
        self._open = frozenset(self._asked(gates, routines) - self._known.settled().keys())
        (routine, facts), request = routines[0], self._request
        context = self._context(routine, facts, {})
        interviewed = any(gate.interview for gate in gates)
        interview = self._scripts.routine(INTERVIEW).steps if interviewed else ()
        first = (
            *early(request, self._words, (one for one, _ in routines)),
            *offered(request, self._words, asker),
        )
        care = asked_first(gates, interview, context, heard=request.heard, everyday=request.everyday)
        yield SessionPart(routine, context, (*first, *care), ("care",), gate=True)

    def _gates(self, routine: Routine, facts: Mapping[str, Fact]) -> Iterator[Gate]:
        if self._request.with_gates:
            needed = routine.products.needs_yes.get(str(facts["product"]))
            for name in (*routine.gates, *([needed] if needed else [])):
                yield self._scripts.library.gates[name]

    def _asked(
        self, gates: tuple[Gate, ...], routines: tuple[tuple[Routine, Mapping[str, Fact]], ...]
    ) -> set[str]:
        """Return every fact that is asked in this session unless it is known."""
        all_ = [routine for routine, _ in routines]
        of_gates = {name for gate in gates for name in asks(gate.steps)}
        if any(gate.interview for gate in gates):
            all_.append(self._scripts.routine(INTERVIEW))
            of_gates |= {EVERYDAY, *asks(self._scripts.library.gates[TODAY].steps)}
        return of_gates | asked_in(all_, self._led_with)

    def _led_with(self, routine: Routine) -> Iterator[Routine]:
        prep = routine.prep if self._request.with_prep else ()
        after = routine.after if self._request.with_after else ()
        runs = (spec.run for spec in specs_of(routine.steps) if spec.run)
        return (self._scripts.routine(name, where=title_of(routine)) for name in (*prep, *after, *runs))

    def _other(
        self, name: str, asker: Routine, facts: Mapping[str, Fact], said: Collection[str] = ()
    ) -> SessionPart:
        inner = self._scripts.routine(name, where=title_of(asker))
        return self._part(inner, facts, {}, (inner.id,), said=said)

    def _part(
        self,
        routine: Routine,
        facts: Mapping[str, Fact],
        use: Mapping[str, Amount],
        prefix: tuple[str, ...],
        times: int = 1,
        said: Collection[str] = (),
    ) -> SessionPart:
        """Return a routine's part with those of the routines that it runs; it comes `times` times.

        `said`: facts that the script around it says, so that nobody is asked.
        """
        self._bound(routine, prefix, times)
        context = self._context(routine, facts, use, said)
        steps = narrowed(routine.steps, context)
        inner = {
            spec.where: self._part(
                self._scripts.routine(spec.run, where=(routine.path, *position(spec.where, "run"))),
                facts,
                spec.use,
                (*prefix, spec.id),
                times * rounds,
                said,
            )
            for spec, rounds in runs(steps, context.params)
        }
        return SessionPart(routine, context, steps, prefix, inner)

    def _bound(self, routine: Routine, prefix: tuple[str, ...], times: int) -> None:
        if len(prefix) > MAX_DEPTH:
            message = f"`{routine.id}` runs itself, or runs are nested deeper than {MAX_DEPTH}"
            raise FileFault((Fault(routine.path, 0, 0, message, "endless-run"),))
        self._size += times * size(routine.steps, routine.params)
        if self._size > MAX_SIZE:
            message = f"the session unrolls to more than {MAX_SIZE} steps"
            raise FileFault((Fault(routine.path, 0, 0, message, "too-many-steps"),))

    def _context(
        self,
        routine: Routine,
        facts: Mapping[str, Fact],
        use: Mapping[str, Amount],
        said: Collection[str] = (),
    ) -> CompileContext:
        params = {name: eased(name, param, self._ease) for name, param in routine.params.items()}
        for name, value in {**use, **self._request.params}.items():
            if name in params and not isinstance(value, str):
                params[name] = limited(name, value, routine)
        return CompileContext(
            library=self._scripts.library,
            words=self._words,
            facts=facts,
            params=params,
            product=str(facts["product"]),
            open=self._open.difference(
                said, self._known.settled_by(self._request.params, self._request.minutes)
            ),
            last=self._known.last(),
            families=self._families,
            until=self._known.until(self._words),
        )
