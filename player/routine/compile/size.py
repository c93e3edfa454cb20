"""How many steps a script unrolls to, at most: known before anything is unrolled, so nothing can run away."""

from collections.abc import Mapping
from math import prod

from player.routine.model.script import Amount, Group, Param, StepSpec

MAX_SIZE = 20_000


def size(steps: tuple[StepSpec | Group, ...], params: Mapping[str, Param]) -> int:
    """Return the greatest number of rounds and steps; conditions are not asked."""
    return sum(_size(step, params) for step in steps)


def _size(step: StepSpec | Group, params: Mapping[str, Param]) -> int:
    if not isinstance(step, Group):
        return 1
    rounds = _most(step.repeat, params) * prod(len(loop) for loop in step.loops)
    return rounds * (1 + size(step.steps, params))


def _most(amount: Amount, params: Mapping[str, Param]) -> int:
    if isinstance(amount, str):
        return int(params[amount].max) if amount in params else 1
    return int(amount)
