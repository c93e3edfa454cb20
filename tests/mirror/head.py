"""A scan of a head before the camera, turned as one likes, and where its marks are then."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.mirror import camera
from tests.mirror.camera import HERE, HIGH, WIDE, Picture

Points = NDArray[np.float64]
_FRONT = (
    320.0,
    320.0,
    160.0,
    0.9,
)  # the view that its marks are of: its middle, a unit's pixels, what is there
MM = 62 / 194  # of a pixel of that view
_AWAY = 600.0  # mm from the eyes to the camera
_MIDDLE = (WIDE / 2, 0.42 * HIGH, 0)  # of the eyes in the picture, so that the chin is in it
_SKIN = 0.05  # of the distance of the pupils: what is so near in front is the skin around the place
_KINDS = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass(frozen=True, slots=True)
class HeadTurn:
    """How the head is before the camera.

    Degrees to its own right, down, and in the picture against the clock; pixels between the pupils.
    """

    across: float = 0.0
    down: float = 0.0
    lean: float = 0.0
    eyes: float = 105.0


class Head:
    """Coordinates as the mesh has them: x to the right and y down in the picture, z away from the camera."""

    def __init__(self) -> None:
        marks = camera.marks()["smith"]
        self.vertices, self._skin_at, self.triangles = _scan(marks["head"])
        self._skin = camera.decoded(marks["picture"])
        high, wide = self._skin.shape[:2]
        self._skin_at *= (wide - 1, high - 1)
        pupils = np.array([marks["pupils"]["right"], marks["pupils"]["left"]])
        self._middle = _away(pupils).mean(axis=0)
        self.pupils = _away(pupils)
        sides = ((id_, side, at) for id_, one in marks["points"].items() for side, at in one.items())
        self.points = {(id_, side): _away(np.array(at)) for id_, side, at in sides}

    def seen(self, at: Points, turn: HeadTurn) -> Points:
        """Return where places of the head are in the camera's picture, and how far away (in its pixels)."""
        far = (at - self._middle) @ _matrix(turn).T
        scale = turn.eyes / float(np.linalg.norm(self.pupils[1] - self.pupils[0]))
        near = _AWAY / MM / (_AWAY / MM + far[..., 2:])
        return far * scale * np.concatenate([near, near, np.ones_like(near)], axis=-1) + _MIDDLE

    def hidden(self, at: Points, turn: HeadTurn) -> bool:
        """Return whether the head itself is in front of a place of it."""
        (x, y, far), corners = self.seen(at, turn), self.seen(self.vertices, turn)[self.triangles]
        a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
        sides = [_double(b, c, x, y), _double(c, a, x, y), _double(a, b, x, y)]
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.stack(sides, axis=1) / np.sum(sides, axis=0)[:, None]
            depths = (weights * corners[:, :, 2]).sum(axis=1)
            return bool(((weights > 0).all(axis=1) & (depths < far - _SKIN * turn.eyes)).any())

    def taken(self, turn: HeadTurn) -> Picture:
        """Return the camera's picture of it."""
        return camera.painted(self._skin, self._skin_at, self.seen(self.vertices, turn), self.triangles)


@cache
def head() -> Head:
    return Head()


def _double(one: Points, other: Points, x: float, y: float) -> Points:
    """Return twice the area of the triangles of two corners and x, y."""
    return (other[:, 0] - one[:, 0]) * (y - one[:, 1]) - (other[:, 1] - one[:, 1]) * (x - one[:, 0])


def _matrix(turn: HeadTurn) -> Points:
    lean = radians(turn.lean)
    aslant = np.array([[cos(lean), sin(lean), 0], [-sin(lean), cos(lean), 0], [0, 0, 1]])
    return aslant @ camera.turn(turn.across, turn.down)


def _away(at: Points) -> Points:
    return at * (1, 1, -1)


def stored(file: Path) -> tuple[dict[str, Any], Callable[[int], NDArray[Any]]]:
    """Return what a binary glTF tells, and what returns a column of its numbers, one row each."""
    data = file.read_bytes()
    size = struct.unpack("<I", data[12:16])[0]
    told, whole = json.loads(data[20 : 20 + size]), data[28 + size :]

    def column(number: int) -> NDArray[Any]:
        one = told["accessors"][number]
        begin = told["bufferViews"][one["bufferView"]]["byteOffset"]
        width = _WIDTHS[one["type"]]
        kind = _KINDS[one["componentType"]]
        return np.frombuffer(whole, kind, one["count"] * width, begin).reshape(-1, width)

    return told, column


def _scan(name: str) -> tuple[Points, Points, NDArray[np.int64]]:
    """Return the head's vertices, as its front view has them, where each is on its skin; triangles."""
    told, column = stored(HERE / "faces" / name)
    (part,) = told["meshes"][0]["primitives"]
    x, y, z = column(part["attributes"]["POSITION"]).astype(float).T
    skin = column(part["attributes"]["TEXCOORD_0"]).astype(float) * (1, -1) + (0, 1)
    left, top, unit, level = _FRONT
    at = np.c_[left + unit * x, top - unit * (y - level), -unit * z]
    return at, skin, column(part["indices"]).astype(np.int64).reshape(-1, 3)
