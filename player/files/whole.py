"""Files that are written whole or not at all: beside their place first, then put into it."""

import errno
import os
import tempfile
from pathlib import Path

from player.errors import StoreError


def write_whole(to: Path, data: bytes, hint: str = "", *, theirs: bool = False) -> Path:
    """Write a file that its owner alone reads; where that fails, what was there still is.

    `theirs`: one that the user may have made; a link to it, its mode and its owner stay as they are, and one
    that may not be written is not. Raises `StoreError` with `hint`.
    """
    try:
        if theirs:
            real = Path(os.path.realpath(to))
            _put(real, data, _writable(real))
        else:
            _put(to, data, None)
    except OSError as error:
        raise unwritten(to, error, hint) from error
    return to


def unwritten(to: Path, error: OSError, hint: str = "") -> StoreError:
    """Return what is raised for a file that cannot be written."""
    return StoreError(f"{to}: cannot be written: {error.strerror}", hint)


def _writable(to: Path) -> os.stat_result | None:
    """Return what the file is like, where there is one. Raises `OSError` when it may not be written."""
    try:
        like = to.stat()
    except FileNotFoundError:
        return None
    if not os.access(to, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return like


def _put(to: Path, data: bytes, like: os.stat_result | None) -> None:
    handle, name = tempfile.mkstemp(dir=to.parent)  # mode 0600
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if like is not None:
            _liken(new, like)
        new.replace(to)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _liken(new: Path, like: os.stat_result) -> None:
    if hasattr(os, "chown") and (new.stat().st_uid, new.stat().st_gid) != (like.st_uid, like.st_gid):
        os.chown(new, like.st_uid, like.st_gid)
    new.chmod(like.st_mode)
