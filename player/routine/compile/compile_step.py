"""One step of a script becomes one step of the plan: defaults filled in, texts final.

In: unrolled rows; out: one `Move` for each, in order: seconds, beats a minute and texts as they are led.
Nothing here can fail: names were resolved before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from player.core import plan
from player.core.condition import Condition, Logic, joined
from player.core.plan import CountAloud, Side, Strokes, Timed, Trait
from player.routine.compile.care import LIGHT, barred, lightened
from player.routine.compile.phrasing import Texts, put, texts_of
from player.routine.compile.unroll import Row, Unit
from player.routine.model.library import Library, Site, Stroke, Work
from player.routine.model.script import Doing, Keep, Often, Routine, StepSpec, Words, amount, merged, position
from player.routine.schema.step_keys import PLACE_WORDS
from player.yaml_reader.document import Node

QUIET_FROM_S = 20.0  # a rest at least this long is quiet time
COUNT_EACH_MOST = 8
COUNT_EACH_FROM_S = 2.0


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the plan, with all that the script says of it."""

    step: plan.Step
    spec: StepSpec
    doing: Doing  # as it is done: loops, defaults and placeholders resolved
    stroke: Stroke
    sites: tuple[Site, ...]
    routine: Routine
    unit: Unit
    keep: Keep
    said_by: Mapping[str, Node]
    conditions: tuple[Condition, ...]
    alone: str = ""  # what is said when the step before is left out

    def where(self, key: str) -> tuple[int, int]:
        """Return where the script says `key` of this step: in an item of a loop, or in the step."""
        return position(self.said_by.get(key, self.spec.where), key)


def performed(rows: Iterable[Row]) -> tuple[Move, ...]:
    """Return each step as it is done in its round of the loops, in order."""
    return tuple(move for row in rows for move in _borne(row))


def _borne(row: Row) -> Iterator[Move]:
    """Yield the step as the listener bears it: not at all, lightly, as it is; each way while it is open."""
    move, context = _asking(_performed(row), row), row.part.context
    bars = barred(move.stroke, move.sites, context)
    light = lightened(move.doing.pressure or 0, move.sites, context)
    for left in _unless(move, bars):
        yield from _unless(left, light)
        yield from _if(_lightly(left, context.words), light)


def _unless(move: Move, condition: Condition | bool) -> Iterator[Move]:
    return _if(move, not condition if isinstance(condition, bool) else Logic("not", (condition,)))


def _if(move: Move, condition: Condition | bool) -> Iterator[Move]:
    """Yield the step under one more condition; True is none."""
    if condition is True:
        yield move
    elif condition is not False:
        undecided = (*move.conditions, condition)
        yield replace(move, step=replace(move.step, when=_joined(undecided)), conditions=undecided)


def _lightly(move: Move, words: Words) -> Move:
    """Return a step of firm work as one of light work, which it says."""
    step = move.step
    short = f"{step.say_short} {words['lightly']}" if step.say_short else ""
    said = replace(step, id=f"{step.id}.lightly", say=f"{step.say} {words['lightly']}", say_short=short)
    return replace(move, step=said, doing=replace(move.doing, pressure=LIGHT))


def _asking(move: Move, row: Row) -> Move:
    """Return the step with what it asks, and what is left to decide whether it comes."""
    spec = row.spec
    step = replace(
        move.step,
        id=spec.id if spec.id.startswith("care.") else move.step.id,  # what is asked once has its own name
        line=0 if spec.care else move.step.line,
        ask=spec.asks,
        when=None if row.part.whole else _joined(move.conditions),
        ends=spec.ends,
        massage=move.routine.often is Often.COURSE and bool(move.step.place_ids),
        care=spec.care or (spec.ends and not row.part.gate),
    )
    return replace(move, step=step)


def _joined(conditions: tuple[Condition, ...]) -> Condition | None:
    """Return what must hold for a step: what is left of all its conditions."""
    whole = joined("and", iter(conditions))
    return None if isinstance(whole, bool) else whole


def _performed(row: Row) -> Move:
    spec, around, routine, context = row.spec, row.around, row.part.routine, row.part.context
    doing = merged(spec.doing, around.doing)
    stroke = context.library.strokes[doing.stroke or "rest"]
    sites = _sites(doing, around.words, context.library)
    side = _side(doing, around.words, sites)
    work = _work(doing, stroke, side, context.params)
    texts = texts_of(row, sites, side, work.secs if isinstance(work, Timed) else 0.0)
    doing = merged(
        doing,
        Doing(
            at=tuple(s.id for s in sites),
            side=side.value,
            pressure=_pressure(doing, stroke, sites),
            hand=doing.hand or routine.rules.default_hand or None,
        ),
    )
    conditions = (*around.conditions, *([spec.when] if spec.when is not None else []))
    step = plan.Step(
        id=".".join((*around.path, spec.id)),
        label=texts.label,
        say=texts.say,
        say_short=texts.say_short,
        say_again=texts.say_again,
        work=_told(work, texts, context.words),
        find=texts.find,
        place_ids=doing.at or (),
        side=side,
        advance=spec.advance or plan.Advance.AUTO,
        eyes=doing.eyes or routine.eyes,
        trait=_trait(spec, routine, stroke, work),
        mouth_busy=bool(doing.mouth_busy),
        ears_covered=bool(doing.ears_covered),
        settle_s=stroke.settle if doing.settle is None else doing.settle,
        line=spec.where.line,
    )
    return Move(
        step=step,
        spec=spec,
        doing=doing,
        stroke=stroke,
        sites=sites,
        routine=routine,
        unit=around.unit or Unit(step.id),
        keep=_keep(row),
        said_by=around.said_by,
        conditions=conditions,
        alone=texts.alone,
    )


def _keep(row: Row) -> Keep:
    spec, around = row.spec, row.around
    return spec.keep or around.keep or (Keep.IF_TIME if spec.optional or around.optional else Keep.USUALLY)


def _sites(doing: Doing, words: Mapping[str, str], library: Library) -> tuple[Site, ...]:
    at = doing.at
    if at is None:
        at = tuple(words[name] for name in PLACE_WORDS if name in words)
    found = (library.site(put(word, words) if "{" in word else word) for word in at)
    return tuple(site for site in found if site is not None)


def _side(doing: Doing, words: Mapping[str, str], sites: tuple[Site, ...]) -> Side:
    side = words.get("side", "") if doing.side == "{side}" else doing.side
    if side:
        return Side(side)
    if not sites:
        return Side.NONE
    return Side.MID if all(site.side == "mid" for site in sites) else Side.BOTH


def _pressure(doing: Doing, stroke: Stroke, sites: tuple[Site, ...]) -> int:
    if doing.pressure is not None:
        return doing.pressure
    return min([usual_pressure(stroke), *(site.max_pressure for site in sites)])


def usual_pressure(stroke: Stroke) -> int:
    """Return the pressure of a stroke where no step and no place says another."""
    return 2 if stroke.pressure is None else stroke.pressure


def _work(doing: Doing, stroke: Stroke, side: Side, params: Mapping[str, float]) -> plan.Work:
    sets = int(amount(doing.sets, params) or 1)
    bpm = doing.beat or stroke.beat
    beats = doing.beats or stroke.beats
    seconds = amount(doing.seconds, params)
    reps = amount(doing.strokes, params)
    if seconds is None and reps is None:
        reps = stroke.strokes
        if reps is None and doing.hold is None:
            seconds = stroke.seconds
    if seconds is not None:
        return Timed(seconds, bpm, beats, sets, hum=stroke.hum)
    bpm = bpm or 60.0
    hold = plan.Hold(doing.hold.count, doing.hold.beat) if doing.hold else None
    count = doing.count or stroke.count or _count(int(reps or 0), beats * 60 / bpm)
    return Strokes(
        reps=int(reps or 0),
        bpm=bpm,
        beats=beats,
        sets=sets,
        hold=hold,
        count_aloud=count,
        alternate=side is Side.ALTERNATE,
        breath=stroke.breath,
    )


def _told(work: plan.Work, texts: Texts, words: Words) -> plan.Work:
    """Return the work with its words; a hold after strokes is named, and one that lasts is eased off."""
    if isinstance(work, Timed):
        return replace(work, announcements=texts.notices)
    hold = work.hold
    if hold is not None and hold.count > 1:
        hold = replace(hold, begin=words["hold"] if work.reps else "", end=words["ease"])
    return replace(work, hold=hold, between=texts.between)


def _count(reps: int, stroke_s: float) -> CountAloud:
    if reps <= 1:
        return CountAloud.NONE
    slow_and_few = reps <= COUNT_EACH_MOST and stroke_s >= COUNT_EACH_FROM_S
    return CountAloud.EACH if slow_and_few else CountAloud.EVERY_5


def _trait(spec: StepSpec, routine: Routine, stroke: Stroke, work: plan.Work) -> Trait:
    if spec.special is not None:
        return spec.special
    if stroke.special in {Trait.STEAM, Trait.MASK}:
        return stroke.special
    if routine.rules.no_repeat and stroke.family is not Work.NONE:
        return Trait.ONCE
    if stroke.special is not None:
        return stroke.special
    if isinstance(work, Strokes) and work.hold is not None and work.hold.count > 1:
        return Trait.DEEP
    waits = spec.advance not in {None, plan.Advance.AUTO}
    if stroke.id == "rest" and isinstance(work, Timed) and work.secs >= QUIET_FROM_S and not waits:
        return Trait.QUIET
    return Trait.NORMAL
