"""A child process that answers requests, one line of JSON for each: in time, or it is ended."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Timer
from typing import IO, Any, cast

from player.environment import for_child


class ChildLost(Exception):
    """The child did not answer in time, ended, or answered something else. It is of no more use."""


class Child:
    """One child process. `halt` may be called from any thread, the rest from one at a time."""

    def __init__(self, command: Sequence[str], hello: Mapping[str, object]) -> None:
        """Start it; raises `ChildLost`. `hello` is sent in front of the first request."""
        # A group of its own: Ctrl-C in the terminal is for the player to decide on.
        alone: dict[str, Any] = {"creationflags": 0x200} if sys.platform == "win32" else {"process_group": 0}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=for_child(OPENBLAS_NUM_THREADS="1"),  # no pool of threads for one clip at a time
                **alone,
            )
        except OSError as error:
            raise ChildLost(f"cannot be started ({error.strerror})") from error
        self.pid = self._process.pid
        self.asked = 0
        self._hello = _line(hello)
        self._late = False

    def ask(self, message: Mapping[str, object], timeout_s: float) -> dict[str, Any]:
        """Return the answer to one request. Raises `ChildLost`; then only `close` is left to do."""
        self.asked += 1
        clock = Timer(timeout_s, self._time_out)
        clock.start()
        try:
            line = self._exchange(self._hello + _line({"id": self.asked, **message}))
        finally:
            clock.cancel()
        self._hello = b""
        return self._answer(line)

    def halt(self) -> None:
        """End it at once, from any thread; whoever waits for an answer gets `ChildLost`."""
        self._process.kill()

    def close(self) -> None:
        """End it and leave nothing of it; idempotent."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent any more
                cast("IO[bytes]", pipe).close()

    def _time_out(self) -> None:
        self._late = True
        self._process.kill()  # also wakes whoever waits for the answer

    def _exchange(self, request: bytes) -> bytes:
        requests = cast("IO[bytes]", self._process.stdin)
        answers = cast("IO[bytes]", self._process.stdout)
        try:
            requests.write(request)
            requests.flush()
            line = answers.readline()
        except OSError:
            line = b""
        if line.endswith(b"\n"):
            return line
        if self._late:
            raise ChildLost("did not answer in time")
        raise ChildLost(f"ended unexpectedly (status {self._process.wait()})")

    def _answer(self, line: bytes) -> dict[str, Any]:
        with suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict) and answer.get("id") == self.asked:
                return answer
        raise ChildLost("answered with something else")


def _line(message: Mapping[str, object]) -> bytes:
    return json.dumps(message).encode() + b"\n"
