"""Whether somebody speaks at all: what is left after cancelling, against the echo that was taken away.

A linear filter leaves a little of a poor loudspeaker and of a room that changes; that must not look like a
voice. What is left counts only when it is louder than such remains ever are.
"""

from collections import deque

_REMAINS_DB = -18.0  # of the loudest echo of the last 0.2 s; docs/notes/hearing-diary.md: what else was tried
_ECHO_BLOCKS = 20
_LEFT_BLOCKS = 3


class DoubleTalkDetector:
    """Takes the levels of each 10 ms, dB full scale."""

    def __init__(self) -> None:
        self._echo: deque[float] = deque([-100.0] * _ECHO_BLOCKS, maxlen=_ECHO_BLOCKS)
        self._left: deque[float] = deque([-100.0] * _LEFT_BLOCKS, maxlen=_LEFT_BLOCKS)

    def accept(self, left_db: float, echo_db: float) -> None:
        """Take what is left, and the echo that was found in it."""
        self._left.append(left_db)
        self._echo.append(echo_db)

    @property
    def someone(self) -> bool:
        """Whether there is more than remains of the echo."""
        return sum(self._left) / _LEFT_BLOCKS > max(self._echo) + _REMAINS_DB
