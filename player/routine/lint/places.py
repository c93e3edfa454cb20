"""Rules about where and how hard: what the body bears."""

from collections.abc import Iterator

from player.core.condition import Logic, Value
from player.core.plan import Side, Strokes
from player.routine.compile.compile_step import Move
from player.routine.lint.reachable import can_hold
from player.routine.lint.rule import ERROR, HERE, WARNING, Finding, Rule, Subject
from player.routine.model.library import Site, Stroke, Work
from player.routine.model.script import Family
from player.routine.schema.value_types import PRESSURES

_SAID = {value: word for word, value in PRESSURES.items()}
NECK = frozenset({"ML11", "ML11f", "N.neck", "z.neck_side", "z.neck_front"})


def _pressure(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        for site in move.sites:
            pressure = move.doing.pressure or 0
            if pressure > site.max_pressure:
                most = _SAID[site.max_pressure]
                yield (
                    move.where("pressure"),
                    f"`{site.id}` ({site.name}) bears {most} at most, not {_SAID[pressure]}",
                )


def _neck(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        if move.step.side is Side.BOTH and any(site.id in NECK for site in move.sites):
            yield move.where("side"), "never both sides of the neck at once: use left, right or alternate"


def _tools(subject: Subject) -> Iterator[Finding]:
    tools = subject.routine.tools
    forbidden = {_id(subject, word) for word in tools.forbidden_at}
    for move in subject.moves:
        if not move.stroke.tool:
            continue
        if not tools.options:
            yield move.where("stroke"), f"`{move.stroke.id}` needs `tools` in the routine's head"
        for site in move.sites:
            if site.id in forbidden:
                yield (
                    move.where("at"),
                    f"no tool at `{site.id}` ({site.name}): the routine's own `forbidden_at`",
                )


def _id(subject: Subject, word: str) -> str:
    site = subject.library.site(word)
    return site.id if site else word


def _forbidden_when(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        if move.stroke.id == "rest":
            continue  # a hand that lies there does no work
        named: tuple[Stroke | Site, ...] = (move.stroke, *move.sites)
        for what in named:
            missing = [f"not {fact}" for fact in what.forbidden_when if _comes(move, fact)]
            if missing:
                where = move.where("stroke" if what is move.stroke else "at")
                yield where, f"`{what.id}` ({what.name}) needs `when: {' and '.join(missing)}`"


def _comes(move: Move, fact: str) -> bool:
    return can_hold(Logic("and", (*move.conditions, Value(fact))))


def _direction(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        ends = [subject.library.site(word) for word in move.doing.direction or ()]
        if len(ends) == 2 and ends[0] and ends[1] and not _drains(ends[0], ends[1]):
            first, second = ends[0].id, ends[1].id
            yield move.where("direction"), f"from `{first}` to `{second}` is not toward the collarbone"
        elif not ends and subject.routine.rules.toward_terminus and move.stroke.family is Work.LYMPH:
            yield (
                move.where("stroke"),
                f"`{move.stroke.id}` needs `direction` in a routine with `toward_terminus`",
            )


def _drains(first: Site, second: Site) -> bool:
    return second.rank < first.rank or first.id == second.id


def _alternate(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        work = move.step.work
        if move.step.side is Side.ALTERNATE and isinstance(work, Strokes) and work.reps % 2 and work.reps > 1:
            yield move.where("strokes"), f"{work.reps} strokes in turn leave one side short: make it even"


def _balance(subject: Subject) -> Iterator[Finding]:
    """Left and right get the same, at each place with each stroke."""
    done: dict[tuple[str, str], list[float]] = {}
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for move in subject.moves:
        if move.step.side in {Side.LEFT, Side.RIGHT}:
            what = (", ".join(move.step.place_ids), move.stroke.id)
            work = move.step.work
            amount = work.reps if isinstance(work, Strokes) else work.secs
            done.setdefault(what, [0, 0])[move.step.side is Side.RIGHT] += (amount or 1) * work.sets
            last[what] = move.where("side")
    for what, (left, right) in done.items():
        if left != right:
            yield last[what], f"left and right differ at {what[0]}: {left:g} against {right:g}"


def _gates(subject: Subject) -> Iterator[Finding]:
    gates = set(subject.routine.gates)
    own_session = subject.routine.family in {Family.ACUPRESSURE, Family.SCULPTURAL}
    for move in subject.moves if own_session else ():
        if move.stroke.family is not Work.NONE and not any(gate.startswith("contra") for gate in gates):
            yield _head(subject), "hands-on work needs `gates: contra-basic` or `contra-full`"
            return
    for move in subject.moves:
        if "neck-care" not in gates and any(site.id in NECK for site in move.sites):
            yield move.where("at"), "work on the neck needs the gate `neck-care`"
        if "steam-care" not in gates and move.stroke.id == "steam":
            yield move.where("stroke"), "steam needs the gate `steam-care`"


def _head(subject: Subject) -> tuple[int, int]:
    return subject.routine.where.line, subject.routine.where.column


def _steam(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        seconds = move.spec.doing.seconds
        most = subject.routine.params[seconds].max if isinstance(seconds, str) else seconds
        if move.stroke.limit and most and most > move.stroke.limit:
            yield move.where("seconds"), f"{move.stroke.name} lasts {move.stroke.limit:g} seconds at most"


RULES = (
    Rule(
        id="pressure",
        severity=ERROR,
        reason="Each place bears only so much; near the eye and on the neck it is a feather.",
        fails=f"- {{say: Press., at: GB1, stroke: circle, pressure: {HERE}light}}",
        passes="- {say: Touch., at: GB1, stroke: circle, pressure: feather}",
        check=_pressure,
    ),
    Rule(
        id="neck-sides",
        severity=ERROR,
        reason="Both sides of the neck at once can drop heart rate and blood pressure.",
        fails=f"- {{say: Stroke down., at: ML11, stroke: glide, side: {HERE}both}}",
        passes="- {say: Stroke down., at: ML11, stroke: glide, side: alternate}",
        check=_neck,
    ),
    Rule(
        id="tool-place",
        severity=ERROR,
        reason="A tool has no feeling: eye, artery, nerve and airway stay free of it.",
        fails=f"- {{say: Circle., at: LI20, stroke: {HERE}tool_circle}}",
        passes="- {say: Circle., at: LI20, stroke: circle}",
        check=_tools,
    ),
    Rule(
        id="forbidden-when",
        severity=ERROR,
        reason="Some places and strokes are not for everybody; the step must say for whom it is left out.",
        fails=f"- {{say: Squeeze., at: {HERE}LI4, stroke: press_hold, seconds: 30}}",
        passes="- {say: Squeeze., at: LI4, stroke: press_hold, seconds: 30, when: not pregnant}",
        check=_forbidden_when,
    ),
    Rule(
        id="direction",
        severity=ERROR,
        reason="Draining strokes go with the flow: toward the hollow above the collarbone.",
        fails="- {say: Stretch., at: ML14, stroke: lymph_stretch, "
        f"direction: {HERE}N.jaw_angle to N.submental}}",
        passes="- {say: Stretch., at: ML14, stroke: lymph_stretch, direction: N.submental to N.jaw_angle}",
        check=_direction,
    ),
    Rule(
        id="alternate-even",
        severity=ERROR,
        reason="Strokes in turn are counted together: an odd number leaves one side short.",
        fails=f"- {{say: Stroke., at: ML12, stroke: glide, side: alternate, strokes: {HERE}7}}",
        passes="- {say: Stroke., at: ML12, stroke: glide, side: alternate, strokes: 8}",
        check=_alternate,
    ),
    Rule(
        id="left-right",
        severity=WARNING,
        reason="Both sides of a face want the same.",
        fails=f"- {{say: Circle., at: temple, stroke: circle, side: {HERE}left}}",
        passes="- {say: Circle., at: temple, stroke: circle, side: both}",
        check=_balance,
    ),
    Rule(
        id="gate",
        severity=ERROR,
        reason="A safety question comes before work that some people must not do.",
        fails=f"- {{say: Warm., at: z.face, stroke: {HERE}steam, seconds: 300}}",
        passes="- {say: Rest., at: z.face, seconds: 300}",
        check=_gates,
    ),
    Rule(
        id="limit",
        severity=ERROR,
        reason="Steam is never longer than seven minutes.",
        fails=f"- {{say: Warm., stroke: steam, seconds: {HERE}600}}",
        passes="- {say: Rest., seconds: 600}",
        check=_steam,
    ),
)
