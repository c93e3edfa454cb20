"""Two names for one file: what is written must not be what is read."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from player.errors import UsageError


def refuse_clash(named: Mapping[str, Path | None]) -> None:
    """Take files by the option that names them. Raises `UsageError` when two are the same file."""
    files = [(option, path) for option, path in named.items() if path is not None]
    for (first, path), (other, again) in combinations(files, 2):
        if _same(path, again):
            raise UsageError(
                f"{first} and {other} are the same file: {again}", f"name another file for {other}"
            )


def _same(path: Path, again: Path) -> bool:
    if path.exists() and again.exists():
        return path.samefile(again) and path.is_file()  # not a device, such as /dev/null
    return path.resolve() == again.resolve()
