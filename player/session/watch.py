"""Watches the loudspeaker and brings it back; a lost device shows itself by silence, not by exceptions."""

import threading
from collections.abc import Callable
from typing import Protocol

from player.core.events import Device
from player.errors import BackendError
from player.session.inbox import Back, Gone, News

LOOK_S = 0.2
RETRY_S = 0.4


class Reopening(Protocol):
    """A device that can be lost and opened again."""

    def healthy(self) -> bool:
        """Whether it still takes or gives sound."""

    def reopen(self) -> None:
        """Open it again. Raises `BackendError`."""


class Watch:
    """A thread that posts `Gone` once when `device` falls silent, and `Back` once it works again."""

    def __init__(self, device: Reopening, name: Device, post: Callable[[News], None]) -> None:
        self._device = device
        self._name = name
        self._post = post
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(LOOK_S):
            if not self._device.healthy():
                self._post(Gone(self._name))
                if self._bring_back():
                    self._post(Back(self._name))

    def _bring_back(self) -> bool:
        while not self._closed.is_set():
            try:
                self._device.reopen()
            except BackendError:
                pass  # still away: that is what the next try is for
            else:
                if self._device.healthy():
                    return True
            self._closed.wait(RETRY_S)
        return False

    def close(self) -> None:
        """Stop watching; idempotent. A device call that hangs is left to its daemon thread."""
        self._closed.set()
        self._thread.join(timeout=1.0)
