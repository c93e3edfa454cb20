"""What a telephone's band costs, and what the way back to 16 kHz brings: `python -m tests.ears.narrow`.

"fine": soxr, as the player does it; "coarse": straight lines between the samples, which leaves mirror images.
"""

import sys
from collections import Counter
from collections.abc import Callable

import numpy as np
import soxr

from player.bench.hearing import conditions, units
from player.bench.hearing.trials import Outcome, say_words
from player.files import languages
from tests.ears.in_need import chain_maker

TELEPHONE = next(one for one in conditions.WAYS if one.way == "telephone")


def coarse(sound: np.ndarray, from_hz: float, to_hz: float) -> np.ndarray:
    """Resample upwards by straight lines, downwards as ever."""
    if from_hz > to_hz:
        return np.asarray(soxr.resample(sound, from_hz, to_hz))
    at = np.arange(round(len(sound) * to_hz / from_hz)) * from_hz / to_hz
    return np.interp(at, np.arange(len(sound)), sound)


class _Coarsely:
    resample: Callable[..., np.ndarray] = staticmethod(coarse)


def main(most: int) -> None:
    """Print how many of the same words are right in each."""
    language = languages.load("en")
    corpus = units.corpus_of(units.Options(), language)
    corpus.words = units.drawn(corpus.words, most)
    make = chain_maker("auto", language)
    for name, condition, way in (
        ("wide band", conditions.QUIET, soxr),
        ("telephone, fine", TELEPHONE, soxr),
        ("telephone, coarse", TELEPHONE, _Coarsely),
    ):
        conditions.soxr = way
        outcome = Outcome()
        say_words(outcome, make, corpus, condition)
        results = Counter(trial.result for trial in outcome.trials if not trial.second)
        print(f"{name:20} {results['right']} of {results.total()} right  {dict(results)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
