"""A voice that outlasts its failures: what it could not say is tried again until it can."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from player.core.events import Device
from player.errors import SynthesisError
from player.ports import Render, Samples
from player.session.inbox import Back, News

RETRY_S = 1.0


class ReconnectingVoice:
    """Renders like `render`; after a failure posts `Back` once the same text can be rendered again."""

    def __init__(self, render: Render, post: Callable[[News], None], retry_s: float = RETRY_S) -> None:
        self._render = render
        self._post = post
        self._retry_s = retry_s
        self._closing = Event()
        self._lock = Lock()
        self._mending = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.set()

    def __call__(self, text: str, *, brisk: bool = False) -> Samples:
        """Return the clip. Raises `SynthesisError`."""
        try:
            return self._render(text, brisk=True) if brisk else self._render(text)
        except SynthesisError:
            self._begin_to_mend(text)
            raise

    def _begin_to_mend(self, text: str) -> None:
        with self._lock:
            if self._mending:
                return
            self._mending = True
        Thread(target=self._mend, args=(text,), name="voice-mending", daemon=True).start()

    def _mend(self, text: str) -> None:
        while not self._closing.wait(self._retry_s):
            with suppress(SynthesisError):
                self._render(text)
                with self._lock:
                    self._mending = False
                self._post(Back(Device.VOICE))
                return
