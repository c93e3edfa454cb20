"""Single keys from the terminal, without Enter, from a thread of its own."""

import os
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from player.core.commands import Command
from player.errors import BackendUnavailable

# What a key means where it means nothing: session/loop.py.
KEYS = {key: command for command in Command for key in command.keys}

_ONE_PRESS = 64  # more bytes than any key sends at once
_SEQUENCE = re.compile(
    r"\x1b(\[[0-?]*[ -/]*[@-~]|o?.)?"
)  # arrows and function keys are not their last letters


class Keyboard:
    """Calls `pressed` for every key that means something. Raises `BackendUnavailable` without a terminal."""

    def __init__(self, pressed: Callable[[Command], None]) -> None:
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            raise BackendUnavailable(
                "no keyboard: the input is not a terminal", "start the player in a terminal"
            )
        self._pressed = pressed
        self._closed = threading.Event()
        self._restore: Callable[[], None] = lambda: None
        self._read = self._open_windows() if sys.platform == "win32" else self._open_posix()
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()

    def _open_posix(self) -> Callable[[], str]:
        import select
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        self._restore = lambda: termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

        def read() -> str:
            ready, _, _ = select.select([descriptor], [], [], 0.1)
            return os.read(descriptor, _ONE_PRESS).decode("ascii", "ignore") if ready else ""

        return read

    def _open_windows(self) -> Callable[[], str]:
        import msvcrt

        def read() -> str:
            if not msvcrt.kbhit():  # type: ignore[attr-defined]
                self._closed.wait(0.05)
                return ""
            return str(msvcrt.getwch())  # type: ignore[attr-defined]

        return read

    def _run(self) -> None:
        with suppress(OSError):  # the terminal went away: keys are gone, the session is not
            while not self._closed.is_set():
                for key in _SEQUENCE.sub("", self._read().lower()):
                    if key in KEYS:
                        self._pressed(KEYS[key])

    def close(self) -> None:
        """Give the terminal back as it was; idempotent."""
        self._closed.set()
        self._thread.join(timeout=1.0)
        self._restore()
        self._restore = lambda: None
