"""One step of a script becomes one step of the plan: defaults filled in, texts final."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from player.core import plan
from player.core.plan import Announcement, CountAloud, Side, Strokes, Timed, Trait
from player.files.document import Node
from player.routine.compile import phrasing
from player.routine.compile.phrasing import Words
from player.routine.model.condition import Condition, Fact
from player.routine.model.library import Library, Site, Stroke, Work
from player.routine.model.script import Amount, Doing, Keep, Notice, Routine, StepSpec, position
from player.routine.schema.step_keys import PLACE_WORDS

QUIET_FROM_S = 20.0  # a rest at least this long is quiet time
COUNT_EACH_MOST = 8
COUNT_EACH_FROM_S = 2.0


@dataclass(frozen=True, slots=True)
class CompileContext:
    """What a session knows while a routine is unrolled."""

    library: Library
    words: Words
    facts: Mapping[str, Fact]
    params: Mapping[str, float]
    product: str = "none"
    spoken: Mapping[str, str] = field(default_factory=dict)  # see `spoken_values`
    everything: bool = False  # for the check: as if every condition held


@dataclass(frozen=True, slots=True)
class Unit:
    """What is left out together when time is short: a step, both sides, a round of a group."""

    id: str
    round: int = 1  # of several the last goes first


@dataclass(frozen=True, slots=True)
class Round:
    """Where in the loops a step is: the words, the changes, the name so far."""

    words: Mapping[str, str]
    doing: Doing
    path: tuple[str, ...] = ()
    unit: Unit | None = None  # None: each step is one of its own
    keep: Keep | None = None
    optional: bool = False
    said_by: Mapping[str, Node] = field(default_factory=dict)  # which item of a loop said what
    conditions: tuple[Condition, ...] = ()  # of the groups around


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

    def where(self, key: str) -> tuple[int, int]:
        """Return where the script says `key` of this step: in an item of a loop, or in the step."""
        return position(self.said_by.get(key, self.spec.where), key)


_NAMES = tuple(one.name for one in fields(Doing))
NOTHING = Doing()


def merged(doing: Doing, over: Doing) -> Doing:
    """Return `doing` with whatever `over` says instead."""
    if over is NOTHING:
        return doing
    changed: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(over, name)
        changed[name] = getattr(doing, name) if value is None else value
    return Doing(**changed)


def amount(value: Amount | None, params: Mapping[str, float]) -> float | None:
    """Return a number that may be the name of a param."""
    return params[value] if isinstance(value, str) else value


def perform(spec: StepSpec, routine: Routine, around: Round, setting: CompileContext) -> Move:
    """Return the step as it is done in this round of its loops."""
    doing = merged(spec.doing, around.doing)
    stroke = setting.library.strokes[doing.stroke or "rest"]
    sites = _sites(doing, around.words, setting.library)
    side = _side(doing, around.words, sites)
    values = {
        **setting.spoken,
        **_spoken(around.words, setting.library),
        "side": phrasing.side(side, setting.words),
    }
    work = _work(doing, stroke, side, spec, setting, values)
    hand = doing.hand or routine.rules.default_hand or None
    pressure = _pressure(doing, stroke, sites)
    doing = replace(
        doing, at=tuple(s.id for s in sites), side=side.value, pressure=pressure, hand=hand or doing.hand
    )
    step = plan.Step(
        id=".".join((*around.path, spec.id)),
        label=_label(spec, sites, side, setting.words, values),
        say=_say(spec, setting.product, values),
        say_short=phrasing.fill(spec.say_short, values),
        work=work,
        find=phrasing.fill(spec.find, values) or " ".join(site.find for site in sites[:2] if site.find),
        place_ids=doing.at or (),
        side=side,
        advance=spec.advance or plan.Advance.AUTO,
        eyes=doing.eyes or routine.eyes,
        trait=_trait(spec, routine, stroke, work),
        mouth_busy=bool(doing.mouth_busy),
        ears_covered=bool(doing.ears_covered),
        settle_s=stroke.settle if doing.settle is None else doing.settle,
        limit_s=stroke.limit,
        line=spec.where.line,
    )
    keep = spec.keep or around.keep or (Keep.IF_TIME if spec.optional or around.optional else Keep.USUALLY)
    conditions = (*around.conditions, *([spec.when] if spec.when is not None else []))
    return Move(
        step=step,
        spec=spec,
        doing=doing,
        stroke=stroke,
        sites=sites,
        routine=routine,
        unit=around.unit or Unit(step.id),
        keep=keep,
        said_by=around.said_by,
        conditions=conditions,
    )


def spoken_values(
    library: Library, words: Words, params: Mapping[str, float], product: str
) -> dict[str, str]:
    """Return what every text may name in braces: the params and the product."""
    values = {name: _number(name, value, words) for name, value in params.items()}
    return {**values, "product": library.products[product].name}


def _spoken(words: Mapping[str, str], library: Library) -> dict[str, str]:
    """Return the words of a loop as they are said: of a place its spoken name, not its id."""
    sites = ((name, library.site(words[name])) for name in PLACE_WORDS if name in words)
    return {**words, **{name: site.name for name, site in sites if site}}


def _number(name: str, value: float, words: Words) -> str:
    return phrasing.time(value, words) if name.endswith("_secs") else f"{value:g}"


def _sites(doing: Doing, words: Mapping[str, str], library: Library) -> tuple[Site, ...]:
    at = doing.at
    if at is None:
        at = tuple(words[name] for name in PLACE_WORDS if name in words)
    found = (library.site(phrasing.put(word, words) if "{" in word else word) for word in at)
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


def _label(
    spec: StepSpec, sites: tuple[Site, ...], side: Side, words: Words, values: Mapping[str, str]
) -> str:
    if spec.label:
        return phrasing.put(spec.label, values)
    return phrasing.label(sites, side, words) if sites else spec.id.replace("-", " ")


def _say(spec: StepSpec, product: str, values: Mapping[str, str]) -> str:
    parts = (spec.say, spec.say_by_product.get(product, ""))
    return " ".join(phrasing.fill(part, values) for part in parts if part)


def _work(
    doing: Doing,
    stroke: Stroke,
    side: Side,
    spec: StepSpec,
    setting: CompileContext,
    values: Mapping[str, str],
) -> plan.Work:
    sets = int(amount(doing.sets, setting.params) or 1)
    bpm = doing.beat or stroke.beat
    beats = doing.beats or stroke.beats
    seconds = amount(doing.seconds, setting.params)
    reps = amount(doing.strokes, setting.params)
    if seconds is None and reps is None:
        reps = stroke.strokes
        if reps is None and doing.hold is None:
            seconds = stroke.seconds
    if seconds is not None:
        notices = _announcements(spec, seconds, setting.words, values)
        return Timed(secs=seconds, bpm=bpm, beats=beats, sets=sets, announcements=notices, hum=stroke.hum)
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


def _count(reps: int, stroke_s: float) -> CountAloud:
    if reps <= 1:
        return CountAloud.NONE
    slow_and_few = reps <= COUNT_EACH_MOST and stroke_s >= COUNT_EACH_FROM_S
    return CountAloud.EACH if slow_and_few else CountAloud.EVERY_5


def _announcements(
    spec: StepSpec, seconds: float, words: Words, values: Mapping[str, str]
) -> tuple[Announcement, ...]:
    found = (_announcement(notice, spec, seconds, words, values) for notice in spec.announce or ())
    return tuple(sorted({a for a in found if 0 < a.left_s < seconds}, key=lambda a: -a.left_s))


def _announcement(
    notice: Notice, spec: StepSpec, seconds: float, words: Words, values: Mapping[str, str]
) -> Announcement:
    if notice.kind == "chime":
        return Announcement(notice.left_s)
    if notice.kind == "halfway":
        return Announcement(seconds / 2, phrasing.fill(words["halfway"], values))
    template = spec.say_on_announce or words["last" if notice.kind == "last" else "time_left"]
    left = {
        **values,
        "time": phrasing.time(notice.left_s, words),
        "minutes": phrasing.time(notice.left_s, words),
    }
    return Announcement(notice.left_s, phrasing.fill(template, left))


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
