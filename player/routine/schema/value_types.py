"""Values with a shape of their own: pressure, holds, counts, directions and notices."""

import re
from collections.abc import Mapping
from typing import Any

from player.core.plan import CountAloud
from player.messages import shown
from player.routine.model.script import HoldFor, Notice
from player.routine.schema.schema_types import (
    TEXT,
    Key,
    Kind,
    choice,
    keys,
    listed,
    nested,
    number,
    whole,
    words,
)
from player.yaml_reader.document import Faults, Node

PRESSURES = {"resting": 0, "feather": 1, "light": 2, "medium": 3}

_COUNTS = {"each": CountAloud.EACH, "every 5": CountAloud.EVERY_5, "none": CountAloud.NONE}


def _read_pressure(node: Node, faults: Faults, what: str) -> int | None:
    text = node.value
    if isinstance(text, str) and text.isdecimal() and int(text) in PRESSURES.values():
        return int(text)
    word = words(PRESSURES).read(node, faults, what)
    return None if word is None else PRESSURES[word]


_HOLD_KEYS = keys(
    Key("count", whole(1, 60), "how far the hold is counted", required=True),
    Key("beat", number(20, 240), "counts a minute; 60 when it is not said"),
)
_HOLD_MAPPING = nested(_HOLD_KEYS, HoldFor, "a mapping")


def _read_hold(node: Node, faults: Faults, what: str) -> HoldFor | None:
    if isinstance(node.value, dict):
        hold: HoldFor | None = _HOLD_MAPPING.read(node, faults, what)
        return hold
    counts = whole(1, 60).read(node, faults, what)
    return None if counts is None else HoldFor(counts)


def _read_direction(node: Node, faults: Faults, what: str) -> tuple[str, ...] | None:
    if isinstance(node.value, str) and " to " in node.value:
        places = tuple(part.strip() for part in node.value.split(" to "))
    else:
        places = listed(TEXT).read(node, faults, what) or ()
    if len(places) == 2:
        return places
    faults.add(node, f"{what} should be two places: `first to second`")
    return None


_NOTICE_KINDS = {"last": "last", "chime at": "chime", "chime every": "every", None: "left"}
_NOTICE = re.compile(r"(?:(?P<kind>last|chime at|chime every)\s+)?(?P<left>\d+(?:\.\d+)?)\Z")


def _read_announce(node: Node, faults: Faults, what: str) -> tuple[Notice, ...] | None:
    nodes = node.value if isinstance(node.value, list) else [node]
    notices = []
    for inner in nodes:
        for part in str(inner.value).split(",") if isinstance(inner.value, str) else [""]:
            notice = _notice(part.strip())
            if notice is None:
                faults.add(
                    inner,
                    f"{what} cannot be `{shown(part.strip())}`: seconds left, `halfway`, "
                    "`last 10`, `chime at 30`, `chime every 60` or `none`",
                    "announce",
                )
            elif notice.kind != "none":
                notices.append(notice)
    return tuple(notices)


def _notice(part: str) -> Notice | None:
    if part in {"halfway", "none"}:
        return Notice(part)
    match = _NOTICE.match(part)
    if match is None or len(part) > 20:
        return None
    return Notice(_NOTICE_KINDS[match["kind"]], float(match["left"]))


_ANY_OF: Mapping[str, Any] = {"type": ["string", "number", "array"]}

PRESSURE = Kind(
    "one of `resting`, `feather`, `light`, `medium`, or 0 to 3",
    {"enum": [*PRESSURES, 0, 1, 2, 3]},
    _read_pressure,
)
HOLD = Kind(
    "a count, or a mapping with `count` and `beat`",
    {"anyOf": [whole(1, 60).schema, _HOLD_MAPPING.schema]},
    _read_hold,
)
COUNT = choice(CountAloud, _COUNTS)
DIRECTION = Kind("two places: `first to second`", _ANY_OF, _read_direction)
ANNOUNCE = Kind(
    "seconds left, `halfway`, `last 10`, `chime at 30`, `chime every 60`, `none`, or a list of them",
    _ANY_OF,
    _read_announce,
)
