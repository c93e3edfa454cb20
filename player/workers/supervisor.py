"""Keeps one child at work: starts it, starts it again when it is lost, waits longer each time, ends it.

Two ways to use it. Who asks now and then (the voice) calls `ask`: the child is started by the first question,
and again when it is lost over one. Who is told things (the ears) calls `start`, then `watched` lets
a thread of its own follow the child.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from player.errors import BackendError
from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import Message


@dataclass(frozen=True, slots=True)
class Restarts:
    """When a lost child is started again: after `first_s`, then after `factor` times as long each time.

    `longest_s` is the most. One that lived for `settled_s` begins anew with `first_s`. A start that fails
    with one of `absent` (a device that may be there at any moment) is tried again after `absent_s`.
    """

    first_s: float
    factor: float
    longest_s: float = math.inf
    settled_s: float = math.inf
    absent: tuple[type[BackendError], ...] = ()
    absent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How a child is started, started again and ended."""

    restarts: Restarts
    name: str = "worker"  # of its threads
    grace_s: float = 0.0  # to end by itself when its input is closed
    environment: Mapping[str, str] = field(default_factory=dict)  # beside the player's own


class SupervisorClosed(Exception):
    """Nothing is started and nothing is asked any more."""


class Supervisor:
    """One child at a time. `close` may be called from any thread, the rest from one at a time."""

    def __init__(
        self,
        command: Sequence[str],
        hello: str,
        policy: Policy,
        ready: Callable[[Child], None] = lambda _child: None,
    ) -> None:
        """`hello` is the first line to every child; `ready` may wait for what it answers, and may raise."""
        self.child: Child | None = None  # the run under way
        self.closed = threading.Event()
        self._command = tuple(command)
        self._hello = hello
        self._ready = ready
        self._policy = policy
        self._wait_s = policy.restarts.first_s

    def start(self) -> Child:
        """Start a child. Raises `ChildLost` and what `ready` raises; then it has ended."""
        child = Child(self._command, self._policy.name, self._policy.environment)
        child.send(self._hello)
        self.child = child
        try:
            self._ready(child)
        except (ChildLost, BackendError):
            child.end(self._policy.grace_s)
            raise
        return child

    def send(self, text: str) -> None:
        """Write to the run under way, without waiting; what a lost one was told, `ready` tells again."""
        if self.child is not None:
            self.child.send(text)

    def offer(self, text: str) -> bool:
        """Write unless too much is waiting already; return whether it was taken."""
        return self.child is not None and self.child.offer(text)

    def drop(self) -> None:
        """End the child at once; the next question starts another."""
        if self.child is not None:
            self.child.kill()
            self.child = None

    def close(self) -> None:
        """End the child; nothing is started any more. Idempotent."""
        self.closed.set()
        if (child := self.child) is not None:
            child.end(self._policy.grace_s)

    # --- for who asks

    def ask(self, kind: str, fresh_s: float, limit_s: float, attempts: int, **values: object) -> Message:
        """Return the answer to one request, made up to `attempts` times; a fresh child gets `fresh_s`.

        Each attempt gets twice as long as the one before: a busy machine is no lost child.
        Raises `ChildLost` as the last attempt did, or `SupervisorClosed`.
        """
        self._wait_s = self._policy.restarts.first_s
        while True:
            attempts -= 1
            try:
                child = self._running()
                return child.ask(kind, limit_s if child.asked else fresh_s, **values)
            except ChildLost:
                self.drop()
                if attempts <= 0:
                    raise
            fresh_s, limit_s = 2 * fresh_s, 2 * limit_s
            self._pause()

    def _running(self) -> Child:
        if self.child is None and not self.closed.is_set():
            self.start()
        if self.child is None or self.closed.is_set():
            raise SupervisorClosed
        return self.child

    # --- for who is told

    def watched(
        self,
        name: str,
        follow: Callable[[Child], str],
        lost: Callable[[str], None],
        found: Callable[[], None],
    ) -> threading.Thread:
        """Let a thread `watch`; return it. Raises `ChildLost` where there is none to be had: it has ended."""
        thread = threading.Thread(target=self.watch, args=(follow, lost, found), name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self.close()
            raise ChildLost(Loss.NOT_STARTED, error) from error
        return thread

    def watch(
        self, follow: Callable[[Child], str], lost: Callable[[str], None], found: Callable[[], None]
    ) -> None:
        """Until closed: `follow` the child until it fails, tell `lost` how, start another, tell `found`."""
        restarts = self._policy.restarts
        while self.child is not None and not self.closed.is_set():
            begun_s = time.monotonic()
            reason = follow(self.child)
            if self.closed.is_set():
                return
            lost(reason)
            if time.monotonic() - begun_s > restarts.settled_s:
                self._wait_s = restarts.first_s
            self.child.kill()
            if self._started_again():
                found()

    def _started_again(self) -> bool:
        """Try until it works; False: closed meanwhile."""
        while not self._pause():
            try:
                child = self.start()
            except self._policy.restarts.absent:
                self._wait_s = self._policy.restarts.absent_s
            except (ChildLost, BackendError):
                continue  # the reason was told once; the next try may succeed
            else:
                if self.closed.is_set():
                    child.end(self._policy.grace_s)  # closed while it was being started
                return not self.closed.is_set()
        return False

    def _pause(self) -> bool:
        """Wait, longer each time; return whether it was closed meanwhile."""
        restarts = self._policy.restarts
        wait_s, self._wait_s = self._wait_s, min(restarts.factor * self._wait_s, restarts.longest_s)
        return self.closed.wait(wait_s)
