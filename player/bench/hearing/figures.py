"""What trials and watches come to; the trade-off between hearing everything and inventing nothing."""

import itertools
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from player.bench.counts import Rate, Share
from player.bench.hearing.trials import FalseAlarms, Outcome, Trial

_STEPS = 41  # of the trade-off curve


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


def false_rate(watches: Iterable[FalseAlarms]) -> Rate:
    """Count false commands."""
    several = list(watches)
    return Rate(sum(len(watch.false) for watch in several), sum(watch.seconds for watch in several))


def false_share(watches: Iterable[FalseAlarms]) -> Share:
    """Count the lone words that were taken for a command."""
    several = list(watches)
    return Share(sum(len(watch.false) for watch in several), sum(watch.clips for watch in several))


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
