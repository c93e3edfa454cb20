"""From a file to a routine: read once, every fault reported together.

In: a path, or a name in the folder of scripts; out: a typed `Routine` whose names are all known. Raises
`FileFault` with every fault of the file.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from player.errors import Fault, FileFault, StoreError
from player.files import other_kinds, paths, there
from player.messages import did_you_mean
from player.routine.compile.load_library import load_library
from player.routine.compile.resolve import check_references
from player.routine.model.library import Library
from player.routine.model.script import Routine
from player.routine.schema.routine_keys import read_routine
from player.routine.schema.schema_types import NAME
from player.yaml_reader.document import Faults, Node, is_yaml, parse, read_text, yaml_files

LIBRARY = "library"
_START = "a routine is a script in YAML: `player new NAME` writes one to start from"


def load_routine(path: Path, library: Library | None = None) -> Routine:
    """Read a script. Raises `FileFault` with every fault of its form and of the names it uses."""
    faults = Faults(str(path))
    routine = read_script(path, faults, library or load_library(path.parent / LIBRARY))
    faults.check("`player check` shows the same, with more advice")
    return routine


def read_script(path: Path, faults: Faults, library: Library) -> Routine:
    """Read a script; its faults go to `faults`. Raises `FileFault` when there is nothing to read."""
    _refuse(path, other_kinds.by_name(path) if there.is_file(path) else "")
    text = read_text(path)
    _refuse(path, other_kinds.by_text(text))
    root: Node = parse(text, faults)
    if not NAME.match(path.stem):
        message = "the file's name should be small letters, digits and hyphens"
        faults.found.append(Fault(str(path), 0, 0, message, "name"))
    routine = read_routine(root, faults, path.stem, sha256(text.encode()).hexdigest())
    check_references(routine, library, faults)
    return routine


def _refuse(path: Path, what: str) -> None:
    if what:
        raise FileFault((Fault(str(path), 0, 0, f"this is {what}, and no routine"),), _START)


def routine_names(folder: Path) -> list[str]:
    """Return the names of the routines in a folder; beside the player's own there are those of the user."""
    return sorted(_files(folder))


def _files(folder: Path) -> dict[str, Path]:
    """Return every script by its name; the user's own cannot take the place of one of the player's."""
    folders = [folder]
    if folder == paths.scripts():
        with suppress(StoreError):
            folders.append(paths.own_scripts())
    there_are = filter(there.is_dir, reversed(folders))
    return {path.stem: path for one in there_are for path in reversed(yaml_files(one))}


def script_file(name_or_path: str | Path, names: Collection[str] = ()) -> Path | None:
    """Return the file that a user means, None when it is the name of a routine.

    What is none of `names` may be a file that lies here, with or without its `.yaml`.
    """
    text = str(name_or_path)
    named = not isinstance(name_or_path, Path) and not {"/", "\\"} & set(text)
    if not named or is_yaml(text):
        return Path(name_or_path)
    if text in names:
        return None
    endings = (".yaml", ".yml", *([""] if Path(text).suffix else []))
    lying_here = (Path(f"{text}{ending}") for ending in endings)
    return next(filter(there.is_file, lying_here), None)


class Scripts:
    """The scripts of one folder, each read once; and scripts named by a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = load_library(folder / LIBRARY)
        self._files = _files(folder)
        self._read: dict[str, Routine] = {}

    def path(self, name: str) -> Path:
        """Return where the script called `name` is. Raises `KeyError`."""
        return self._files[name]

    def names(self) -> list[str]:
        """Return the names of all scripts."""
        return sorted(self._files)

    def routine(self, name: str, *, where: tuple[str, int, int] = ("", 0, 0)) -> Routine:
        """Return the routine called `name`. Raises `FileFault`; `where` is who asked."""
        if name not in self._read:
            if not NAME.match(name) or name not in self._files:
                raise self._missing(name, where)
            self._read[name] = load_routine(self._files[name], self.library)
        return self._read[name]

    def opened(self, name_or_path: str | Path) -> Routine:
        """Return a routine by its name, or by the path of its file. Raises `FileFault`."""
        path = script_file(name_or_path, self._files)
        return load_routine(path, self.library) if path else self.routine(str(name_or_path))

    def all(self) -> Iterable[Routine]:
        """Yield every routine of the folder. Raises `FileFault`."""
        return (self.routine(name) for name in self.names())

    def _missing(self, name: str, where: tuple[str, int, int]) -> FileFault:
        message = f"there is no routine `{name[:60]}`{did_you_mean(name, self.names())}"
        path, line, column = where
        return FileFault((Fault(path, line, column, message, "unknown-routine"),), "see `player list`")
