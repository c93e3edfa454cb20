"""The log of a session: one JSON object a line, no audio, ever."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from player.errors import StoreError

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


class Log:
    """Writes notes as they come; a disk that fails is told once, by `failed`, and the session goes on."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: TextIO = os.fdopen(os.open(path, _NEW, 0o600), "w", encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"{path}: cannot write the log: {error.strerror}", "name another file for --log"
            ) from error
        self.failed = ""

    def note(self, t: float, event: str, fields: Mapping[str, object]) -> None:
        """Write one line."""
        if event in _DEVICES:
            fields = {"text": "", "became": event, **fields}
            event = "notice"
        if event not in EVENTS or self.failed:
            return
        line = json.dumps({"t": t, "event": event, **fields}, ensure_ascii=False)
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            self.failed = error.strerror or str(error)

    def close(self) -> None:
        """Close the file; idempotent."""
        try:
            self._file.close()
        except OSError as error:
            self.failed = error.strerror or str(error)
