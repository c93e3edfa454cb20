"""The keys of steps, loops and groups, and how they become the model."""

import re
from dataclasses import replace
from itertools import count
from typing import Any

from player.core.plan import Advance, Eyes, Trait
from player.messages import shown
from player.routine.model.script import SIDES, Doing, Group, Item, Keep, StepSpec
from player.routine.schema.schema_types import (
    FLAG,
    ID,
    SPOKEN,
    TEXT,
    VARIABLE,
    WHEN,
    Key,
    Kind,
    amount,
    choice,
    keys,
    listed,
    mapped,
    number,
    read_mapping,
    schema_of,
    whole,
    words,
)
from player.routine.schema.value_types import ANNOUNCE, COUNT, DIRECTION, HOLD, PRESSURE
from player.yaml_reader.document import Faults, Node

PLACE_WORDS = ("place", "point", "line", "zone", "node", "attachment")
STEP_KINDS = ("opening", "point", "lymph", "muscle", "warmup", "closing")

_ADVANCES = {
    "auto": Advance.AUTO,
    "wait": Advance.WAIT,
}

_ADVANCE = choice(Advance, _ADVANCES)


def _read_advance(node: Node, faults: Faults, what: str) -> Advance | None:
    if isinstance(node.value, str) and node.value.startswith("wait for "):
        message = f"{what}: a question names what it asks, `ask: FACT`, and the answers follow from the fact"
        faults.add(node, message, "value")
        return None
    advance: Advance | None = _ADVANCE.read(node, faults, what)
    return advance


DOING = keys(
    Key("at", listed(TEXT), "where: points, lines, zones or nodes of the library, by id or by spoken name"),
    Key(
        "side",
        words((*SIDES, "{side}")),
        "whose side, always the listener's own, `both` when it is not said; `alternate` counts both together",
    ),
    Key("hand", TEXT, "with what part of the hand (table of hands); shown, not spoken"),
    Key("stroke", TEXT, "the movement (table of strokes); brings its own beat, beats and count"),
    Key(
        "pressure",
        PRESSURE,
        "how much; when it is not said, the stroke's, or less where a place bears less",
    ),
    Key("beat", number(20, 240), "ticks a minute"),
    Key("beats", whole(1, 60), "ticks for one stroke"),
    Key("strokes", amount(1, 500, is_whole=True), "how many strokes, in each set"),
    Key("seconds", amount(1, 3600), "timed work instead of counted work"),
    Key("sets", amount(1, 20, is_whole=True), "how often the strokes and the hold are done"),
    Key(
        "hold",
        HOLD,
        "a hold at the end of each set, counted aloud",
    ),
    Key(
        "count",
        COUNT,
        "which strokes are counted aloud; when it is not said, up to 8 slow ones `each`, others `every 5`",
    ),
    Key(
        "direction",
        DIRECTION,
        "which way a draining stroke goes",
    ),
    Key("eyes", choice(Eyes), "what the step needs of the eyes; a change is announced by itself"),
    Key("mouth_busy", FLAG, "the mouth is being worked on: speech is hard to understand"),
    Key("ears_covered", FLAG, "the hands cover the ears: prompts are hard to hear"),
    Key(
        "settle",
        number(0, 60),
        "seconds to place the hands; when it is not said 3, or 5 where hand or side change",
    ),
)

_STEP_ONLY = keys(
    Key(
        "id",
        ID,
        "the step's name, unique among its neighbours; spoken where there is neither `label` nor `at`",
    ),
    Key("say", SPOKEN, "the instruction, at most 45 words; {words in braces} are filled in"),
    Key("say_short", SPOKEN, "the instruction for those who know the step"),
    Key(
        "say_again",
        SPOKEN,
        "the instruction from the second round of a group on; a question, when it is asked once more",
    ),
    Key(
        "say_alone",
        SPOKEN,
        "the instruction when the step before is left out, where `say` leans on that one",
    ),
    Key("ask", TEXT, "a fact (table of facts): its question is asked, and what the answer means is said"),
    Key("ends", FLAG, "the session ends with this step"),
    Key(
        "say_by_product",
        mapped(SPOKEN, "a mapping from products to texts"),
        "a sentence for each product, spoken after `say`",
    ),
    Key("find", SPOKEN, "how to find the place by touch, where the library's own line does not fit"),
    Key("label", SPOKEN, "what is said after `You are at:`; when it is not said, place and side"),
    Key("note", TEXT, "for those who read the script; never spoken"),
    Key(
        "announce",
        ANNOUNCE,
        "notices during timed work, such as `seconds`",
    ),
    Key("say_on_announce", SPOKEN, "what a notice says; {time} is the time left"),
    Key("say_between", SPOKEN, "said between sets, while the hands go back to the beginning"),
    Key(
        "advance",
        Kind(_ADVANCE.said, _ADVANCE.schema, _read_advance),
        "what moves the step on when its work is done",
    ),
    Key("when", WHEN, "the step is there only when this is so"),
    Key("optional", FLAG, "the same as `keep: if-time`"),
    Key("kind", words(STEP_KINDS), "what the step is in a cycle"),
    Key("run", ID, "another routine, led after this step's own words"),
    Key("use", mapped(amount(0, 10_000), "a mapping from params to numbers"), "params for `run`"),
    Key("keep", choice(Keep), "how soon it is left out when time is short; `usually` when it is not said"),
    Key("special", choice(Trait), "what pause, repeat and next mean, where the stroke does not say it"),
)
STEP = {**_STEP_ONLY, **DOING}
_ITEM = {**DOING, "when": Key("when", WHEN, "the round is there only when this is so")}

# What somebody who has not read the tables may try.
_MEANT = {
    **dict.fromkeys(("duration", "time", "secs", "length"), "did you mean `seconds`?"),
    **dict.fromkeys(("reps", "repetitions", "times"), "did you mean `strokes`, or `sets`?"),
    **dict.fromkeys(("bpm", "tempo"), "did you mean `beat`?"),
    **dict.fromkeys(("repeat", "pick"), "only groups repeat: put the step in a `group`, or use `sets`"),
    "for_each": "only groups loop: put the step in a `group`",
    **dict.fromkeys(("point", "line", "zone", "node", "place"), "did you mean `at`?"),
}


# --- steps -------------------------------------------------------------------------------------------------


def read_steps(node: Node, faults: Faults, what: str) -> tuple[StepSpec | Group, ...] | None:
    """Read a list of steps and groups."""
    if not isinstance(node.value, list) or not node.value:
        faults.add(node, f"{what} should be a list of steps, not {node.kind}", "steps")
        return None
    steps = tuple(_read_step_or_group(inner, faults, number) for inner, number in zip(node.value, count(1)))
    _report_twins(steps, faults)
    return steps


def _read_step_or_group(node: Node, faults: Faults, place: int) -> StepSpec | Group:
    if isinstance(node.value, dict) and ("group" in node.value or "steps" in node.value):
        return read_group(node, faults, place)
    return read_step(node, faults, place)


def read_step(node: Node, faults: Faults, place: int) -> StepSpec:
    """Read one step."""
    values = read_mapping(node, STEP, faults, "a step", meant=_MEANT)
    doing = _doing(values)
    if isinstance(node.value, dict) and not {"say", "say_by_product", "run", "ask"} & node.value.keys():
        faults.add(node, "a step needs `say`", "missing-key")
    name = values.get("ask", f"step-{place}").replace("_", "-")
    return StepSpec(**{"id": name, **values}, doing=doing, where=node)


def _doing(values: dict[str, Any]) -> Doing:
    return Doing(**{name: values.pop(name) for name in DOING if name in values})


def _report_twins(steps: tuple[StepSpec | Group, ...], faults: Faults) -> None:
    seen: dict[str, StepSpec | Group] = {}
    for step in steps:
        first = seen.setdefault(step.id, step)
        if first is not step:
            faults.add(
                step.where, f"the name `{step.id}` is already used in line {first.where.line}", "twin-id"
            )


# --- groups and loops --------------------------------------------------------------------------------------


def read_item(node: Node, faults: Faults, what: str) -> Item:
    """Read one round of a loop: words of the script's own, places, and changes to the steps."""
    others: dict[str, Node] = {}
    values = read_mapping(node, _ITEM, faults, what, others)
    spoken = {}
    for name, inner in others.items():
        if not VARIABLE.match(name):
            faults.add(
                node.keys[name], f"`{shown(name)}` should be small letters, digits and underscores", "name"
            )
        elif (text := SPOKEN.read(inner, faults, f"`{name}`")) is not None:
            spoken[name] = text
    if "side" in values:
        spoken["side"] = values["side"]
    named = tuple(spoken[name] for name in (*PLACE_WORDS, "side") if name in spoken)
    key = "-".join(named) or next(iter(spoken.values()), "")
    return Item(_slug(key), spoken, _doing(values), node, values.get("when"))


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text[:40]).strip("-")


def _read_loops(node: Node, faults: Faults, what: str) -> tuple[tuple[Item, ...], ...] | None:
    if isinstance(node.value, list) and node.value:
        return (_distinct(tuple(read_item(inner, faults, "an item of `for_each`") for inner in node.value)),)
    if isinstance(node.value, dict) and node.value and all(inner.value for inner in node.value.values()):
        return tuple(_one_loop(name, inner, node, faults) for name, inner in node.value.items())
    faults.add(
        node, f"{what} should be a list of items, or a mapping such as `side: [left, right]`", "for-each"
    )
    return None


def _one_loop(name: str, values: Node, parent: Node, faults: Faults) -> tuple[Item, ...]:
    nodes = values.value if isinstance(values.value, list) else [values]
    items = []
    for value in nodes:
        single = Node({name: value}, value.line, value.column)
        single.keys[name] = parent.keys[name]
        items.append(read_item(single, faults, "an item of `for_each`"))
    return _distinct(tuple(items))


def _distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    names: set[str] = set()
    distinct = []
    for place, item in enumerate(items, 1):
        key = item.key if item.key and item.key not in names else f"{place}"
        names.add(key)
        distinct.append(replace(item, key=key))
    return tuple(distinct)


_ITEM_SCHEMA = schema_of(_ITEM, others={"type": ["string", "number"]})
_LOOP_SCHEMA = {
    "anyOf": [{"type": "array", "items": _ITEM_SCHEMA, "minItems": 1}, {"type": "object", "minProperties": 1}]
}
GROUP = keys(
    Key("group", ID, "the group's name, unique among its neighbours"),
    Key(
        "for_each",
        Kind("a list of items, or a mapping such as `side: [left, right]`", _LOOP_SCHEMA, _read_loops),
        "the steps are done once for each item; what an item says wins over the step",
    ),
    Key(
        "repeat",
        amount(1, 50, is_whole=True),
        "the steps are done this often; {round} is the number of the round, 1 at first",
    ),
    Key("pick", amount(1, 100, is_whole=True), "only this many of the rounds or steps are done"),
    Key("when", WHEN, "the group is there only when this is so"),
    Key("optional", FLAG, "the same as `keep: if-time`"),
    Key("keep", choice(Keep), "how soon it is left out when time is short; `usually` when it is not said"),
    Key("note", TEXT, "for those who read the script; never spoken"),
    Key(
        "steps",
        Kind("a list of steps and groups", {"$ref": "#/$defs/steps"}, read_steps),
        "what is done",
        required=True,
    ),
)


_OF_STEPS = dict.fromkeys(STEP.keys() - GROUP.keys(), "it belongs to the steps of the group")


def read_group(node: Node, faults: Faults, place: int) -> Group:
    """Read one group."""
    values = read_mapping(node, GROUP, faults, "a group", meant=_OF_STEPS)
    loops = values.pop("for_each", ())
    return Group(id=values.pop("group", f"group-{place}"), loops=loops, where=node, **values)
