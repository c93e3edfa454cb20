"""The first sessions of a routine also say how to find each place by touch, before the work there begins.

In: moves in order; out: the same moves, some with more words. The short forms stay as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from player.core.score import sentences
from player.routine.compile.compile_step import Move

SESSIONS = 3  # in which places are explained
KNOWN_AFTER = 5  # sessions, then the short form is offered, once
_AREA = "zone"  # found without help


def taught(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return the moves; each place that is a point, a spot or a line is explained where it comes first."""
    return tuple(_taught(moves))


def _taught(moves: Iterable[Move]) -> Iterator[Move]:
    known: set[str] = set()
    for move in moves:
        places = {site.id for site in move.sites if site.kind != _AREA}
        find = move.step.find
        if find and places - known and find not in move.step.say:
            yield replace(move, step=replace(move.step, say=_with(move.step.say, find)))
        else:
            yield move
        known |= places


def _with(say: str, find: str) -> str:
    """Put how to find a place before the last sentence, which says what is done there and how often."""
    *first, last = sentences(say)
    return " ".join((*first, find, last))
