"""The process of the media keys as the player sees it: shown where the session is, heard when one is hit."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from player.core.commands import Command
from player.core.plan import Plan
from player.errors import BackendUnavailable
from player.workers.beside import BesideProcess, greeted, in_words
from player.workers.child import Child, ChildLost
from player.workers.protocol import Message, line

COMMAND = (sys.executable, "-P", "-m", "player.media_keys.worker")
_OTHERS = "the words and the keys of the terminal do the same"
_KEYS = {"next", "previous", "pause", "resume"}


def card(plan: Plan, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the desktop may know of what the page shows: of questions about health only the title."""
    at = shown["step"]
    step = plan.steps[at] if at >= 0 else None
    return {
        "title": plan.title,
        "label": shown["label"] if step and not step.care else "",
        "number": plan.number(at) if step else 0,
        "left_s": shown["left_s"],
        "stands": bool(shown.get("still") or shown["mode"]),
        "can": sorted(_KEYS.intersection(shown["can"])),
        "over": bool(shown.get("ended")),
    }


class MediaKeysProcess:
    """Takes the media keys; `press` is called from another thread with each command.

    Raises `BackendUnavailable`. A process that is lost is started again.
    """

    def __init__(
        self,
        press: Callable[[Command], None],
        lost: Callable[[str], None] = lambda _reason: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        if sys.platform != "linux":
            raise BackendUnavailable("they come by MPRIS, which is there on Linux alone", _OTHERS)
        self._press = press
        try:
            hello = line("hello")
            self._process = BesideProcess(command, hello, "media-keys", _ready, self._take, lost)
        except ChildLost as error:
            raise BackendUnavailable(in_words(error), _OTHERS) from error

    @property
    def pid(self) -> int:
        """Its process, 0 while there is none."""
        return self._process.pid

    def show(self, shown: Mapping[str, Any]) -> None:
        """Show this, as `card` has it; returns at once."""
        self._process.show(line("shown", shown=shown))

    def close(self) -> None:
        """End the process; idempotent."""
        self._process.close()

    def _take(self, message: Message) -> None:
        if message["kind"] == "press":
            with suppress(ValueError):  # no command of ours
                self._press(Command(str(message.get("command"))))


def _ready(child: Child) -> None:
    greeted(child, "media-keys", missing="they need", reason="{}", hint=_OTHERS)
