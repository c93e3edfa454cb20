"""The computer is held awake by a process that ends with the player, however that ends; or that is told."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from player.backends.awake import command, kept_awake
from tests import waiting


def until(true: Callable[[], object]) -> None:
    assert waiting.until(true, 20)


def running(name: str) -> list[int]:
    """Return the processes whose command line holds this name."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if name.encode() in line:
                found.append(int(entry.name))
    return found


def holder(folder: Path) -> tuple[str, ...]:
    """A program that runs `cat` while it holds something, under a name of its own."""
    path = folder / f"hold-{folder.name}"
    path.write_text('#!/bin/sh\n"$@"\n')
    path.chmod(0o700)
    return (str(path), "cat")


def test_it_is_held_until_the_session_is_over(tmp_path):
    refused: list[str] = []
    with kept_awake(refused.append, holder(tmp_path)):
        until(lambda: running(f"hold-{tmp_path.name}"))
    until(lambda: not running(f"hold-{tmp_path.name}"))
    assert refused == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_it_is_let_go_however_the_player_ends(tmp_path, number):
    code = (
        "import sys, time\nfrom player.backends.awake import kept_awake\n"
        "with kept_awake(print, sys.argv[1:]):\n    print('led', flush=True)\n"
        "    time.sleep(60)  # it is to be killed\n"
    )
    player = subprocess.Popen([sys.executable, "-c", code, *holder(tmp_path)], stdout=subprocess.PIPE)
    assert player.stdout is not None
    assert player.stdout.readline() == b"led\n"
    until(lambda: len(running(f"hold-{tmp_path.name}")) > 1)  # the player's own line holds the name too
    player.send_signal(number)
    player.communicate(timeout=20)
    until(lambda: not running(f"hold-{tmp_path.name}"))


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        (("/nowhere/systemd-inhibit", "cat"), "/nowhere/systemd-inhibit"),
        (
            (sys.executable, "-c", "import sys; sys.exit('no bus')"),
            "no bus",
        ),
        ((sys.executable, "-c", ""), sys.executable),
        ((), "no program for it"),
    ],
)
def test_what_cannot_be_had_is_told_once_with_its_reason(lacking, reason):
    refused: list[str] = []
    with kept_awake(refused.append, lacking):
        until(lambda: refused)
    assert len(refused) == 1
    assert reason in refused[0]
    assert "\n" not in refused[0]


def test_a_session_that_is_over_at_once_tells_of_no_refusal():
    refused: list[str] = []
    for _ in range(20):
        with kept_awake(refused.append, ("cat",)):
            pass
    assert refused == []


def test_a_machine_without_threads_left_is_told_and_ends_nothing(tmp_path, monkeypatch):
    refused: list[str] = []

    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with kept_awake(refused.append, holder(tmp_path)):
        pass
    until(lambda: not running(f"hold-{tmp_path.name}"))
    assert [reason.endswith("can't start new thread") for reason in refused] == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="the program of this system")
def test_suspend_and_idle_are_what_is_held_off():
    assert command()[:2] == ("systemd-inhibit", "--what=idle:sleep")
    assert command()[-1] == "cat"
