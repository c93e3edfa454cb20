"""A voice that is never waited for and outlasts its failures: what it could not say is tried again."""

import time
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Self

from player.core.events import Device
from player.errors import SynthesisError
from player.ports import Render, Samples
from player.session.inbox import Back, News

RETRY_S = 1.0
PATIENCE_S = 3.0  # when no clip has come for so long, those that are asked for are done without
LONG_PATIENCE_S = 12.0  # for what nobody can do without: long enough for an engine to hang and begin anew
_HANDS = 4  # so many clips are rendered, or hang, at the same time
_KEPT = 64  # clips that nobody fetched


_Clip = tuple[str, bool]  # a text, and whether it is brisk


class ClipPending(Exception):
    """The clip is being rendered; ask again."""


class ReconnectingVoice:
    """Renders like `render`, in threads; after a failure posts `Back` once the same text can be rendered.

    What is `needed` is waited for longer, as long as the voice is only slow: late is better than never.
    """

    def __init__(
        self,
        render: Render,
        post: Callable[[News], None],
        retry_s: float = RETRY_S,
        patience_s: float = PATIENCE_S,
        needed: Container[str] = (),
        long_patience_s: float = LONG_PATIENCE_S,
    ) -> None:
        self._render = render
        self._post = post
        self._retry_s = retry_s
        self._patience_s = patience_s
        self._needed = needed
        self._long_patience_s = long_patience_s
        self._closing = Event()
        self._lock = Lock()
        self._mending = False
        self._asked: dict[_Clip, float] = {}  # and when
        self._done: dict[_Clip, Samples | SynthesisError] = {}
        self._wanted: SimpleQueue[_Clip | None] = SimpleQueue()
        self._hands = 0
        self._worked_s = float("-inf")  # when a clip came last: who is slow is not lost

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.set()
        for _ in range(self._hands):
            self._wanted.put(None)

    def __call__(self, text: str, *, brisk: bool = False) -> Samples:
        """Return the clip, once it is there; never waits.

        Raises `ClipPending` until then, `SynthesisError` when it cannot be had, or not in time.
        """
        clip = (text, brisk)
        with self._lock:
            outcome = self._done.pop(clip) if clip in self._done else self._pending(clip)
        if isinstance(outcome, SynthesisError):
            self._begin_to_mend(clip)
            raise outcome
        return outcome

    def ask(self, texts: Iterable[str]) -> None:
        """Let these be rendered, in this order, before anything was called for."""
        with self._lock:
            for text in dict.fromkeys(texts):
                self._ask((text, False))

    def _ask(self, clip: _Clip) -> None:
        self._asked[clip] = time.monotonic()
        self._hire()
        self._wanted.put(clip)

    def _pending(self, clip: _Clip) -> SynthesisError:
        """Return why a clip that is not there is waited for no longer. Raises `ClipPending`."""
        if clip not in self._asked:
            self._ask(clip)
        now_s = time.monotonic()
        needed = clip[0] in self._needed and not self._mending
        patience_s = self._long_patience_s if needed else self._patience_s
        if now_s - max(self._asked[clip], self._worked_s) < patience_s:
            raise ClipPending
        return SynthesisError("the voice takes too long")

    def _hire(self) -> None:
        if self._hands < _HANDS:
            with suppress(RuntimeError):  # no more threads just now: those that are there must do
                Thread(target=self._run, name="voice-clip", daemon=True).start()
                self._hands += 1

    def _run(self) -> None:
        while clip := self._wanted.get():
            text, brisk = clip
            outcome: Samples | SynthesisError
            try:
                outcome = self._render(text, brisk=brisk)
            except SynthesisError as error:
                outcome = error
            with self._lock:
                del self._asked[clip]
                self._done[clip] = outcome
                if not isinstance(outcome, SynthesisError):
                    self._worked_s = time.monotonic()
                while len(self._done) > _KEPT:
                    del self._done[next(iter(self._done))]

    def _begin_to_mend(self, clip: _Clip) -> None:
        with self._lock:
            if self._mending:
                return
            self._mending = True
            with suppress(RuntimeError):  # as above; the next failure tries again
                Thread(target=self._mend, args=clip, name="voice-mending", daemon=True).start()
                return
            self._mending = False

    def _mend(self, text: str, brisk: bool) -> None:
        while not self._closing.wait(self._retry_s):
            with suppress(SynthesisError):
                self._render(text, brisk=brisk)
                with self._lock:
                    self._mending = False
                self._post(Back(Device.VOICE))
                return
