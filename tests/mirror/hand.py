"""A made-up hand before the scanned head: its fingertip where one likes, and where that is in the picture."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.mirror.camera import HIGH, WIDE
from tests.mirror.head import MM, HeadTurn, Points, head, stored

INDEX = "index-finger-tip"
# degrees that index, middle, ring and little finger bend at their three joints
BENDS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "index": ((12, 14, 8), (75, 90, 50), (80, 95, 50), (80, 90, 50)),
    "two": ((12, 14, 8), (14, 16, 8), (78, 95, 50), (80, 90, 50)),
    "open": ((15, 12, 8), (24, 22, 12), (30, 28, 16), (34, 30, 18)),
}
_FINGERS = ("index", "middle", "ring", "pinky")
_BONES = ("phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")
_THUMB = ("thumb-metacarpal", "thumb-phalanx-proximal", "thumb-phalanx-distal", "thumb-tip")
_THUMB_BENDS = (18, 14, 0, 0)  # nearer to the hand than it is stored
_ALONG = np.array([0.0, -1.0, 0.0])  # to where the fingers point, as it is stored
_ARM = ((-5, 26, 18), (-40, 26, 19), (-110, 34, 28), (-240, 42, 37))  # mm from the wrist, and half how thick
_ROUND = 20  # corners round the arm


@dataclass(frozen=True, slots=True)
class Held:
    """How a hand is held: which, its bend and size; where it points; its skin (0 to 1 each) and gloss."""

    side: str = "right"
    bend: str = "index"
    size: float = 1.0
    inward: float = 20.0  # degrees from straight up to the middle of the face
    toward: float = 30.0  # degrees that the finger points into the face
    roll: float = 0.0
    skin: tuple[float, float, float] = (0.80, 0.60, 0.50)
    gloss: float = 0.1
    light: tuple[float, float, float] = (-0.4, -0.7, -0.8)  # to where it comes from


class Rig:
    """A hand that can be bent, with an arm: vertices and joints in mm, fingers to -y, thumb to -z."""

    def __init__(self, file: Path, side: str) -> None:
        told, column = stored(file)
        (part,) = told["meshes"][0]["primitives"]
        kinds, nodes = part["attributes"], [told["nodes"][joint] for joint in told["skins"][0]["joints"]]
        joints, weights = column(kinds["JOINTS_0"]), column(kinds["WEIGHTS_0"])
        self.palm = np.array([-1.0 if side == "right" else 1.0, 0.0, 0.0])
        self.joints = {one["name"]: np.array(one["translation"]) * 1000 for one in nodes}
        self._weights = {
            one["name"]: (weights * (joints == number)).sum(axis=1) for number, one in enumerate(nodes)
        }
        self._at = column(kinds["POSITION"]).astype(float) * 1000
        self.end = self._weights[INDEX] + self._weights["index-finger-phalanx-distal"] > 0.5
        self.triangles = column(part["indices"]).astype(np.int64).reshape(-1, 3)
        self._add_arm()

    def _add_arm(self) -> None:
        angles = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)
        rings = [
            np.c_[thin * np.sin(angles), np.full(_ROUND, -y), wide * np.cos(angles)] for y, wide, thin in _ARM
        ]
        one, other = np.arange(_ROUND), np.roll(np.arange(_ROUND), -1)
        band = np.r_[np.c_[one, other, one + _ROUND], np.c_[other, other + _ROUND, one + _ROUND]]
        bands = [band + len(self._at) + _ROUND * ring for ring in range(len(_ARM) - 1)]
        self._at = np.concatenate([self._at, *(ring + self.joints["wrist"] for ring in rings)])
        self.triangles = np.concatenate([self.triangles, *bands])
        self.end = np.r_[self.end, np.zeros(_ROUND * len(_ARM), dtype=bool)]
        for name, weight in self._weights.items():
            self._weights[name] = np.r_[weight, np.full(_ROUND * len(_ARM), float(name == "wrist"))]

    def bent(self, bend: str) -> tuple[Points, dict[str, Points]]:
        """Return the vertices and joints of a hand that is bent so."""
        turns = {name: (np.eye(3), np.zeros(3)) for name in self._weights}
        for finger, degrees in zip(_FINGERS, BENDS[bend], strict=True):
            names = tuple(f"{finger}-finger-{bone}" for bone in _BONES)
            along = self.joints[names[3]] - self.joints[names[0]]
            self._bend(turns, names, np.cross(along, self.palm), (*degrees, 0))
        self._bend(turns, _THUMB, self.palm * -np.cross(_ALONG, self.palm)[2], _THUMB_BENDS)
        at = sum(
            self._weights[name][:, None] * (self._at @ turn.T + moved)
            for name, (turn, moved) in turns.items()
        )
        return np.asarray(at), {
            name: turn @ self.joints[name] + moved for name, (turn, moved) in turns.items()
        }

    def _bend(
        self, turns: dict[str, Any], names: tuple[str, ...], axis: Points, degrees: tuple[int, ...]
    ) -> None:
        turn, moved = np.eye(3), np.zeros(3)
        for name, angle in zip(names, degrees, strict=True):
            own = rotation(axis, angle)
            moved = turn @ (self.joints[name] - own @ self.joints[name]) + moved
            turn = turn @ own
            turns[name] = turn, moved


@cache
def rig(folder: Path, side: str) -> Rig:
    return Rig(folder / f"{side}.glb", side)


def rotation(axis: Points, degrees: float) -> Points:
    """Return the matrix of a turn round an axis."""
    x, y, z = axis / np.linalg.norm(axis)
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    turn: Points = np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) * across @ across
    return turn


@dataclass(frozen=True, slots=True)
class HandSeen:
    """A hand in the camera's picture: vertices and joints (x, y, how far away), its triangles."""

    at: Points
    joints: dict[str, Points]
    triangles: NDArray[np.int64]
    held: Held


def laid(one: Rig, held: Held, spot: Points, turn: HeadTurn, skin: Points) -> HandSeen:
    """Return a hand whose index's tip is before a place of the head and rests on what is there.

    `skin`: how far away the head is at each pixel.
    """
    at, joints = one.bent(held.bend)
    whole = np.concatenate([at, list(joints.values())]) - joints[INDEX]
    outward = -1 if held.side == "right" else 1
    up = rotation(np.array([0, 0, 1.0]), -outward * held.inward) @ _ALONG
    level = rotation(np.cross(up, (0, 0, 1.0)), held.toward)
    along = level @ up
    palm = rotation(along, held.roll) @ level @ (0, 0, 1.0)
    there = np.stack([along, palm, np.cross(along, palm)], axis=1)
    was = np.stack([_ALONG, one.palm, np.cross(_ALONG, one.palm)], axis=1)
    whole = whole @ (there @ was.T * held.size / MM).T + spot
    seen, mm = head().seen(whole, turn), turn.eyes / 62
    end = seen[: len(at)][one.end]
    x, y = _pixels(end)
    deep = np.max(end[:, 2] - np.minimum(skin[y, x], end[:, 2] + 40 * mm)) / mm
    seen = head().seen(whole - (0, 0, deep / MM), turn)
    return HandSeen(seen[: len(at)], dict(zip(joints, seen[len(at) :], strict=True)), one.triangles, held)


def sunk(one: HandSeen, skin: Points) -> float:
    """Return which share of a hand is inside the head."""
    x, y = _pixels(one.at)
    return float(np.mean(one.at[:, 2] > skin[y, x] + 2))


def _pixels(at: Points) -> NDArray[np.int64]:
    return np.clip(at[:, :2].round().astype(int), 0, (WIDE - 1, HIGH - 1)).T
