"""One performance on the stage: its score, and how far it has been told."""

from player.core.notation import Score, Speech
from player.core.orders import Perform
from player.core.place import Place
from player.ports import RATE_HZ


class Performance:
    """One score under way, and how far it has been told."""

    def __init__(self, order: Perform, score: Score, begun: Place) -> None:
        self.order = order
        self.score = score
        self.begun = begun
        self.started = 0  # speeches begun
        self.ended = 0
        self.marked = 0
        self.chimed = 0
        self.chimes = [beat.at for beat in score.beats if beat.tone in {"chime", "bell"}]
        self.over = False

    def place_at(self, position: int) -> Place:
        """Return the place at a position; in a preface the one before it."""
        return self.score.place_at(position) or self.begun

    def speaking(self, position: int, tail: int) -> bool:
        """Whether speech sounds at `position`, or did within `tail`, or will within a block."""
        return any(s.at - RATE_HZ // 20 <= position < s.end + tail for s in self._near())

    def _near(self) -> tuple[Speech, ...]:
        return self.score.speech[max(0, self.ended - 1) : self.started + 1]
