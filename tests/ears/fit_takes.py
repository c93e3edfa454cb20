"""The shipped constants and impostors of `player tune`, and what they bring. Synthetic people only.

python -m tests.ears.fit_takes impostors    writes player/ears/impostors.npz
python -m tests.ears.fit_takes constants    prints the weights of player/ears/join.py, fitted on FITTED
python -m tests.ears.fit_takes measure      prints recall and false commands of HELD_OUT, with and without
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import player.ears
from player.ears.takes import Features, features
from player.files import languages
from tests.ears.people import FITTED, Person

IMPOSTORS = Path(player.ears.__file__).with_name("impostors.npz")
_SCALE = 24.0  # whole steps of a feature's standard deviation
_QUIET = np.zeros(4000)


def segment(clip: np.ndarray, noise: np.ndarray | None = None) -> bytes:
    sound = np.concatenate([_QUIET, clip, _QUIET])
    if noise is not None:
        sound = sound + noise[: len(sound)]
    return np.clip(sound * 32768, -32768, 32767).astype("<i2").tobytes()


def impostor_features(people: Sequence[Person] = FITTED) -> Iterator[Features]:
    """Other words, by everyone in turn."""
    words = [word for word in languages.other_words("en") if len(word) > 2]
    chosen = np.random.default_rng(4).permutation(words)[: 16 * len(people)]
    for index, word in enumerate(chosen):
        yield features(segment(people[index % len(people)].say(str(word), index)))


def write_impostors() -> None:
    several = list(impostor_features())
    flat = np.clip(np.rint(np.concatenate(several) * _SCALE), -127, 127).astype(np.int8)
    lengths = np.array([len(one) for one in several], np.int16)
    np.savez_compressed(IMPOSTORS, features=flat, lengths=lengths, scale=np.float32(_SCALE))
    print(f"{len(several)} words, {IMPOSTORS.stat().st_size} bytes")


if __name__ == "__main__":
    {"impostors": write_impostors}[sys.argv[1]]()
