"""The log of a session: one JSON object a line, no audio, ever."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from player.errors import StoreError
from player.files.background_writer import BackgroundWriter

# What a session tells while it runs, less what only the screen needs.
EVENTS = frozenset(
    {
        "started",
        "step",
        "speech_started",
        "speech_ended",
        "heard",
        "command",
        "rejected",
        "paused",
        "resumed",
        "notice",
        "echo",
        "finished",
    }
)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_DEVICES = frozenset({"lost", "found"})  # a notice, with the device and what became of it


_MOST = 50_000_000  # bytes that wait
_CLOSE_S = 5.0


class Log:
    """Writes notes as they come, in a thread; why it is not whole says `failed`, and the session goes on."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, _NEW, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot write the log: {error.strerror}", "name another file for --log"
            ) from error
        self._writer = BackgroundWriter(self._descriptor, _MOST, "log")

    @property
    def failed(self) -> str:
        """Why something is missing in it; "" while nothing is."""
        return self._writer.failed

    def note(self, t: float, event: str, fields: Mapping[str, object]) -> None:
        """Write one line."""
        if event in _DEVICES:
            fields = {"text": "", "became": event, **fields}
            event = "notice"
        if event in EVENTS:
            line = json.dumps({"t": t, "event": event, **fields}, ensure_ascii=False)
            self._writer.put(line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Close the file; idempotent. A disk that hangs is left alone after some seconds."""
        if self._descriptor >= 0 and self._writer.finish(_CLOSE_S):
            os.close(self._descriptor)
            self._descriptor = -1
