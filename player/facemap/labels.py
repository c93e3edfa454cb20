"""Where the numbers go: beside their marks, over nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin

from player.routine.model.library import Xy

HEIGHT = 17.0
_DIGIT = 7.6
_ROOM = 9.0
_DISTANCES = (3.0, 9.0, 17.0, 27.0, 40.0, 56.0, 76.0)
_ANGLES = (*range(0, 181, 20), *range(-20, -161, -20))  # from straight outward, downward first
_SLIDE_COST = 0.12  # for each pixel away from the first anchor


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> Xy:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> "Box":
        """Return the box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def shared(self, other: "Box") -> float:
        """Return the area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def holds(self, point: Xy) -> bool:
        """Return whether a point is in the box."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


def around(point: Xy, radius: float) -> Box:
    """Return the square around a point."""
    return Box(point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius)


class Labels:
    """Places labels one after the other, each where it covers least; the same input gives the same page."""

    def __init__(self, solid: Sequence[Box], light: Sequence[Xy]) -> None:
        """`solid` is never to be covered; `light`, points along lines, rather not."""
        self._solid = list(solid)
        self._light = light

    def place(self, text: str, anchors: Sequence[Xy], outward: float, own: Box) -> tuple[Box, Xy]:
        """Return where `text` goes, and beside which of the anchors; the first is the best one.

        `outward` is 1 or -1, the side of the page that is tried first; the text stays in `own`.
        """
        wide = _DIGIT * len(text) + _ROOM
        tries = (self._best(wide, anchor, outward, own) for anchor in anchors)
        best = min(tries, key=lambda one: one.cost + _SLIDE_COST * hypot(*_gap(one.anchor, anchors[0])))
        self._solid.append(best.box)
        return best.box, best.anchor

    def _best(self, wide: float, anchor: Xy, outward: float, own: Box) -> "_Try":
        near = around(anchor, _DISTANCES[-1] + wide + HEIGHT)
        solid = [box for box in self._solid if box.shared(near) > 0]
        light = [point for point in self._light if near.holds(point)]
        best: _Try | None = None
        for far in _DISTANCES:
            if best is not None and best.cost <= far + HEIGHT / 2:
                break  # nothing further away can be better
            boxes = [_box(anchor, wide, angle, far, outward) for angle in _ANGLES]
            tries = [_Try(_cost(box, anchor, solid, light, own), box, anchor) for box in boxes]
            best = min((*([best] if best else []), *tries), key=lambda one: one.cost)
        assert best is not None
        return best


@dataclass(frozen=True, slots=True)
class _Try:
    cost: float
    box: Box
    anchor: Xy


def _cost(box: Box, anchor: Xy, solid: Sequence[Box], light: Sequence[Xy], own: Box) -> float:
    outside = (box.right - box.left) * HEIGHT - box.shared(own)
    covered = sum(box.grown(1.5).shared(other) for other in solid)
    crossed = sum(box.holds(point) for point in light)
    return 60 * outside + 12 * covered + 9 * crossed + hypot(*_gap(box.centre, anchor))


def _gap(one: Xy, other: Xy) -> Xy:
    return one[0] - other[0], one[1] - other[1]


def _box(anchor: Xy, wide: float, angle: int, far: float, outward: float) -> Box:
    """Return the box whose edge is `far` from the anchor, at an angle from straight outward."""
    across, down = outward * cos(radians(angle)), sin(radians(angle))
    x = anchor[0] + across * (far + 4 + wide / 2)
    y = anchor[1] + down * (far + 4 + HEIGHT / 2)
    return Box(x - wide / 2, y - HEIGHT / 2, x + wide / 2, y + HEIGHT / 2)
