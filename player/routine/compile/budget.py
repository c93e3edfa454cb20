"""Fitting a session to a time: what may go goes, evenly; both sides, beginning and end stay.

In: compiled moves and minutes (None: no limit); out: the moves that stay, the ids of the steps left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from player.core.plan import Advance, Trait
from player.core.timing import usual_s
from player.routine.compile.compile_step import Move
from player.routine.compile.unroll import Unit
from player.routine.model.script import Keep

_RANK = {Keep.IF_TIME: 0, Keep.USUALLY: 1}


def fitted(moves: tuple[Move, ...], minutes: float | None) -> tuple[tuple[Move, ...], tuple[str, ...]]:
    """Return the moves that fit into `minutes`, in order, and the ids of the steps left out.

    Least wanted first; among equals those that lie evenly between the others, so that no area of the face is
    left out as a whole. Rounds and cycles go whole, of rounds the last first. When even the shortest form is
    too long, that form is returned.
    """
    if minutes is None:
        return moves, ()
    units = tuple(zip(_units(moves), moves, strict=True))
    spare = time_s(moves) - minutes * 60
    gone: set[Unit] = set()
    for leaving in _in_order_of_leaving(units):
        if spare <= 0:
            break
        gone.add(leaving)
        spare -= usual_s(move.step for unit, move in units if unit == leaving)
    kept = tuple(move for unit, move in units if unit not in gone)
    return kept, tuple(move.step.id for unit, move in units if unit in gone)


def time_s(moves: Iterable[Move]) -> float:
    """Return the expected seconds of these moves, no choice taken; care has its own time."""
    return usual_s(move.step for move in moves if not move.step.care)


def _units(moves: Sequence[Move]) -> Iterator[Unit]:
    """Yield the unit of each move; steps of one turn of a routine's `cycle` are one."""
    turns: Counter[str] = Counter()
    for move in moves:
        routine, cycle = move.routine, move.routine.rules.cycle
        if move.spec.kind in cycle:
            turn, turns[routine.id] = turns[routine.id] // len(cycle), turns[routine.id] + 1
            alone = move.unit.id == move.step.id
            yield Unit(f"{routine.id}.cycle.{turn}") if alone else move.unit
        else:
            yield move.unit


def _in_order_of_leaving(units: Sequence[tuple[Unit, Move]]) -> list[Unit]:
    ranks: dict[Unit, int] = {}
    edges = {Unit(unit.id) for unit, _ in (*units[:1], *units[-1:])}
    fixed = edges | {unit for unit, move in units if _stays(unit, move)}
    for unit, move in units:
        if unit not in fixed:
            ranks[unit] = max(_RANK[move.keep], ranks.get(unit, 0))
    spread = {unit: _spread(place) for place, unit in enumerate(ranks)}
    order = sorted(ranks, key=lambda unit: (ranks[unit], spread[unit]))
    return _last_rounds_first(order)


def _last_rounds_first(order: Sequence[Unit]) -> list[Unit]:
    """Return the same units, the rounds of each group in those places in which rounds of it were."""
    rounds: dict[str, list[Unit]] = {}
    for unit in order:
        rounds.setdefault(unit.id, []).append(unit)
    last_first = {id_: iter(sorted(some, key=lambda u: -u.round)) for id_, some in rounds.items()}
    return [next(last_first[unit.id]) for unit in order]


def _stays(unit: Unit, move: Move) -> bool:
    if unit.round > 1:  # what is in it came once already
        return move.keep is Keep.ALWAYS
    step = move.step
    special = step.trait in {Trait.STEAM, Trait.MASK, Trait.QUIET} or step.advance is not Advance.AUTO
    edge_of_work = not move.sites and move.stroke.id == "rest"  # told how to sit, or that it is over
    return move.keep is Keep.ALWAYS or special or edge_of_work


def _spread(place: int) -> float:
    """Return 1, 1/2, 3/4, 1/4 ... (bits mirrored): however many are taken, they lie evenly."""
    value, share = 0.0, 0.5
    while place:
        value += share * (place & 1)
        place >>= 1
        share /= 2
    return 1.0 - value
