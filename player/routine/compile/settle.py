"""Time to place the hands: longer where another hand, another part of it or another side takes over."""

from collections.abc import Iterable
from dataclasses import replace

from player.core.plan import Side
from player.routine.compile.compile_step import Move

CHANGED_S = 5.0
_ONE_AT_A_TIME = frozenset({Side.LEFT, Side.RIGHT, Side.ALTERNATE})


def settled(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return the moves, with `CHANGED_S` to settle where hand or side differ from the step before.

    What a script says of `settle` stays, and so does a stroke that needs no time to begin.
    """
    hand, side, found = "", Side.NONE, list[Move]()
    for move in moves:
        step, now = move.step, move.doing.hand or hand
        changed = now != hand or (step.side in _ONE_AT_A_TIME and step.side is not side)
        if changed and move.doing.settle is None and 0 < step.settle_s < CHANGED_S:
            step = replace(step, settle_s=CHANGED_S)
        found.append(replace(move, step=step))
        hand, side = now, step.side
    return tuple(found)
