"""Keeps what C libraries write to the terminal off it.

ALSA and PortAudio complain on standard error about every device that does not answer, from threads of their
own and with no switch to stop it: a listener's terminal would fill up exactly when a device fails.
"""

import os
import threading

_STDERR = 2
_lock, _ending = threading.Lock(), threading.Lock()
_inside = 0
_kept = -1


class QuietStderr:
    """Sends what the whole process writes to descriptor 2 nowhere; may be nested, from any threads.

    Python's own messages go the same way, so an error has to leave the block as an exception.
    """

    def __init__(self) -> None:
        self._lasts = False

    def __enter__(self) -> None:
        self._lasts = True
        _enter()

    def __exit__(self, *_exc: object) -> None:
        self.end()

    def end(self) -> None:
        """Show again what is written; idempotent. From any thread: what hangs inside never leaves it."""
        with _ending:
            lasted, self._lasts = self._lasts, False
        if lasted:
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
