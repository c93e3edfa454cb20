"""From microphone time to the machine's clock: when a word that was heard began, and when it was decided.

Microphone time counts samples, and stands still while nothing comes. Blocks never come before they were
heard, but often later (buffers, a busy machine): the earliest one of late says when microphone time began.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from player.core.decision import Hearing, Recognition
from player.ports import EARS_RATE_HZ

GAP_S = 1.0  # without a block: the device was away, or we were stopped
_RECENT = 50  # blocks: a second


class MicClock:
    """`clock` gives seconds of the machine. `came` is for the microphone's thread, `stamped` for another."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._samples = 0
        self._last_s: float | None = None
        self._resumed_s = float("-inf")
        self._begun: deque[float] = deque(maxlen=_RECENT)  # when microphone time began, by each block

    def came(self, samples: int) -> None:
        """Note that so many samples came."""
        now_s = self._clock()
        if self._last_s is not None and now_s - self._last_s > GAP_S:
            self._begun.clear()
            self._resumed_s = now_s
        self._last_s = now_s
        self._samples += samples
        self._begun.append(now_s - self._samples / EARS_RATE_HZ)

    def stamped(self, hearing: Hearing) -> Hearing:
        """Return what was heard with its moments; what was said in a gap was decided there, not only now."""
        begun = list(self._begun)
        if not isinstance(hearing, Recognition) or not begun:
            return hearing
        began_s = min(begun) + hearing.start_s
        decided_s = self._clock() if began_s >= self._resumed_s else min(begun) + hearing.decided_s
        return replace(hearing, began_at_s=began_s, decided_at_s=decided_s)
