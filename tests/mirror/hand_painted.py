"""A made-up hand, painted over a picture of the head: shaded, with its shadow on what is behind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.mirror.camera import HIGH, WIDE
from tests.mirror.hand import HandSeen, Held
from tests.mirror.head import HeadTurn, Points, head

_FINE = 2  # so many times finer than the picture the hand is painted
_EDGE = 9  # pixels at the picture's edge that have no shadow


def depths(turn: HeadTurn) -> Points:
    """Return how far away the head is at each pixel; infinite where it is not."""
    return _layer(head().seen(head().vertices, turn), head().triangles, (HIGH, WIDE))[1]


@dataclass(frozen=True, slots=True)
class HandLayer:
    """A hand as it is painted: from which pixel on, where it is, how far away, its colours, its light."""

    corner: tuple[int, int]
    there: NDArray[np.bool_]
    far: Points
    lit: Points
    light: tuple[float, float, float]


def layer(one: HandSeen) -> HandLayer:
    """Paint a hand that has nothing in front of it."""
    low = np.clip(np.floor(one.at[:, :2].min(axis=0)), 0, (WIDE - 1, HIGH - 1)).astype(int)
    end = np.clip(np.ceil(one.at[:, :2].max(axis=0)) + 1, low + 1, (WIDE, HIGH)).astype(int)
    at = (one.at + np.array([0.5, 0.5, 0]) - (*low, 0)) * (_FINE, _FINE, 1) - (0.5, 0.5, 0)
    wide, high = (end - low) * _FINE
    which, far, weights = _layer(at, one.triangles, (high, wide))
    there = which >= 0
    lit = np.zeros((high, wide, 3))
    lit[there] = 255 * _lit(_normals(one, which[there], weights[there]), one.held)
    return HandLayer((int(low[0]), int(low[1])), there, far, lit, one.held.light)


def over(picture: Points, skin: Points, *hands: HandLayer) -> Points:
    """Return a picture with hands before the head (whose depths are `skin`), and their shadow on it."""
    whole, deep = picture.astype(float), np.repeat(np.repeat(skin, _FINE, 0), _FINE, 1)
    for one in hands:
        (x, y), (high, wide) = one.corner, one.there.shape
        fine = np.s_[y * _FINE : y * _FINE + high, x * _FINE : x * _FINE + wide]
        seen = one.there & (one.far < deep[fine] + 1.0)
        gaps = np.where(seen, deep[fine], np.inf) - np.where(seen, one.far, 0)
        whole *= 1 - 0.45 * _shadow(gaps, one)[:, :, None]
        place = np.s_[y : y + high // _FINE, x : x + wide // _FINE]
        cells = (high // _FINE, _FINE, wide // _FINE, _FINE)
        share = seen.reshape(cells).mean(axis=(1, 3))[:, :, None]
        lit = (one.lit * seen[:, :, None]).reshape(*cells, 3).mean(axis=(1, 3))
        whole[place] = whole[place] * (1 - share) + lit
        deep[fine][seen] = one.far[seen]
    return whole


def _normals(one: HandSeen, which: NDArray[np.int64], weights: Points) -> Points:
    """Return to where the surface faces at places of triangles: to the camera, as it is seen."""
    corners = one.at[one.triangles]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(one.at)
    for corner in range(3):
        np.add.at(normals, one.triangles[:, corner], flat)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    there = (normals[one.triangles[which]] * weights[..., None]).sum(axis=1)
    there /= np.linalg.norm(there, axis=1, keepdims=True) + 1e-9
    faces: Points = there * np.where(there[:, 2:] > 0, -1, 1)
    return faces


def _lit(normals: Points, held: Held) -> Points:
    light = np.array(held.light) / np.linalg.norm(held.light)
    half = light - np.array([0.0, 0.0, 1.0])
    falls = np.clip(normals @ light, 0, 1)[..., None]
    shines = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1)[..., None] ** 30
    return np.array(held.skin) * (0.55 + 0.6 * falls) + held.gloss * shines


def _shadow(gaps: Points, one: HandLayer) -> Points:
    """Return how much of the light a hand keeps from each pixel; `gaps`: how far it is before it."""
    y, x = np.nonzero(np.isfinite(gaps))
    gap = np.clip(gaps[y, x], 0, 200) / -one.light[2]
    at_x = (one.corner[0] + x / _FINE - one.light[0] * gap).astype(int)
    at_y = (one.corner[1] + y / _FINE - one.light[1] * gap).astype(int)
    inside = (at_x >= _EDGE) & (at_x < WIDE - _EDGE) & (at_y >= _EDGE) & (at_y < HIGH - _EDGE)
    falls = np.zeros((HIGH, WIDE))
    falls[at_y[inside], at_x[inside]] = 1
    for axis in (0, 1):
        falls = np.mean([np.roll(falls, by, axis) for by in range(-4, 5)], axis=0)
    return falls


def _layer(
    at: Points, triangles: NDArray[np.int64], size: tuple[int, int]
) -> tuple[NDArray[np.int64], Points, Points]:
    """Return which triangle is in front at each pixel (-1: none), how far away, and its corners' weights."""
    which, far, weights = np.full(size, -1), np.full(size, np.inf), np.zeros((*size, 3))
    for number, (a, b, c) in enumerate(at[triangles]):
        low = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)[:2]), 0).astype(int)
        end = np.minimum(np.ceil(np.maximum(np.maximum(a, b), c)[:2]), (size[1] - 1, size[0] - 1)).astype(int)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if (low > end).any() or abs(area) < 1e-9:
            continue
        x, y = np.arange(low[0], end[0] + 1), np.arange(low[1], end[1] + 1)[:, None]
        second = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        third = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        all_three = np.stack([1 - second - third, second, third], axis=2)
        z = all_three @ (a[2], b[2], c[2])
        place = np.s_[low[1] : end[1] + 1, low[0] : end[0] + 1]
        front = (all_three.min(axis=2) > -0.01) & (z < far[place])
        which[place][front], far[place][front] = number, z[front]
        weights[place][front] = all_three[front]
    return which, far, weights
