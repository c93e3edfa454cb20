"""The bell of a long rest: the first rest of a session says what it means.

In: moves in order and the language's words; out: the same moves, one with a sentence more.
"""

from collections.abc import Iterable
from dataclasses import replace

from player.core.plan import Advance
from player.core.score import is_long_rest
from player.routine.compile.compile_step import Move
from player.routine.model.script import Words


def explained(moves: Iterable[Move], words: Words) -> tuple[Move, ...]:
    """Return the moves; the first long rest, and the first long wait, end with what the bell means.

    Where an answer decides whether that comes, so does the first one that comes whatever the answer.
    """
    found, told = list(moves), set[tuple[str, bool]]()
    for index, move in enumerate(found):
        always = move.step.when is None
        meaning = words["wait_bell" if move.step.advance is Advance.WAIT else "rest_bell"]
        if is_long_rest(move.step.work) and told.isdisjoint({(meaning, always), (meaning, True)}):
            told.add((meaning, always))
            found[index] = _explained(move, meaning)
    return tuple(found)


def _explained(move: Move, meaning: str) -> Move:
    step = move.step
    return replace(move, step=replace(step, say=f"{step.say} {meaning}".strip()))
