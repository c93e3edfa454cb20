"""Counts, rates and their confidence; the trade-off between hearing everything and inventing nothing."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from player.bench.hearing.trials import Outcome, Trial, Watch

_Z = 1.96  # 95 %
_STEPS = 41  # of the trade-off curve


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and between which shares the truth lies (Wilson, 95 %)."""

    count: int
    of: int

    @property
    def between(self) -> tuple[float, float]:
        """Bounds from 0 to 1."""
        if not self.of:
            return 0.0, 1.0
        p, n, z = self.count / self.of, self.of, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.between
        share = self.count / self.of if self.of else 0.0
        return f"{self.count}/{self.of} = {share:.1%} ({low:.1%}-{high:.1%})"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so much time, and between which hourly rates the truth lies (95 %)."""

    count: int
    seconds: float

    @property
    def per_hour(self) -> float:
        """Events an hour."""
        return 3600 * self.count / self.seconds if self.seconds else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """Bounds an hour: Poisson, by the cube-root approximation to its chi-squared; exact for none."""
        n, hours = self.count, max(self.seconds, 1e-9) / 3600
        low = n * (1 - 1 / (9 * n) - _Z / (3 * math.sqrt(n))) ** 3 if n else 0.0
        high = (n + 1) * (1 - 1 / (9 * (n + 1)) + _Z / (3 * math.sqrt(n + 1))) ** 3
        return max(0.0, low) / hours, (high if n else -math.log(0.025)) / hours

    def __str__(self) -> str:
        low, high = self.between
        minutes = self.seconds / 60
        return f"{self.count} in {minutes:.1f} min = {self.per_hour:.1f} an hour ({low:.1f}-{high:.1f})"


def shares(trials: Iterable[Trial], result: str) -> Share:
    """Count first tries with this result."""
    first = [trial for trial in trials if not trial.second]
    return Share(sum(trial.result == result for trial in first), len(first))


def grouped(trials: Sequence[Trial], key: Callable[[Trial], str]) -> dict[str, list[Trial]]:
    """Split trials by a property, in the order in which its values appear."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(key(trial), []).append(trial)
    return groups


def missed_twice(trials: Sequence[Trial]) -> Share:
    """Count pairs of tries, one soon after the other, of which neither was obeyed."""
    pairs = [(a, b) for a, b in itertools.pairwise(trials) if b.second]
    return Share(sum("right" not in (a.result, b.result) for a, b in pairs), len(pairs))


def middle_and_late(values: Iterable[float | None]) -> tuple[float, float] | None:
    """Return median and 95th percentile, or None when there is nothing."""
    known = [value for value in values if value is not None]
    return (float(np.median(known)), float(np.percentile(known, 95))) if known else None


def false_rate(watches: Iterable[Watch]) -> Rate:
    """Count false commands."""
    several = list(watches)
    return Rate(sum(len(watch.false) for watch in several), sum(watch.seconds for watch in several))


def trade_off(outcome: Outcome) -> list[tuple[float, float, float]]:
    """Return (shift of every limit, false commands an hour, share of words obeyed), strict to lenient."""
    sure = np.array([-np.inf if t.sureness is None else t.sureness for t in outcome.trials if not t.second])
    false = np.array([one[2] for watch in outcome.watches for one in watch.false])
    below = np.array([one for watch in outcome.watches for one in watch.below])
    hours = sum(watch.seconds for watch in outcome.watches) / 3600
    if not len(sure) or not hours:
        return []
    heard = np.concatenate((false, below))
    shifts = np.linspace(20, -20, _STEPS)
    return [(float(s), float(np.sum(heard >= s) / hours), float(np.mean(sure >= s))) for s in shifts]
