"""How well the shipped ears hear: recall for each command, false commands, delay, cost.

Words, talk and noise go through the same chain as in a session. What is said comes from a folder of
recordings or from synthesizers that nothing was tuned on; those flatter one recogniser and wrong another, and
say little about people. All cores share the work; the same corpus gives the same figures, but for cost.
"""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from player.bench.echo_figures import EchoFigures
from player.bench.hearing.corpus import Corpus, read
from player.bench.hearing.curve import svg
from player.bench.hearing.figures import trade_off
from player.bench.hearing.pool import answers
from player.bench.hearing.report import Rows, as_json, rows
from player.bench.hearing.trials import FalseAlarms, Outcome, Trial
from player.bench.hearing.units import Options, planned
from player.bench.processes import ended, started
from player.files import languages


def run(options: Options | None = None, report: Path | None = None, curve: Path | None = None) -> Rows:
    """Measure and return rows of (what, figure); write the JSON report and the trade-off curve if asked.

    The report is written anew whenever a part is known, so what was measured is kept. Raises `FileFault` for
    a corpus that cannot be read, `UsageError` for a condition that there is not, `BackendError` when the ears
    cannot be had.
    """
    options = options or Options(quick=True)
    lines = _whose(options)
    work = planned(options)
    outcome, begun_s = Outcome(), time.monotonic()
    for number, (unit, part) in enumerate(answers(options, work), 1):
        merge(outcome, part)
        _tell(f"{number} of {len(work)} parts, {time.monotonic() - begun_s:.0f} s: {unit}")
        if report:
            report.write_text(json.dumps(as_json(outcome), indent=1), encoding="utf-8")
    lines += rows(outcome)
    lines.append(("memory of the ears", ended(started("hearing.memory", options.ears))))
    if curve:
        curve.write_text(svg(trade_off(outcome)), encoding="utf-8")
    return lines


def _whose(options: Options) -> Rows:
    """Return whose words they are and by what the limits were chosen; a corpus's faults are told here."""
    if not options.corpus:
        return []
    found = read(Path(options.corpus), languages.load("en").phrases, Corpus())
    people = len({clip.speaker for clip in found.words})
    return [("words", f"{len(found.words)} by {people} speakers; limits chosen on {found.chosen_on}")]


def _tell(line: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    sys.stderr.write(f"{line:<70}{end}")
    sys.stderr.flush()


def merge(outcome: Outcome, part: Mapping[str, Any]) -> None:
    """Add one part's answer to the whole."""
    outcome.trials += [Trial(**one) for one in part["trials"]]
    outcome.watches += [
        FalseAlarms(**one | {"false": tuple(map(tuple, one["false"])), "below": tuple(one["below"])})
        for one in part["watches"]
    ]
    for room, figures in part["over"].items():
        there = EchoFigures(
            **figures | {"to_hush": tuple(figures["to_hush"]), "to_action": tuple(figures["to_action"])}
        )
        outcome.over[room] = outcome.over[room] + there if room in outcome.over else there
    outcome.cpu_s += part["cpu_s"]
    outcome.heard_s += part["heard_s"]
