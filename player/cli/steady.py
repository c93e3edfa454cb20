"""Output that never waits and never fails: whatever reads it, the session goes on."""

import io
from contextlib import suppress
from typing import TextIO

from player.files.background_writer import BackgroundWriter

MOST = 100_000  # bytes that wait: a terminal that takes no more does not need to see it all
_CLOSE_S = 0.5


class SteadyOutput(io.TextIOBase):
    """A text stream in front of another one's descriptor. What has no place in its encoding becomes "?"."""

    def __init__(self, out: TextIO) -> None:
        with suppress(OSError, ValueError):
            out.flush()
        self._out = out
        self._writer = BackgroundWriter(out.fileno(), MOST, "screen")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream behind."""
        return self._out.encoding or "utf-8"

    def isatty(self) -> bool:
        """Whether the stream behind is a terminal."""
        return self._out.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream behind."""
        return self._out.fileno()

    def write(self, text: str) -> int:
        """Leave text to be written, whole or not at all; returns at once."""
        self._writer.put(text.encode(self.encoding, "replace"))
        return len(text)

    def flush(self) -> None:
        """Do nothing: it is being written."""

    def finish(self) -> None:
        """Write what waits, within half a second; idempotent."""
        self._writer.finish(_CLOSE_S)
