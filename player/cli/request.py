"""From options to what a listener asks for beside the routine's name."""

import argparse

from player.core.plan import Plan
from player.errors import PlayerError
from player.routine.compose import Request, load_plan


def request(options: argparse.Namespace, *, with_gates: bool = False) -> Request:
    """Return the request of a command line. Raises `PlayerError` for a `--set` that is none."""
    return Request(
        params=dict(map(_param, options.params)),
        product=options.product,
        tool=options.tool,
        minutes=options.minutes,
        with_prep=options.prep,
        with_after=options.after,
        with_gates=with_gates,
    )


def plan_for(options: argparse.Namespace, *, with_gates: bool = False) -> Plan:
    """Return the plan that a command line asks for. Raises `FileFault`, `PlayerError`."""
    return load_plan(options.routine, request=request(options, with_gates=with_gates))


def _param(text: str) -> tuple[str, float | str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise PlayerError(f"--set {text}: write NAME=VALUE", "`player show ROUTINE` names the params")
    try:
        return name, float(value)
    except ValueError:
        return name, value
