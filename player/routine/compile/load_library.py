"""Reading the library: the files of `scripts/library` become its content, once."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from player.core.plan import Trait
from player.errors import FileFault
from player.routine.model.library import FactOf, Gate, Library, Means, Site, Stroke, Thing, Work, Xy
from player.routine.model.script import Family
from player.routine.schema.schema_types import (
    FACT,
    FLAG,
    SPOKEN,
    TEXT,
    Key,
    Keys,
    Kind,
    choice,
    keys,
    listed,
    number,
    read_mapping,
    whole,
    words,
)
from player.routine.schema.step_keys import read_steps
from player.routine.schema.value_types import COUNT, PRESSURE
from player.yaml_reader.document import Faults, Node, parse, read_text


def _pair(node: Node, faults: Faults, what: str) -> Xy | None:
    pair = listed(number(0, 1)).read(node, faults, what)
    if pair is not None and len(pair) == 2:
        return pair[0], pair[1]
    faults.add(node, f"{what} should be x and y: [0.5, 0.5]")
    return None


_XY = Kind("x and y", {}, _pair)
_SITE = keys(
    Key("name", SPOKEN, "spoken", required=True),
    Key("both", SPOKEN, "spoken for both sides"),
    Key("one", SPOKEN, "spoken for one {side}"),
    Key("alternate", SPOKEN, "spoken for one side after the other"),
    Key("known_as", TEXT, "other names"),
    Key("side", words(("mid", "pair")), "on the midline, or one on each side"),
    Key("find", SPOKEN, "how to find it by touch"),
    Key("find_short", SPOKEN, "the same in at most 8 words"),
    Key("max_pressure", PRESSURE, "the most it bears"),
    Key("cautions", listed(TEXT), "what to mind"),
    Key("allowed", FLAG, "no: never touched"),
    Key("why_not", TEXT, "why it is never touched"),
    Key("forbidden_when", listed(TEXT), "facts under which it is never touched"),
    Key("zones", listed(TEXT), "where it lies"),
    Key("rank", whole(0, 9), "a draining stroke goes to a lower rank"),
    Key("view", words(("front", "back", "hand", "body")), "on which drawing it is seen"),
    Key("xy", _XY, "on the face map"),
    Key("path", listed(_XY), "on the face map"),
    Key("outline", listed(_XY), "on the face map"),
)
_STROKE = keys(
    Key("name", SPOKEN, "spoken", required=True),
    Key("how", SPOKEN, "how it is done", required=True),
    Key("family", choice(Work), "what kind of work it is"),
    Key("beat", number(20, 240), "ticks a minute"),
    Key("beats", whole(1, 60), "ticks for one stroke"),
    Key("strokes", whole(1, 500), "how many"),
    Key("seconds", number(1, 3600), "how long"),
    Key("pressure", PRESSURE, "how much"),
    Key("settle", number(0, 60), "seconds to place the hands"),
    Key("count", COUNT, "which are counted aloud"),
    Key("special", choice(Trait), "what pause, repeat and next mean"),
    Key("forbidden_when", listed(TEXT), "facts under which it is never done"),
    Key("limit", number(1, 3600), "never longer in all, in seconds"),
    Key("slides", FLAG, "it slides over the skin"),
    Key("twists", FLAG, "it twists the skin"),
    Key("back_and_forth", FLAG, "it goes to and fro"),
    Key("tool", FLAG, "it is done with a tool"),
    Key("breath", FLAG, "a chime at each in-breath"),
    Key("hum", FLAG, "a soft tone while it lasts"),
)
_THING = keys(
    Key("name", SPOKEN, "spoken", required=True),
    Key("cautions", listed(TEXT), "what to mind"),
    Key("reusable", FLAG, "it can be washed"),
)
_GATE = keys(
    Key("steps", Kind("a list of steps", {}, read_steps), "what is asked and told"),
    Key("interview", FLAG, "the interview, or the everyday question, comes first"),
    Key("silence", FLAG, "a short silence passes the everyday question"),
)
_FACT = keys(
    Key("question", SPOKEN, "how it is asked", required=True),
    Key("default", FACT, "used when nobody said otherwise"),
    Key("means", choice(Means), "what yes leads to: this is a question of care"),
    Key("yes", SPOKEN, "said when somebody has it"),
    Key("no", SPOKEN, "the echo of no"),
    Key("today", SPOKEN, "said at the beginning of later sessions"),
    Key("leaves_out", listed(TEXT), "what is left out"),
    Key("lightens", FLAG, "what is firm is led lightly"),
    Key("clears", FLAG, "a doctor's agreement brings it back"),
    Key("in", choice(Family), "only this family ends with it"),
    Key("lasting", FLAG, "asked in the interview"),
    Key("sticky", FLAG, "a yes stands until it is forgotten"),
    Key("days", whole(1, 365), "how long a yes counts"),
    Key("private", FLAG, "a matter of health"),
    Key("again", SPOKEN, "how a choice is offered to somebody who took it last time"),
    Key("instead_of", TEXT, "the param that a choice stands for; who names it is not asked"),
    Key("after", TEXT, "the fact to which the last answer was yes"),
    Key("times", whole(1, 2), "how often in a row"),
    Key("where", TEXT, "the fact that says at which place that was"),
    Key("at", listed(TEXT), "the zones in which it leaves out and lightens; else everywhere"),
    Key("unless", listed(TEXT), "facts that say it more exactly: where one counts, this one does not"),
)


def _fact(**values: Any) -> FactOf:
    return FactOf(**{{"in": "in_"}.get(name, name): value for name, value in values.items()})


_FILES: tuple[tuple[str, str, Keys, Callable[..., Any], str], ...] = (
    ("points", "sites", _SITE, Site, "point"),
    ("lines", "sites", _SITE, Site, "line"),
    ("zones", "sites", _SITE, Site, "zone"),
    ("nodes", "sites", _SITE, Site, "node"),
    ("attachments", "sites", _SITE, Site, "attachment"),
    ("strokes", "strokes", _STROKE, Stroke, ""),
    ("hands", "hands", _THING, Thing, ""),
    ("products", "products", _THING, Thing, ""),
    ("tools", "tools", _THING, Thing, ""),
    ("gates", "gates", _GATE, Gate, ""),
    ("facts", "facts", _FACT, _fact, ""),
)

_loaded: dict[Path, tuple[tuple[int, ...], Library]] = {}


def load_library(folder: Path) -> Library:
    """Read the whole library, once for each state of its files. Raises `FileFault` with every fault."""
    paths = [folder / f"{name}.yaml" for name, *_ in _FILES]
    state = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
    known = _loaded.get(folder)
    if known is not None and known[0] == state:
        return known[1]
    library = _read_all(folder)
    _loaded[folder] = state, library
    return library


def _read_all(folder: Path) -> Library:
    shelves: dict[str, Any] = {}
    found: list[Faults] = []
    digest = sha256()
    for name, shelf, known, build, kind in _FILES:
        faults = Faults(str(folder / f"{name}.yaml"))
        found.append(faults)
        text = read_text(folder / f"{name}.yaml")
        digest.update(text.encode())
        root = parse(text, faults)
        entries = _entries(root, name, faults)
        for id_, node in entries.items():
            values = read_mapping(node, known, faults, f"`{id_}`")
            shelves.setdefault(shelf, {})[id_] = build(id=id_, **({"kind": kind} if kind else {}), **values)
    if every := [fault for faults in found for fault in faults.sorted()]:
        raise FileFault(tuple(every))
    by_name = {site.name.lower(): site.id for site in shelves["sites"].values()}
    return Library(**shelves, by_name=by_name, digest=digest.hexdigest())


def _entries(root: Node, name: str, faults: Faults) -> Mapping[str, Node]:
    inside = root.value if isinstance(root.value, dict) else {}
    entries = inside.get(name)
    if entries is None or not isinstance(entries.value, dict):
        faults.add(root, f"the library file needs `{name}`")
        return {}
    return entries.value
