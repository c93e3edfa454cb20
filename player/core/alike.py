"""Which phrases sound too much alike to be told apart: by how many sounds they differ. Pure."""

from collections.abc import Iterable, Sequence

Sounds = Sequence[str]  # of one way to say a phrase


def edits(one: Sounds, other: Sounds) -> int:
    """Return how many sounds must be put in, left out or changed to make one of the other."""
    before = list(range(len(other) + 1))
    for index, sound in enumerate(one, 1):
        now = [index]
        for place, heard in enumerate(other, 1):
            changed = before[place - 1] + (sound != heard)
            now.append(min(before[place] + 1, now[-1] + 1, changed))
        before = now
    return before[-1]


def alike(one: Iterable[Sounds], other: Iterable[Sounds]) -> bool:
    """Return whether two phrases may be taken for each other, said in any of their ways."""
    others = list(other)
    return any(edits(a, b) <= 1 for a in one for b in others)
