"""What is marked on the map: every place of a session, on its side, with the numbers of its steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from player.core.plan import Side
from player.facemap.drawing import FRONT, Drawing
from player.routine.compile.compile_step import Move
from player.routine.model.library import Library, Site, Xy


class Shape(StrEnum):
    """How a place is drawn."""

    POINT = "point"
    NODE = "node"
    ATTACHMENT = "attachment"
    LINE = "line"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """One place on one side. Of lines, `path` runs as they are stroked; of areas it is the outline."""

    places: tuple[str, ...]
    shape: Shape
    view: str
    side: Side  # left, right or mid
    path: tuple[Xy, ...]  # on the canvas: x > 0.5 is the listener's left
    label: Xy  # where the number goes first
    in_turn: bool = False
    to_and_fro: bool = False
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A whole session on the map. `undrawn`: step and place, for places that are nowhere on it."""

    marks: tuple[PlaceMark, ...]
    undrawn: tuple[tuple[int, str], ...]
    forbidden: tuple[PlaceMark, ...] = ()  # areas near the work that bear no pressure


def mark(moves: Sequence[Move], library: Library, drawing: Drawing) -> Marked:
    """Return what is to be drawn, in the order of the steps; the same place twice is one mark."""
    found: dict[PlaceMark, list[int]] = {}
    undrawn: list[tuple[int, str]] = []
    for number, move in enumerate(moves, 1):
        sites = [drawing.located(site) for site in move.sites]
        undrawn += [(number, site.name) for site in sites if not _drawable(site, drawing)]
        drawable = [site for site in sites if _drawable(site, drawing)]
        ends = _ends(move, library, drawing)
        for one in (*_placed(move, drawable, ends, drawing), *_between(move, drawable, ends)):
            steps = found.setdefault(one, [])
            if number not in steps:
                steps.append(number)
    marks = tuple(replace(one, steps=tuple(steps)) for one, steps in found.items())
    return Marked(marks, tuple(dict.fromkeys(undrawn)), tuple(_forbidden(marks, library)))


def _forbidden(marks: Sequence[PlaceMark], library: Library) -> Iterator[PlaceMark]:
    """Yield the areas that bear no pressure, when there is work as low as they are: on the neck."""
    low = max((y for one in marks if one.view == FRONT for _, y in one.path), default=0.0)
    areas = [s for s in library.sites.values() if not s.allowed and s.outline and s.view == FRONT]
    if low <= max((min(y for _, y in site.outline) for site in areas), default=1.0):
        return
    for site in areas:
        for side in _sides(site, Side.BOTH):
            outline = _on(side, site.outline)
            yield PlaceMark(
                places=(site.id,),
                shape=Shape.ZONE,
                view=FRONT,
                side=side,
                path=outline,
                label=centre(outline),
            )


def _drawable(site: Site, drawing: Drawing) -> bool:
    return site.allowed and site.view in drawing.views and bool(site.xy or site.path or site.outline)


def _placed(move: Move, sites: Sequence[Site], ends: Sequence[Site], drawing: Drawing) -> Iterator[PlaceMark]:
    for site in sites:
        for side in _sides(site, move.step.side):
            path = _path(site, ends)
            label = drawing.label_of(site) or (centre(path) if site.outline else path[0])
            if site.side == "mid" and side is not Side.MID:
                path = half(path)
                label = centre(path)
            yield PlaceMark(
                places=(site.id,),
                shape=_shape(site),
                view=site.view,
                side=side,
                path=_on(side, path),
                label=_on(side, (label,))[0],
                in_turn=move.step.side is Side.ALTERNATE,
                to_and_fro=bool(site.path) and move.stroke.back_and_forth,
            )


def _between(move: Move, sites: Sequence[Site], ends: Sequence[Site]) -> Iterator[PlaceMark]:
    """Yield the way of a stroke that goes from place to place, and along no line."""
    if any(site.path for site in sites):
        return
    one_way = move.stroke.slides and not move.stroke.back_and_forth
    stops = ends or [site for site in sites if site.xy and one_way]
    path = tuple(site.xy for site in stops if site.xy)
    if len(path) < 2 or len({site.view for site in stops}) > 1 or len(set(path)) < len(path):
        return
    side_of = next((site for site in stops if site.side == "pair"), stops[0])
    ids = tuple(site.id for site in stops)
    for side in _sides(side_of, move.step.side):
        way = _on(side, path)
        yield PlaceMark(
            places=ids,
            shape=Shape.LINE,
            view=stops[0].view,
            side=side,
            path=way,
            label=way[0],
            in_turn=move.step.side is Side.ALTERNATE,
        )


def _ends(move: Move, library: Library, drawing: Drawing) -> list[Site]:
    named = (library.site(word) for word in move.doing.direction or ())
    ends = [drawing.located(site) for site in named if site is not None]
    return ends if len(ends) == 2 and all(_drawable(end, drawing) for end in ends) else []


def _path(site: Site, ends: Sequence[Site]) -> tuple[Xy, ...]:
    if site.outline:
        return site.outline
    if not site.path:
        return (site.xy,) if site.xy else ()
    return tuple(reversed(site.path)) if ends and _against(site.path, *map(_spot, ends)) else site.path


def _spot(site: Site) -> Xy:
    return site.xy or centre(site.outline or site.path)


def _against(path: Sequence[Xy], start: Xy, end: Xy) -> bool:
    """Return whether a stroke from `start` to `end` runs along the path from its end to its start."""
    along = path[-1][0] - path[0][0], path[-1][1] - path[0][1]
    return along[0] * (end[0] - start[0]) + along[1] * (end[1] - start[1]) < 0


def _shape(site: Site) -> Shape:
    if site.outline:
        return Shape.ZONE
    return Shape.LINE if site.path else Shape(site.kind if site.kind in set(Shape) else Shape.POINT)


def _sides(site: Site, side: Side) -> tuple[Side, ...]:
    if side in {Side.LEFT, Side.RIGHT} and (site.side == "pair" or site.outline):
        return (side,)
    return (Side.LEFT, Side.RIGHT) if site.side == "pair" else (Side.MID,)


def _on(side: Side, path: Sequence[Xy]) -> tuple[Xy, ...]:
    return tuple((1 - x, y) for x, y in path) if side is Side.RIGHT else tuple(path)


def centre(path: Sequence[Xy]) -> Xy:
    """Return the middle of the box around a path."""
    xs, ys = zip(*path, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def half(outline: Sequence[Xy]) -> tuple[Xy, ...]:
    """Return the left half (x >= 0.5) of an area that lies across the midline."""
    kept: list[Xy] = []
    for (x0, y0), (x1, y1) in pairwise((*outline, outline[0])):
        if x0 >= 0.5:
            kept.append((x0, y0))
        if (x0 - 0.5) * (x1 - 0.5) < 0:
            kept.append((0.5, y0 + (y1 - y0) * (0.5 - x0) / (x1 - x0)))
    return tuple(kept)
