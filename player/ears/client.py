"""The player's end of the ears process: starts it, watches it, kills and restarts it."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from player.core.commands import Command
from player.core.decision import Hearing
from player.ears import protocol
from player.environment import for_child
from player.errors import AudioDeviceError, BackendError, BackendUnavailable, RecognitionError

COMMAND = (sys.executable, "-m", "player.ears.worker")
_START_S = 15.0
_LOOK_S = 0.25
_IDLE_S = 1.5  # without a sign of life, and without work: it hangs
_SILENCE_S = 5.0  # without a sign of life, but at work: a slow machine may take seconds over a word
_OPENING_S = 8.0  # a sound server that hangs holds up whoever opens a device
_END_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 30.0
_NO_DEVICE_WAIT_S = 0.5
_WAITING_LINES = 100
_SETTLED_S = 30.0  # one that lived this long may be restarted at once


@dataclass(frozen=True, slots=True)
class EarsLost:
    """Nothing is heard: the microphone or the process failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class EarsFound:
    """It hears again."""


News = (
    Hearing
    | protocol.Taken
    | protocol.Measured
    | protocol.Levels
    | protocol.EchoMeasured
    | EarsLost
    | EarsFound
)


class EarsProcess:
    """Ears in a process of their own. `post` is called from another thread and must return quickly.

    Make it in a thread that lives as long as the ears: Linux ends the process together with that thread.
    """

    def __init__(
        self, setup: protocol.Setup, post: Callable[[News], None], command: Sequence[str] = COMMAND
    ) -> None:
        self._setup = setup
        self._post = post
        self._command = command
        self._listen = protocol.line("listen", commands=[])
        self._own_voice = protocol.line("own_voice", audible=False)
        self._closed = threading.Event()
        self.unknown: tuple[str, ...] = ()  # phrases with a word that these ears cannot know
        self._child = self._start()
        self._thread = threading.Thread(target=self._watch, name="ears", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process id, for looking at what it costs."""
        return self._child.pid

    def listen(self, commands: Iterable[Command]) -> None:
        """Only these commands mean something from now on."""
        self._listen = protocol.line("listen", commands=sorted(command.value for command in commands))
        self._child.send(self._listen)

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""
        self._own_voice = protocol.line("own_voice", audible=audible)
        self._child.send(self._own_voice)

    def reference(self, pcm: bytes) -> None:
        """Pass on what the loudspeaker was given: s16le at 16 kHz. Dropped where nobody takes it."""
        self._child.offer(protocol.reference_line(pcm))

    def take(self, *, wanted: bool) -> None:
        """While tuning: post a `Taken` for every lone word from now on, or no more."""
        self._child.send(protocol.line("take", wanted=wanted))

    def measure(self, length_s: float, tone_hz: float) -> None:
        """While tuning: post one `Measured` of the time from now on."""
        self._child.send(protocol.line("measure", length_s=length_s, tone_hz=tone_hz))

    def close(self) -> None:
        """End the process; idempotent."""
        self._closed.set()
        self._child.end()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=_END_S)

    def _start(self) -> "_Child":
        child = _Child(self._command)
        try:
            child.send(protocol.setup_line(self._setup))
            first = child.take(_START_S)
            if first["kind"] == "error":
                raise protocol.read_error(first)
        except BackendError:
            child.end()
            raise
        self.unknown = tuple(first["unknown"])
        child.send(self._listen + self._own_voice)
        return child

    def _watch(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._closed.is_set():
            begun_s = time.monotonic()
            reason = self._follow()
            if self._closed.is_set():
                return
            self._post(EarsLost(reason))
            if time.monotonic() - begun_s > _SETTLED_S:
                wait_s = _FIRST_WAIT_S
            wait_s = self._bring_back(wait_s)

    def _follow(self) -> str:
        """Pass on what the process says until it fails; return how it failed."""
        limit_s, idle_s = _SILENCE_S, _IDLE_S
        while True:
            try:
                message = self._child.take(limit_s, idle_s)
            except RecognitionError as error:
                return str(error)
            limit_s, idle_s = _SILENCE_S, _IDLE_S
            match message["kind"]:
                case "onset" | "heard" | "taken" | "measured":
                    self._post(protocol.read_hearing(message))
                case "echo":
                    self._post(protocol.read_echo(message))
                case "levels":
                    self._post(protocol.Levels(**{k: v for k, v in message.items() if k != "kind"}))
                case "opening":
                    limit_s = idle_s = _OPENING_S
                case "lost":
                    self._post(EarsLost("the microphone fell silent"))
                case "found":
                    self._post(EarsFound())
                case "error":
                    return str(message["message"])

    def _bring_back(self, wait_s: float) -> float:
        self._child.kill()
        while not self._closed.wait(wait_s):
            grown_s = min(4 * wait_s, _LONGEST_WAIT_S)
            try:
                self._child = self._start()
            except (AudioDeviceError, BackendUnavailable):
                wait_s = _NO_DEVICE_WAIT_S  # it may be there at any moment
                continue
            except BackendError:
                wait_s = grown_s  # the reason was told once; the next try may succeed
                continue
            self._post(EarsFound())
            wait_s = grown_s
            break
        if self._closed.is_set():
            self._child.end()  # closed while it was being started
        return wait_s


class _Child:
    """One run of the process."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=for_child(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.pid = self._process.pid
        self._orders: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        arguments = (self._process.stdout, self._lines)
        self._reader = threading.Thread(target=_read, args=arguments, name="ears-reader", daemon=True)
        self._reader.start()
        arguments = (self._process.stdin, self._orders)
        self._writer = threading.Thread(target=_write, args=arguments, name="ears-writer", daemon=True)
        self._writer.start()

    def send(self, text: str) -> None:
        """Write, without waiting; a process that is gone shows itself in `take`."""
        self._orders.put(text)

    def offer(self, text: str) -> None:
        """Write unless too much is waiting already."""
        if self._orders.qsize() < _WAITING_LINES:
            self._orders.put(text)

    def take(self, limit_s: float, idle_s: float | None = None) -> protocol.Message:
        """Return the next message. Raises `RecognitionError` when the process ended or hangs.

        It hangs when it says nothing for `limit_s`, or when it also does nothing for `idle_s`.
        """
        text = self._line(limit_s, limit_s if idle_s is None else idle_s)
        if not text:
            code = self._process.wait()
            raise RecognitionError(
                f"the ears ended by themselves (code {code})",
                "run `player doctor`; a recognition model with a piece missing does this",
            )
        with suppress(ValueError):
            message = json.loads(text)
            if isinstance(message, dict) and "kind" in message:
                return message
        raise RecognitionError(f"the ears said what is no message: {text.strip()[:60]}")

    def _line(self, limit_s: float, idle_s: float) -> str:
        """Count the waiting in looks of our own: who is held up by a busy machine has looked less often."""
        worked_s, idle = _worked_s(self.pid), 0
        for _ in range(round(limit_s / _LOOK_S)):
            try:
                return self._lines.get(timeout=_LOOK_S)
            except queue.Empty:
                before_s, worked_s = worked_s, _worked_s(self.pid)
                idle = idle + 1 if worked_s == before_s is not None else 0
            if idle * _LOOK_S >= idle_s:
                raise RecognitionError(f"the ears have done nothing for {idle_s:.1f} s")
        raise RecognitionError(f"the ears have not answered for {limit_s:.0f} s")

    def end(self) -> None:
        """Ask it to end, then kill it; idempotent."""
        self._orders.put("")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        self.kill()

    def kill(self) -> None:
        """End it at once; idempotent."""
        self._process.kill()
        self._process.wait()
        self._orders.put("")
        self._reader.join(_END_S)
        self._writer.join(_END_S)


def _worked_s(pid: int) -> float | None:
    """Return the processor time of the thread that listens; None where the system does not say it simply."""
    try:
        fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return sum(map(int, fields.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def _write(stream: IO[str], orders: "queue.SimpleQueue[str]") -> None:
    with suppress(OSError, ValueError), stream:
        while text := orders.get():
            stream.write(text)
            stream.flush()


def _read(answers: IO[str], lines: "queue.SimpleQueue[str]") -> None:
    with answers:
        for text in answers:
            lines.put(text)
    lines.put("")
