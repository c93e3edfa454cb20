"""Everything of the library that lies on a face, on three faces in five poses each, to be looked at.

A sheet shows one face in one pose three times: with all points and their names, with all lines, and with
all areas. The scan is turned itself. A portrait is flat: the mask of its face, which the mesh cuts out and
gives its depth, is turned and bent down.
"""

from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Page

from player.core.plan import Side
from player.facemap.drawing import load_drawing
from player.facemap.marks import PlaceMark, Shape
from player.facemap.on_mesh import laid
from player.files import paths
from player.routine.compile.load import LIBRARY
from player.routine.compile.load_library import load_library
from tests.mirror import camera, glass, mapping
from tests.mirror.camera import Picture, Pose
from tests.mirror.glass import Mirror
from tests.mirror.head import HeadTurn, head
from tests.page.browser import comes

LOOKS: dict[str, dict[str, Pose | HeadTurn]] = {
    "collins": {
        "straight": Pose(scale=2.8, y=190),
        "away": Pose(x=230, y=270, scale=1.4),
        "leaning": Pose(scale=2.6, y=200, lean=14),
    },
    "hopper": {
        "straight": Pose(scale=1.6),
        "away": Pose(x=400, y=200, scale=1.0),
        "leaning": Pose(scale=1.5, lean=-14),
    },
    "smith": {
        "straight": HeadTurn(),
        "away": HeadTurn(eyes=65),
        "leaning": HeadTurn(lean=14),
        "turned": HeadTurn(across=25),
        "down": HeadTurn(down=12),
    },
}
LOOK = {"viewport": {"width": 1280, "height": 720}, "device_scale_factor": 2, "reduced_motion": "reduce"}
MASKS = {"turned": (25.0, 0.0), "down": (0.0, 12.0)}  # degrees to its own right, and down
_LARGE = """Object.assign(document.getElementById('glass').style,
    {position: 'fixed', inset: 0, width: '640px', height: '480px', zIndex: 99, borderRadius: 0})"""
_NAMED = """(() => {
    const plain = drawMarks;
    drawMarks = () => {
        plain();
        for (const { mark, group, places, size } of drawn.filter(({ dot }) => dot)) {
            const name = svg("text", "", group), [{ x, y }] = places;
            name.textContent = mark.places[0];
            name.setAttribute("transform", `translate(${x - size} ${y + size / 3}) scale(-1 1)`);
            name.setAttribute("font-size", size);
            name.setAttribute("fill", "#fff");
        }
    };
})()"""  # each point with its name, whenever it is drawn
_BOX = """(() => {
    const ends = [0, 1].map(way => face.map(at => at[way])).map(all => [Math.min(...all), Math.max(...all)]);
    const [x, y] = ends.map(([low, high]) => (low + high) / 2), [, [top, bottom]] = ends;
    const wide = Math.min(1.3 * (bottom - top), 480);
    const within = (at, most) => Math.min(Math.max(at - wide / 2, 0), most - wide);
    return { x: within(640 - x, 640), y: within(y, 480), width: wide, height: wide };
})()"""  # around the face, as it is in the mirror


def everything() -> dict[str, dict[str, Any]]:
    """Return each place of the library that is on the face, on its sides, as the page has marks."""
    folder = paths.scripts() / LIBRARY
    library, drawing = load_library(folder), load_drawing(folder)
    found = {}
    for site in map(drawing.located, library.sites.values()):
        shape = Shape.ZONE if site.outline else Shape.LINE if site.path else Shape.POINT
        sides = (Side.LEFT, Side.RIGHT) if site.side == "pair" else (Side.MID,)
        for side in sides:
            at = site.xy or (0.5, 0.5)
            one = PlaceMark(
                places=(site.id,), shape=shape, view=site.view, side=side, path=site.path or (at,), label=at
            )
            mark = laid(one, library)
            if mark.spots:
                found[f"{site.id} {side}"] = asdict(mark)
    return found


def sheets(mirror: Mirror, film: Path, folder: Path) -> None:
    """Write a sheet for each face in each pose. `film` is what the mirror's camera plays."""
    mirror.show(mirror.steps[0])
    page = mirror.opened(hurried=True)
    comes(page, "Boolean(face && steps[shown.step])")
    page.evaluate(_LARGE)
    page.evaluate(_NAMED)
    page.evaluate("all => Object.assign(marks, all)", everything())
    for who, poses in LOOKS.items():
        for name, picture in _pictures(page, film, who, poses):
            glass.shown(page, film, picture)
            shapes = [_panel(page, shape) for shape in (Shape.POINT, Shape.LINE, Shape.ZONE)]
            least = min(len(one) for one in shapes) // 2 * 2
            whole = np.concatenate([one[:least, :least] for one in shapes], axis=1)
            written(whole, folder / f"sheet-{who}-{name}.jpg")


def _pictures(
    page: Page, film: Path, who: str, poses: dict[str, Pose | HeadTurn]
) -> Iterator[tuple[str, Picture]]:
    flat = None
    for name, where in poses.items():
        if isinstance(where, HeadTurn):
            yield name, head().taken(where)
            continue
        picture = camera.taken((camera.portrait(who), where))
        yield name, picture
        if flat is None:
            flat = picture, np.array(page.evaluate("face"))[:468]
    if flat is not None:
        _vertices, triangles = mapping.canonical(glass.PARTS)
        for name, (across, down) in MASKS.items():
            yield name, camera.turned(*flat, triangles, across, down)[0]


def _panel(page: Page, shape: Shape) -> Picture:
    """Return the glass with every place of one shape on it."""
    chosen = "Object.keys(marks).filter(id => id.includes(' ') && marks[id].shape == shape)"
    page.evaluate(f"shape => {{ steps[shown.step].marks = {chosen}; drawMarks(); }}", shape)
    comes(page, "drawn.length > 5")
    taken = page.screenshot(type="png", clip=page.evaluate(_BOX))
    with av.open(BytesIO(taken)) as file:
        picture: Picture = next(file.decode(video=0)).to_ndarray(format="rgb24")
    return picture


def written(picture: Picture, file: Path) -> None:
    """Write a picture as JPEG."""
    high, wide = picture.shape[:2]
    with av.open(str(file), "w", format="image2") as out:
        stream = out.add_stream("mjpeg", rate=Fraction(1))
        stream.width, stream.height, stream.pix_fmt = wide, high, "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 3
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
