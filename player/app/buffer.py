"""How much of a loudspeaker's sound is made ahead, by how late it has been asked for.

A busy machine lives on that buffer, and a hush is not heard before it is empty. So the first session with a
loudspeaker has the usual one; where nothing came late, the next has half of it.
"""

from player.backends.portaudio import LATENCY_S, Timekeeping
from player.files.kept_figures import KeptFigures

SHORTEST_S = 0.1
_SPARE = 2.0  # times as late as it has been
_ENOUGH_S = 180.0  # of sound, to know that a machine keeps time
_FADES = 0.7  # how late it was, with each session that was better
_LATE_S = KeptFigures("buffers.json", limit=1.0, digits=3)


def buffer_s(loudspeaker: str) -> float:
    """Return the seconds of sound that this loudspeaker is given ahead."""
    late_s = _LATE_S.load(loudspeaker)
    return LATENCY_S if late_s is None else min(SHORTEST_S + _SPARE * late_s, LATENCY_S)


def keep(timekeeping: Timekeeping) -> None:
    """Keep how a loudspeaker has asked for sound: that it was late at once, that it was not after minutes."""
    before_s = _LATE_S.load(timekeeping.device)
    late_s = min(timekeeping.late_s, LATENCY_S)
    worse = before_s is not None and late_s > before_s
    if worse or timekeeping.seconds >= _ENOUGH_S:
        _LATE_S.keep(timekeeping.device, max(late_s, _FADES * (before_s or 0.0)))
