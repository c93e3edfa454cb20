"""Fitting a routine to a time: what may go goes, evenly; both sides, beginning and end stay."""

from collections.abc import Sequence

from player.core.plan import Advance, Trait
from player.core.timing import step_s
from player.routine.model import Keep
from player.routine.perform import Move

_RANK = {Keep.IF_TIME: 0, Keep.USUALLY: 1}


def fitted(moves: tuple[Move, ...], minutes: float | None) -> tuple[tuple[Move, ...], tuple[str, ...]]:
    """Return the moves that fit into `minutes`, in order, and the ids of the steps left out.

    Least wanted first; among equals those that lie evenly between the others, so that no area of the face is
    left out as a whole. When even the shortest form is too long, that form is returned.
    """
    if minutes is None:
        return moves, ()
    spare = sum(step_s(move.step) for move in moves) - minutes * 60
    gone: set[str] = set()
    for unit in _in_order_of_leaving(moves):
        if spare <= 0:
            break
        gone.add(unit)
        spare -= sum(step_s(move.step) for move in moves if move.unit == unit)
    kept = tuple(move for move in moves if move.unit not in gone)
    return kept, tuple(move.step.id for move in moves if move.unit in gone)


def _in_order_of_leaving(moves: Sequence[Move]) -> list[str]:
    ranks: dict[str, int] = {}
    fixed = {move.unit for index, move in enumerate(moves) if _stays(move, index in {0, len(moves) - 1})}
    for move in moves:
        if move.unit not in fixed:
            ranks[move.unit] = max(_RANK[move.keep], ranks.get(move.unit, 0))
    spread = {unit: _spread(place) for place, unit in enumerate(ranks)}
    return sorted(ranks, key=lambda unit: (ranks[unit], spread[unit]))


def _stays(move: Move, at_the_edge: bool) -> bool:
    step = move.step
    special = step.trait in {Trait.STEAM, Trait.MASK, Trait.QUIET} or step.advance is not Advance.AUTO
    edge_of_work = not move.sites and move.stroke.id == "rest"  # told how to sit, or that it is over
    return move.keep is Keep.ALWAYS or at_the_edge or special or edge_of_work


def _spread(place: int) -> float:
    """Return 1, 1/2, 3/4, 1/4 ... (bits mirrored): however many are taken, they lie evenly."""
    value, share = 0.0, 0.5
    while place:
        value += share * (place & 1)
        place >>= 1
        share /= 2
    return 1.0 - value
