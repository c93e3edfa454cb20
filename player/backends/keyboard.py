"""Single keys from the terminal, without Enter, from a thread of its own."""

import codecs
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from player.backends import machine_clock
from player.backends.keys import KeyReader, KeyStroke, Press, Presses, console_keys
from player.core.commands import Command
from player.errors import BackendUnavailable

# What a key means where it means nothing: session/loop.py.
KEYS = {key: command for command in Command for key in command.keys}

_LOOK_S = 0.05
_MOST = 4096  # bytes at once
_HELD_UP_S = 1.0  # who has not looked for longer was stopped, and what lies there may be as old


class Keyboard:
    """Calls `pressed` for every key that was meant, `typed` for text. `drawn`: that terminal is drawn on.

    Raises `BackendUnavailable` without a terminal.
    """

    def __init__(
        self,
        pressed: Callable[[Press], None],
        *,
        typed: Callable[[], None] = lambda: None,
        drawn: bool = False,
    ) -> None:
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            raise BackendUnavailable(
                "no keyboard: the input is not a terminal", "start the player in a terminal"
            )
        self._pressed, self._typed = pressed, typed
        self._closed = threading.Event()
        self._restore: Callable[[], None] = lambda: None
        self._keys: Callable[[str, float], tuple[KeyStroke, ...]] = KeyReader().take
        self._read = self._open_windows() if sys.platform == "win32" else self._open_posix(drawn=drawn)
        self._thread = threading.Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()

    def _open_posix(self, *, drawn: bool) -> Callable[[], str]:
        import select
        import termios

        from player.backends.terminal import SingleKeys

        descriptor = sys.stdin.fileno()
        try:
            terminal = SingleKeys(descriptor, drawn=drawn)
        except (OSError, termios.error) as error:
            raise BackendUnavailable(f"no keyboard: {error}", "start the player in a terminal") from error
        self._restore = terminal.restore
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")

        def read() -> str:
            ready, _, _ = select.select([descriptor], [], [], _LOOK_S)
            if not ready:
                return ""
            if not terminal.foreground():
                self._closed.wait(_LOOK_S)
                return ""
            if not (data := os.read(descriptor, _MOST)):
                raise OSError("the terminal went away")
            return decoder.decode(data)

        return read

    def _open_windows(self) -> Callable[[], str]:
        import msvcrt

        self._keys = console_keys

        def read() -> str:
            self._closed.wait(_LOOK_S)
            characters = ""
            while msvcrt.kbhit():  # type: ignore[attr-defined]
                characters += msvcrt.getwch()  # type: ignore[attr-defined]
            return characters

        return read

    def _run(self) -> None:
        presses, looked_s = Presses(KEYS), machine_clock.now_s()
        with suppress(OSError, ValueError):  # the terminal went away: keys are gone, the session is not
            while not self._closed.is_set():
                characters, now_s = self._read(), machine_clock.now_s()
                for key in self._keys(characters, looked_s if now_s - looked_s > _HELD_UP_S else now_s):
                    presses.take(key)
                if press := presses.due(now_s):
                    self._pressed(press)
                if presses.typed():
                    self._typed()
                looked_s = now_s

    def close(self) -> None:
        """Give the terminal back as it was; idempotent."""
        self._closed.set()
        self._thread.join(timeout=1.0)
        self._restore()
        self._restore = lambda: None
