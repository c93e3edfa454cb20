"""A camera for tests: portraits moved, turned and scaled into pictures, as a .y4m file for Chromium.

One marked face is not in the repository: an official portrait out of PyPI's `face-recognition` 1.3.0.

    pip download --no-deps --no-binary :all: face-recognition==1.3.0

and its `tests/test_images/obama.jpg` into `build/faces/`; what looks at all faces then looks at it too.
"""

from dataclasses import dataclass, field
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import av
import numpy as np
import yaml
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
HERE = Path(__file__).parent
LENT = HERE.parents[1] / "build/faces"  # what is not in the repository
WIDE, HIGH = 640, 480
GREY = 96


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photograph and what is marked on it, in its own pixels, counted from its edge as the grid was."""

    picture: Picture
    pupils: NDArray[np.float64]  # right, left
    points: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)  # by id and side

    @property
    def eyes(self) -> float:
        """The distance of the pupils."""
        return float(np.linalg.norm(self.pupils[1] - self.pupils[0]))


@dataclass(frozen=True, slots=True)
class Pose:
    """How a portrait is before the camera: where its middle is, its size, how it leans, how bright it is."""

    x: float = 320.0
    y: float = 240.0
    scale: float = 2.0
    lean: float = 0.0  # degrees, against the clock
    light: float = 1.0

    def matrix(self) -> NDArray[np.float64]:
        turn = radians(self.lean)
        return self.scale * np.array([[cos(turn), sin(turn)], [-sin(turn), cos(turn)]])

    def seen(self, portrait: Portrait, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where a place of the portrait is in the camera's picture."""
        high, wide = portrait.picture.shape[:2]
        middle = at - 0.5  # pictures are taken from the middle of a pixel to the middle of another
        moved: NDArray[np.float64] = self.matrix() @ (middle - (wide / 2, high / 2)) + (self.x, self.y) + 0.5
        return moved


def marks() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((HERE / "marks.yaml").read_text(encoding="utf-8"))
    return read


def decoded(name: str) -> Picture:
    """Return a face's picture. Raises `FileNotFoundError` for the one that is not in the repository."""
    at = HERE / "faces" / name
    with av.open(str(at if at.exists() else LENT / name)) as file:
        picture: Picture = next(file.decode(video=0)).to_ndarray(format="rgb24")
    return picture


def portrait(who: str) -> Portrait:
    one = marks()[who]
    origin = np.array(one["origin"], dtype=float)
    sides = {
        (id_, side): np.array(at) - origin for id_, both in one["points"].items() for side, at in both.items()
    }
    pupils = np.array([one["pupils"]["right"], one["pupils"]["left"]]) - origin
    return Portrait(decoded(one["picture"]), pupils, sides)


def taken(*shots: tuple[Portrait, Pose]) -> Picture:
    """Return one picture of the camera with these portraits in it."""
    across, down = np.meshgrid(np.arange(WIDE), np.arange(HIGH))
    there = np.stack([across, down], axis=-1).reshape(-1, 2).astype(float)
    whole = np.full((WIDE * HIGH, 3), float(GREY))
    for one, pose in shots:
        high, wide = one.picture.shape[:2]
        at = (there - (pose.x, pose.y)) @ np.linalg.inv(pose.matrix()).T + (wide / 2, high / 2)
        inside = ((at >= 0) & (at <= (wide - 2, high - 2))).all(axis=1)
        whole[inside] = _sampled(one.picture, at[inside])
    light = shots[0][1].light if shots else 1.0
    return np.clip(whole * light, 0, 255).astype(np.uint8).reshape(HIGH, WIDE, 3)


def _sampled(picture: Picture, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colours at places between pixels."""
    corner = np.floor(at).astype(int)
    (u, v), (x, y) = (at - corner).T[:, :, None], corner.T
    p = picture.astype(float)
    upper = p[y, x] * (1 - u) + p[y, x + 1] * u
    lower = p[y + 1, x] * (1 - u) + p[y + 1, x + 1] * u
    mixed: NDArray[np.float64] = upper * (1 - v) + lower * v
    return mixed


def film(file: Path, pictures: list[Picture], times: int = 2, rate: int = 10) -> Path:
    """Write a film that Chromium plays again and again as its camera: each picture so many times."""
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDE} H{HIGH} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            out.write((b"FRAME\n" + frame.to_ndarray().tobytes()) * times)
    return file


def turned(
    picture: Picture, face: NDArray[np.float64], triangles: NDArray[np.int64], degrees: float, down: float = 0
) -> tuple[Picture, NDArray[np.float64]]:
    """Return a picture of the mask of a face, turned, and its mesh then (x, y, z in pixels, as `face` is)."""
    there = (face - face.mean(axis=0)) @ turn(degrees, down).T + (WIDE / 2, HIGH / 2, 0)
    return painted(picture, face, there, triangles), there


def turn(across: float, down: float) -> NDArray[np.float64]:
    """Return the matrix of a turn, in degrees: to the face's own right, then down."""
    side, nod = radians(across), radians(down)
    right = np.array([[cos(side), 0, sin(side)], [0, 1, 0], [-sin(side), 0, cos(side)]])
    return np.array([[1, 0, 0], [0, cos(nod), -sin(nod)], [0, sin(nod), cos(nod)]]) @ right


def painted(picture: Picture, at: Any, there: Any, triangles: NDArray[np.int64]) -> Picture:
    """Return a picture of triangles with their corners `there`, covered with what another has `at` its."""
    drawn = triangles[np.abs(np.linalg.det(_flat(there[triangles]))) >= 1e-6]
    corners = there[drawn]
    which, x, y = _pixels(corners)
    pixel = np.stack([x, y, np.ones(x.size)], axis=-1)
    weights = np.einsum("pij,pj->pi", np.linalg.inv(_flat(corners))[which], pixel)
    inside = weights.min(axis=1) > -0.02
    which, x, y, weights = which[inside], x[inside], y[inside], weights[inside]
    nearest_last = np.argsort(-(corners[which][:, :, 2] * weights).sum(axis=1), kind="stable")
    which, x, y, weights = which[nearest_last], x[nearest_last], y[nearest_last], weights[nearest_last]
    from_x, from_y = (at[drawn][which][:, :, :2] * weights[:, :, None]).sum(axis=1).astype(int).T
    whole = np.full((HIGH, WIDE, 3), GREY, dtype=np.uint8)
    whole[y, x] = picture[from_y, from_x]  # of a pixel that is there several times, the last
    return whole


def _flat(corners: Any) -> Any:
    """Return for each triangle the matrix that makes weights of its corners a place (x, y, 1)."""
    return np.concatenate([corners[:, :, :2], np.ones((len(corners), 3, 1))], axis=2).swapaxes(1, 2)


def _pixels(corners: Any) -> tuple[Any, Any, Any]:
    """Return the pixels of the box around each triangle: the triangle's number, x and y."""
    low = np.maximum(np.floor(corners[:, :, :2].min(axis=1)), 0).astype(int)
    high = np.minimum(np.ceil(corners[:, :, :2].max(axis=1)), (WIDE - 1, HIGH - 1)).astype(int)
    wide, tall = np.maximum(high - low + 1, 0).T
    many = wide * tall
    which = np.repeat(np.arange(len(corners)), many)
    number = np.arange(many.sum()) - np.repeat(many.cumsum() - many, many)
    return which, low[which, 0] + number % wide[which], low[which, 1] + number // wide[which]
