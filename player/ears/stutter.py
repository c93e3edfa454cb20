"""A word whose beginning is said more than once: "p-p-pause" is "pause".

No recogniser knows it so: what comes before the word is none of its sounds. A beginning that is said again is
found in the sound alone, so it needs no phrase of its own: short pieces at its head, each like the beginning
of what follows it. What the recogniser makes of the rest counts where it is sure of that, and not of the
whole.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from player.core.decision import Hypothesis, strength
from player.ears.enrolment.features import HOP, frames
from player.ports import Recogniser

_SOFT_DB = 20.0  # under the loudest frame: a gap
_SHORTEST, _LONGEST = 3, 18  # frames of 10 ms in a piece
_LONGEST_GAP = 25
_HEAD = 30  # frames: later than that something softer comes first, such as "the" before "bus stop"
_SHIFTS = range(-2, 4)  # frames by which the two may begin apart
_ALIKE = 1.0  # distance under which two beginnings are one
_KEPT = 2  # frames kept before the word
_SURE = 0.0  # over every limit: there is nothing to be asked again

_Piece = tuple[int, int]


class Restarting:
    """Recogniser port around another one, which is asked once more without the stutter.

    `besides`: phrases not looked for so: they are heard anyway, and other words are taken for them.
    """

    def __init__(self, recogniser: Recogniser, besides: Sequence[str] = ()) -> None:
        self.name = recogniser.name
        self.unknown = recogniser.unknown
        self.expect = recogniser.expect
        self.partial = recogniser.partial
        self._recogniser, self._besides = recogniser, besides
        self._heard = bytearray()

    def begin(self) -> None:
        """Begin a segment."""
        self._heard.clear()
        self._recogniser.begin()

    def accept(self, pcm: bytes) -> None:
        """Take sound."""
        self._heard += pcm
        self._recogniser.accept(pcm)

    def end(self) -> Hypothesis:
        """Answer with what it makes of all of it, or of the word alone where only that is sure."""
        answer = self._recogniser.end()
        if answer.text and strength(answer) >= _SURE:
            return answer
        heard = bytes(self._heard)
        begun = beginnings(heard)
        if not begun:
            return answer
        several = [self._answer(heard[2 * first :]) for first in begun]
        self._recogniser.begin()  # the stretch may go on
        self._recogniser.accept(heard)
        several = [one for one in several if one.text and one.text not in self._besides]
        sure = [one for one in several if strength(one) >= _SURE]
        return max(sure, key=strength, default=answer)

    def _answer(self, pcm: bytes) -> Hypothesis:
        self._recogniser.begin()
        self._recogniser.accept(pcm)
        return self._recogniser.end()

    def close(self) -> None:
        """Free everything."""
        self._heard.clear()
        self._recogniser.close()


def beginnings(pcm: bytes) -> list[int]:
    """Return at which samples of s16le at 16 kHz a word may begin again; none where nothing is stuttered."""
    level_db, cepstra = frames(pcm)
    begun: list[int] = []
    several = _pieces(level_db > level_db.max(initial=-100.0) - _SOFT_DB)
    if not several or several[0][0] > _HEAD:
        return []
    for (first, last), (following, _) in pairwise(several):
        if last - first > _LONGEST or following - last > _LONGEST_GAP:
            break
        if _distance(cepstra, first, last, following) > _ALIKE:
            break
        begun.append(max(0, following - _KEPT) * HOP)
    return begun


def _pieces(loud: npt.NDArray[np.bool_]) -> list[_Piece]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _SHORTEST]


def _distance(cepstra: npt.NDArray[np.float64], first: int, last: int, following: int) -> float:
    """Return how far a piece is from what begins at `following`, per cepstrum, in its standard deviations."""
    said = cepstra[first:last]
    again = (cepstra[following + shift :][: len(said)] for shift in _SHIFTS)
    apart = [
        np.sqrt(((said[: len(one)] - one) ** 2).mean(axis=1)).mean() for one in again if len(one) >= _SHORTEST
    ]
    return float(min(apart, default=np.inf))
