"""The log of a session: one JSON object a line, no audio, ever.

In: observations; out: the lines of `observation_json.to_line` in a file of mode 0600.
"""

import os
from pathlib import Path

from player.core.observations import (
    ListeningChanged,
    Observation,
    PrivacyChanged,
    StrokeStarted,
    TonePlayed,
    VoiceDucked,
)
from player.errors import StoreError
from player.files.background_writer import BackgroundWriter
from player.files.observation_json import to_line

ONLY_SHOWN = (StrokeStarted, ListeningChanged, TonePlayed, VoiceDucked, PrivacyChanged)  # of no use in a log
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


_MOST = 50_000_000  # bytes that wait
_CLOSE_S = 5.0


class Log:
    """Writes what is observed, in a thread, but nothing while a matter of health is led.

    Why it is not whole says `failed`, and the session goes on.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, _NEW, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot write the log: {error.strerror}", "name another file for --log"
            ) from error
        self._writer = BackgroundWriter(self._descriptor, _MOST, "log")
        self._private = False  # a matter of health is being led

    @property
    def failed(self) -> str:
        """Why something is missing in it; "" while nothing is."""
        return self._writer.failed

    def observe(self, t_s: float, observation: Observation) -> None:
        """Write one line."""
        if isinstance(observation, PrivacyChanged):
            self._private = observation.private
        if not isinstance(observation, ONLY_SHOWN) and not self._private:
            self._writer.put(to_line(t_s, observation).encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Close the file; idempotent. A disk that hangs is left alone after some seconds."""
        if self._descriptor >= 0 and self._writer.finish(_CLOSE_S):
            os.close(self._descriptor)
            self._descriptor = -1
