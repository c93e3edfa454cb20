"""Typed reading of a mapping: every fault is noted and reading goes on.

In: nodes of `document`; out: texts, numbers, choices; a fault with its line and column goes to `Faults`, and
a default takes its place.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from player.messages import control_character, did_you_mean, shown
from player.yaml_reader.document import Faults, Node

E = TypeVar("E", bound=StrEnum)

FLAGS = {"yes": True, "true": True, "no": False, "false": False}


_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?) ?(?:s|sec|secs|seconds?|x|times|bpm)\Z")


def text_of(node: Node, faults: Faults, what: str) -> str:
    """Return a clean one-line text; notes anything else."""
    if not isinstance(node.value, str):
        faults.add(node, f"{what} should be a text, not {node.kind}")
        return ""
    if bad := control_character(node.value):
        faults.add(node, f"{what} holds a character that is not text ({bad}): remove it")
        return ""
    return " ".join(node.value.split())


def number_of(node: Node, faults: Faults, what: str, low: float, high: float) -> float | None:
    """Return a number within limits, or None after noting why not."""
    text = text_of(node, faults, what)
    try:
        number = float(text) if text.replace(".", "", 1).lstrip("-").isdecimal() else None
    except ValueError:
        number = None
    if number is None:
        if isinstance(node.value, str):
            unit = _WITH_UNIT.match(text)
            alone = f": write `{unit[1]}`" if unit else ""
            faults.add(node, f"{what} should be a number, not `{shown(node.value)}`{alone}")
        return None
    if not low <= number <= high:
        faults.add(node, f"{what} is {shown(text)}; it should be from {low:g} to {high:g}")
        return None
    return number


def choice_of(node: Node, faults: Faults, what: str, known: Iterable[str]) -> str:
    """Return one of the known words, or "" after noting why not."""
    text = text_of(node, faults, what)
    known = tuple(known)
    if text in known:
        return text
    if isinstance(node.value, str):
        few = ": one of " + ", ".join(known) if len(known) <= 12 else ""
        said = f"`{shown(text)}` is not known as {what}" if text else f"{what} is empty"
        faults.add(node, said + (did_you_mean(text, known) or few))
    return ""


class Fields:
    """The keys of one mapping, each taken once; `done()` notes the keys that nobody took."""

    def __init__(self, node: Node, faults: Faults, what: str) -> None:
        self.node = node
        self.faults = faults
        self.what = what
        self._taken: set[str] = set()
        self._entries = node.value if isinstance(node.value, dict) else {}
        if not isinstance(node.value, dict):
            faults.add(node, f"{what} should be a mapping (key: value), not {node.kind}")

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> tuple[str, ...]:
        """Every key, taken or not."""
        return tuple(self._entries)

    def where(self, key: str) -> tuple[int, int]:
        """Where a key stands, or where the mapping begins."""
        return self.node.keys.get(key, (self.node.line, self.node.column))

    def take(self, key: str, *, required: bool = False) -> Node | None:
        """Return the value of a key, or None."""
        self._taken.add(key)
        node = self._entries.get(key)
        if node is None and required and isinstance(self.node.value, dict):
            self.faults.add(self.node, f"{self.what} needs `{key}`")
        return node

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a text; an empty one counts as missing when it is required."""
        node = self.take(key, required=required)
        if node is None:
            return default
        text = text_of(node, self.faults, f"`{key}`")
        if required and not text and node.value == "":
            self.faults.add(node, f"`{key}` is empty")
        return text

    def number(
        self, key: str, default: float | None = None, *, low: float = 0, high: float = 1e6
    ) -> float | None:
        """Return a number within limits, or the default."""
        node = self.take(key)
        if node is None:
            return default
        number = number_of(node, self.faults, f"`{key}`", low, high)
        return default if number is None else number

    def whole(
        self, key: str, default: int | None = None, *, low: int = 0, high: int = 1_000_000
    ) -> int | None:
        """Return a whole number within limits, or the default."""
        number = self.number(key, None, low=low, high=high)
        if number is None:
            return default
        if number != int(number):
            self.faults.add(self._entries[key], f"`{key}` should be a whole number")
            return default
        return int(number)

    def choice(self, key: str, kind: type[E], default: E) -> E:
        """Return a member of an enumeration, or the default."""
        node = self.take(key)
        if node is None:
            return default
        word = choice_of(node, self.faults, f"`{key}`", [member.value for member in kind])
        return kind(word) if word else default

    def one_of(self, key: str, known: Iterable[str], default: str = "") -> str:
        """Return one of the known words, or the default."""
        node = self.take(key)
        return default if node is None else choice_of(node, self.faults, f"`{key}`", known) or default

    def nodes(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """Return a list's nodes; a single value counts as a list of one."""
        node = self.take(key, required=required)
        if node is None:
            return ()
        if isinstance(node.value, list):
            return tuple(node.value)
        if node.value == "":
            if required:
                self.faults.add(node, f"`{key}` is empty")
            return ()
        return (node,)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        return tuple(text_of(node, self.faults, f"`{key}`") for node in self.nodes(key))

    def fields(self, key: str, *, required: bool = False) -> "Fields | None":
        """Return the fields of a mapping inside, or None."""
        node = self.take(key, required=required)
        return None if node is None else Fields(node, self.faults, f"`{key}`")

    def done(self) -> None:
        """Note every key that nobody took."""
        for key in self._entries:
            if key not in self._taken:
                near = did_you_mean(key, self._taken)
                self.faults.add(self.where(key), f"`{shown(key)}` is not a key of {self.what}{near}")
