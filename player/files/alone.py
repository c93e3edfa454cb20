"""One player at a time: a lock in the folder of what is kept."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from player.errors import BusyError
from player.files import paths


@contextmanager
def alone(tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the one lock of a leading player. Raises `BusyError` when another one holds it.

    Where there can be no lock the session is led without, and `tell` gets the line that says so.
    """
    path = paths.data() / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        tell(f"{path}: {error.strerror}: a second player would not be kept out; remove it, or make it yours")
        yield
        return
    try:
        _lock(descriptor, path, tell)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, tell: Callable[[str], None]) -> None:
    busy = BusyError("another player is leading a session", f"end it first (the lock is {path})")
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        raise busy from error
    except OSError as error:  # a disk that knows no locks
        tell(f"{path}: {error.strerror}: a second player would not be kept out")
