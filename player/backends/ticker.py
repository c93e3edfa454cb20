"""Steady calls from a thread: what a device does by its nature, for back ends that have none."""

import threading
import time
from collections.abc import Callable

from player.ports import BLOCK, RATE_HZ

_BLOCK_S = BLOCK / RATE_HZ
_PATIENCE_S = 0.5  # after a longer stall the missed calls are left out: nobody wants them all at once


class Pace:
    """Calls `block` once per block of 20 ms, until `stop`."""

    def __init__(self, block: Callable[[], object], name: str) -> None:
        self._block = block
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        """Whether the calls are still coming."""
        return self._thread.is_alive() and not self._stopped.is_set()

    def stop(self) -> None:
        """End the calls; idempotent."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1)

    def _run(self) -> None:
        due = time.monotonic() + _BLOCK_S
        while not self._stopped.wait(max(0.0, due - time.monotonic())):
            self._block()
            due = max(due + _BLOCK_S, time.monotonic() - _PATIENCE_S)
