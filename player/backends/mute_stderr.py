"""Keeps what C libraries write to the terminal off it.

ALSA and PortAudio complain on standard error about every device that does not answer, from threads of their
own and with no switch to stop it: a listener's terminal would fill up exactly when a device fails.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_lock = threading.Lock()
_inside = 0
_kept = -1


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send what the whole process writes to descriptor 2 nowhere; may be nested, from any threads.

    Python's own messages go the same way, so an error has to leave the block as an exception.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _kept  # noqa: PLW0603 - descriptor 2 is one for the whole process
    with _lock:
        if _inside == 0:
            _kept = _copy()
        _inside += 1


def _copy() -> int:
    """Return a copy of descriptor 2 and point it nowhere; -1 where there is none (a service)."""
    try:
        kept = os.dup(_STDERR)
    except OSError:
        return -1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # at the limit of open files: what is written is seen then
        os.close(kept)
        return -1
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    return kept


def _leave() -> None:
    global _inside, _kept  # noqa: PLW0603
    with _lock:
        _inside -= 1
        if _inside == 0 and _kept >= 0:
            os.dup2(_kept, _STDERR)
            os.close(_kept)
            _kept = -1
