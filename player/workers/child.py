"""One run of a worker process, as its client sees it: started, talked to, watched, ended."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import IO, Any

from player.environment import for_child
from player.workers.protocol import Message, line, read

_LOOK_S = 0.25
_WAITING_LINES = 100
_JOIN_S = 1.0
_NEW_PROCESS_GROUP = 0x200  # of Windows


class Loss(Enum):
    """How a child was lost; what `ChildLost.detail` holds is in brackets."""

    NOT_STARTED = auto()  # (what the system says)
    ENDED = auto()  # by itself (its exit code)
    IDLE = auto()  # the watchdog: no message and no work (for so many seconds)
    SILENT = auto()  # no message (for so many seconds)
    NO_MESSAGE = auto()  # what it said is none, or not the answer (what it said)


class ChildLost(Exception):
    """The child is of no more use; end it."""

    def __init__(self, loss: Loss, detail: object) -> None:
        super().__init__(f"{loss.name} ({detail})")
        self.loss = loss
        self.detail = detail


class Child:
    """One child process. `ask` and `take` are called from one thread, the rest from any."""

    def __init__(
        self, command: Sequence[str], name: str = "worker", environment: Mapping[str, str] | None = None
    ) -> None:
        """Start it, its threads named after `name`. Raises `ChildLost`."""
        self._process = _started(command, for_child(**(environment or {})))
        self.pid = self._process.pid
        self.asked = 0
        self._orders: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        try:
            self._threads.append(_thread(f"{name}-reader", _read, self._process.stdout, self._lines))
            self._threads.append(_thread(f"{name}-writer", _write, self._process.stdin, self._orders))
        except RuntimeError as error:  # the machine has no more threads just now
            self._give_up()
            raise ChildLost(Loss.NOT_STARTED, error) from error

    def send(self, text: str) -> None:
        """Write, without waiting; a process that is gone shows itself in `take`."""
        self._orders.put(text)

    def offer(self, text: str) -> bool:
        """Write unless too much is waiting already; return whether it was taken."""
        taken = self._orders.qsize() < _WAITING_LINES
        if taken:
            self._orders.put(text)
        return taken

    def ask(self, kind: str, limit_s: float, **values: object) -> Message:
        """Send a request; return its answer, the next message, with the same `id`. Raises `ChildLost`."""
        self.asked += 1
        self.send(line(kind, id=self.asked, **values))
        answer = self.take(limit_s)
        if answer.get("id") != self.asked:
            raise ChildLost(Loss.NO_MESSAGE, answer["kind"])
        return answer

    def take(self, limit_s: float, idle_s: float | None = None) -> Message:
        """Return the next message. Raises `ChildLost` when the process ended or hangs.

        It hangs when it says nothing for `limit_s`, or when it also does nothing for `idle_s`.
        """
        text = self._line(limit_s, idle_s)
        if not text:
            raise ChildLost(Loss.ENDED, self._process.wait())
        try:
            return read(text)
        except ValueError:
            raise ChildLost(Loss.NO_MESSAGE, text.decode(errors="replace").strip()[:60]) from None

    def _line(self, limit_s: float, idle_s: float | None) -> bytes:
        """Count the waiting in looks of our own: who is held up by a busy machine has looked less often."""
        worked_s, quiet_s = _worked_s(self.pid), 0.0
        for look_s in _looks(limit_s):
            with suppress(queue.Empty):
                return self._lines.get(timeout=look_s)
            before_s, worked_s = worked_s, _worked_s(self.pid)
            quiet_s = quiet_s + look_s if worked_s == before_s is not None else 0.0
            if idle_s is not None and quiet_s >= idle_s:
                raise ChildLost(Loss.IDLE, idle_s)
        raise ChildLost(Loss.SILENT, limit_s)

    def end(self, grace_s: float = 0.0) -> None:
        """Close its input, wait so long for it to end by itself, then kill it; idempotent."""
        self._orders.put("")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self.kill()

    def kill(self) -> None:
        """End it at once; whoever waits for a message gets `ChildLost`. Idempotent."""
        self._process.kill()
        self._process.wait()
        self._orders.put("")
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _give_up(self) -> None:
        """End a process that has not got its threads; those that are there close their streams themselves."""
        self.kill()
        for stream in (self._process.stdout, self._process.stdin)[len(self._threads) :]:
            if stream is not None:
                stream.close()


def _started(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    # A group of its own: Ctrl-C in the terminal is for the player to decide on.
    windows = sys.platform == "win32"
    alone: dict[str, Any] = {"creationflags": _NEW_PROCESS_GROUP} if windows else {"process_group": 0}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            **alone,
        )
    except OSError as error:
        raise ChildLost(Loss.NOT_STARTED, error.strerror) from error


def _thread(name: str, work: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, name=name, daemon=True)
    thread.start()
    return thread


def _looks(limit_s: float) -> Iterator[float]:
    """Divide the time to wait into looks; the last one may be short."""
    whole, rest_s = divmod(limit_s, _LOOK_S)
    yield from [_LOOK_S] * int(whole)
    if rest_s:
        yield rest_s


def _worked_s(pid: int) -> float | None:
    """Return the processor time of the main thread; None where the system does not say it simply."""
    try:
        fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return sum(map(int, fields.rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def _write(stream: IO[bytes], orders: "queue.SimpleQueue[str]") -> None:
    with suppress(OSError, ValueError), stream:
        while text := orders.get():
            stream.write(text.encode())
            stream.flush()


def _read(stream: IO[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    with stream:
        for text in stream:
            if text.endswith(b"\n"):
                lines.put(text)
    lines.put(b"")
