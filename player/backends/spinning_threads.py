"""Ends threads of PortAudio that go round for ever.

Up to 19.7 its thread for ALSA can do so where the sound server dies while a stream begins or in the middle of
a block (PortAudio's issue 1037): a core is busy, every turn writes a line to standard error, and whoever
closes the stream waits without end. PortAudio has asked that thread to end by then, but had forbidden it to
heed that; so it is allowed to, and ends at its next line. Any other thread may be told the same without harm,
but for one that runs Python just then.
"""

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")
_BUSY = 0.1  # of a core: one that waits takes next to nothing, and this much it gets on a busy machine too
_ENABLE = 0  # PTHREAD_CANCEL_ENABLE, the same in every C library of Linux
_in_callback: set[int] = set()


@contextmanager
def in_callback() -> Iterator[None]:
    """Leave the thread that is in here, called by PortAudio, alone."""
    number = threading.get_native_id()
    _in_callback.add(number)
    try:
        yield
    finally:
        _in_callback.discard(number)


class Watch:
    """What each thread has worked since it began."""

    def __init__(self) -> None:
        self._begun_s, self._worked_s = time.monotonic(), _worked_s()

    def end_spinning(self) -> None:
        """Let those that have kept a core busy since end, if they were asked to."""
        most_s = _BUSY * (time.monotonic() - self._begun_s)
        for number, worked_s in _worked_s().items():
            if worked_s - self._worked_s.get(number, 0.0) > most_s:
                _let_end(number)


def _worked_s() -> dict[int, float]:
    """Return the processor time of each thread by its number, but of those of Python; none beside Linux."""
    found = {}
    with suppress(OSError):  # no such folder
        ticks_per_s = os.sysconf("SC_CLK_TCK")
        for task in _TASKS.iterdir():
            with suppress(OSError):  # it has just ended
                user, system = (task / "stat").read_text().rpartition(")")[2].split()[11:13]
                found[int(task.name)] = (int(user) + int(system)) / ticks_per_s
    for thread in threading.enumerate():
        found.pop(thread.native_id or 0, None)
    return found


def _let_end(number: int) -> None:
    libc = ctypes.CDLL(None)
    if number not in _in_callback and hasattr(libc, "tgkill"):
        libc.signal(_SIGNAL, _HANDLER)
        libc.tgkill(os.getpid(), number, _SIGNAL)


def _allow(_number: int) -> None:
    ctypes.CDLL(None).pthread_setcancelstate(_ENABLE, None)


_SIGNAL = 63  # one below SIGRTMAX of Linux: nobody's
_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)(_allow)  # kept: the system calls it, in that thread
