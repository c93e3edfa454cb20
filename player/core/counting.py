"""Counts on a beat: their voice begins on it, and they are brisk where the beat is quicker than they last."""

from collections.abc import Callable
from dataclasses import dataclass

QUICK_BEAT_S = 1.0  # no count is longer in any voice
MeasureCount = Callable[[str, bool], tuple[int, int]]  # count, brisk or not, to samples and voiced onset


@dataclass(frozen=True, slots=True)
class CountSound:
    """A spoken count: how many samples it sounds, and where in it the voice begins."""

    text: str
    length: int
    onset: int
    brisk: bool


def fitted(text: str, beat: float, measure: MeasureCount) -> CountSound:
    """Return how the count `text` is said where a beat has `beat` samples."""
    usual = CountSound(text, *measure(text, False), brisk=False)
    return usual if usual.length <= beat else CountSound(text, *measure(text, True), brisk=True)
