"""The kinds of values that a script may hold: how each is read, and its JSON Schema.

Loader, schema and documentation come from these same objects, so they cannot disagree.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from player.core.condition import Condition, Fact
from player.messages import did_you_mean, several, shown
from player.routine.model import condition
from player.yaml_reader.document import Faults, Node
from player.yaml_reader.fields import FLAGS, choice_of, number_of, text_of

Reader = Callable[[Node, Faults, str], Any]

NAME_IN_MAPPING = re.compile(r"\w[\w.-]{0,59}\Z")
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
VARIABLE = re.compile(r"[a-z][a-z0-9_]*\Z")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value. `read` returns None after noting a fault."""

    said: str
    schema: Mapping[str, Any]
    read: Reader


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False


Keys = Mapping[str, Key]


def keys(*some: Key) -> Keys:
    """Return keys by their names, in order."""
    return {key.name: key for key in some}


def read_mapping(
    node: Node,
    known: Keys,
    faults: Faults,
    what: str,
    others: dict[str, Node] | None = None,
    meant: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read a mapping; only what was there and is right is in the answer.

    Keys that are not known are faults, or go to `others` where that is given. `meant` says what to do about
    words that somebody may well try.
    """
    if not isinstance(node.value, dict):
        faults.add(node, f"{what} should be a mapping (key: value), not {node.kind}")
        return {}
    values: dict[str, Any] = {}
    for name, inner in node.value.items():
        key = known.get(name)
        if key is None:
            if others is None:
                hint = f": {meant[name]}" if meant and name in meant else did_you_mean(name, known)
                message = f"`{shown(name)}` is not a key of {what}{hint}"
                faults.add(node.keys[name], message, "unknown-key")
            else:
                others[name] = inner
            continue
        value = key.kind.read(inner, faults, f"`{name}`")
        if value is not None:
            values[name] = value
    for key in known.values():
        if key.required and key.name not in node.value:
            faults.add(node, f"{what} needs `{key.name}`", "missing-key")
    return values


def schema_of(known: Keys, *, others: Mapping[str, Any] | bool = False) -> dict[str, Any]:
    """Return the JSON Schema of a mapping with these keys."""
    schema: dict[str, Any] = {"type": "object", "additionalProperties": others}
    schema["properties"] = {
        key.name: {**key.kind.schema, "description": key.meaning} for key in known.values()
    }
    if required := [key.name for key in known.values() if key.required]:
        schema["required"] = required
    return schema


# --- texts -----------------------------------------------------------------------------------------------


def _read_text(node: Node, faults: Faults, what: str) -> str | None:
    text = text_of(node, faults, what)
    if not text:
        if node.value == "":
            faults.add(node, f"{what} is empty", "empty")
        return None
    if len(text) > MAX_TEXT:
        faults.add(node, f"{what} is longer than {MAX_TEXT} characters")
        return None
    return text


def _read_spoken(node: Node, faults: Faults, what: str) -> str | None:
    text = _read_text(node, faults, what)
    if text is None:
        return None
    for sign in ("<", ">", "[[", "]]", "\\"):
        if sign in text:
            faults.add(
                node, f"{what} holds `{sign}`, which a voice would take for a command: write words", "markup"
            )
            return None
    rest = PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        faults.add(
            node, f"{what} has a brace that is no placeholder: write {{name}}, or no brace", "placeholder"
        )
        return None
    return text


def _read_name(node: Node, faults: Faults, what: str) -> str | None:
    text = text_of(node, faults, what)
    if NAME.match(text) and len(text) <= 60:
        return text
    if isinstance(node.value, str):
        message = f"{what} should be small letters, digits and hyphens, not `{shown(node.value)}`"
        faults.add(node, message + several(node.value), "name")
    return None


_TEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
TEXT = Kind("a text", _TEXT_SCHEMA, _read_text)
SPOKEN = Kind("a text that can be spoken", _TEXT_SCHEMA, _read_spoken)
ID = Kind(
    "a name in small letters and hyphens", {"type": "string", "pattern": NAME.pattern[:-2] + "$"}, _read_name
)


# --- words, flags and numbers -----------------------------------------------------------------------------


def words(known: Iterable[str]) -> Kind:
    """Return the kind that is one of some words, as text."""
    known = tuple(known)

    def read(node: Node, faults: Faults, what: str) -> str | None:
        return choice_of(node, faults, what, known) or None

    return Kind("one of " + ", ".join(f"`{word}`" for word in known), {"enum": list(known)}, read)


def choice(kind: type[StrEnum], also: Mapping[str, StrEnum] | None = None) -> Kind:
    """Return the kind that is a member of an enumeration, by its value or another word."""
    by_word: dict[str, StrEnum] = {**(also or {member.value: member for member in kind})}
    plain = words(by_word)

    def read(node: Node, faults: Faults, what: str) -> StrEnum | None:
        word = plain.read(node, faults, what)
        return None if word is None else by_word[word]

    return Kind(plain.said, plain.schema, read)


def _read_flag(node: Node, faults: Faults, what: str) -> bool | None:
    return FLAGS.get(choice_of(node, faults, what, FLAGS))


FLAG = Kind("`yes` or `no`", {"enum": [*FLAGS, True, False]}, _read_flag)


def number(low: float, high: float) -> Kind:
    """Return the kind that is a number within limits."""

    def read(node: Node, faults: Faults, what: str) -> float | None:
        return number_of(node, faults, what, low, high)

    said = f"a number from {low:g} to {high:g}"
    return Kind(said, {"type": "number", "minimum": low, "maximum": high}, read)


def whole(low: int, high: int) -> Kind:
    """Return the kind that is a whole number within limits."""

    def read(node: Node, faults: Faults, what: str) -> int | None:
        value = number_of(node, faults, what, low, high)
        if value is not None and value != int(value):
            faults.add(node, f"{what} should be a whole number")
            return None
        return None if value is None else int(value)

    said = f"a whole number from {low} to {high}"
    return Kind(said, {"type": "integer", "minimum": low, "maximum": high}, read)


def amount(low: float, high: float, *, is_whole: bool = False) -> Kind:
    """Return the kind that is a number within limits, or the name of a param."""
    plain = whole(int(low), int(high)) if is_whole else number(low, high)

    def read(node: Node, faults: Faults, what: str) -> float | str | None:
        if isinstance(node.value, str) and VARIABLE.match(node.value):
            return node.value
        if isinstance(node.value, str) and PLACEHOLDER.fullmatch(node.value):
            name = node.value.strip("{}")
            faults.add(node, f"{what} takes the name of a param without braces: `{name}`")
            return None
        value: float | None = plain.read(node, faults, what)
        return value

    schema = {"anyOf": [plain.schema, {"type": "string", "pattern": VARIABLE.pattern[:-2] + "$"}]}
    return Kind(f"{plain.said}, or the name of a param", schema, read)


# --- more than one ---------------------------------------------------------------------------------------


def listed(kind: Kind) -> Kind:
    """Return the kind that is a list of another, or one alone."""

    def read(node: Node, faults: Faults, what: str) -> tuple[Any, ...] | None:
        nodes = node.value if isinstance(node.value, list) else [node]
        values = (kind.read(inner, faults, what) for inner in nodes)
        return tuple(value for value in values if value is not None)

    schema = {"anyOf": [kind.schema, {"type": "array", "items": kind.schema}]}
    return Kind(f"{kind.said}, or a list of them", schema, read)


def mapped(kind: Kind, said: str) -> Kind:
    """Return the kind that is a mapping from any name to another kind."""

    def read(node: Node, faults: Faults, what: str) -> dict[str, Any] | None:
        if not isinstance(node.value, dict):
            faults.add(node, f"{what} should be a mapping (name: value), not {node.kind}")
            return None
        for name in node.value:
            if not NAME_IN_MAPPING.match(name):
                faults.add(node.keys[name], f"`{shown(name)}` is no name: letters, digits, hyphens")
        values = {name: kind.read(inner, faults, f"`{shown(name)}`") for name, inner in node.value.items()}
        return {name: value for name, value in values.items() if value is not None}

    return Kind(said, {"type": "object", "additionalProperties": kind.schema}, read)


def nested(known: Keys, build: Callable[..., Any], said: str) -> Kind:
    """Return the kind that is a mapping of fixed keys, made into `build(**values)`."""

    def read(node: Node, faults: Faults, what: str) -> Any:
        before = len(faults.found)
        values = read_mapping(node, known, faults, what)
        return build(**values) if len(faults.found) == before else None

    few = " with " + ", ".join(f"`{name}`" for name in known) if len(known) <= 6 else ""
    return Kind(said + few, schema_of(known), read)


# --- conditions ------------------------------------------------------------------------------------------


def _read_when(node: Node, faults: Faults, what: str) -> Condition | None:
    text = _read_text(node, faults, what)
    if text is None:
        return None
    try:
        return condition.parse(text)
    except condition.ConditionError as error:
        faults.add(node, f"{what} cannot be read: {error}", "condition")
        return None


WHEN = Kind("a condition, such as `opt_in_steam and not pregnant`", _TEXT_SCHEMA, _read_when)


def _read_fact(node: Node, faults: Faults, what: str) -> Fact | None:
    text = _read_text(node, faults, what)
    if text is None:
        return None
    if text in FLAGS:
        return FLAGS[text]
    return float(text) if text.replace(".", "", 1).isdecimal() else text


FACT = Kind("`yes`, `no`, a number or a word", {"type": ["string", "number", "boolean"]}, _read_fact)
