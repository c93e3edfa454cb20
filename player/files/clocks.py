"""How far the clocks of a loudspeaker and a microphone part, as the last session found it.

The next one begins with that, instead of finding it out in eight seconds.
"""

from player.files.kept_figures import KeptFigures

_DRIFT_PPM = KeptFigures("clocks.json", limit=300.0, digits=1)  # no crystal is worse


def load(loudspeaker: str, microphone: str) -> float:
    """Return the drift of these two in ppm, positive when the echo comes later and later; 0.0: not known."""
    return _DRIFT_PPM.load(_pair(loudspeaker, microphone)) or 0.0


def keep(loudspeaker: str, microphone: str, ppm: float) -> None:
    """Keep the drift of these two."""
    _DRIFT_PPM.keep(_pair(loudspeaker, microphone), ppm)


def _pair(loudspeaker: str, microphone: str) -> str:
    return f"{loudspeaker} > {microphone}"
