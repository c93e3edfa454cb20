"""The log of a session: one JSON object a line, no audio, ever.

In: observations; out: the lines of `observation_json.to_line` in a file of mode 0600.
"""

import os
from pathlib import Path
from typing import TextIO

from player.core.observations import ListeningChanged, Observation, StrokeStarted, TonePlayed, VoiceDucked
from player.errors import StoreError
from player.files.observation_json import to_line

ONLY_SHOWN = (StrokeStarted, ListeningChanged, TonePlayed, VoiceDucked)  # of no use in a log
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Log:
    """Writes what is observed; a disk that fails is told once, by `failed`, and the session goes on."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: TextIO = os.fdopen(os.open(path, _NEW, 0o600), "w", encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"{path}: cannot write the log: {error.strerror}", "name another file for --log"
            ) from error
        self.failed = ""

    def observe(self, t_s: float, observation: Observation) -> None:
        """Write one line."""
        if isinstance(observation, ONLY_SHOWN) or self.failed:
            return
        try:
            self._file.write(to_line(t_s, observation))
            self._file.flush()
        except OSError as error:
            self.failed = error.strerror or str(error)

    def close(self) -> None:
        """Close the file; idempotent."""
        try:
            self._file.close()
        except OSError as error:
            self.failed = error.strerror or str(error)
