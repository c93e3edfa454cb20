"""The places of a session on a real face: each mark of the map as triangles and weights of a face mesh.

A spot is three vertices of MediaPipe's mesh, against the clock as seen from outside, and the weights of two;
the third's is what is left to 1. A point may have a measure too, which tells better where it is on each face.
`on_mesh.json`, made by `tests/mirror/mapping.py`, has the left side and what is on the midline.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from player.core.plan import Side
from player.facemap.drawing import Drawing
from player.facemap.marks import PlaceMark, Shape, mark
from player.routine.compile.compile_step import Move
from player.routine.model.library import Library

Spot = tuple[int, int, int, float, float]
_FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """A point by the face's own measure, in mm with 62 between the middles of its eyes.

    It is `left_mm` to the person's left of the mean of the vertices `across`, `down_mm` below that of `down`,
    and as deep as that of `deep`; without any, as its spot.
    """

    across: tuple[int, ...]
    down: tuple[int, ...]
    left_mm: float
    down_mm: float
    deep: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MeshMark:
    """One place on one side. `spots`: empty for what is not on the face; lines run as they are stroked.

    `measures`: of each spot, of points and ways between points alone; None for a spot that has none.
    """

    places: tuple[str, ...]
    shape: Shape
    side: Side
    to_and_fro: bool
    spots: tuple[Spot, ...]
    measures: tuple[OwnMeasure | None, ...]


def mesh_marks(moves: Sequence[Move], library: Library, drawing: Drawing) -> tuple[MeshMark, ...]:
    """Return the marks of a session, in the order of `facemap.marks.mark`."""
    return tuple(laid(one, library) for one in mark(moves, library, drawing).marks)


def nose() -> list[list[int]]:
    """Return the triangles of the nose, behind which places of a turned head are hidden."""
    found: list[list[int]] = _read()["nose"]
    return found


def laid(one: PlaceMark, library: Library) -> MeshMark:
    """Return a mark of the map as it lies on a face; without spots, if it does not."""
    spots = _spots(one, library)
    points = len(spots) == len(one.places)
    measures = tuple(_measure(one.side, name) for name in one.places) if points else ()
    return MeshMark(
        places=one.places,
        shape=_shape(one),
        side=one.side,
        to_and_fro=one.to_and_fro,
        spots=spots,
        measures=measures,
    )


def _shape(one: PlaceMark) -> Shape:
    return one.shape if one.shape in {Shape.LINE, Shape.ZONE} else Shape.POINT


def _spots(one: PlaceMark, library: Library) -> tuple[Spot, ...]:
    known: dict[str, list[Spot]] = _read()["places"]
    if len(one.places) > 1:  # a way from place to place
        stops = [known.get(name, []) for name in one.places]
        return (
            tuple(_on(one.side, stop[0]) for stop in stops) if all(len(stop) == 1 for stop in stops) else ()
        )
    (name,) = one.places
    site = library.sites[name]
    halved = one.side is not Side.MID and site.side == "mid"
    spots = tuple(_on(one.side, spot) for spot in known.get(f"{name}:left" if halved else name, ()))
    turned = bool(site.path) and [y for _, y in one.path] != [y for _, y in site.path]
    return spots[::-1] if turned else spots


def _on(side: Side, spot: Sequence[Any]) -> Spot:
    one, two, three, first, second = spot
    if side is Side.RIGHT:
        two, one, three = (_read()["mirror"][vertex] for vertex in (one, two, three))
        first, second = second, first
    return one, two, three, first, second


def _measure(side: Side, name: str) -> OwnMeasure | None:
    found = _read()["measures"].get(name)
    if found is None:
        return None
    right, other = side is Side.RIGHT, _read()["mirror"]
    across, down, left, below, deep = found
    vertices = [tuple(other[one] if right else one for one in some) for some in (across, down, deep)]
    return OwnMeasure(vertices[0], vertices[1], -left if right else left, below, vertices[2])


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found
