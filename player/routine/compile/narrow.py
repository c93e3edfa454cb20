"""Which steps of a script are wanted, by what is known; what is still open stays with its condition.

In: the steps of a script, still in loops, and what is known. Out: those that are left, each question as the
steps that it becomes; and which of them run another routine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod

from player.routine.compile.care import asked
from player.routine.compile.known import CompileContext, decided
from player.routine.model.script import Group, Item, Keep, StepSpec, amount

_ORDER = {Keep.ALWAYS: 0, Keep.USUALLY: 1, Keep.IF_TIME: 2, None: 1}

Steps = tuple[StepSpec | Group, ...]


def narrowed(steps: Steps, context: CompileContext) -> Steps:
    """Return the steps whose conditions hold or are still open, and of a group that picks those picked."""
    return tuple(inner for step in steps for inner in _left(step, context))


def _left(step: StepSpec | Group, context: CompileContext) -> Iterator[StepSpec | Group]:
    left = decided(step.when, context)
    if left is False:
        return
    when = None if left is True else left
    if isinstance(step, Group):
        yield replace(_group(step, context), when=when)
    elif step.ask:
        yield from asked(replace(step, when=when), context)
    else:
        yield replace(step, when=when)


def _left_items(loop: tuple[Item, ...], context: CompileContext) -> Iterator[Item]:
    for item in loop:
        left = decided(item.when, context)
        if left is not False:
            yield replace(item, when=None if left is True else left)


def _group(group: Group, context: CompileContext) -> Group:
    loops = tuple(tuple(_left_items(loop, context)) for loop in group.loops)
    group = replace(group, loops=loops)
    steps, pick = group.steps, group.pick
    if pick is not None:
        pick = int(amount(pick, context.params) or 1)
        if _rounds(group, context.params) <= 1:
            steps, pick = _picked(steps, pick, context), None
    return replace(group, steps=narrowed(steps, context), pick=pick)


def _picked(steps: Steps, most: int, context: CompileContext) -> Steps:
    there = [step for step in steps if decided(step.when, context) is not False]
    best = sorted(there, key=lambda step: _ORDER[step.keep])[:most]
    return tuple(step for step in there if any(step is other for other in best))


def _rounds(group: Group, params: Mapping[str, float]) -> int:
    """Return how many rounds the loops of a group make."""
    return int(amount(group.repeat, params) or 0) * prod(len(loop) for loop in group.loops)


def runs(steps: Steps, params: Mapping[str, float]) -> Iterator[tuple[StepSpec, int]]:
    """Yield the steps that run another routine, and how often each comes."""
    for step in steps:
        if isinstance(step, StepSpec):
            if step.run:
                yield step, 1
            continue
        rounds = _rounds(step, params)
        rounds = rounds if step.pick is None else min(rounds, int(step.pick))
        if rounds:
            yield from ((spec, rounds * times) for spec, times in runs(step.steps, params))
