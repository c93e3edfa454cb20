"""Past moments of a session: which sample was audible when somebody began to speak or pressed a key."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable

from player.ports import RATE_HZ

KEPT = 512  # looks, 20 ms apart or more: no word is longer in being understood and still obeyed


class Moments:
    """Remembers what was audible at each look.

    `clock` gives seconds, `played` the samples that are audible by now; the loudspeaker may stand still.
    """

    def __init__(self, clock: Callable[[], float], played: Callable[[], int]) -> None:
        self._clock = clock
        self._played = played
        self._looks: deque[tuple[float, int]] = deque(maxlen=KEPT)

    @property
    def now_s(self) -> float:
        """The clock."""
        return self._clock()

    def look(self) -> None:
        """Remember this moment."""
        self._looks.append((self._clock(), self._played()))

    def before(self, at_s: float) -> bool:
        """Whether that was before all that is remembered."""
        return bool(self._looks) and at_s < self._looks[0][0]

    def sample(self, at_s: float) -> int:
        """Return the sample that was audible at `at_s`, of those remembered."""
        index = bisect_right(self._looks, at_s, key=lambda look: look[0])
        if index == 0:
            return self._looks[0][1] if self._looks else self._played()
        look_s, played = self._looks[index - 1]
        latest = self._looks[index][1] if index < len(self._looks) else self._played()
        return min(played + round((at_s - look_s) * RATE_HZ), latest)
