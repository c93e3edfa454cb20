"""A whole session from routines: preparation, gates, sub-routines, playlists, aftercare; then the plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from player.core.plan import Advance, Eyes, Plan
from player.core.timing import step_s
from player.errors import Fault, FileFault, UsageError
from player.files import languages, paths
from player.files.fields import did_you_mean
from player.routine.compile.budget import fitted
from player.routine.compile.compile_step import NOTHING, CompileContext, Move, Round, perform, spoken_values
from player.routine.compile.eyes import announced
from player.routine.compile.load import Scripts
from player.routine.compile.phrasing import Words
from player.routine.compile.size import MAX_SIZE, size
from player.routine.compile.unroll import moves
from player.routine.model.condition import Fact, holds
from player.routine.model.script import (
    Amount,
    Family,
    Keep,
    Param,
    PlaylistEntry,
    Routine,
    StepSpec,
    position,
)

MAX_DEPTH = 8
EASE_STEP_S = 5.0


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


NOTHING_ASKED = Request()


def load_plan(
    name: str | Path,
    *,
    scripts_dir: Path | None = None,
    words: Words | None = None,
    request: Request = NOTHING_ASKED,
) -> Plan:
    """Return the plan of a routine, card or playlist, by name or path. Raises `FileFault`.

    Without `scripts_dir` and `words` the player's own scripts and the routine's own language are used.
    """
    scripts = Scripts(scripts_dir or paths.scripts())
    routine = scripts.opened(name)
    return plan_of(routine, scripts, words or languages.load(routine.language).routine, request)


def plan_of(routine: Routine, scripts: Scripts, words: Words, request: Request = NOTHING_ASKED) -> Plan:
    """Return the plan of a routine that is already read. Raises `FileFault`."""
    moves, left_out, digest = session_of(routine, scripts, words, request)
    steps = tuple(move.step for move in moves)
    kept = {step.label for step in steps}  # a place of which only a round is left out is not
    labels = tuple(dict.fromkeys(move.step.label for move in left_out if move.step.label not in kept))
    return Plan(
        id=routine.id,
        title=routine.title,
        language=routine.language,
        steps=steps,
        digest=digest,
        left_out=tuple(move.step.id for move in left_out),
        left_out_labels=labels,
    )


def session_of(
    routine: Routine, scripts: Scripts, words: Words, request: Request = NOTHING_ASKED
) -> tuple[tuple[Move, ...], tuple[Move, ...], str]:
    """Return all moves of a session, those that were left out, and the digest of all that was read."""
    composer = _Composer(scripts, words, request)
    composer.check_request(routine)
    found = tuple(composer.session(routine))
    if request.minutes is not None:
        composer.ease = _ease(found, tuple(composer.shortest(routine)), request.minutes)
        found = tuple(composer.session(routine))
    kept, left_out = fitted(found, request.minutes)
    gone = tuple(move for move in found if move.step.id in set(left_out))
    return tuple(announced(kept, words)), gone, composer.digest()


def _ease(usual: tuple[Move, ...], shortest: tuple[Move, ...], minutes: float) -> float:
    """Return how much of what may be shortened can stay: 1 is all, 0 is the least."""
    longest_s, least_s = (sum(step_s(move.step) for move in moves) for moves in (usual, shortest))
    if longest_s <= minutes * 60:
        return 1.0
    return max(0.0, minutes * 60 - least_s) / (longest_s - least_s) if longest_s > least_s else 0.0


class _Composer:
    def __init__(self, scripts: Scripts, words: Words, request: Request) -> None:
        self._scripts = scripts
        self._words = words
        self._request = request
        self._used: dict[str, Routine] = {}
        self._params: dict[str, float | str] = dict(request.params)
        self._size = 0
        self.ease = 1.0  # how much of the params' times beyond their least is used

    def shortest(self, routine: Routine) -> Iterator[Move]:
        """Yield all moves with every param that is a time, and that nobody asked for, at its least."""
        self.ease = 0.0
        return self.session(routine)

    def digest(self) -> str:
        """Return what tells a changed script from the same one."""
        parts = (self._scripts.library.digest, *(routine.digest for routine in self._used.values()))
        return sha256("".join(parts).encode()).hexdigest()[:16]

    def check_request(self, routine: Routine) -> None:
        """Raise `UsageError` for facts, products and tools that are not known here."""
        library = self._scripts.library
        for name in self._request.facts:
            _need(name, library.facts, "fact", _shows(routine))
        if self._request.product:
            _need(self._request.product, library.products, "product", _shows(routine))
            allowed = (routine.products.default, *routine.products.allowed)
            if not routine.playlist and "any" not in allowed:
                _need(self._request.product, allowed, f"product in {routine.id} called", _shows(routine))
        if self._request.tool:
            _need(self._request.tool, routine.tools.options or library.tools, "tool", _shows(routine))

    def session(self, routine: Routine) -> Iterator[Move]:
        """Yield all moves, with what the listener asked for around them."""
        self._size = 0
        self._check_params(routine)
        if routine.playlist:
            yield from self._playlist(routine)
            return
        facts = self._facts(routine, {})
        if self._request.with_gates:
            yield from self._gates(((routine, facts),))
        if self._request.with_prep:
            prep_facts = {**facts, **routine.prep_facts, **self._request.facts}
            for name in routine.prep:
                yield from self._inner(name, routine, prep_facts, {})
        yield from self._own(routine, facts, {}, ())
        if self._request.with_after:
            for name in routine.after:
                yield from self._inner(name, routine, facts, {})

    def _check_params(self, routine: Routine) -> None:
        known = {*routine.params, *(entry.choose for entry in routine.playlist)}
        if not known.issuperset(self._request.params):
            known |= {name for other in self._scripts_of(routine) for name in other.params}
        for name in self._request.params:
            hint = f"{_shows(routine)}; facts: docs/routine-format.md"
            _need(name, known - {""}, "param or fact", hint, self._scripts.library.facts)

    def _scripts_of(self, routine: Routine) -> Iterator[Routine]:
        names = [*routine.prep, *routine.after, *(name for entry in routine.playlist for name in entry.run)]
        return (self._scripts.routine(name, where=_where(routine)) for name in names)

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

    def _playlist(self, routine: Routine) -> Iterator[Move]:
        chosen = [(entry, self._chosen(entry, routine)) for entry in routine.playlist]
        main = next((inner for _, inner in chosen if inner.family is Family.SCULPTURAL), None)
        facts: dict[str, Fact] = {"product": main.products.default} if main else {}
        if main and self._request.product:
            _need(self._request.product, main.products.allowed, f"product in {main.id} called", _shows(main))
        there = [(entry, inner, self._facts(inner, {**facts, **entry.facts})) for entry, inner in chosen]
        there = [one for one in there if one[0].when is None or holds(one[0].when, one[2])]
        if self._request.with_gates:
            yield from self._gates((inner, now) for _, inner, now in there)
        for entry, inner, now in there:
            yield from self._own(inner, now, entry.use, (inner.id,))

    def _chosen(self, entry: PlaylistEntry, routine: Routine) -> Routine:
        where = (routine.path, *position(entry.where, "run"))
        asked = str(self._params.get(entry.choose, "")) if entry.choose else ""
        name = asked or entry.run[0]
        inner = self._scripts.routine(name, where=where)
        if asked and asked not in entry.run and inner.family.value != entry.family:
            _need(asked, entry.run, f"choice for `{entry.choose}`", _shows(routine))
        return inner

    def _gates(self, routines: Iterable[tuple[Routine, Mapping[str, Fact]]]) -> Iterator[Move]:
        """Yield the safety questions of all these routines, each once, before anything is prepared."""
        asked: set[str] = set()
        for routine, facts in routines:
            needed = routine.products.needs_yes.get(str(facts["product"]))
            for name in (*routine.gates, *([needed] if needed else [])):
                if name not in asked:
                    asked.add(name)
                    yield self._gate(name, routine, facts)

    def _gate(self, name: str, routine: Routine, facts: Mapping[str, Fact]) -> Move:
        gate = self._scripts.library.gates[name]
        spec = StepSpec(
            "ask",
            routine.where,
            gate.say,
            label=self._words["label_gate"],
            advance=Advance.UNLESS_NO if gate.silence_is_yes else Advance.YES,
        )
        around = Round({}, NOTHING, ("gate", name), keep=Keep.ALWAYS)
        move = perform(spec, routine, around, self._setting(routine, facts, {}))
        return replace(move, step=replace(move.step, eyes=Eyes.EITHER, line=0))

    def _inner(
        self, name: str, asker: Routine, facts: Mapping[str, Fact], use: Mapping[str, Amount]
    ) -> Iterator[Move]:
        inner = self._scripts.routine(name, where=_where(asker))
        return self._own(inner, facts, use, (inner.id,))

    def _setting(
        self, routine: Routine, facts: Mapping[str, Fact], use: Mapping[str, Amount]
    ) -> CompileContext:
        params = {name: _eased(name, param, self.ease) for name, param in routine.params.items()}
        for name, value in {**use, **self._params}.items():
            if name in params and not isinstance(value, str):
                params[name] = _within(name, value, routine)
        product = str(facts["product"])
        context = CompileContext(self._scripts.library, self._words, facts, params, product)
        return replace(context, spoken=spoken_values(context.library, context.words, params, product))

    def _own(
        self, routine: Routine, facts: Mapping[str, Fact], use: Mapping[str, Amount], prefix: tuple[str, ...]
    ) -> Iterator[Move]:
        """Yield a routine's own moves and, in their places, those of the routines that it runs."""
        if len(prefix) > MAX_DEPTH:
            message = f"`{routine.id}` runs itself, or runs are nested deeper than {MAX_DEPTH}"
            raise FileFault((Fault(routine.path, 0, 0, message, "endless-run"),))
        self._used[routine.id] = routine
        self._size += size(routine.steps, routine.params)
        if self._size > MAX_SIZE:
            message = f"the session unrolls to more than {MAX_SIZE} steps"
            raise FileFault((Fault(routine.path, 0, 0, message, "too-many-steps"),))
        for move in moves(routine, self._setting(routine, facts, use), prefix):
            if move.step.say:
                yield move
            if move.spec.run:
                inner = self._scripts.routine(
                    move.spec.run, where=(routine.path, *position(move.spec.where, "run"))
                )
                yield from self._own(inner, facts, move.spec.use, (*prefix, move.spec.id))


def _where(routine: Routine) -> tuple[str, int, int]:
    return routine.path, *position(routine.where, "title")


def _shows(routine: Routine) -> str:
    return f"`player show {routine.id}` names what it takes"


def _need(name: str, known: Iterable[str], what: str, hint: str, others: Iterable[str] = ()) -> None:
    known = sorted(set(known))
    if name not in known:
        few = f"; there is: {', '.join(known)}" if 0 < len(known) <= 12 else ""
        message = f"there is no {what} `{name[:60]}`{did_you_mean(name, (*known, *others))}{few}"
        raise UsageError(message, hint)


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
