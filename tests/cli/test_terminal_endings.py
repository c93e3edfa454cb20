"""The command in a terminal: plain lines for who wants them, and every ending in order."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from player.cli import streams
from player.errors import StoreError
from player.files import paths
from tests import waiting

LIMIT_S = 60.0
PLAY = ("play", "--ears", "keyboard", "--from", "between-brows")


class Terminal:
    """A player in a pseudo-terminal that somebody looks at."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.main, self.side = pty.openpty()
        self.before = termios.tcgetattr(self.side)
        self.shown = b""
        usual = {"TERM": "xterm", "PULSE_SERVER": f"unix:{folder}/nowhere"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "player", *PLAY, *options],
            stdin=self.side,
            stdout=self.side,
            stderr=self.side,
            env=os.environ | usual | environment,
            start_new_session=True,
        )
        os.set_blocking(self.main, False)

    def look(self) -> bytes:
        try:
            self.shown += os.read(self.main, 100_000)
        except (BlockingIOError, OSError):
            time.sleep(0.02)  # a terminal: between two looks at it
        return self.shown

    def until(self, text: bytes) -> None:
        end = time.monotonic() + LIMIT_S
        while text not in self.look():
            assert time.monotonic() < end, self.shown[-500:]

    def ends(self) -> int:
        end = time.monotonic() + LIMIT_S
        while self.process.poll() is None and time.monotonic() < end:
            self.look()
        for _ in range(5):
            self.look()
        return self.process.wait(0)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.main)
        os.close(self.side)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (("--plain",), {}),
        ((), {"ACCESSIBLE": "1"}),
        ((), {"TERM": "dumb"}),
    ],
    ids=["asked for", "screen reader", "simple terminal"],
)
def test_plain_is_one_line_for_each_event_and_no_escape_sequence(options, environment, folder):
    terminal = Terminal(folder, *options, **environment)
    try:
        terminal.until(b"[0:0")
        os.write(terminal.main, b"s")
        assert terminal.ends() == 0
        assert b"\x1b" not in terminal.shown
        assert b"< stop" in terminal.shown
        assert termios.tcgetattr(terminal.side) == terminal.before
    finally:
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_shows_the_cursor_again_and_gives_the_terminal_back(number, folder):
    terminal = Terminal(folder)
    try:
        terminal.until(b"\x1b[?25l")  # drawn, with the cursor hidden
        terminal.process.send_signal(number)
        assert terminal.ends() == 128 + number
        assert b"\x1b[?25h" in terminal.shown.rpartition(b"\x1b[?25l")[2]
        assert b"Traceback" not in terminal.shown
        assert termios.tcgetattr(terminal.side) == terminal.before
    finally:
        terminal.close()


def test_a_hang_up_that_is_ignored_is_led_on_and_ends_without_a_traceback(folder):
    """As under nohup: the window is closed, the session is not."""
    log, err = folder / "log", folder / "err"
    main, side = pty.openpty()
    with err.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "player", *PLAY, "--log", str(log)],
            stdin=side,
            stdout=side,
            stderr=errors,
            env=os.environ | {"TERM": "xterm", "PULSE_SERVER": f"unix:{folder}/nowhere"},
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # noqa: PLW1509 - no threads
        )
    try:
        until(lambda: log.exists() and "speech_started" in log.read_text())
        os.close(side)
        os.close(main)
        process.send_signal(signal.SIGHUP)
        size = log.stat().st_size
        until(lambda: log.stat().st_size > size + 500)  # it goes on
        assert process.poll() is None
        process.terminate()
        assert process.wait(LIMIT_S) == 128 + signal.SIGTERM
        assert "Traceback" not in err.read_text()
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], object]) -> None:
    assert waiting.until(true, LIMIT_S)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", ">/dev/full"])
def test_an_output_that_is_closed_or_full_is_no_error(closed, folder):
    """The file that is opened next must not get the number of the output, and be written into."""
    log = folder / "log"
    play = f"{sys.executable} -m player play --out {folder}/out.wav --from between-brows --log {log} {closed}"
    done = subprocess.run(
        ["timeout", "100", "sh", "-c", play], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert all(line.startswith("{") for line in log.read_text().splitlines())


@pytest.mark.parametrize("command", ["list --json", "show desk-break"])
def test_what_is_only_printed_needs_room_too_and_says_so_in_one_line(command):
    line = f"{sys.executable} -m player {command} >/dev/full"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (5, "the output could not be written: No space left on device\n")


def test_what_has_no_place_in_the_encoding_of_the_terminal_is_replaced(folder):
    done = subprocess.run(
        [sys.executable, "-c", "from player.cli.streams import mend; mend(); print('rest \u2192')"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stdout) == (0, b"rest ?\n")


def test_a_user_without_a_home_is_told_what_to_do_and_player_home_is_enough(folder, monkeypatch):
    def homeless(*_names: str, **_options: bool) -> Path:
        raise RuntimeError("Could not determine home directory.")

    for kind in ("data", "cache", "config"):
        monkeypatch.setitem(paths._PLATFORM, kind, homeless)
    monkeypatch.delenv("PLAYER_HOME", raising=False)
    for ask in (paths.data, paths.cache, paths.config):
        with pytest.raises(StoreError, match="home folder") as refused:
            ask()
        assert "PLAYER_HOME" in refused.value.hint
    monkeypatch.setenv("PLAYER_HOME", str(folder / "own"))
    assert paths.data() == folder / "own" / "data"


def test_lines_are_wanted_where_nothing_can_be_drawn(monkeypatch):
    class Tty:
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("ACCESSIBLE", raising=False)
    assert not streams.plain(Tty())
    monkeypatch.setenv("ACCESSIBLE", "0")
    assert not streams.plain(Tty())


HASTY = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "player.cli.main":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from player.__main__ import main
sys.exit(main())
"""


def test_who_interrupts_it_while_it_is_still_loading_reads_nothing_strange():
    done = subprocess.run([sys.executable, "-c", HASTY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
