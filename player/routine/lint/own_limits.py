"""Rules that hold a routine to the limits it sets itself."""

from collections.abc import Iterator

from player.core.plan import Side, Strokes
from player.core.timing import work_s
from player.routine.compile.compile_step import Move
from player.routine.lint.places import NECK
from player.routine.lint.rule import ERROR, HERE, Finding, Rule, Subject
from player.routine.model.library import Work
from player.routine.model.script import position
from player.routine.schema.value_types import PRESSURES

_SAID = {value: word for word, value in PRESSURES.items()}


def _most_pressure(subject: Subject) -> Iterator[Finding]:
    rules = subject.routine.rules
    there = {_id(subject, word): most for word, most in rules.max_pressure_at.items()}
    for move in subject.moves:
        limits = [there[site.id] for site in move.sites if site.id in there]
        if rules.max_pressure is not None:
            limits.append(rules.max_pressure)
        if limits and (move.doing.pressure or 0) > min(limits):
            yield move.where("pressure"), f"this routine keeps to {_SAID[min(limits)]} here"


def _id(subject: Subject, word: str) -> str:
    site = subject.library.site(word)
    return site.id if site else word


def _forbidden_at(subject: Subject) -> Iterator[Finding]:
    forbidden = {_id(subject, word) for word in subject.routine.rules.forbidden_at}
    for move in subject.moves:
        for site in move.sites:
            if site.id in forbidden:
                yield move.where("at"), f"this routine stays away from `{site.id}` ({site.name})"


def _hands(subject: Subject) -> Iterator[Finding]:
    allowed = subject.routine.rules.allowed_hands
    for move in working(subject):
        if allowed and move.doing.hand not in allowed:
            hand = move.doing.hand or "no hand"
            yield move.where("hand"), f"this routine uses {', '.join(allowed)} only, not {hand}"


def working(subject: Subject) -> Iterator[Move]:
    """Yield the moves in which hands work."""
    return (move for move in subject.moves if move.stroke.family is not Work.NONE)


def _strokes(subject: Subject) -> Iterator[Finding]:
    rules = subject.routine.rules
    for move in subject.moves:
        stroke = move.stroke
        if stroke.id in rules.forbidden_strokes:
            yield move.where("stroke"), f"this routine does without `{stroke.id}`"
        for forbidden, does, what in (
            (rules.no_back_and_forth, stroke.back_and_forth, "goes to and fro"),
            (rules.no_slide, stroke.slides, "slides"),
            (rules.no_twist, stroke.twists, "twists"),
        ):
            if forbidden and does:
                yield move.where("stroke"), f"`{stroke.id}` {what}, which this routine rules out"


def _no_repeat(subject: Subject) -> Iterator[Finding]:
    if not subject.routine.rules.no_repeat:
        return
    seen: set[str] = set()
    for move in working(subject):
        work = move.step.work
        if move.stroke.id in seen:
            yield (
                move.where("stroke"),
                f"`{move.stroke.id}` comes a second time, and nothing may come twice here",
            )
        seen.add(move.stroke.id)
        most = 2 if move.step.side is Side.ALTERNATE else 1
        if isinstance(work, Strokes) and work.reps * work.sets > most:
            yield move.where("strokes"), f"each movement comes once here, on each side: strokes: {most}"


def _cycle(subject: Subject) -> Iterator[Finding]:
    cycle = subject.routine.rules.cycle
    turn = 0
    for move in subject.moves:
        kind = move.spec.kind
        if cycle and kind in cycle:
            wanted = cycle[turn % len(cycle)]
            if kind != wanted:
                yield move.where("kind"), f"a {wanted} step is due here, not {kind}"
                return
            turn += 1


def _last_kind(subject: Subject) -> Iterator[Finding]:
    last = subject.routine.rules.last_kind
    if last and subject.moves and subject.moves[-1].spec.kind != last:
        yield subject.moves[-1].where("kind"), f"the last step should be of kind {last}"


def _focus(subject: Subject) -> Iterator[Finding]:
    rules = subject.routine.rules
    focus = {_id(subject, word) for word in rules.focus}
    seconds = [(work_s(move.step), _touches(move, focus)) for move in working(subject)]
    whole = sum(length for length, _ in seconds)
    share = sum(length for length, there in seconds if there) / whole if whole else 1.0
    if focus and share < rules.focus_share:
        message = (
            f"{share:.0%} of the work is on {', '.join(rules.focus)}; {rules.focus_share:.0%} is promised"
        )
        yield position(subject.routine.where, "rules"), message


def _touches(move: Move, focus: set[str]) -> bool:
    return any(site.id in focus or focus.intersection(site.zones) for site in move.sites)


def _points(subject: Subject) -> Iterator[Finding]:
    for move in working(subject):
        if subject.routine.rules.every_step_names_points and not any(
            site.kind == "point" for site in move.sites
        ):
            yield move.where("at"), "every working step of this routine names points"


def _neck_sides(subject: Subject) -> Iterator[Finding]:
    top = subject.routine.where
    stated = isinstance(top.value, dict) and "one_neck_side_at_a_time" in top.value.get("rules", top).keys
    if not subject.routine.rules.one_neck_side_at_a_time:
        yield position(top, "rules"), "both sides of the neck at once are never worked: say yes, or nothing"
    for move in subject.moves if stated else ():
        if move.step.side is Side.ALTERNATE and any(site.id in NECK for site in move.sites):
            yield move.where("side"), "one side of the neck, and then the other: use a loop over the sides"


_EDGE = "rules: {{{}}}\ngates: contra-basic\nsteps:\n"


def _pair(rules: str, fails: str, passes: str) -> tuple[str, str]:
    head = _EDGE.format(rules)
    return head + fails, head + passes


RULES = (
    Rule(
        "own-pressure",
        ERROR,
        "A routine keeps to the pressure that it promises.",
        *_pair(
            "max_pressure: feather",
            f"- {{say: Circle., at: LI20, stroke: circle, pressure: {HERE}light}}",
            "- {say: Circle., at: LI20, stroke: circle, pressure: feather}",
        ),
        _most_pressure,
    ),
    Rule(
        "own-places",
        ERROR,
        "A routine stays away from where it says it stays away.",
        *_pair(
            "forbidden_at: z.orbit_rim",
            f"- {{say: Circle., at: {HERE}z.orbit_rim, stroke: feather}}",
            "- {say: Circle., at: z.cheek, stroke: feather}",
        ),
        _forbidden_at,
    ),
    Rule(
        "own-hands",
        ERROR,
        "A style is known by its hands.",
        *_pair(
            "allowed_hands: boat-palms",
            f"- {{say: Skim., at: z.cheek, stroke: skim, hand: {HERE}palms}}",
            "- {say: Skim., at: z.cheek, stroke: skim, hand: boat-palms}",
        ),
        _hands,
    ),
    Rule(
        "own-strokes",
        ERROR,
        "A routine does without the strokes that it rules out.",
        *_pair(
            "no_slide: yes",
            f"- {{say: Glide., at: z.cheek, stroke: {HERE}glide}}",
            "- {say: Circle., at: z.cheek, stroke: micro_circle}",
        ),
        _strokes,
    ),
    Rule(
        "no-repeat",
        ERROR,
        "Where no movement comes twice, none does.",
        *_pair(
            "no_repeat: yes",
            f"- {{say: Fan., at: z.cheek, stroke: fan}}\n- {{say: Fan., at: z.jaw, stroke: {HERE}fan}}",
            "- {say: Fan., at: z.cheek, stroke: fan}\n- {say: Hook., at: z.jaw, stroke: hook}",
        ),
        _no_repeat,
    ),
    Rule(
        "cycle",
        ERROR,
        "The kinds of steps come in the order that the routine promises.",
        *_pair(
            "cycle: [point, lymph]",
            f"- {{say: Drain., kind: {HERE}lymph, at: ML6, stroke: feather}}",
            "- {say: Press., kind: point, at: GV20, stroke: circle}",
        ),
        _cycle,
    ),
    Rule(
        "last-kind",
        ERROR,
        "The end is what the routine promises.",
        *_pair(
            "last_kind: warmup",
            f"- {{say: Press., kind: {HERE}point, at: GV20, stroke: circle}}",
            "- {say: Rub., kind: warmup, at: z.cheek, stroke: rub}",
        ),
        _last_kind,
    ),
    Rule(
        "own-neck-sides",
        ERROR,
        "A routine that works one side of the neck at a time ends one before the other begins.",
        *_pair(
            "one_neck_side_at_a_time: yes",
            f"- {{say: Stroke., at: ML11, stroke: glide, side: {HERE}alternate}}",
            "- {say: Stroke., at: ML11, stroke: glide, side: left}",
        ),
        _neck_sides,
    ),
    Rule(
        "focus",
        ERROR,
        "A routine that promises a focus spends its time there.",
        f"gates: contra-basic\nrules: {HERE}{{focus: z.chin, focus_share: 0.6}}\nsteps:\n"
        "- {say: Circle., at: z.forehead, stroke: circle}",
        *_pair("focus: z.chin, focus_share: 0.6", "", "- {say: Circle., at: z.chin, stroke: circle}")[1:],
        _focus,
    ),
    Rule(
        "names-points",
        ERROR,
        "Where every step names points, each does.",
        *_pair(
            "every_step_names_points: yes",
            f"- {{say: Press., at: {HERE}z.cheek, stroke: circle}}",
            "- {say: Press., at: SI18, stroke: circle}",
        ),
        _points,
    ),
)
