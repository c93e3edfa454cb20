"""A floor under everything: noise too soft to be heard, so that no loudspeaker takes a pause for the end.

Bluetooth and USB loudspeakers go to sleep on digital silence, and swallow the first second of what follows.
"""

import numpy as np

from player.ports import RATE_HZ, Samples

PEAK_DB = -76.0  # full scale; five steps of 16 bits, so that it survives them
AHEAD_S = 0.5  # of it before the first word: until then a loudspeaker has woken up
_LENGTH = 4 * RATE_HZ + 1  # no whole number of seconds: a beat never falls on the same place of it twice
_SEED = 1


class Floor:
    """The same noise for the same samples of a session: it has no state, and no clock."""

    def __init__(self) -> None:
        peak = np.float32(10 ** (PEAK_DB / 20))
        whole = np.random.default_rng(_SEED).uniform(-peak, peak, _LENGTH).astype(np.float32)
        self._noise: Samples = np.concatenate((whole, whole))

    def add_to(self, block: Samples, at: int) -> None:
        """Add what lies under session sample `at` and after it to a block of at most 4 s, in place."""
        begin = at % _LENGTH
        block += self._noise[begin : begin + len(block)]
