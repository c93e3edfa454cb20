"""The figures as rows of a table and as JSON."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from player.bench.counts import Rate, Share
from player.bench.hearing.figures import (
    false_rate,
    false_share,
    grouped,
    middle_and_late,
    missed_twice,
    shares,
    trade_off,
)
from player.bench.hearing.trials import Outcome, Trial

Rows = list[tuple[str, str]]

_CLEAN = ("silence", "quiet room")
_LONE = ("other", "near")  # lone words are counted, talk by the hour


def rows(outcome: Outcome) -> Rows:
    """Return every figure as (what, figure)."""
    clean = [trial for trial in outcome.trials if trial.condition in _CLEAN]
    lines: Rows = []
    lines += _recall(clean, "quiet, ", lambda trial: trial.phrase)
    lines += _recall(clean, "quiet, ", lambda trial: trial.speaker)
    lines += _recall(outcome.trials, "", lambda trial: trial.condition)
    lines += _recall(outcome.trials, "", lambda _: "everything")
    lines.append(("wrong command, everything", str(shares(outcome.trials, "wrong"))))
    lines += _stop(outcome.trials)
    lines += _lost(outcome.trials)
    lines += _times(outcome.trials)
    lines += _false(outcome)
    lines += _hushes(outcome)
    lines += [(f"player speaks: {room}", str(figures)) for room, figures in outcome.over.items()]
    if outcome.heard_s:
        lines.append(("processor of the ears", f"{outcome.cpu_s / outcome.heard_s:.1%} of one core"))
    return lines


def _recall(trials: Sequence[Trial], before: str, key: Callable[[Trial], str]) -> Rows:
    return [(before + name, _counts(several)) for name, several in grouped(trials, key).items()]


def _counts(trials: Sequence[Trial]) -> str:
    doubtful, wrong = shares(trials, "doubtful"), shares(trials, "wrong")
    return f"{shares(trials, 'right')} right, {doubtful.count} doubtful, {wrong.count} wrong"


def _stop(trials: Sequence[Trial]) -> Rows:
    name = "stop not obeyed in two tries"
    by_condition = grouped(trials, lambda trial: trial.condition).items()
    found = [(f"{name}, {condition}", missed_twice(several)) for condition, several in by_condition]
    return [(what, str(share)) for what, share in found if share.of] + [(name, str(missed_twice(trials)))]


def _lost(trials: Sequence[Trial]) -> Rows:
    """Return where the first tries were lost, condition by condition."""
    lines: Rows = []
    for condition, several in grouped(trials, lambda trial: trial.condition).items():
        first = Counter(one.lost or one.result for one in several if not one.second and one.result != "right")
        if first:
            told = ", ".join(f"{cause} {count}" for cause, count in first.most_common())
            lines.append((f"lost, {condition}", told))
    return lines


def _times(trials: Sequence[Trial]) -> Rows:
    stop = [trial for trial in trials if trial.command == "stop"]
    named = (
        ("word's end to command", [trial.delay_s for trial in trials]),
        ("the same, stop", [trial.delay_s for trial in stop]),
        ("word's beginning to first sign", [trial.onset_s for trial in trials]),
    )
    found = [(name, middle_and_late(values)) for name, values in named]
    return [(n, f"median {t[0]:.2f} s, 95 % within {t[1]:.2f} s of audio") for n, t in found if t]


def _false(outcome: Outcome) -> Rows:
    lines: Rows = []
    for kind in dict.fromkeys(watch.kind for watch in outcome.watches):
        for condition in dict.fromkeys(w.condition for w in outcome.watches if w.kind == kind):
            here = [w for w in outcome.watches if (w.kind, w.condition) == (kind, condition)]
            names = ", ".join(f"{command}: {said}" for w in here for said, command, _ in w.false)
            rate = false_share(here) if kind in _LONE else false_rate(here)
            lines.append((f"false in {kind}, {condition}", f"{rate} {names}".strip()))
    talk = [watch for watch in outcome.watches if watch.kind == "speech"]
    if len({watch.condition for watch in talk}) > 1:
        lines.append(("false in speech, all of these", str(false_rate(talk))))
    return lines


def _hushes(outcome: Outcome) -> Rows:
    noise = [watch for watch in outcome.watches if watch.kind == "noise"]
    return [(f"false hushes, {one.condition}", str(Rate(one.hushes, one.seconds))) for one in noise]


def as_json(outcome: Outcome) -> dict[str, object]:
    """Return all figures and every single trial; what depends on the machine's speed is under `cost`."""
    conditions = grouped(outcome.trials, lambda trial: trial.condition)
    return {
        "recall": {name: _share(shares(several, "right")) for name, several in conditions.items()},
        "wrong": _share(shares(outcome.trials, "wrong")),
        "stop_missed_twice": {name: _share(missed_twice(several)) for name, several in conditions.items()},
        "lost": dict(_lost(outcome.trials)),
        "delay_s": middle_and_late(trial.delay_s for trial in outcome.trials),
        "onset_s": middle_and_late(trial.onset_s for trial in outcome.trials),
        "over_the_player": {room: asdict(figures) for room, figures in outcome.over.items()},
        "trade_off": trade_off(outcome),
        "trials": [asdict(trial) for trial in outcome.trials],
        "watches": [asdict(watch) for watch in outcome.watches],
        "cost": {"cpu_s": outcome.cpu_s, "heard_s": outcome.heard_s},
    }


def _share(share: Share) -> dict[str, object]:
    return {"count": share.count, "of": share.of, "between": share.between}
