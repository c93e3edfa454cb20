"""Writing that never waits and never fails: a thread does it, and whoever has something to say goes on.

A disk may be slow or full, a terminal stopped (Ctrl-S), a pipe full, a reader gone.
"""

import os
import threading
from collections import deque


class BackgroundWriter:
    """Writes to an open descriptor. At most `most` bytes wait; what comes on top is dropped, whole."""

    def __init__(self, descriptor: int, most: int, name: str) -> None:
        self.failed = ""  # why something was not written
        self._descriptor = descriptor
        self._most = most
        self._pieces: deque[bytes] = deque()
        self._waiting = 0  # bytes, those being written included
        self._news = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, data: bytes) -> None:
        """Leave something to be written; returns at once."""
        with self._news:
            if self._over or self._waiting + len(data) > self._most:
                self.failed = self.failed or "it could not be written in time"
                return
            self._pieces.append(data)
            self._waiting += len(data)
            self._news.notify()

    def finish(self, limit_s: float) -> bool:
        """Write what waits, for so long at most; return whether nothing is being written any more."""
        with self._news:
            self._over = True
            self._news.notify()
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while data := self._next():
            size = len(data)
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError as error:
                with self._news:
                    self.failed = error.strerror or str(error)
                    self._over = True
                    self._pieces.clear()
                return
            with self._news:
                self._waiting -= size

    def _next(self) -> bytes:
        with self._news:
            while not self._pieces:
                if self._over:
                    return b""
                self._news.wait()
            return self._pieces.popleft()
