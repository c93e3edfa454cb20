"""A terminal that gives single keys while a session runs, and is as it was after every ending and stop.

An orderly ending restores it; so does Ctrl-Z, until the player goes on. When the player is killed or
crashes, a process beside it does (`terminal_guard.py`).
"""

import base64
import json
import os
import signal
import subprocess
import sys
import termios
import threading
import tty
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from player.backends import terminal_guard

SHOW_CURSOR, _HIDE_CURSOR = b"\x1b[?25h", b"\x1b[?25l"
_GUARD = (sys.executable, "-I", "-S", str(Path(terminal_guard.__file__)))


class SingleKeys:
    """Sets a terminal to single keys. `drawn`: the cursor is hidden meanwhile, by whoever draws there.

    Make and close it in the main thread where Ctrl-Z is to work. Raises `OSError` or `termios.error`.
    """

    def __init__(self, descriptor: int, *, drawn: bool = False) -> None:
        self._descriptor = descriptor
        self._show, self._hide = (SHOW_CURSOR, _HIDE_CURSOR) if drawn else (b"", b"")
        self._before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        self._set = termios.tcgetattr(descriptor)
        self._guard = self._guarded()
        self._old: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            self._old = {
                signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._stop),
                signal.SIGCONT: signal.signal(signal.SIGCONT, self._go_on),
            }

    def foreground(self) -> bool:
        """Whether keys are the player's: who reads in the background is stopped."""
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return True  # not the terminal that controls us: nobody else reads there

    def restore(self) -> None:
        """Give the terminal back as it was; idempotent."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._old = {}
        self._apply(self._before, b"")
        if self._guard is not None:
            self._dismiss(self._guard)
            self._guard = None

    def _apply(self, attributes: list[Any], text: bytes) -> None:
        """Set it so, unless a shell has it by now, with attributes of its own.

        Whoever does that in the background is stopped by SIGTTOU, and a shell may take it at any moment.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        try:
            with suppress(OSError, termios.error):  # it went away: nothing is left to restore
                if self.foreground():
                    termios.tcsetattr(self._descriptor, termios.TCSADRAIN, attributes)
                    os.write(self._descriptor, text)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Stop like any program, and go on where it was."""
        self._apply(self._before, self._show)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._stop)

    def _go_on(self, _number: int, _frame: FrameType | None) -> None:
        self._apply(self._set, self._hide)

    def _guarded(self) -> "subprocess.Popen[bytes] | None":
        told = {
            "before": terminal_guard.plain(self._before),
            "set": terminal_guard.plain(self._set),
            "write": base64.b64encode(self._show).decode(),
        }
        try:
            guard = subprocess.Popen(
                _GUARD,
                stdin=subprocess.PIPE,
                stdout=self._descriptor,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            assert guard.stdin is not None
            guard.stdin.write(json.dumps(told).encode() + b"\n")
            guard.stdin.flush()
        except (OSError, RuntimeError):  # a machine at its limits: only a crash is not mended then
            return None
        return guard

    def _dismiss(self, guard: "subprocess.Popen[bytes]") -> None:
        assert guard.stdin is not None
        with suppress(OSError), guard.stdin:
            guard.stdin.write(b"over\n")
        with suppress(subprocess.TimeoutExpired):
            guard.wait(1.0)
