"""A player led as a user leads it, in a room of virtual hardware, watched from outside.

What it tells comes through a pipe instead of a log file, so each line has the moment of its arrival, and a
disk that is made full for the player stays empty for the watcher.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from player.ports import RATE_HZ
from tests.faults.routine import ROUTINE
from tests.virtual_audio import VirtualAudio

ROOT = Path(__file__).parents[2]
LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the log, and when it came (monotonic seconds)."""

    at_s: float
    event: str
    fields: Mapping[str, Any]


class Missed(AssertionError):
    """What should have happened did not."""


class Led:
    """One `player play`, with a terminal for its keys."""

    def __init__(
        self,
        audio: VirtualAudio,
        home: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
        under: Sequence[str] = (),
        routine: str = ROUTINE,
        python: str = sys.executable,
        check: bool = False,  # of the microphone: most rooms are dead silent
        shown: Path | None = None,  # where what it prints is kept
    ) -> None:
        self.audio = audio
        self.home = home
        self.told: list[Told] = []
        log = home / "log"
        os.mkfifo(log)
        self._keys, terminal = pty.openpty()
        self._reader = threading.Thread(target=self._read, args=(log,), daemon=True)
        self._reader.start()
        self.err = home / "err"
        player = [python, "-m", "player", "play", routine, *([] if check else ["--skip-check"])]
        with self.err.open("wb") as err, (shown or Path(os.devnull)).open("wb") as out:
            self.process = subprocess.Popen(
                [*under, *player, "--log", str(log), *options],
                cwd=ROOT,
                env=os.environ | audio.environment | {"PLAYER_HOME": str(home)} | dict(environment or {}),
                stdin=terminal,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        os.close(terminal)

    def _read(self, log: Path) -> None:
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                fields = json.loads(line)
                self.told.append(Told(time.monotonic(), fields["event"], fields))

    # --- what is done to it

    def press(self, key: str) -> None:
        os.write(self._keys, key.encode())

    def child(self, module: str) -> int:
        """Return the process id of a helper, by the module that it runs."""
        return self.wait_for(lambda: next(iter(self.children(module)), 0), f"{module} runs")

    def children(self, module: str = "") -> list[int]:
        """Return the processes of this player other than itself that run `module`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == self.process.pid:
                continue
            with suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                state, session = stat[0], int(stat[3])
                ours = session == self.process.pid and state != "Z"  # it began a session of its own
                if ours and module.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    # --- what it does

    def wait_for(self, true: Callable[[], Any], what: str, limit_s: float = LIMIT_S) -> Any:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if result := true():
                return result
            time.sleep(0.01)  # another process: between two looks at its log
        last = [(round(one.at_s, 1), dict(one.fields)) for one in self.told[-4:]]
        err = self.err.read_text(errors="replace")[-300:]
        raise Missed(f"waited in vain until {what}; code {self.process.poll()}; {last}; {err}")

    def first(self, after_s: float, event: str, **fields: object) -> Told | None:
        """Return the first line of its kind after that moment."""
        for one in list(self.told):
            same = one.at_s >= after_s and one.event == event
            if same and all(one.fields.get(name) == value for name, value in fields.items()):
                return one
        return None

    def until(self, after_s: float, event: str, limit_s: float = LIMIT_S, **fields: object) -> Told:
        told = self.wait_for(lambda: self.first(after_s, event, **fields), f"{event} {fields}", limit_s)
        assert isinstance(told, Told)
        return told

    def said(self, text: str, after_s: float = 0.0) -> int:
        """Return how often a sentence was said."""
        return sum(
            one.event == "speech_started" and one.fields["text"] == text and one.at_s >= after_s
            for one in list(self.told)
        )

    def sounds(self, limit_s: float = 10.0) -> float:
        """Wait until something can be heard from the loudspeaker; return how long that took."""
        begun_s = time.monotonic()
        with self.audio.recording() as recording:
            self.wait_for(
                lambda: np.abs(recording.samples()[-RATE_HZ:]).max(initial=0) > 0.01, "it sounds", limit_s
            )
        return time.monotonic() - begun_s

    def ends(self, limit_s: float = 10.0) -> int:
        """Wait for its end; return its exit code."""
        self.wait_for(lambda: self.process.poll() is not None, "it ends", limit_s)
        return int(self.process.returncode)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._keys)
        self._reader.join(5)
        for pid in self.children():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
