"""The face map for a screen that moves: each place an element with an id, and which steps it belongs to.

No style and no colour stands in it: the page that shows it has its own style sheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from player.facemap.drawing import FRONT, Drawing
from player.facemap.face import HIGH, WIDE, Frame, figure, marked
from player.facemap.marks import Marked, mark
from player.facemap.svg import element, number, text_of
from player.routine.compile.compile_step import Move
from player.routine.model.library import Library

_ROOM = 40.0  # around the figure, in pixels
_EDGE = 0.08  # beside the ears
_CROWN = 0.075  # of the canvas: above it is no head
_HEAD = 0.63  # of the canvas, from its top, is the head


@dataclass(frozen=True, slots=True)
class AliveMap:
    """`svg`: one element for each view; `steps`: of each step in order, the ids of its marks."""

    svg: str
    steps: tuple[tuple[str, ...], ...]


def alive(moves: Sequence[Move], library: Library, drawing: Drawing, texts: Mapping[str, str]) -> AliveMap:
    """Return all views that a session needs, facing the reader; the page mirrors them."""
    everything = mark(moves, library, drawing)
    names = dict.fromkeys((FRONT, *(one.view for one in everything.marks)))
    ids: list[list[str]] = [[] for _ in moves]
    for index, one in enumerate(everything.marks):
        for step in one.steps:
            ids[step - 1].append(f"m{index}")
    svg = "".join(_view(name, everything, drawing, texts) for name in names)
    return AliveMap(svg, tuple(map(tuple, ids)))


def _view(name: str, everything: Marked, drawing: Drawing, texts: Mapping[str, str]) -> str:
    view = drawing.views[name]
    frame = Frame(view, view.window[0] * WIDE, view.window[1] * HIGH, 1.0, view.turned)
    marks = [(index, one) for index, one in enumerate(everything.marks) if one.view == name]
    inside = [
        element("g", marked(frame, one), id=f"m{index}", class_="mark", data_side=one.side.value)
        for index, one in marks
    ]
    left, top, right, bottom = view.window
    if name == FRONT:
        low = max((y for _, one in marks for _x, y in one.path), default=0.0)
        high = min((y for _, one in marks for _x, y in one.path), default=1.0)
        left, right, bottom = _EDGE, 1 - _EDGE, min(bottom, max(_HEAD, low + 0.04))
        top = max(top, min(_CROWN, high - 0.04))
    box = (left * WIDE - _ROOM, top * HIGH, (right - left) * WIDE + 2 * _ROOM, (bottom - top) * HIGH)
    moving = element("g", figure(frame), *inside, class_="figure")
    return element(
        "svg",
        element("title", text_of(texts.get(f"map_{name}", texts["map_face"]))),
        moving,
        id=f"view-{name}",
        class_="view",
        viewBox=" ".join(map(number, box)),
        role="img",
        data_middle=frame.at((0.5, 0))[0],
        data_turned="yes" if view.turned else "no",
    )
