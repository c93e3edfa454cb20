"""Lays the canonical mesh over the face map: each place that lies on the face, as triangles and weights.

    python -m tests.mirror.mapping    # writes player/facemap/on_mesh.json; needs what `make test` brings

The canonical mesh (468 vertices in cm, 898 triangles, a face from the front) is in the npm package itself,
which is needed for this alone; the player carries numbers of vertices and weights. Where points are is told
by `measures.py`; where else drawing and mesh coincide is written here by hand, as `ANCHORS`; in between a
thin-plate spline bends the one onto the other.
What is outside of the mesh (hair, neck, throat), or told by the ear, of which the mesh knows nothing, is left
out: the mirror draws it beside the face.
"""

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from player.facemap.drawing import FRONT, load_drawing
from player.facemap.marks import half
from player.facemap.on_mesh import Spot
from player.files import paths
from player.models import face_mesh
from player.routine.compile.load import LIBRARY
from player.routine.compile.load_library import load_library
from player.routine.model.library import Site, Xy
from tests.mirror import measures

PARTS = Path(__file__).parents[2] / "build/face_mesh"
WRITTEN = Path(__file__).parents[2] / "player/facemap/on_mesh.json"
Points = NDArray[np.float64]

_METADATA = slice(3_737_848, 3_757_224)  # of the packed assets, by their loader: geometry_pipeline_metadata
_CANVAS = np.array([900.0, 1200.0])
_STEP_CM = 0.5
_NEAR_CM = 0.6  # what a place may lie outside the mesh and is still drawn, on its rim
_NOSE_CM = 1.6  # half as wide as the nose, wings and all
_INSIDE = 0.5  # the share of a line or an area that must be on the face
BESIDE = {
    *("TE17", "TE21", "SI19", "GB2", "N.preauricular", "z.ear", "z.ear_front", "z.behind_ear"),  # by the ear
    *("ML11", "ML11f", "ML14", "N.jaw_angle", "N.submand", "N.submental", "z.under_chin"),  # under the jaw
}

# The left half: a place of the library, or x, y of the drawing, and x, y of the canonical mesh in cm.
ANCHORS: dict[str | Xy, Xy] = {
    # what is drawn
    (0.600, 0.347): (3.15, 2.55),  # the eye, its corners
    (0.641, 0.347): (4.45, 2.66),
    (0.559, 0.347): (1.86, 2.59),
    (0.500, 0.450): (0.00, -2.09),  # under the nose
    (0.500, 0.495): (0.00, -3.41),  # the lips
    (0.587, 0.500): (2.46, -4.34),
    (0.500, 0.605): (0.00, -9.40),  # the chin, and the edge of the jaw
    (0.597, 0.590): (2.41, -8.26),
    (0.660, 0.560): (5.00, -6.60),
    (0.707, 0.522): (6.60, -4.80),
    (0.745, 0.398): (7.40, -0.30),  # in front of the ear
    (0.737, 0.275): (7.10, 4.60),
    # points that the front view tells better than a measure
    "CV24": (0.00, -5.99),
    "EX-HN5": (6.62, 3.09),
    "ST5": (4.86, -6.68),
    "ST6": (5.56, -3.64),
    "ST7": (6.19, -0.19),
}


# --- the canonical mesh


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a Protocol Buffers message: number and value (varint, bytes, or 4 bytes)."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
            continue
        size = varint() if key & 7 == 2 else 4
        yield key >> 3, data[at : at + size]
        at += size


def canonical(parts: Path) -> tuple[Points, NDArray[np.int64]]:
    """Return vertices (468, 3) in cm, x to the person's left, y up, z to the front; triangles (898, 3)."""
    packed = (parts / "face_mesh_solution_packed_assets.data").read_bytes()[_METADATA]
    mesh = next(value for number, value in _fields(packed) if number == 1 and isinstance(value, bytes))
    fields = list(_fields(mesh))
    numbers = [struct.unpack("<f", value)[0] for number, value in fields if number == 3]
    corners = [value for number, value in fields if number == 4]
    return np.array(numbers).reshape(-1, 5)[:, :3], np.array(corners).reshape(-1, 3)


# --- the drawing bent onto it


def bent(sites: dict[str, Site], measured: dict[str | Xy, Xy]) -> Callable[[Points], Points]:
    """Return the spline from the drawing's x, y to those of the mesh."""
    told = ANCHORS | measured
    pairs = [(sites[at].xy if isinstance(at, str) else at, to) for at, to in told.items()]
    pairs += [((1 - at[0], at[1]), (-to[0], to[1])) for at, to in pairs if at and to[0]]
    source, target = (np.array(list(side), dtype=float) for side in zip(*pairs, strict=True))
    source *= _CANVAS
    count = len(source)
    flat = np.c_[np.ones(count), source]
    whole = np.block([[_kernel(source, source), flat], [flat.T, np.zeros((3, 3))]])
    solved = np.linalg.solve(whole, np.r_[target, np.zeros((3, 2))])

    def to_mesh(points: Points) -> Points:
        there = points * _CANVAS
        return _kernel(there, source) @ solved[:count] + np.c_[np.ones(len(there)), there] @ solved[count:]

    return to_mesh


def _kernel(one: Points, other: Points) -> Points:
    far = np.linalg.norm(one[:, None] - other[None], axis=2)
    return far**2 * np.log(np.maximum(far, 1e-9))


class Mesh:
    """The mesh from the front."""

    def __init__(self, parts: Path) -> None:
        self.vertices, self.triangles = canonical(parts)
        self._flat = self.vertices[:, :2][self.triangles]
        edges = np.concatenate(
            [self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]]
        )
        _, first, times = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
        rim = edges[first[times == 1]]  # of the face, and of the eyes and the mouth
        outer = np.linalg.norm(self.vertices[rim].mean(axis=1)[:, :2], axis=1) > 6.4
        self._rim = self.vertices[rim[outer]][:, :, :2]

    def spot(self, at: Points, near: float) -> Spot | None:
        """Return the triangle in front at x, y; the rim's nearest place, when it is so near; or nothing."""
        found = self._in_front(at)
        if found is None:
            nearest = self._on_rim(at)
            inward = nearest * (1 - 1e-4)
            found = self._in_front(inward) if np.linalg.norm(nearest - at) <= near else None
        return found

    def inside(self, at: Points) -> bool:
        return self._in_front(at) is not None

    def _in_front(self, at: Points) -> Spot | None:
        a, b, c = self._flat[:, 0], self._flat[:, 1], self._flat[:, 2]
        size = _cross(b - a, c - a)
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = _cross(b - at, c - at) / size, _cross(c - at, a - at) / size
        third = 1 - first - second
        hit = (np.abs(size) > 1e-9) & (np.minimum(np.minimum(first, second), third) >= -1e-9)
        if not hit.any():
            return None
        weights = np.c_[first, second, third]
        deep = np.where(hit, (weights * self.vertices[self.triangles][:, :, 2]).sum(axis=1), -np.inf)
        best = int(deep.round(6).argmax())  # on an edge two are as deep, but for what a processor rounds
        one, two, three = map(int, self.triangles[best])
        share, other = (round(float(weight[best]), 3) + 0.0 for weight in (first, second))  # no -0.0
        return one, two, three, share, other

    def _on_rim(self, at: Points) -> Points:
        start, along = self._rim[:, 0], self._rim[:, 1] - self._rim[:, 0]
        share = np.clip(((at - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
        there = start + share[:, None] * along
        return there[np.linalg.norm(there - at, axis=1).argmin()]


def _cross(one: Points, other: Points) -> Points:
    return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]


# --- the places


def mapped(parts: Path) -> dict[str, list[Spot]]:
    """Return each place on the face, the left one of pairs; `ID:left` is half of what lies across it."""
    folder = paths.scripts() / LIBRARY
    library, drawing = load_library(folder), load_drawing(folder)
    mesh = Mesh(parts)
    to_mesh = bent(dict(library.sites), _measured(mesh.vertices))
    found: dict[str, list[Spot]] = {}
    for site in map(drawing.located, library.sites.values()):
        if not site.allowed or site.view != FRONT or site.id in BESIDE:
            continue
        found[site.id] = _spots(site, site.outline, mesh, to_mesh)
        if site.outline and site.side == "mid":
            found[f"{site.id}:left"] = _spots(site, half(site.outline), mesh, to_mesh)
    return {name: spots for name, spots in found.items() if spots}


def _measured(vertices: Points) -> dict[str | Xy, Xy]:
    """Return where the points that have a measure are on the canonical mesh."""
    mm = measures.flat(vertices * (1, -1, -1))
    cm = np.linalg.lstsq(np.c_[mm, np.ones(len(mm))], vertices[:, :2])[0]
    told = {name: one for name, one in measures.MEASURES.items() if not one.deep}
    spots = {name: np.r_[measures.spot_of(one, mm), 1] @ cm for name, one in told.items()}
    # rounded, so that what is on the midline is at 0
    return {name: (round(float(x), 2), round(float(y), 2)) for name, (x, y) in spots.items()}


def _spots(site: Site, outline: Sequence[Xy], mesh: Mesh, to_mesh: Callable[[Points], Points]) -> list[Spot]:
    if outline:
        there = _dense(to_mesh(_fine([*outline, outline[0]])))[:-1]
        return _rimmed(there, mesh) if _share(there, mesh) >= _INSIDE else []
    if site.path:
        there = _dense(to_mesh(_fine(site.path)))
        spots = [spot for at in there if (spot := mesh.spot(at, _NEAR_CM))]
        return spots if len(spots) >= max(2, _INSIDE * len(there)) else []
    spot = mesh.spot(to_mesh(np.array([site.xy]))[0], 0.1) if site.xy else None
    return [spot] if spot else []


def _rimmed(outline: Points, mesh: Mesh) -> list[Spot]:
    """Return an area's outline; where it leaves the face it follows the rim."""
    return list(dict.fromkeys(spot for at in outline if (spot := mesh.spot(at, np.inf))))


def _share(outline: Points, mesh: Mesh) -> float:
    """Return how much of an area is on the face."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    grid = [
        np.array([x, y]) for x in np.linspace(low[0], high[0], 15) for y in np.linspace(low[1], high[1], 15)
    ]
    own = [at for at in grid if _within(at, outline)]
    return sum(map(mesh.inside, own)) / max(1, len(own))


def _within(at: Points, outline: Points) -> bool:
    after = np.roll(outline, -1, axis=0)
    crossed = (outline[:, 1] > at[1]) != (after[:, 1] > at[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = outline[:, 0] + (at[1] - outline[:, 1]) / (after[:, 1] - outline[:, 1]) * (after - outline)[:, 0]
    return bool((crossed & (at[0] < x)).sum() % 2)


def _fine(path: Sequence[Xy], pieces: int = 8) -> Points:
    """Return a path of the drawing, smooth, with places between its own."""
    points = np.array(path, dtype=float)
    places = np.arange(len(points))
    wanted = np.linspace(0, len(points) - 1, pieces * (len(points) - 1) + 1)
    return np.c_[np.interp(wanted, places, points[:, 0]), np.interp(wanted, places, points[:, 1])]


def _dense(path: Points) -> Points:
    """Return a path in steps of half a centimetre."""
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    wanted = np.linspace(0, along[-1], max(2, round(along[-1] / _STEP_CM) + 1))
    return np.c_[np.interp(wanted, along, path[:, 0]), np.interp(wanted, along, path[:, 1])]


def written(parts: Path) -> str:
    """Return the file: one place a line."""
    vertices, triangles = canonical(parts)
    mirror = [int(((vertices - one * (-1, 1, 1)) ** 2).sum(axis=1).argmin()) for one in vertices]
    head = f'{{\n  "mesh": "{face_mesh.VERSION}",\n  "mirror": {json.dumps(mirror)},\n'
    proud = (np.abs(vertices[:, 0]) < _NOSE_CM) & (vertices[:, 1] < 2) & (vertices[:, 1] > -2.2)
    nose = triangles[proud[triangles].all(axis=1)].tolist()
    told = {name: astuple(one) for name, one in measures.MEASURES.items()}
    head += f'  "nose": {json.dumps(nose)},\n  "measures": {_lines(told)},\n'
    return f'{head}  "places": {_lines(mapped(parts))}\n}}\n'


def _lines(named: Mapping[str, object]) -> str:
    lines = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in named.items()]
    return "{\n" + ",\n".join(lines) + "\n  }"


if __name__ == "__main__":
    WRITTEN.write_text(written(PARTS), encoding="utf-8")
