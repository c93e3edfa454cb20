"""The keys of a whole script, and how it becomes the model."""

from collections.abc import Mapping
from typing import Any

from player.core.plan import Eyes
from player.messages import shown
from player.routine.model.script import (
    FORMAT,
    Availability,
    Family,
    Often,
    Param,
    PlaylistEntry,
    Products,
    Routine,
    Rules,
    Tools,
)
from player.routine.schema.schema_types import (
    FACT,
    FLAG,
    ID,
    SPOKEN,
    TEXT,
    WHEN,
    Key,
    Kind,
    amount,
    choice,
    keys,
    listed,
    mapped,
    nested,
    number,
    read_mapping,
    schema_of,
    words,
)
from player.routine.schema.step_keys import STEP_KINDS, read_steps
from player.routine.schema.value_types import PRESSURE
from player.yaml_reader.document import Faults, Node


def _read_minutes(node: Node, faults: Faults, what: str) -> tuple[float, float] | None:
    pair = listed(number(0, 240)).read(node, faults, what)
    if pair is not None and len(pair) == 2 and pair[0] <= pair[1]:
        return pair[0], pair[1]
    faults.add(node, f"{what} should be two numbers of minutes, the smaller first: [5, 7]")
    return None


def _read_param(node: Node, faults: Faults, what: str) -> Param | None:
    param: Param | None = _PARAM_MAPPING.read(node, faults, what)
    if param is not None and not param.min <= param.default <= param.max:
        faults.add(node, f"{what} has a default of {param.default:g}, outside {param.min:g} to {param.max:g}")
        return None
    return param


_PARAM_MAPPING = nested(
    keys(
        Key("default", number(0, 10_000), "used when nobody says otherwise", required=True),
        Key("min", number(0, 10_000), "the least", required=True),
        Key("max", number(0, 10_000), "the most", required=True),
        Key("meaning", TEXT, "what it changes, for those who set it"),
    ),
    Param,
    "a mapping",
)
_PRODUCTS = nested(
    keys(
        Key("default", TEXT, "the product that is meant"),
        Key("allowed", listed(TEXT), "products that also do"),
        Key("forbidden", listed(TEXT), "products that must not be used"),
        Key("needs_yes", mapped(ID, "a mapping from products to gates"), "gates that a product needs"),
    ),
    Products,
    "a mapping",
)
_TOOLS = nested(
    keys(
        Key("options", listed(TEXT), "tools of the library"),
        Key("required", FLAG, "whether there must be one"),
        Key("forbidden_at", listed(TEXT), "places that a tool never touches"),
    ),
    Tools,
    "a mapping",
)

RULES = keys(
    Key("max_pressure", PRESSURE, "never more than this"),
    Key(
        "max_pressure_at",
        mapped(PRESSURE, "a mapping from places to pressures"),
        "never more than this there",
    ),
    Key("allowed_hands", listed(TEXT), "only these hands"),
    Key("forbidden_strokes", listed(TEXT), "never these strokes"),
    Key("forbidden_at", listed(TEXT), "never at these places"),
    Key(
        "no_repeat", FLAG, "no movement comes twice: each stroke once, done once; `repeat` only says it again"
    ),
    Key("toward_terminus", FLAG, "draining strokes name their direction and go toward the collarbone"),
    Key("no_back_and_forth", FLAG, "no stroke that goes to and fro"),
    Key("cycle", listed(words(STEP_KINDS)), "kinds of steps that come in this order, again and again"),
    Key("last_kind", words(STEP_KINDS), "the kind of the last steps"),
    Key("focus", listed(TEXT), "zones on which most of the time is spent"),
    Key("focus_share", number(0, 1), "how much of it: 0.6 is six tenths"),
    Key(
        "one_neck_side_at_a_time",
        FLAG,
        "one side of the neck is done before the other begins; both at once are never worked",
    ),
    Key("no_slide", FLAG, "no stroke that slides over the skin"),
    Key("no_twist", FLAG, "no stroke that twists the skin"),
    Key("every_step_names_points", FLAG, "every working step names points"),
    Key("default_hand", TEXT, "the hand where a step names none"),
)

_ENTRY_KEYS = keys(
    Key("run", listed(ID), "the routine; of several, the first is led when nobody chooses"),
    Key("choose", ID, "the name under which another one can be asked for"),
    Key("family", choice(Family), "any routine of this family can be asked for"),
    Key("when", WHEN, "it is there only when this is so"),
    Key("use", mapped(amount(0, 10_000), "a mapping from params to numbers"), "params for it"),
    Key("facts", mapped(FACT, "a mapping from facts to values"), "facts for it"),
)


def _read_entry(node: Node, faults: Faults, what: str) -> PlaylistEntry | None:
    if isinstance(node.value, str):
        name = ID.read(node, faults, what)
        return None if name is None else PlaylistEntry(node, (name,))
    values = read_mapping(node, _ENTRY_KEYS, faults, "an entry of `playlist`")
    if not values.get("run") and isinstance(node.value, dict):
        faults.add(node, "an entry of `playlist` needs `run`", "missing-key")
    return PlaylistEntry(node, **values)


def _read_format(node: Node, faults: Faults, what: str) -> int | None:
    if node.value == str(FORMAT):
        return FORMAT
    said = shown(node.value) if isinstance(node.value, str) else node.kind
    faults.add(
        node, f"{what} is {said}; this player reads format {FORMAT}: a newer player may be needed", "format"
    )
    return None


_ENTRY_SCHEMA = {"anyOf": [ID.schema, schema_of(_ENTRY_KEYS)]}

ROUTINE = keys(
    Key(
        "format",
        Kind(f"{FORMAT}", {"enum": [FORMAT, str(FORMAT)]}, _read_format),
        "the version of this language",
        required=True,
    ),
    Key("id", ID, "the name; the same as the file's without .yaml, and not needed"),
    Key("title", SPOKEN, "what the routine is called", required=True),
    Key("family", choice(Family), "what it belongs to; `acupressure` when it is not said"),
    Key("language", words(("en",)), "the language of its sentences"),
    Key("source", TEXT, "what it stands on"),
    Key("honest_note", TEXT, "what a listener should know about where it differs from its source"),
    Key("availability", choice(Availability), "who may do it; `specialist-only` may only inform"),
    Key(
        "target_min",
        Kind(
            "two numbers of minutes: [5, 7]", {"type": "array", "minItems": 2, "maxItems": 2}, _read_minutes
        ),
        "how long it should take",
    ),
    Key("eyes", choice(Eyes), "what its steps need of the eyes, where they do not say it"),
    Key("products", _PRODUCTS, "what may be on the hands"),
    Key("tools", _TOOLS, "what may be held in the hand"),
    Key("prep", listed(ID), "routines that prepare for it"),
    Key("prep_facts", mapped(FACT, "a mapping from facts to values"), "facts for the preparation"),
    Key("after", listed(ID), "routines that follow it"),
    Key("often", choice(Often), "how often it is meant"),
    Key(
        "gates", listed(ID), "safety questions before it; hands-on work needs `contra-basic` or `contra-full`"
    ),
    Key(
        "params",
        mapped(
            Kind(_PARAM_MAPPING.said, _PARAM_MAPPING.schema, _read_param),
            f"a mapping from names to params, each {_PARAM_MAPPING.said}",
        ),
        "numbers that the listener may change",
    ),
    Key("rules", nested(RULES, Rules, "a mapping"), "limits that the check holds it to"),
    Key("tags", listed(TEXT), "topics for searching"),
    Key("names", listed(SPOKEN), "short names by which it can be asked for aloud; with one it is offered"),
    Key("steps", Kind("a list of steps and groups", {"$ref": "#/$defs/steps"}, read_steps), "what is done"),
    Key(
        "playlist",
        listed(Kind("the name of a routine, or a mapping", _ENTRY_SCHEMA, _read_entry)),
        "routines in a row, instead of steps",
    ),
)


def read_routine(node: Node, faults: Faults, name: str, digest: str = "") -> Routine:
    """Make a routine of a whole document; `name` is the file's, without .yaml."""
    values: dict[str, Any] = read_mapping(node, ROUTINE, faults, "a routine")
    values.pop("format", None)
    own = values.pop("id", name)
    if own != name:
        faults.add(
            _where(node, "id"),
            f"`id` is `{own}` but the file is called `{name}.yaml`: make them the same",
            "id",
        )
    inside: Mapping[str, Node] = node.value if isinstance(node.value, dict) else {}
    if ("steps" in inside) == ("playlist" in inside) and isinstance(node.value, dict):
        faults.add(node, "a routine needs `steps`, or `playlist` instead", "missing-key")
    return Routine(id=own, path=faults.path, where=node, digest=digest, **values)


def _where(node: Node, key: str) -> Node:
    inside = node.value[key] if isinstance(node.value, dict) else node
    assert isinstance(inside, Node)
    return inside
