"""The terminal is as it was after every ending and every stop."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from player.backends import terminal_guard
from player.backends.terminal import SHOW_CURSOR
from tests import waiting

LIMIT_S = 20.0
# Gives the terminal to a program as a shell does, and stays.
SHELL = """
import fcntl, os, signal, subprocess, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
signal.signal(signal.SIGUSR1, lambda *_: os.tcsetpgrp(0, os.getpgrp()))
signal.signal(signal.SIGUSR2, lambda *_: os.tcsetpgrp(0, program.pid))
program = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
os.tcsetpgrp(0, program.pid)
print(program.pid, flush=True)
print("code", program.wait(), flush=True)
signal.pause()
"""
USER = """
import os, signal, sys, time
signal.signal(signal.SIGTTOU, signal.SIG_DFL)  # the shell ignores it, and what it starts would as well
from player.backends.terminal import SingleKeys
from player.cli.endings import orderly
keys = SingleKeys(0, drawn=True)
{then}
"""
LEAD = """
try:
    with orderly():
        print("ready", flush=True)
        while True:
            time.sleep(0.02)  # a signal is to end this
finally:
    keys.restore()
"""


UNTIL_GONE = """
def gone():
    try:
        return not os.read(0, 1)
    except OSError:
        return True
print("ready", flush=True)
while not gone():
    pass
keys.restore()
"""


class User:
    def __init__(self, then: str = LEAD, before: Callable[[], None] | None = None) -> None:
        self.main, self.side = pty.openpty()
        self.before = termios.tcgetattr(self.side)
        self.shell = subprocess.Popen(
            [sys.executable, "-c", SHELL, USER.format(then=then)],
            stdin=self.side,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,  # noqa: PLW1509 - before there are threads
        )
        assert self.shell.stdout is not None
        self.out = self.shell.stdout
        first, second = sorted((self.out.readline(), self.out.readline()))
        assert second == "ready\n"
        self.pid = int(first)

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self) -> tuple[str, str]:
        """Return what was printed at the end, the code with it, and the errors."""
        lines = ""
        while "code" not in lines:
            lines += self.out.readline()
        self.shell.kill()
        assert self.shell.stderr is not None
        return lines, self.shell.stderr.read()

    def now(self) -> list[Any]:
        return termios.tcgetattr(self.side)

    def until(self, true: Callable[[], object]) -> None:
        assert waiting.until(true, LIMIT_S), self.now()

    def written(self) -> bytes:
        os.set_blocking(self.main, False)
        try:
            return os.read(self.main, 1000)
        except BlockingIOError:
            return b""

    def stopped(self) -> bool:
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] == "T"

    def close(self) -> None:
        self.shell.kill()
        with suppress(OSError):  # it holds the pipes of the shell
            self.send(signal.SIGKILL)
        self.shell.communicate()
        for descriptor in (self.main, self.side):
            with suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def user() -> Iterator[User]:
    user = User()
    assert user.now() != user.before
    yield user
    user.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_gives_the_terminal_back(user, number):
    user.send(number)
    user.until(lambda: user.now() == user.before)
    out, err = user.ended()
    assert out == f"code {128 + number}\n"
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_gives_the_terminal_back_too(user, number):
    user.send(number)
    user.until(lambda: user.now() == user.before)
    user.until(lambda: SHOW_CURSOR in user.written())


def test_what_a_shell_has_changed_after_a_crash_is_left_alone(user):
    user.send(signal.SIGSTOP)
    user.until(user.stopped)
    own = termios.tcgetattr(user.side)
    own[3] |= termios.ICANON
    own[3] &= ~termios.ECHO
    termios.tcsetattr(user.side, termios.TCSANOW, own)
    user.send(signal.SIGKILL)
    assert "code -9" in user.out.readline()
    time.sleep(0.5)  # it must not do it: nothing tells of that
    assert terminal_guard.plain(user.now()) == terminal_guard.plain(own)


def test_while_it_is_stopped_the_terminal_is_as_it_was_and_then_its_own_again(user):
    ours = user.now()
    for _ in range(2):
        os.write(user.main, b"\x1a")  # Ctrl-Z
        user.until(user.stopped)
        assert user.now() == user.before
        assert SHOW_CURSOR in user.written()
        user.send(signal.SIGCONT)
        user.until(lambda: user.now() == ours)
    user.send(signal.SIGTERM)
    user.until(lambda: user.now() == user.before)


def given(user: User, number: int, group: int) -> None:
    """Let the shell take the terminal (SIGUSR1), or give it to the program (SIGUSR2)."""
    user.shell.send_signal(number)
    user.until(lambda: os.tcgetpgrp(user.main) == group)


def test_a_shell_that_has_the_terminal_back_first_is_left_alone_and_the_player_goes_on_later(user):
    """With `make` before it the shell knows of the stop before the player has seen it."""
    given(user, signal.SIGUSR1, user.shell.pid)
    own = list(user.before)
    own[3] ^= termios.ECHO
    termios.tcsetattr(user.side, termios.TCSANOW, own)  # as shells do
    user.send(signal.SIGTSTP)
    user.until(user.stopped)
    assert user.now() == own
    given(user, signal.SIGUSR2, user.pid)
    user.send(signal.SIGCONT)
    user.until(lambda: user.now() not in (own, user.before))
    assert not user.stopped()
    user.send(signal.SIGTERM)
    user.until(lambda: user.now() == user.before)


def test_an_ending_in_the_background_is_an_ending(user):
    given(user, signal.SIGUSR1, user.shell.pid)
    user.send(signal.SIGTERM)
    assert "code" in user.ended()[0]


def test_an_ending_without_words_leaves_no_process_behind():
    user = User("print('ready', flush=True); keys.restore(); print(keys._guard, flush=True)")
    user.until(lambda: user.now() == user.before)
    assert user.ended()[0] == "None\ncode 0\n"
    user.close()


def test_a_hang_up_that_is_ignored_leads_on_and_ends_without_a_traceback():
    user = User(UNTIL_GONE, lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    os.close(user.side)
    os.close(user.main)  # the window is closed
    out, err = user.ended()
    assert (out, err) == ("code 0\n", "")
    user.close()


def test_attributes_survive_the_way_to_the_guard():
    main, side = pty.openpty()
    try:
        canonical = termios.tcgetattr(side)
        single = termios.tcgetattr(side)
        single[3] &= ~termios.ICANON
        for attributes in (canonical, single):
            termios.tcsetattr(side, termios.TCSANOW, attributes)
            now = termios.tcgetattr(side)
            assert terminal_guard.attributes(terminal_guard.plain(now)) == now
    finally:
        os.close(main)
        os.close(side)
