"""The drawings on which places are marked, read from `scripts/library/facemap.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from player.errors import FileFault
from player.routine.model.library import Site, Xy
from player.routine.schema.schema_types import (
    FLAG,
    TEXT,
    Key,
    Kind,
    keys,
    listed,
    mapped,
    nested,
    number,
    read_mapping,
    whole,
    words,
)
from player.yaml_reader.document import Faults, Node, parse, read_text

FRONT = "front"


@dataclass(frozen=True, slots=True)
class Eye:
    """The eye of the left side."""

    centre: Xy
    rx: float
    ry: float
    iris_r: float


@dataclass(frozen=True, slots=True)
class DrawnView:
    """One drawing. `window` is what of the canvas is shown: left, top, right, bottom."""

    window: tuple[float, ...]
    words_at: Xy  # where the left side is named
    shapes: Mapping[str, tuple[Xy, ...]]
    filled: tuple[str, ...] = ()
    turned: bool = False
    eye: Eye | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """What a place on the map has beside what the library says of it."""

    view: str = ""
    xy: Xy | None = None
    outline: tuple[Xy, ...] = ()
    label: Xy | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """All views, and the spots of places that the library leaves without coordinates."""

    views: Mapping[str, DrawnView]
    places: Mapping[str, Spot] = field(default_factory=dict)

    def located(self, site: Site) -> Site:
        """Return the place with the coordinates that it has here."""
        spot = self.places.get(site.id, Spot())
        return replace(
            site,
            view=spot.view or site.view,
            xy=spot.xy or site.xy,
            outline=spot.outline or site.outline,
        )

    def label_of(self, site: Site) -> Xy | None:
        """Return where the number of a place goes first, when the drawing says so."""
        spot = self.places.get(site.id)
        return spot.label if spot else None


def _read_xy(node: Node, faults: Faults, what: str) -> Xy | None:
    pair = listed(number(0, 1.2)).read(node, faults, what)
    if pair is not None and len(pair) == 2:
        return pair[0], pair[1]
    faults.add(node, f"{what} should be x and y: [0.5, 0.5]")
    return None


def _read_window(node: Node, faults: Faults, what: str) -> tuple[float, ...] | None:
    edges: tuple[float, ...] = listed(number(-1, 2)).read(node, faults, what) or ()
    if len(edges) == 4 and edges[0] < edges[2] and edges[1] < edges[3]:
        return edges
    faults.add(node, f"{what} should be left, top, right and bottom: [0, 0, 1, 1]")
    return None


_XY = Kind("x and y", {}, _read_xy)
_PATH = listed(_XY)
_LENGTH = number(0, 1)
_EYE = keys(
    Key("centre", _XY, "of the left eye", required=True),
    Key("rx", _LENGTH, "half its width", required=True),
    Key("ry", _LENGTH, "half its height", required=True),
    Key("iris_r", _LENGTH, "the iris", required=True),
)
_VIEW = keys(
    Key("window", Kind("four edges", {}, _read_window), "what of the canvas is shown", required=True),
    Key("words_at", _XY, "where the left side is named", required=True),
    Key("shapes", mapped(_PATH, "half outlines by name"), "what is drawn, in order", required=True),
    Key("filled", listed(TEXT), "which of them are filled"),
    Key("turned", FLAG, "the left side is on the left of the page"),
    Key("eye", nested(_EYE, Eye, "an eye"), "the left eye"),
)
_SPOT = keys(
    Key("view", words((FRONT, "back", "arms")), "on which drawing"),
    Key("xy", _XY, "the place"),
    Key("outline", _PATH, "the area"),
    Key("label", _XY, "where its number goes first"),
)
_FILE = keys(
    Key("format", whole(1, 1), "the version of this format", required=True),
    Key(
        "views",
        mapped(nested(_VIEW, DrawnView, "a view"), "the drawings by name"),
        "the drawings",
        required=True,
    ),
    Key("places", mapped(nested(_SPOT, Spot, "a place"), "places by id"), "places on them"),
)


def load_drawing(folder: Path) -> Drawing:
    """Read `facemap.yaml` of the library's folder. Raises `FileFault` with every fault."""
    path = folder / "facemap.yaml"
    faults = Faults(str(path))
    root = parse(read_text(path), faults)
    values = read_mapping(root, _FILE, faults, "the file of the face map")
    if not faults.found and FRONT not in values["views"]:
        faults.add(root, f"the face map needs the view `{FRONT}`")
    if faults.found:
        raise FileFault(faults.sorted())
    return Drawing(values["views"], values.get("places", {}))
