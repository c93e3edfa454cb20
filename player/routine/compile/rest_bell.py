"""The bell of a long rest: the first rest of a session says what it means.

In: moves in order and the language's words; out: the same moves, one with a sentence more.
"""

from collections.abc import Iterable
from dataclasses import replace

from player.core.score import is_long_rest
from player.routine.compile.compile_step import Move
from player.routine.model.script import Words


def explained(moves: Iterable[Move], words: Words) -> tuple[Move, ...]:
    """Return the moves; the first long rest ends its instruction with what the bell means."""
    found = list(moves)
    first = next((index for index, move in enumerate(found) if is_long_rest(move.step.work)), None)
    if first is not None:
        step = found[first].step
        found[first] = replace(
            found[first], step=replace(step, say=f"{step.say} {words['rest_bell']}".strip())
        )
    return tuple(found)
