"""When it is worth telling how well the echo is cancelled: when that has changed."""

from player.ears.aec.canceller import CancellerFigures, EchoCanceller

PATIENCE_S = 20.0  # of the player's own sound; who has not converged by then will not


class EchoReport:
    """Looks now and then; tells that the canceller works, or that it fails, once and when that changes."""

    def __init__(self) -> None:
        self._told: bool | None = None

    def look(self, canceller: EchoCanceller) -> CancellerFigures | None:
        """Return the figures when there is news in them."""
        figures = canceller.figures
        known = figures.converged or self._told or figures.played_s >= PATIENCE_S
        if not known or figures.converged == self._told:
            return None
        self._told = figures.converged
        return figures
