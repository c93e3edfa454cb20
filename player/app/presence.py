"""Absent and lost are one state: told once when something is missing, and once when it is there to stay."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from player.core.events import Device
from player.session.inbox import Back, Gone, News

PROOF_S, LONG_PROOF_S = 1.0, 5.0
SETTLED_S = 60.0  # what was lost twice within this time has to stay for longer before it counts as found


class Presence:
    """Posts `Gone` and `Back` for one device that may come and go quickly; from any thread."""

    def __init__(
        self,
        device: Device,
        post: Callable[[News], None],
        proof_s: tuple[float, float] = (PROOF_S, LONG_PROOF_S),
    ) -> None:
        self._device = device
        self._post = post
        self._proof_s = proof_s
        self._lock = threading.Lock()
        self._lost = False
        self._lost_s = float("-inf")
        self._again = False
        self._proof: threading.Timer | None = None

    def lose(self) -> bool:
        """Take it as missing; return whether that is told now, and was not before."""
        with self._lock:
            self._dismiss()
            now_s = time.monotonic()
            self._again, self._lost_s = now_s - self._lost_s < SETTLED_S, now_s
            if self._lost:
                return False
            self._lost = True
            self._post(Gone(self._device))
            return True

    def find(self) -> None:
        """Take it as there; that is told when it has stayed for a while."""
        with self._lock:
            self._dismiss()
            if not self._lost:
                return
            self._proof = threading.Timer(self._proof_s[self._again], self._found)
            self._proof.daemon = True
            with suppress(RuntimeError):  # no more threads just now: it is told the next time
                self._proof.start()

    def _found(self) -> None:
        with self._lock:
            if self._proof is threading.current_thread() and self._lost:
                self._lost, self._proof = False, None
                self._post(Back(self._device))

    def _dismiss(self) -> None:
        if self._proof is not None:
            self._proof.cancel()
            self._proof = None

    def close(self) -> None:
        """Tell nothing more; idempotent."""
        with self._lock:
            self._dismiss()
