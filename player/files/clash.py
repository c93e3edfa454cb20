"""Two names for one file: what is written must not be what is read."""

import os
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from player.errors import UsageError
from player.files import there


def refuse_clash(named: Mapping[str, Path | None]) -> None:
    """Take files by the option that names them. Raises `UsageError` when two are the same file."""
    files = [(option, path) for option, path in named.items() if path is not None]
    for (first, path), (other, again) in combinations(files, 2):
        if _same(path, again):
            raise UsageError(
                f"{first} and {other} are the same file: {again}", f"name another file for {other}"
            )


def _same(path: Path, again: Path) -> bool:
    if there.exists(path) and there.exists(again):
        return path.samefile(again) and there.is_file(path)  # not a device, such as /dev/null
    return os.path.realpath(path) == os.path.realpath(again)
