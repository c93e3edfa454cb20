"""Keys in a real terminal (a pseudo-terminal): a wet elbow on the space bar is enough."""

import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e import recorded
from tests.e2e.recorded import commands, events

LIMIT_S = 30.0


class Terminal:
    """A player in a terminal of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.log = folder / "log.jsonl"
        self._main, self.side = pty.openpty()
        self.before = termios.tcgetattr(self.side)
        arguments = (
            "play",
            "--ears",
            "keyboard",
            "--from",
            "between-brows",
            "--log",
            str(self.log),
            *options,
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "player", *arguments],
            stdin=self.side,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"TERM": "dumb"},
        )

    def press(self, keys: str) -> None:
        os.write(self._main, keys.encode())

    def wait_for(self, true: Callable[[list[recorded.Entry]], object]) -> list[recorded.Entry]:
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end and self.process.poll() is None:
            entries = recorded.log(self.log) if self.log.exists() else []
            if true(entries):
                return entries
            time.sleep(0.02)  # another process: between two looks at its log
        entries = recorded.log(self.log)
        assert true(entries), (self.process.poll(), entries[-5:])
        return entries

    def obeyed(self, *expected: str) -> None:
        entries = self.wait_for(lambda entries: len(commands(entries)) >= len(expected))
        assert commands(entries) == list(expected)
        assert {entry["by"] for entry in events(entries, "command")} <= {"key"}

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._main)
        os.close(self.side)


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")  # silent: keys need no loudspeaker
    terminal = Terminal(tmp_path)
    terminal.wait_for(lambda entries: events(entries, "speech_started"))
    yield terminal
    terminal.close()


def test_every_key_does_what_the_screen_promises(terminal):
    obeyed = []
    for key, command in [
        *((" ", "pause"), (" ", "resume"), ("\r", "next"), ("p", "previous"), ("r", "repeat")),
        *(("\n", "next"), ("?", "help"), (" ", "pause"), ("r", "repeat"), ("s", "stop")),
    ]:
        terminal.press(key)
        obeyed.append(command)
        terminal.obeyed(*obeyed)
    out, _ = terminal.process.communicate(timeout=LIMIT_S)
    assert terminal.process.returncode == 0, out
    assert recorded.log(terminal.log)[-1]["ending"] == "stopped"


def test_q_ends_the_session_and_gives_the_terminal_back(terminal):
    assert termios.tcgetattr(terminal.side) != terminal.before  # single keys, without Enter
    terminal.press("Q")
    terminal.obeyed("stop")
    out, _ = terminal.process.communicate(timeout=LIMIT_S)
    assert terminal.process.returncode == 0, out
    assert termios.tcgetattr(terminal.side) == terminal.before


def test_a_key_that_means_nothing_does_nothing(terminal):
    terminal.press("z\x1b[A\x00")
    terminal.press("s")
    terminal.obeyed("stop")


def test_an_interrupt_ends_it_with_its_own_code_and_gives_the_terminal_back(terminal):
    terminal.press("\x03")  # the line discipline sends no signal here: the terminal does not control us
    terminal.process.send_signal(2)
    out, _ = terminal.process.communicate(timeout=LIMIT_S)
    assert terminal.process.returncode == 130
    assert "Traceback" not in out
    assert termios.tcgetattr(terminal.side) == terminal.before
