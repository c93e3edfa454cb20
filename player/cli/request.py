"""From options to what a listener asks for beside the routine's name."""

import argparse
from collections.abc import Sequence

from player.cli.pipe import warn
from player.cli.screen import clock
from player.core.condition import Fact
from player.core.plan import Advance, Step
from player.core.timing import usual_s
from player.errors import UsageError
from player.files import paths
from player.routine.compile.load import LIBRARY
from player.routine.compile.load_library import load_library
from player.routine.compile.request import Request
from player.routine.model.library import FactOf


def request(options: argparse.Namespace, *, with_gates: bool = False) -> Request:
    """Return the request of a command line. Raises `UsageError` for a `--set` that is none."""
    given = dict(map(_param, options.params))
    known = load_library(paths.scripts() / LIBRARY).facts
    facts = {
        name: _fact(known[name], value) for name, value in given.items() if name in known.keys() - _ASKED
    }
    return Request(
        facts=facts,
        params={name: value for name, value in given.items() if name not in facts},
        product=options.product,
        tool=options.tool,
        minutes=options.minutes,
        with_prep=options.prep,
        with_after=options.after,
        with_gates=with_gates,
        led=0 if options.full else None,
    )


def tell_shortest(steps: Sequence[Step], minutes: float | None) -> None:
    """Tell, before it begins, of a time that is too short for the routine, with what cannot go."""
    length_s = usual_s(steps)
    if minutes is None or length_s <= minutes * 60 + 0.5:
        return
    asking = sum(step.advance is not Advance.AUTO for step in steps)
    waits = f", {asking} of which ask or wait" if asking else ""
    warn(
        f"--minutes {minutes:g}: the shortest form takes {clock(length_s)}. Its beginning, its end and "
        f"what always stays are in it ({len(steps)} steps{waits}); nothing is hurried"
    )


_ASKED = {"product", "tool"}  # have an option of their own
_ANSWERS = {"yes": True, "no": False}


def _fact(known: FactOf, value: float | str) -> Fact:
    """Return what the listener says of a fact. Raises `UsageError` when it is no answer to it."""
    if not isinstance(known.default, bool):
        return value
    if value not in _ANSWERS:
        raise UsageError(f"--set {known.id}={value}: say yes or no", known.question)
    return _ANSWERS[str(value)]


def _param(text: str) -> tuple[str, float | str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise UsageError(
            f"--set {text}: write NAME=VALUE",
            "`player show ROUTINE` names the params; facts: docs/routine-format.md",
        )
    try:
        return name, float(value)
    except ValueError:
        return name, value
