"""A loudspeaker that is not there, for a session led on screen and keys."""

from collections.abc import Callable

from player.backends.ticker import Pace
from player.ports import BLOCK, Samples


class SilentLoudspeaker:
    """Takes sound at the pace of a real device and lets nobody hear it.

    `begin` is the number of samples that another loudspeaker has already played in this session.
    """

    def __init__(self, begin: int = 0) -> None:
        self._played = begin
        self._pace: Pace | None = None

    def start(self, source: Callable[[int], Samples]) -> None:
        """Begin to call `source(frames)` every 20 ms."""

        def pull() -> None:
            self._played += len(source(BLOCK))

        self._pace = Pace(pull, "silent loudspeaker")

    def played(self) -> int:
        """Return the samples taken so far."""
        return self._played

    def healthy(self) -> bool:
        """Whether sound is being taken."""
        return self._pace is not None and self._pace.alive()

    def close(self) -> None:
        """Stop taking sound; idempotent."""
        if self._pace is not None:
            self._pace.stop()
            self._pace = None
