"""One view with its marks: the drawing, the places, their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from player.core.plan import Side
from player.facemap.drawing import DrawnView, Eye
from player.facemap.labels import Box, Labels, around
from player.facemap.marks import PlaceMark, Shape
from player.facemap.svg import arrow_head, curve, element, polygon, words
from player.routine.model.library import Xy

WIDE, HIGH = 900.0, 1200.0  # the canvas, in pixels at scale 1
_SPOT = 5.0
_SAME = 26.0
_SLIDE = 40  # how far along a line its number may be, in steps of 6 pixels


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a view is on the page."""

    view: DrawnView
    left: float
    top: float
    scale: float
    flipped: bool

    def at(self, point: Xy) -> Xy:
        """Return a place of the canvas on the page."""
        x = 1 - point[0] if self.flipped else point[0]
        across, down = x - self.view.window[0], point[1] - self.view.window[1]
        return self.left + across * WIDE * self.scale, self.top + down * HIGH * self.scale

    def path(self, points: Sequence[Xy]) -> tuple[Xy, ...]:
        """Return a path on the page."""
        return tuple(map(self.at, points))

    @property
    def box(self) -> Box:
        """The whole view on the page."""
        left, top, right, bottom = self.view.window
        wide, high = (right - left) * WIDE * self.scale, (bottom - top) * HIGH * self.scale
        return Box(self.left, self.top, self.left + wide, self.top + high)

    def outward(self, side: Side) -> float:
        """Return to which side of the page the listener's left, or the right, is: 1 is right."""
        return (1.0 if side is not Side.RIGHT else -1.0) * (-1.0 if self.flipped else 1.0)


def face(
    frame: Frame,
    marks: Sequence[PlaceMark],
    forbidden: Sequence[PlaceMark] = (),
    solid: Sequence[Box] = (),
    *,
    numbered: bool = True,
) -> str:
    """Return the view with everything that is marked on it. `solid` is where no number may go."""
    areas = [one for one in marks if one.shape is Shape.ZONE]
    others = [one for one in marks if one.shape is not Shape.ZONE]
    parts = [
        *_skin(frame),
        *(_area(frame, one) for one in areas),
        *(_never(frame, one) for one in forbidden),
        *_features(frame),
        *(_way(frame, one) for one in others if one.shape is Shape.LINE),
        *(_spot(frame, one) for one in others if one.shape is not Shape.LINE),
        *(_numbers(frame, marks, solid) if numbered else ()),
    ]
    return element("g", *parts)


def figure(frame: Frame) -> str:
    """Return the view without any mark."""
    return "".join((*_skin(frame), *_features(frame)))


def marked(frame: Frame, mark: PlaceMark) -> str:
    """Return one mark alone."""
    draw = {Shape.ZONE: _area, Shape.LINE: _way}.get(mark.shape, _spot)
    return draw(frame, mark)


# --- the drawing ------------------------------------------------------------------------------------------


def _skin(frame: Frame) -> Iterator[str]:
    for name in frame.view.filled:
        yield from _shape(frame, frame.view.shapes[name], "skin", 2.0)


def _features(frame: Frame) -> Iterator[str]:
    if frame.view.eye is not None:
        for side in (Side.LEFT, Side.RIGHT):
            yield _eye(frame, frame.view.eye, side)
    for half in frame.view.shapes.values():
        yield from _shape(frame, half, "feature", 2.0)


def _shape(frame: Frame, half: Sequence[Xy], class_: str, width: float) -> Iterator[str]:
    other = [(1 - x, y) for x, y in half]
    if half[0][0] == half[-1][0] == 0.5:
        whole = (*half, *reversed(other[1:-1]))
        yield element("path", d=curve(frame.path(whole), closed=True), class_=class_, stroke_width=width)
        return
    for one in (half, other):
        yield element("path", d=curve(frame.path(one)), class_=class_, stroke_width=width)


def _eye(frame: Frame, eye: Eye, side: Side) -> str:
    x, y = eye.centre
    cx, cy = frame.at((1 - x if side is Side.RIGHT else x, y))
    wide, high = WIDE * frame.scale, HIGH * frame.scale
    white = element("ellipse", cx=cx, cy=cy, rx=eye.rx * wide, ry=eye.ry * high, class_="frame")
    return white + element("circle", cx=cx, cy=cy, r=eye.iris_r * wide, class_="feature")


# --- the marks --------------------------------------------------------------------------------------------


def _named(mark: PlaceMark) -> dict[str, str]:
    return {"data_place": " ".join(mark.places), "data_side": mark.side.value}


def _area(frame: Frame, mark: PlaceMark) -> str:
    outline = polygon(frame.path(mark.path))
    return element(
        "path",
        d=outline,
        class_="area",
        fill_opacity="0.55",
        stroke_dasharray="2 4",
        stroke_linejoin="round",
        **_named(mark),
    )


def _never(frame: Frame, mark: PlaceMark) -> str:
    outline = polygon(frame.path(mark.path))
    return element("path", d=outline, fill="url(#never)", class_="never", stroke_dasharray="1 3")


def _way(frame: Frame, mark: PlaceMark) -> str:
    path = frame.path(mark.path)
    dashes = {"stroke_dasharray": "9 5"} if mark.in_turn else {}
    drawn = element("path", d=curve(path), class_="way", stroke_width=2.6, stroke_linecap="round", **dashes)
    heads = element("path", d=arrow_head(path[-1], path[-2]), class_="head")
    if mark.to_and_fro:
        heads += element("path", d=arrow_head(path[0], path[1]), class_="head")
    return element("g", drawn, heads, **_named(mark))


def _spot(frame: Frame, mark: PlaceMark) -> str:
    return element("g", symbol(mark.shape, frame.at(mark.path[0])), **_named(mark))


def symbol(shape: Shape, at: Xy) -> str:
    """Return the sign of a point, a node or an attachment."""
    x, y = at
    if shape is Shape.NODE:
        return element("rect", x=x - 5, y=y - 5, width=10, height=10, class_="ring", stroke_width=2.5)
    if shape is Shape.ATTACHMENT:
        corners = ((x, y - 6.5), (x + 6, y + 4.5), (x - 6, y + 4.5))
        return element("path", d=polygon(corners), class_="spot", stroke_width=1)
    return element("circle", cx=x, cy=y, r=_SPOT, class_="spot", stroke_width=1)


# --- the numbers ------------------------------------------------------------------------------------------


def _numbers(frame: Frame, marks: Sequence[PlaceMark], solid: Sequence[Box]) -> Iterator[str]:
    spots = [frame.at(one.path[0]) for one in marks if one.shape not in {Shape.LINE, Shape.ZONE}]
    heads = [frame.at(one.path[-1]) for one in marks if one.shape is Shape.LINE]
    light = [point for one in marks if one.shape is Shape.LINE for point in _along(frame.path(one.path))]
    places = [*(around(spot, 6) for spot in spots), *(around(tip, 8) for tip in heads)]
    labels = Labels([*solid, *_eyes(frame), *places], light)
    leaders, badges = [], []
    numbered: list[tuple[tuple[int, ...], Xy]] = []
    for one in sorted(marks, key=lambda mark: (mark.shape is Shape.ZONE, mark.steps)):
        anchor = frame.at(one.label)
        said = any(one.steps == steps and _distance(anchor, there) < _SAME for steps, there in numbered)
        if said and one.shape is Shape.LINE:
            continue  # both sides begin on the midline, or a way begins at its own point: one number says it
        numbered.append((one.steps, anchor))
        text = ", ".join(map(str, one.steps))
        anchors = _along(frame.path(one.path)) if one.shape is Shape.LINE else (anchor,)
        box, at = labels.place(
            text, tuple(anchors)[:_SLIDE:4], frame.outward(one.side), _own(frame, one, anchor)
        )
        badges.append(badge(text, box, in_turn=one.in_turn))
        if one.shape is not Shape.ZONE:
            (x, y), (to_x, to_y) = box.centre, at
            leaders.append(element("line", x1=x, y1=y, x2=to_x, y2=to_y, class_="leader"))
    yield from (*leaders, *badges)  # no leader runs over a number


def _own(frame: Frame, mark: PlaceMark, anchor: Xy) -> Box:
    """Return the half of the view that a number belongs to; all of it for what is on the midline."""
    whole = frame.box
    middle = frame.at((0.5, 0))[0]
    if mark.side is Side.MID or abs(anchor[0] - middle) < _SAME / 2:
        return whole
    if frame.outward(mark.side) > 0:
        return Box(middle + 2, whole.top, whole.right, whole.bottom)
    return Box(whole.left, whole.top, middle - 2, whole.bottom)


def _eyes(frame: Frame) -> Iterator[Box]:
    eye = frame.view.eye
    if eye is None:
        return
    for x in (eye.centre[0], 1 - eye.centre[0]):
        across, down = frame.at((x, eye.centre[1]))
        wide, high = eye.rx * WIDE * frame.scale, eye.ry * HIGH * frame.scale
        yield Box(across - wide, down - high, across + wide, down + high)


def _distance(one: Xy, other: Xy) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _along(path: Sequence[Xy]) -> Iterator[Xy]:
    for start, end in pairwise(path):
        count = max(1, int(_distance(start, end) / 6))
        for k in range(count + 1):
            yield start[0] + (end[0] - start[0]) * k / count, start[1] + (end[1] - start[1]) * k / count


def badge(text: str, box: Box, *, in_turn: bool = False) -> str:
    """Return a number in its frame; a double frame says: one side, then the other."""
    x, y = box.centre
    parts = [_rim(box.grown(2.5))] if in_turn else []
    parts.append(_rim(box))
    parts.append(words(text, x, y + 4.6, text_anchor="middle", font_weight="bold", style="font-size:13px"))
    return element("g", *parts)


def _rim(box: Box) -> str:
    return element(
        "rect",
        x=box.left,
        y=box.top,
        width=box.right - box.left,
        height=box.bottom - box.top,
        rx=6,
        class_="badge",
    )
