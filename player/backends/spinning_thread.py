"""Ends threads of PortAudio that go round for ever.

Up to 19.7 its thread for ALSA can do so where the sound server dies in the middle of a block (PortAudio's
issue 1037): a core is busy, every turn writes a line to standard error, and whoever closes the stream waits
without end. PortAudio has asked that thread to end by then, but had forbidden it to heed that; so it is
allowed to, and ends at its next line.
"""

import ctypes
import signal
import sys
import threading
import time
from pathlib import Path

_BUSY = 0.1  # of a core: one that waits takes next to nothing, and this much it gets on a busy machine too
_ENABLE = 0  # PTHREAD_CANCEL_ENABLE, the same in every C library of Linux


class AudioThread:
    """The thread of a stream: its numbers of the C library and of the system, once it has called us."""

    def __init__(self) -> None:
        self.ident = self.native_id = 0
        self._inside = False  # our own callback, where it may not be ended
        self._seen_s = self._worked_s = 0.0  # when it was looked at, and what it had taken of a processor

    def enters(self) -> None:
        """Note which it is, and that it is inside."""
        self._inside = True
        self.ident, self.native_id = threading.get_ident(), threading.get_native_id()

    def leaves(self) -> None:
        """Give it back to PortAudio."""
        self._inside = False

    def lives(self) -> bool:
        """Whether it has called us and not ended."""
        return self.native_id > 0 and Path(f"/proc/self/task/{self.native_id}").exists()

    def asked_to_end(self) -> None:
        """Remember that PortAudio waits for its end: until then its numbers are nobody else's."""
        if sys.platform.startswith("linux") and self.lives():
            self._look()
            _asked.add(self)

    def ended(self) -> None:
        """Forget it."""
        _asked.discard(self)

    def spins(self) -> bool:
        """Whether it has kept a core busy since it was last looked at, and not with our own callback."""
        if self._inside or not self.lives():
            return False
        seen_s, worked_s = self._seen_s, self._worked_s
        self._look()
        return self._worked_s - worked_s > _BUSY * (self._seen_s - seen_s)

    def _look(self) -> None:
        self._seen_s = time.monotonic()
        self._worked_s = time.clock_gettime(time.pthread_getcpuclockid(self.ident))


_asked: set[AudioThread] = set()


def end_spinning() -> None:
    """Let those that were asked to end, and keep a core busy instead, do it."""
    for thread in tuple(_asked):
        if thread.spins():
            _let_end(thread)


def _let_end(thread: AudioThread) -> None:
    number = signal.SIGRTMAX - 1  # nobody's
    ctypes.CDLL(None).signal(number, _HANDLER)
    signal.pthread_kill(thread.ident, number)


def _allow(_number: int) -> None:
    ctypes.CDLL(None).pthread_setcancelstate(_ENABLE, None)


_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)(_allow)  # kept: the system calls it, in that thread
