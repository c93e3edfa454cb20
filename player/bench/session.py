"""A whole session: how soon the first word comes, how fast virtual time runs, what leading costs.

Sessions in real time are led by the `player` command itself, on this machine's devices and with a folder of
their own, so that nothing of the user's is touched.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from player.app import virtual
from player.app.choices import DEFAULT_VOICE
from player.app.session_config import SessionConfig
from player.bench.processes import cpu_s, memory_bytes, tree
from player.core.plan import hands_off
from player.errors import BackendError
from player.files import languages, voices
from player.files.clips import Clips
from player.ports import EARS_RATE_HZ
from player.routine.compile.compose import load_plan
from player.session.texts import spoken
from player.voice.client import VoiceWorker

ROUTINE = "quick-facial-acupressure"
WITHOUT_CARE = "quiet-close"  # asks nothing, so that nobody need be there
_LIMIT_S = 60.0
_SETTLED_S = 60.0  # everything is rendered by then, and what renders it has ended
_SECOND_S = 0.5  # between two looks at the memory
_LOOK_S = 0.005
_ROOM = 0.0005  # of full scale: the hiss of a quiet room


def run(seconds: float = 20.0) -> list[tuple[str, str]]:
    """Return rows of (what, figure). Raises `BackendError` when a session cannot be led at all."""
    with tempfile.TemporaryDirectory(prefix="player-bench-") as folder:
        home = Path(folder)
        cold = first_word_s(home)
        warm = min(first_word_s(home) for _ in range(5))
        return [
            ("start to first word, cold", _described(cold)),
            ("start to first word, warm (best of 5)", _described(warm)),
            ("session in virtual time, keys", f"{virtual_speed_x(home):.0f} x real time"),
            *((f"leading, {what}", figure) for what, figure in leading_cost(home / "led", seconds)),
        ]


def first_word_s(home: Path) -> tuple[float, float]:
    """Return the seconds from the command to the first audible word, and the work of processors in it.

    The first call finds no clips.
    """
    begin = time.monotonic()
    with _led(home) as (player, _devices):
        took_s = time.monotonic() - begin
        return took_s, cpu_s(list(tree(player.pid)))


def _described(figures: tuple[float, float]) -> str:
    return f"{figures[0]:.2f} s, {figures[1]:.2f} s of processor"


def leading_cost(home: Path, seconds: float) -> list[tuple[str, str]]:
    """Return what a player that leads costs, with all its children: the first minute, and `seconds` after it.

    It has no clips yet, and listens with all ears there are to a file of a quiet room.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return [("cost", "not measured: this needs Linux's /proc")]
    home.mkdir(exist_ok=True)
    room = home / "room.wav"
    quiet = np.random.default_rng(1).normal(0, _ROOM, EARS_RATE_HZ * round(_SETTLED_S + seconds + _LIMIT_S))
    soundfile.write(room, quiet, EARS_RATE_HZ)
    with _led(home, "--in", str(room), "--skip-check") as (player, devices):
        first, later = _watched(player.pid, _SETTLED_S), _watched(player.pid, seconds)
        return [
            (f"first {_SETTLED_S:.0f} s", str(first)),
            (f"{seconds:.0f} s after that", f"{later}{devices()}"),
        ]


@dataclass(frozen=True, slots=True)
class _Cost:
    """Of a process with all below it: share of a core, the most memory in bytes, and how many there are."""

    share: float
    most: int
    processes: int

    def __str__(self) -> str:
        return f"{self.share:.1%} of a core, at most {self.most / 1e6:.0f} MB in {self.processes} processes"


def _watched(pid: int, seconds: float) -> _Cost:
    begin, most = time.monotonic(), 0
    before = {one: cpu_s([one]) for one in tree(pid)}
    used: dict[int, float] = {}  # what has ended by the end counts too
    while time.monotonic() - begin < seconds:
        time.sleep(_SECOND_S)
        used |= {one: cpu_s([one]) - before.get(one, 0.0) for one in tree(pid)}
        most = max(most, memory_bytes(list(tree(pid))))
    share = sum(max(0.0, one) for one in used.values()) / (time.monotonic() - begin)
    return _Cost(share, most, len(list(tree(pid))))


def virtual_speed_x(home: Path) -> float:
    """Return the seconds of session per second, with every clip known."""
    plan = hands_off(load_plan(ROUTINE))
    language = languages.load(plan.language)
    with VoiceWorker(voices.find(DEFAULT_VOICE), Clips(home / "clips")) as voice:
        for text in spoken(plan, language):
            voice.render(text)
        out = home / "session.wav"
        begin = time.perf_counter()
        virtual.lead(SessionConfig(plan, language, voice.render), virtual.Files(out), "keyboard")
        took_s = time.perf_counter() - begin
    return float(soundfile.info(out).duration) / took_s


@contextmanager
def _led(home: Path, *options: str) -> "Iterator[tuple[subprocess.Popen[str], _Devices]]":
    """Lead a session from its first word on; end it at once afterwards."""
    log = home / "log.jsonl"
    log.unlink(missing_ok=True)
    printed = home / "printed"
    with printed.open("w", encoding="utf-8") as out:
        player = subprocess.Popen(
            [sys.executable, "-m", "player", "play", WITHOUT_CARE, "--log", str(log), *options],
            env=os.environ | {"PLAYER_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        _wait_for_a_word(player, log, printed)
        yield player, _Devices(printed)
    finally:
        player.terminate()
        player.wait(_LIMIT_S)
        _forget_interrupted(home)


class _Devices:
    """Tells which devices were missing; known only some seconds after the start."""

    def __init__(self, printed: Path) -> None:
        self._printed = printed

    def __call__(self) -> str:
        lines = self._printed.read_text(encoding="utf-8").splitlines()
        return "".join(f"; {line[2:]}" for line in lines if line.startswith("! "))


def _wait_for_a_word(player: "subprocess.Popen[str]", log: Path, printed: Path) -> None:
    end = time.monotonic() + _LIMIT_S
    while time.monotonic() < end and player.poll() is None:
        if log.exists() and '"speech_started"' in log.read_text(encoding="utf-8"):
            return
        time.sleep(_LOOK_S)
    raise BackendError(f"no session could be led: {printed.read_text(encoding='utf-8').strip()[-200:]}")


def _forget_interrupted(home: Path) -> None:
    """Nobody wants to go on with a session of the bench."""
    for journal in (home / "data").rglob("*.journal"):
        journal.unlink(missing_ok=True)
