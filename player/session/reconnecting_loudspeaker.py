"""A loudspeaker that outlasts its device: watched, reopened, and stood in for when it stays away.

A lost device shows itself by silence, not by exceptions; and one that was opened again has proved nothing
until it has asked for more than its buffer holds. Until then it is given silence and nothing of the session,
so the session stands still and goes on where it was. A device that stays away for `STAND_IN_S` is replaced by
one that nobody hears: whoever reads the screen can go on, and every command still ends in something.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import numpy as np

from player.core.events import Device
from player.errors import BackendError
from player.ports import Loudspeaker, Samples
from player.session.inbox import Back, Gone, News

LOOK_S = 0.1
RETRY_S, LONGEST_RETRY_S, _GROWTH = 0.3, 2.0, 1.2
STAND_IN_S = 10.0
PROOF_CALLS = 25  # half a second: a buffer takes 10 to 15 at once, without being played
PROOF_S = 1.2


class Reopening(Loudspeaker, Protocol):
    """A loudspeaker that can be lost and opened again; it counts on, and silence counts too."""

    def reopen(self) -> None:
        """Open it again. Raises `BackendError`."""


class ReconnectingLoudspeaker:
    """Posts `Gone` once when `device` falls silent and `Back` once it plays again.

    `stand_in(begin)` makes a loudspeaker that nobody hears and that counts on from `begin` samples.
    """

    def __init__(
        self,
        device: Reopening,
        stand_in: Callable[[int], Loudspeaker],
        post: Callable[[News], None],
        stand_in_s: float = STAND_IN_S,
    ) -> None:
        self._device = device
        self._make_stand_in = stand_in
        self._post = post
        self._stand_in_s = stand_in_s
        self._stand_in: Loudspeaker | None = None
        self._render: Callable[[int], Samples] = _nothing
        self._trusted = True  # whether the device is given the session
        self._proven = True
        self._calls = 0  # since it was opened again
        self._pulled = 0  # samples given to the device
        self._rendered = 0  # samples of the session
        self._ahead = 0  # of what the device was given, so many were not of the session
        self._played = 0
        self._counting = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch-loudspeaker", daemon=True)

    def start(self, source: Callable[[int], Samples]) -> None:
        """Begin to call `source(frames)`. Raises `BackendError` when there is no device to begin with."""
        self._render = source
        self._device.start(self._pull)
        self._thread.start()

    def start_without(self, source: Callable[[int], Samples]) -> None:
        """Begin without the device: a stand-in takes its place, and it is looked for from now on."""
        self._render = source
        self._proven = self._trusted = False
        self._call_stand_in()
        self._thread.start()

    def played(self) -> int:
        """Return the samples of the session that are audible by now; never falls."""
        stand_in = self._stand_in
        now = stand_in.played() if stand_in is not None else self._device.played() - self._ahead
        with self._counting:
            self._played = max(self._played, now)
            return self._played

    def healthy(self) -> bool:
        """Whether the session is audible."""
        return self._trusted and self._device.healthy()

    def close(self) -> None:
        """Fall silent and free the device; idempotent. A call that hangs is left to its daemon thread."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1.0)
        self._dismiss_stand_in()
        self._device.close()

    # --- on the audio thread

    def _pull(self, frames: int) -> Samples:
        self._trusted |= self._proven
        self._pulled += frames
        if self._trusted:
            return self._of_session(frames)
        self._ahead = self._pulled - self._rendered
        self._calls += 1
        return _nothing(frames)

    def _of_session(self, frames: int) -> Samples:
        self._rendered += frames
        return self._render(frames)

    # --- on the watching thread

    def _watch(self) -> None:
        if not self._proven and self._bring_back():
            self._post(Back(Device.LOUDSPEAKER))
        while not self._closed.wait(LOOK_S):
            if not self._device.healthy():
                self._trusted = self._proven = False
                self._post(Gone(Device.LOUDSPEAKER))
                if self._bring_back():
                    self._post(Back(Device.LOUDSPEAKER))

    def _bring_back(self) -> bool:
        due_s, wait_s = time.monotonic() + self._stand_in_s, RETRY_S
        while not self._closed.is_set():
            if self._stand_in is None and time.monotonic() >= due_s:
                self._call_stand_in()
            if self._reopened():
                self._dismiss_stand_in()
                self._proven = True
                return True
            self._closed.wait(wait_s)
            wait_s = min(_GROWTH * wait_s, LONGEST_RETRY_S)
        return False

    def _reopened(self) -> bool:
        self._calls = 0
        try:
            self._device.reopen()
        except (BackendError, OSError, RuntimeError):  # still away, or the machine is at its limits
            return False  # that is what the next try is for
        end_s = time.monotonic() + PROOF_S
        while self._calls < PROOF_CALLS and time.monotonic() < end_s:
            if self._closed.wait(0.02):
                return False
        return self._calls >= PROOF_CALLS

    def _call_stand_in(self) -> None:
        stand_in = self._make_stand_in(self._rendered)
        with suppress(RuntimeError):  # no more threads just now: the next look tries again
            stand_in.start(self._of_session)
            self._stand_in = stand_in

    def _dismiss_stand_in(self) -> None:
        stand_in = self._stand_in
        if stand_in is not None:
            stand_in.close()
            self._ahead = self._pulled - self._rendered
            self._stand_in = None


def _nothing(frames: int) -> Samples:
    return np.zeros(frames, np.float32)
