"""An evening in real time: from `player` to its first word, and from "yes" to the next one.

It is led by the `player` command itself with a folder of its own, on this machine's devices but for the
microphone, which is a file of a quiet room. Somebody who is known answers with keys, on a terminal.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soundfile

from player.bench.processes import cpu_s, every_core_busy
from player.errors import BackendError
from player.files import facts, last_time, paths
from player.files.facts import Answered
from player.files.last_time import LastSession
from player.ports import EARS_RATE_HZ
from player.routine.compile.load_library import load_library

ROUTINE = "quick-facial-acupressure"
TITLE = "Quick facial acupressure"
WARM = 5
_LIMIT_S = 60.0
_LOOK_S = 0.005
_ROOM_S, _ROOM = 120, 0.0005  # of full scale: the hiss of a quiet room
_YES = b"y"
# What is said before a key is pressed, and what comes after it.
_TURNS = (
    ("Would you like it?", "yes to the questions"),
    ("Is that right?", ""),
    ("when you are ready.", "yes to the session"),
)

Entry = Mapping[str, Any]
Rows = list[tuple[str, str]]


class Took(NamedTuple):
    """Seconds until a word could be heard, and the work that the player itself did in them."""

    seconds: float
    work_s: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.work_s:.2f} s of processor"


def run() -> Rows:
    """Return rows of (what, figure). Raises `BackendError` when an evening cannot be led at all."""
    if sys.platform == "win32":
        return [("evening", "not measured: this needs a terminal of its own (pty)")]
    with tempfile.TemporaryDirectory(prefix="player-bench-") as folder:
        home = Path(folder)
        return [*_first_words(home / "idle"), *_busy_first_words(home / "busy"), *_answered(home / "idle")]


def _busy_first_words(home: Path) -> Rows:
    with every_core_busy():
        return [(f"{what}, a busy loop for each core", took) for what, took in _first_words(home)]


def _first_words(home: Path) -> Rows:
    _known(home)
    cold = _first_word(home)
    warm = sorted(_first_word(home) for _ in range(WARM))
    return [
        ("`player` to first word, cold (once)", str(cold)),
        (f"`player` to first word, warm (median of {WARM})", str(warm[WARM // 2])),
        (f"`player` to first word, warm (longest of {WARM})", str(warm[-1])),
    ]


def _first_word(home: Path) -> Took:
    """Lead an evening until its first word; the first call finds no clips."""
    begun_s = time.monotonic()
    with _led(home) as (evening, _press):
        evening.wait_for(_words(0))
        return Took(time.monotonic() - begun_s, cpu_s([evening.process.pid]))


def _answered(home: Path) -> Rows:
    """Say yes to the first offer and to what follows; return how soon the next plan began to speak."""
    rows = []
    with _led(home) as (evening, press):
        for question, what in _TURNS:
            evening.wait_for(partial(_said, question))
            plans, pressed_s, before_s = evening.plans, time.monotonic(), cpu_s([evening.process.pid])
            press(_YES)
            if what:
                evening.wait_for(_words(plans) if question is not _TURNS[-1][0] else evening.announces)
                took = Took(time.monotonic() - pressed_s, cpu_s([evening.process.pid]) - before_s)
                rows.append((f"{what}, from the key", str(took)))
    return rows


class _Evening:
    """A player that leads an evening, and its log."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, printed: Path) -> None:
        self.process, self._log, self._printed = process, log, printed

    def entries(self) -> list[Entry]:
        if not self._log.exists():
            return []
        lines = self._log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def plans(self) -> int:
        return sum(entry["event"] == "started" for entry in self.entries())

    def announces(self, _entries: list[Entry]) -> bool:
        """Whether the session's title is printed: beside care the log is silent."""
        return f"] {TITLE}.\n" in self._printed.read_text(encoding="utf-8")

    def wait_for(self, true: Callable[[list[Entry]], bool]) -> None:
        """Wait until the log tells of it. Raises `BackendError` when the player ends, or after a minute."""
        end_s = time.monotonic() + _LIMIT_S
        while time.monotonic() < end_s and self.process.poll() is None:
            if true(self.entries()):
                return
            time.sleep(_LOOK_S)
        told = self._printed.read_text(encoding="utf-8").strip()[-200:]
        raise BackendError(f"no evening could be led: {told}")


def _words(plans: int) -> Callable[[list[Entry]], bool]:
    """Return what tells whether the plan after so many has begun to speak."""

    def spoken(entries: list[Entry]) -> bool:
        begun = [at for at, entry in enumerate(entries) if entry["event"] == "started"][plans:]
        return bool(begun) and any(entry["event"] == "speech_started" for entry in entries[begun[0] :])

    return spoken


def _said(end: str, entries: list[Entry]) -> bool:
    return any(one["event"] == "speech_ended" and one["text"].endswith(end) for one in entries)


@contextmanager
def _led(home: Path) -> Iterator[tuple[_Evening, Callable[[bytes], object]]]:
    import pty  # not there on Windows

    log, printed = home / "log.jsonl", home / "printed"
    log.unlink(missing_ok=True)
    ours, theirs = pty.openpty()
    room = ("--in", str(home / "room.wav"), "--skip-check", "--plain", "--log", str(log))
    with printed.open("wb") as out:
        player = subprocess.Popen(
            [sys.executable, "-m", "player", *room],
            env=os.environ | {"PLAYER_HOME": str(home)},
            stdin=theirs,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _Evening(player, log, printed), lambda key: os.write(ours, key)
    finally:
        player.terminate()
        player.wait(_LIMIT_S)
        os.close(ours)
        os.close(theirs)


def _known(home: Path) -> None:
    """Let somebody be known there who is well, and did a short routine with oil a week ago."""
    home.mkdir()
    room = np.random.default_rng(1).normal(0, _ROOM, EARS_RATE_HZ * _ROOM_S)
    soundfile.write(home / "room.wav", room, EARS_RATE_HZ)
    at = datetime.now(UTC)
    lasting = (fact for fact in load_library(paths.scripts() / "library").facts.values() if fact.lasting)
    before, os.environ["PLAYER_HOME"] = os.environ.get("PLAYER_HOME"), str(home)
    try:
        facts.save({fact.id: (Answered(yes=False, at=at),) for fact in lasting})
        last_time.save(LastSession(ROUTINE, at.date().isoformat(), {"product": "oil"}, introduced=True))
    finally:
        if before is None:
            del os.environ["PLAYER_HOME"]
        else:
            os.environ["PLAYER_HOME"] = before
