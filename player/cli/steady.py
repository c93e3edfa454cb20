"""Output that never waits and never fails: whatever reads it, the session goes on.

A terminal may be stopped (Ctrl-S), a pipe full, a disk full, a reader gone. What is written is left to a
thread; when too much waits, the newest is dropped.
"""

import io
import os
import threading
from collections import deque
from contextlib import suppress
from typing import TextIO

MOST = 100_000  # characters that wait
_CLOSE_S = 0.5


class SteadyOutput(io.TextIOBase):
    """A text stream in front of another one's descriptor. What has no place in its encoding becomes "?"."""

    def __init__(self, out: TextIO) -> None:
        with suppress(OSError, ValueError):
            out.flush()
        self._out = out
        self._descriptor = out.fileno()
        self._encoding = out.encoding or "utf-8"
        self._pieces: deque[str] = deque()
        self._waiting = 0  # characters, those being written included
        self._news = threading.Condition()
        self._over = self._failed = False
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._thread.start()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream behind."""
        return self._encoding

    def isatty(self) -> bool:
        """Whether the stream behind is a terminal."""
        return self._out.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream behind."""
        return self._descriptor

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Leave text to be written, whole or not at all; returns at once."""
        with self._news:
            if not (self._failed or self._over) and self._waiting + len(text) <= MOST:
                self._pieces.append(text)
                self._waiting += len(text)
                self._news.notify()
        return len(text)

    def flush(self) -> None:
        """Do nothing: it is being written."""

    def finish(self) -> None:
        """Write what waits, within half a second; idempotent."""
        with self._news:
            self._over = True
            self._news.notify()
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while text := self._next():
            data = text.encode(self._encoding, "replace")
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:  # nobody reads any more
                with self._news:
                    self._failed = True
                    self._pieces.clear()
                return
            with self._news:
                self._waiting -= len(text)

    def _next(self) -> str:
        with self._news:
            while not self._pieces:
                if self._over:
                    return ""
                self._news.wait()
            return self._pieces.popleft()
