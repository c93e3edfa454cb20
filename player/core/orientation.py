"""Telling someone with closed eyes where they are: phrases made from a place."""

from collections.abc import Mapping

from player.core.orders import Phrase
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Side, Step, Strokes, Timed
from player.core.timing import NOTHING_SAID, left_s


def said(text: str) -> Phrase:
    """Return a phrase that is the routine's own text."""
    return Phrase("said", (("text", text),))


def duration(prefix: str, seconds: float) -> Phrase:
    """Return the phrase `<prefix>_seconds` or `<prefix>_minutes` with a round figure `n`."""
    if seconds < 55:
        return Phrase(f"{prefix}_seconds", (("n", max(5, 5 * round(seconds / 5))),))
    return Phrase(f"{prefix}_minutes", (("n", max(1, round(seconds / 60))),))


def _stroke(step: Step, work: Strokes, place: Place) -> tuple[Phrase, ...]:
    values = (("place", step.label), ("stroke", place.stroke + 1), ("of", work.reps))
    key = "at_stroke"
    if step.side is Side.ALTERNATE:
        key = "at_stroke_left" if place.stroke % 2 == 0 else "at_stroke_right"
    left = Phrase("strokes_left", (("n", work.reps - place.stroke),))
    return (Phrase(key, values), *_round(work, place), left)


def _round(work: Strokes | Timed, place: Place) -> tuple[Phrase, ...]:
    if work.sets == 1:
        return ()
    return (Phrase("at_set", (("set", place.set + 1), ("of", work.sets))),)


def where(plan: Plan, place: Place) -> tuple[Phrase, ...]:
    """Return the phrases that say where the listener is and what is left of the step."""
    step = plan.steps[place.step]
    work = step.work
    if place.part is Part.STROKES and isinstance(work, Strokes):
        return _stroke(step, work, place)
    at = Phrase("at", (("place", step.label),))
    if place.part is Part.HOLD:
        return (at, *_round(work, place), Phrase("at_hold"))
    if place.part is Part.TIME and isinstance(work, Timed):
        return (at, *_round(work, place), time_left(work, place))
    if place.part is Part.DONE and step.advance is not Advance.AUTO:
        return (at, said(step.say))  # what is being waited for; the work is not done again
    return (at,)


def time_left(work: Timed, place: Place) -> Phrase:
    """Return what is left of timed work, its set."""
    return duration("left", max(0.0, work.secs - place.elapsed_ms / 1000))


def how_long(
    plan: Plan, place: Place, pace: float, answers: Mapping[str, bool] = NOTHING_SAID
) -> tuple[Phrase, ...]:
    """Return what is left of the step, where that can be counted, and of the session."""
    step = plan.steps[place.step]
    here: tuple[Phrase, ...] = ()
    if place.part is Part.STROKES and isinstance(step.work, Strokes):
        here = (Phrase("strokes_left", (("n", step.work.reps - place.stroke),)),)
    elif place.part is Part.TIME and isinstance(step.work, Timed):
        here = (time_left(step.work, place),)
    return (*here, duration("left_in_all", left_s(plan, place, pace, answers)))
