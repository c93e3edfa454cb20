"""Where a session is, exact to the stroke."""

from dataclasses import dataclass
from enum import IntEnum


class Part(IntEnum):
    """The parts of a step, in the order in which they come."""

    INSTRUCTION = 0  # being told, then placing the hands
    STROKES = 1
    HOLD = 2
    TIME = 3  # timed work
    DONE = 4  # the work is over: what is left is the pause before the next step, or waiting


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a plan.

    `set` and `stroke` are the ones under way, counted from 0: (set 1, stroke 8) is the ninth stroke of the
    second set. In a hold `stroke` is the count under way. `elapsed_ms` belongs to timed work, within its set.
    """

    step: int
    part: Part = Part.INSTRUCTION
    set: int = 0
    stroke: int = 0
    elapsed_ms: int = 0
