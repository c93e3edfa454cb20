"""Speech is rendered ahead of the session; a bar shows it when that takes longer than a second."""

import threading

from rich.console import Console
from rich.progress import Progress

from player.app.session_config import SessionConfig
from player.session.texts import ahead_of, brisk_counts, private
from player.voice.fallback import FallbackVoice

PATIENT_S = 1.0
LONGEST_S = 8.0  # a voice that hangs is not waited for: the session waits for what it says, and not for long
_LOOK_S = 0.1


class Ahead:
    """Renders all texts in a thread of the voice; first those of the opening, before which nothing sounds.

    `enough` is set when those are there, or when they cannot be had.
    """

    def __init__(self, voice: FallbackVoice, setting: SessionConfig, *, drawn: bool) -> None:
        plan = setting.plan
        opening = setting.opening()
        self._drawn = drawn
        self._done = 0
        self._wanted = max(1, len(opening))
        self.enough = threading.Event()
        texts = ahead_of(plan, setting.language, opening)
        self._outcome = voice.prepare(texts, self._progress, brisk_counts(plan), private(plan))
        self._outcome.add_done_callback(lambda _future: self.enough.set())

    def _progress(self, done: int, _whole: int) -> None:
        self._done = done
        if done >= self._wanted:
            self.enough.set()

    def wait(self) -> None:
        """Return when the session can begin; a voice that fails holds nothing up."""
        if self.enough.wait(PATIENT_S if self._drawn else LONGEST_S) or not self._drawn:
            return
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=self._wanted)
            for _look in range(round(LONGEST_S / _LOOK_S)):
                if self.enough.wait(_LOOK_S):
                    return
                bar.update(task, completed=self._done)
