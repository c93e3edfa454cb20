"""The player's end of the ears process: starts it, watches it, kills and restarts it."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from player.core.commands import Command
from player.core.hearing import Hearing
from player.ears import wire
from player.errors import BackendError, RecognitionError

COMMAND = (sys.executable, "-m", "player.ears.process")
_START_S = 15.0
_SILENCE_S = 5.0  # five levels missed: it hangs
_END_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_WAITING_LINES = 100
_SETTLED_S = 30.0  # one that lived this long may be restarted at once


@dataclass(frozen=True, slots=True)
class EarsLost:
    """Nothing is heard: the microphone or the process failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class EarsFound:
    """It hears again."""


News = Hearing | wire.Taken | wire.Measured | wire.Levels | wire.Echo | EarsLost | EarsFound


class EarsProcess:
    """Ears in a process of their own. `post` is called from another thread and must return quickly.

    Make it in a thread that lives as long as the ears: Linux ends the process together with that thread.
    """

    def __init__(
        self, setup: wire.Setup, post: Callable[[News], None], command: Sequence[str] = COMMAND
    ) -> None:
        self._setup = setup
        self._post = post
        self._command = command
        self._listen = wire.line("listen", commands=[])
        self._own_voice = wire.line("own_voice", audible=False)
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
        self._listen = wire.line("listen", commands=sorted(command.value for command in commands))
        self._child.send(self._listen)

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""
        self._own_voice = wire.line("own_voice", audible=audible)
        self._child.send(self._own_voice)

    def reference(self, pcm: bytes) -> None:
        """Pass on what the loudspeaker was given: s16le at 16 kHz. Dropped where nobody takes it."""
        self._child.offer(wire.reference_line(pcm))

    def take(self, *, wanted: bool) -> None:
        """While tuning: post a `Taken` for every lone word from now on, or no more."""
        self._child.send(wire.line("take", wanted=wanted))

    def measure(self, length_s: float, tone_hz: float) -> None:
        """While tuning: post one `Measured` of the time from now on."""
        self._child.send(wire.line("measure", length_s=length_s, tone_hz=tone_hz))

    def close(self) -> None:
        """End the process; idempotent."""
        self._closed.set()
        self._child.end()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=_END_S)

    def _start(self) -> "_Child":
        child = _Child(self._command)
        try:
            child.send(wire.setup_line(self._setup))
            first = child.take(_START_S)
            if first["kind"] == "error":
                raise wire.read_error(first)
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
        while True:
            try:
                message = self._child.take(_SILENCE_S)
            except RecognitionError as error:
                return str(error)
            match message["kind"]:
                case "onset" | "heard" | "taken" | "measured":
                    self._post(wire.read_hearing(message))
                case "echo":
                    self._post(wire.read_echo(message))
                case "levels":
                    self._post(wire.Levels(**{k: v for k, v in message.items() if k != "kind"}))
                case "lost":
                    self._post(EarsLost("the microphone fell silent"))
                case "found":
                    self._post(EarsFound())
                case "error":
                    return str(message["message"])

    def _bring_back(self, wait_s: float) -> float:
        self._child.end()
        while not self._closed.wait(wait_s):
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            try:
                self._child = self._start()
            except BackendError:
                continue  # the reason was told once; the next try may succeed
            self._post(EarsFound())
            break
        if self._closed.is_set():
            self._child.end()  # closed while it was being started
        return wait_s


class _Child:
    """One run of the process."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
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

    def take(self, limit_s: float) -> wire.Message:
        """Return the next message. Raises `RecognitionError` when the process ended or hangs."""
        try:
            text = self._lines.get(timeout=limit_s)
        except queue.Empty:
            raise RecognitionError(f"the ears have not answered for {limit_s:.0f} s") from None
        if not text:
            code = self._process.wait()
            raise RecognitionError(
                f"the ears ended by themselves (code {code})",
                "run `player doctor`; a recognition model with a piece missing does this",
            )
        try:
            message: wire.Message = json.loads(text)
        except ValueError as error:
            raise RecognitionError(f"the ears said what is no message: {text.strip()[:60]}") from error
        return message

    def end(self) -> None:
        """Ask it to end, then kill it; idempotent."""
        self._orders.put("")
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_END_S)
        self._writer.join(_END_S)


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
