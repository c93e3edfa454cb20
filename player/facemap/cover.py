"""The face of a session as a square picture, without words: for the cover of a sound file."""

from collections.abc import Sequence

from player.facemap.drawing import FRONT, Drawing
from player.facemap.face import HIGH, WIDE, Frame, face
from player.facemap.marks import mark
from player.facemap.svg import element, plain_style
from player.routine.compile.compile_step import Move
from player.routine.model.library import Library

_HEAD = 0.66  # of the canvas, from its top, is the head
_BELOW = 0.04


def cover(moves: Sequence[Move], library: Library, drawing: Drawing) -> str:
    """Return the head with all places, facing the reader, and as much below as there is work, as an SVG."""
    marks = [one for one in mark(moves, library, drawing).marks if one.view == FRONT]
    low = max((y for one in marks for _x, y in one.path), default=0.0)
    side = HIGH * max(_HEAD, low + _BELOW)
    view = drawing.views[FRONT]
    frame = Frame(view, view.window[0] * WIDE, view.window[1] * HIGH, 1.0, flipped=False)
    left = (WIDE - side) / 2
    return element(
        "svg",
        plain_style(),
        element("rect", x=left, y=0, width=side, height=side, class_="paper"),
        face(frame, marks, numbered=False),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"{left:.0f} 0 {side:.0f} {side:.0f}",
    )
