"""An instruction that leans on the step before has another form for when that one is left out.

In: the moves that are led, in order; out: the same, those that stand alone with their other instruction.
"""

from collections.abc import Iterable
from dataclasses import replace

from player.routine.compile.compile_step import Move
from player.routine.compile.known import specs_of


def standing_alone(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return the moves; a step after which another was meant to be, or may not be, says where it is."""
    before: Move | None = None
    found = []
    for move in moves:
        if move.alone and not (before is not None and _leads_to(before, move)):
            move = replace(move, step=replace(move.step, say=move.alone))  # noqa: PLW2901 - the same move
        found.append(move)
        before = before if move.step.care else move
    return tuple(found)


def _leads_to(before: Move, move: Move) -> bool:
    """Whether the step just before in the script is led just before, whatever is answered on the way."""
    specs = list(specs_of(move.routine.steps))
    index = next((i for i, spec in enumerate(specs) if spec.where is move.spec.where), 0)
    return index > 0 and specs[index - 1].where is before.spec.where and before.step.when is None
