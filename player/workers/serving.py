"""The worker's own end: what a process does first that serves a player over its pipes.

It ends when its input does, so it never outlives the player; Ctrl-C is the player's to decide on; whatever a
library prints goes to standard error and not into the conversation.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import SimpleQueue

from player.environment import leave_no_core
from player.workers.protocol import Message, read

_PR_SET_PDEATHSIG = 1
_LAST_S = 1.0  # for a farewell to whoever is connected
Requests = SimpleQueue[Message | None]


def begun_beside() -> tuple[Requests, Callable[[str], None]]:
    """Begin to serve beside a session: return what the player says, None at its end, and what answers."""
    die_with_starter()
    leave_no_core()
    say = conversation()
    requests: Requests = SimpleQueue()
    pass_on(sys.stdin.buffer, requests.put, last_s=_LAST_S)
    return requests, say


def conversation() -> Callable[[str], None]:
    """Keep Ctrl-C and prints out of the conversation; return what writes a line to the client."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever is printed from now on, by C code too

    def say(text: str) -> None:
        answers.write(text)
        answers.flush()

    return say


def die_with_starter() -> None:
    """Let Linux end this process together with the thread that started it, even when it is stopped."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def pass_on(requests: Iterable[bytes], put: Callable[[Message | None], None], last_s: float = 0.0) -> None:
    """Read requests in a thread of their own; when they end, None is put and `last_s` later all is over.

    They end too with one that cannot be read: a client that was killed may leave half of it.
    """

    def run() -> None:
        with suppress(ValueError):
            for text in requests:
                put(read(text))
        put(None)
        if last_s:
            threading.Event().wait(last_s)
        os._exit(1)  # whoever works is stuck in a library, and nobody is there to wait for it

    threading.Thread(target=run, name="requests", daemon=True).start()
