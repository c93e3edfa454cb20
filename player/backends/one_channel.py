"""One channel of several: what a microphone hears may be in any of them, or turned over in one.

Channels that agree are summed. Where one is far louder, or they cancel each other, the louder one is taken.
"""

import numpy as np
import numpy.typing as npt

_PIECE = 0.02  # seconds that are judged at once
_MEMORY = 0.98  # of a piece's weight is left in the next: about a second
_LIVE_DB = 10.0  # one that is so much softer than the loudest is dead
_AGREE = 0.0  # correlation with the loudest over which a channel is added to it
_STAYS_DB = 3.0  # louder another has to be before it is taken instead
_NOTHING = 1e-12

Samples = npt.NDArray[np.float32]


class OneChannel:
    """Takes frames by channels and returns as many samples. One channel comes out as it went in."""

    def __init__(self, rate_hz: int) -> None:
        self._piece = max(1, round(_PIECE * rate_hz))
        self._likeness = np.zeros((0, 0))  # mean products of the channels, without their means
        self._weights = np.zeros(0, np.float32)

    @property
    def dead(self) -> tuple[int, ...]:
        """The channels in which there is next to nothing while another lives, counted from 1."""
        powers = np.diag(self._likeness)
        if powers.max(initial=0.0) <= _NOTHING:
            return ()
        return tuple(int(channel) + 1 for channel in np.flatnonzero(~_live(powers, powers.max())))

    def take(self, sound: Samples) -> Samples:
        """Return the channel; full scale 1."""
        if sound.shape[1] == 1:
            return sound[:, 0]
        pieces = [sound[at : at + self._piece] for at in range(0, len(sound), self._piece)]
        return np.concatenate([self._one(piece) for piece in pieces]) if pieces else sound[:, 0]

    def _one(self, piece: Samples) -> Samples:
        count = piece.shape[1]
        if len(self._weights) != count:
            self._likeness = np.zeros((count, count))
            self._weights = np.full(count, 1 / count, np.float32)
        moving = piece - piece.mean(axis=0)
        self._likeness = _MEMORY * self._likeness + (moving.T @ moving).astype(np.float64)
        before, self._weights = self._weights, weights(self._likeness, self._weights)
        turn = np.linspace(0, 1, len(piece), dtype=np.float32)[:, None]  # no click at a change
        faded = before * (1 - turn) + self._weights * turn
        return np.asarray((piece * faded).sum(axis=1, dtype=np.float32))


def weights(likeness: npt.NDArray[np.float64], before: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return how much of every channel is taken, in all 1; `before`: the same of just before."""
    powers = np.diag(likeness)
    if powers.max() <= _NOTHING:
        return before
    favoured = powers * np.where(before == before.max(), 10 ** (_STAYS_DB / 10), 1.0)
    loudest = int(favoured.argmax())
    live = _live(powers, powers[loudest])
    agree = likeness[loudest] > _AGREE * np.sqrt(powers * powers[loudest])
    taken = live & agree
    taken[loudest] = True
    return np.asarray(taken / taken.sum(), np.float32)


def _live(powers: npt.NDArray[np.float64], loudest: float) -> npt.NDArray[np.bool_]:
    return np.asarray(powers > loudest * 10 ** (-_LIVE_DB / 10))


def s16(sound: Samples) -> bytes:
    """Return s16le; what was 16 bits wide before comes out bit for bit."""
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2").tobytes()
