"""What the page knows of every step before the session begins. In: the plan and how it is done; out: JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from player.core.plan import Plan, Side, Step, Strokes, Timed
from player.core.timing import stroke_s


@dataclass(frozen=True, slots=True)
class HowDone:
    """How a step is done: what moves how (along, fro, circle, press, still), with what, how hard (0 to 3)."""

    motion: str = "still"
    hand: str = ""
    pressure: int = 0
    marks: tuple[str, ...] = ()


def page_steps(plan: Plan, done: Sequence[HowDone]) -> list[dict[str, Any]]:
    """Return a mapping for each step."""
    numbers = [0 if step.care else plan.number(index) for index, step in enumerate(plan.steps)]
    return [_page_step(*one) for one in zip(numbers, plan.steps, done, strict=True)]


def _page_step(number: int, step: Step, how: HowDone) -> dict[str, Any]:
    return {
        "number": number,  # as it is counted everywhere; 0: what is asked about health is not
        "label": step.label,
        "motion": how.motion,
        "hand": how.hand,
        "pressure": how.pressure,
        "marks": how.marks,
        "in_turn": step.side is Side.ALTERNATE,
        "stroke_s": round(_stroke_s(step), 3),
    }


def _stroke_s(step: Step) -> float:
    match step.work:
        case Strokes(reps=reps) if reps:
            return stroke_s(step.work)
        case Timed(bpm=bpm, beats=beats) if bpm:
            return 60 / bpm * beats
    return 0.0
