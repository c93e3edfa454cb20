"""YAML files as text with positions: strings, lists and mappings, nothing else.

YAML's own guesses (`no` is false, `1:30` is ninety, a doubled key wins silently) are never applied, and
its dangerous parts (tags, anchors, aliases) are refused, so a file can only ever be plain data.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from player.errors import Fault, FileFault
from player.messages import shown
from player.yaml_reader.syntax import MAX_DEPTH, TOO_DEEP, explained

MAX_BYTES = 16_000_000
_SUFFIXES = (".yaml", ".yml")
_LONGEST_PATH = 400  # in a message

# The C parser is ten times as fast and comes with nearly every PyYAML; both give the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node:
    """One value of a document and where it stands; `line` and `column` count from 1.

    `value` is a string, a list of nodes, or a dict of nodes; of a mapping, `keys` says where each key stands.
    A plain class, as files have hundreds of thousands of these.
    """

    __slots__ = ("column", "keys", "line", "value")

    def __init__(self, value: "str | list[Node] | dict[str, Node]", line: int, column: int) -> None:
        self.value = value
        self.line = line
        self.column = column
        self.keys: dict[str, tuple[int, int]] = {}

    @property
    def kind(self) -> str:
        """What this is, as a person would say it."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list" if self.value else "an empty list"
        return "a text" if self.value else "nothing"

    def plain(self) -> Any:
        """Return the same as plain strings, lists and dicts."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def is_yaml(name: str | Path) -> bool:
    """Whether a file of this name is YAML."""
    return str(name).lower().endswith(_SUFFIXES)


def yaml_files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder, by name; of two with one name the first is `.yaml`."""
    return sorted(path for path in folder.glob("*") if is_yaml(path) and not path.name.startswith("."))


class Faults:
    """The faults of one file, gathered while it is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Fault] = []

    def add(
        self, where: Node | tuple[int, int], message: str, rule: str = "", severity: str = "error"
    ) -> None:
        """Note a fault at a node or a (line, column)."""
        line, column = where if isinstance(where, tuple) else (where.line, where.column)
        self.found.append(
            Fault(path=self.path, line=line, column=column, message=message, rule=rule, severity=severity)
        )

    def sorted(self) -> tuple[Fault, ...]:
        """Return every fault once, in the order of the file."""
        return tuple(sorted(set(self.found)))

    def check(self, hint: str = "") -> None:
        """Raise `FileFault` with everything that was found, if anything was."""
        if any(fault.severity == "error" for fault in self.found):
            raise FileFault(self.sorted(), hint)


def read(path: Path) -> Node:
    """Read a whole file. Raises `FileFault` with every fault of its form."""
    faults = Faults(str(path))
    node = parse(read_text(path), faults)
    faults.check()
    return node


def read_text(path: Path) -> str:
    """Read a file as text. Raises `FileFault` with the one reason why it cannot be."""
    try:
        data = _read_bytes(path)
    except OSError as error:
        raise _whole(shown(str(path), _LONGEST_PATH), _reason(path, error)) from error
    except ValueError as error:  # a null in the name
        raise _whole(shown(str(path), _LONGEST_PATH), "this is no name of a file") from error
    return decode(data, str(path))


def _read_bytes(path: Path) -> bytes:
    if not path.is_file():  # a pipe or device would be waited for without end
        if path.exists() and not path.is_dir():
            raise OSError(f"{path.name} is not an ordinary file")
        return path.read_bytes()  # raises with the true reason
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file's bytes. Raises `FileFault`."""
    if len(data) > MAX_BYTES:
        raise _whole(name, f"larger than {MAX_BYTES // 1_000_000} MB: this is no script")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = "not UTF-8 text: save it as UTF-8 in your editor"
        raise FileFault((Fault(name, line, column, message),)) from error
    if not text.strip():
        raise _whole(name, "the file is empty")
    return text


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if error.errno == errno.ENAMETOOLONG:
        return "this is no name of a file"
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):  # noqa: PTH112 - raises nothing
        return "this is a folder, not a file"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return f"it cannot be read ({error.strerror or error})"


def _whole(name: str, message: str) -> FileFault:
    return FileFault((Fault(name, 0, 0, message),))


def parse(text: str, faults: Faults) -> Node:
    """Build the nodes of one document. What is wrong with single keys goes to `faults`.

    Raises `FileFault` when nothing sensible can be read at all.
    """
    try:
        return _Builder(faults).build(_LOADER(text))
    except yaml.YAMLError as error:
        line, column, message = explained(error, text)
        raise FileFault((*faults.sorted(), Fault(faults.path, line, column, message))) from None


_NO_ALIAS = "an alias (*name) is not used here: write the value out"


class _Builder:
    """Nodes from events, without recursion: depth is bounded before anything is built on it."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._open: list[Node] = []
        self._keys: list[tuple[str, tuple[int, int]] | None] = []
        self._root: Node | None = None

    def build(self, loader: Any) -> Node:
        """Take every event of the loader."""
        take: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: lambda event: self._begin(event, {}),
            yaml.SequenceStartEvent: lambda event: self._begin(event, []),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: lambda event: self._refuse(event, _NO_ALIAS),
            yaml.DocumentStartEvent: self._document,
        }
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            if (handle := take.get(type(event))) is not None:
                handle(event)
        if self._root is None:
            raise _whole(self._faults.path, "the file is empty")
        return self._root

    def _document(self, event: Any) -> None:
        if self._root is not None:
            self._refuse(event, "a second document (---) in one file: make it a file of its own")

    def _end(self, _event: Any) -> None:
        self._open.pop()
        self._keys.pop()

    def _refuse(self, event: Any, message: str) -> None:
        fault = Fault(self._faults.path, event.start_mark.line + 1, event.start_mark.column + 1, message)
        raise FileFault((*self._faults.sorted(), fault))

    def _plain_data_only(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"an anchor (&{event.anchor[:40]}) is not used here: write the value out")
        if event.tag is not None and event.tag != "!":
            self._refuse(event, "a tag (!...) is not used here: write a plain value")

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._plain_data_only(event)
        mark = event.start_mark
        if self._keys and self._keys[-1] is None and isinstance(self._open[-1].value, dict):
            self._key(event.value, (mark.line + 1, mark.column + 1))
            return
        self._place(Node(event.value, mark.line + 1, mark.column + 1))

    def _begin(self, event: Any, value: Any) -> None:
        self._plain_data_only(event)
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, TOO_DEEP)
        if self._open and isinstance(self._open[-1].value, dict) and self._keys[-1] is None:
            self._refuse(event, "a key must be one word, not a list or mapping (is a text in quotes meant?)")
        node = Node(value, event.start_mark.line + 1, event.start_mark.column + 1)
        self._place(node)
        self._open.append(node)
        self._keys.append(None)

    def _key(self, key: str, where: tuple[int, int]) -> None:
        first = self._open[-1].keys.get(key)
        if first is not None:
            self._faults.add(where, f"`{shown(key)}` is here twice (first in line {first[0]}): keep one")
        self._keys[-1] = (key, where)

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif isinstance(parent.value, dict):
            key = self._keys[-1]
            assert key is not None  # a value comes only after its key
            parent.value.setdefault(key[0], node)
            parent.keys.setdefault(*key)
            self._keys[-1] = None
