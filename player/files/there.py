"""Whether a path that a user has named is there; one that cannot be looked at is not.

Before Python 3.14 `Path.is_file` and its kin raise where a name is too long, or lies in a folder that may not
be entered. Who then opens it, and says why it cannot be, is told the true reason.
"""

import os
from pathlib import Path


def exists(path: Path) -> bool:
    """Whether there is anything."""
    return os.path.exists(path)  # noqa: PTH110 - see above


def is_file(path: Path) -> bool:
    """Whether it is an ordinary file."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def is_dir(path: Path) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above
