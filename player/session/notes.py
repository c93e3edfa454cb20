"""What a session tells about itself while it runs: to the log, the terminal, a transcript.

Events and their fields (`t` is seconds of the session, by the loudspeaker's samples):

started          routine, title, voice, ears
step             step, index, of, label
speech_started   text, role
speech_ended     text
stroke           place fields: part, set, stroke, of, elapsed_ms
notice           text (empty: a chime)
heard            text, score, margin, start, end
command          command, by ("voice" or "key")
rejected         text, reason
paused, resumed  step
listening        commands
lost, found      device
tone             tone
ducked, unducked (the voice goes down because somebody speaks, or comes back)
echo             converged, erle_db, delay_ms, drift_ppm
finished         ending
"""

from collections.abc import Mapping
from typing import Protocol


class Observer(Protocol):
    """Hears every note; must return quickly and never raise."""

    def note(self, t: float, event: str, fields: Mapping[str, object]) -> None:
        """Take one note."""
