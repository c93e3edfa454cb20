"""Loops, groups and conditions become a flat row of moves. Nothing here can fail: the check came before."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import cast

from player.core.plan import Side
from player.files.document import Node
from player.routine.compile.compile_step import (
    NOTHING,
    CompileContext,
    Move,
    Round,
    Unit,
    amount,
    merged,
    perform,
)
from player.routine.model.condition import Condition, holds
from player.routine.model.script import Group, Item, Keep, Routine, StepSpec

_ONE_SIDE = {Side.LEFT.value, Side.RIGHT.value}
_ORDER = {Keep.ALWAYS: 0, Keep.USUALLY: 1, Keep.IF_TIME: 2, None: 1}


def moves(routine: Routine, setting: CompileContext, prefix: tuple[str, ...] = ()) -> Iterator[Move]:
    """Yield the moves of a routine's own steps, in order."""
    return _steps(routine.steps, routine, Round({}, NOTHING, prefix), setting)


def _steps(
    steps: tuple[StepSpec | Group, ...], routine: Routine, around: Round, setting: CompileContext
) -> Iterator[Move]:
    for step in steps:
        if not _wanted(step.when, setting):
            continue
        if isinstance(step, Group):
            yield from _group(step, routine, around, setting)
        else:
            yield perform(step, routine, around, setting)


def _wanted(when: Condition | None, setting: CompileContext) -> bool:
    return when is None or setting.everything or holds(when, setting.facts)


def _group(group: Group, routine: Routine, around: Round, setting: CompileContext) -> Iterator[Move]:
    rounds = tuple(_rounds(group, around, setting))
    steps = group.steps
    if group.pick is not None and not setting.everything:
        most = int(amount(group.pick, setting.params) or 1)
        if len(rounds) > 1:
            rounds = rounds[:most]
        else:
            steps = _picked(steps, most, setting)
    for one in rounds:
        yield from _steps(steps, routine, one, setting)


def _picked(
    steps: tuple[StepSpec | Group, ...], most: int, setting: CompileContext
) -> tuple[StepSpec | Group, ...]:
    there = [step for step in steps if _wanted(step.when, setting)]
    best = sorted(there, key=lambda step: _ORDER[step.keep])[:most]
    return tuple(step for step in there if any(step is other for other in best))


def _rounds(group: Group, around: Round, setting: CompileContext) -> Iterator[Round]:
    times = int(cast("float", amount(group.repeat, setting.params)))
    both_sides = _splits_sides(group)
    for number in range(1, times + 1):
        for items in product(*group.loops):
            round_ = _round(group, around, items, f"{number}" if times > 1 else "")
            whole = around.unit is None and (times > 1 or both_sides)
            unit = Unit(".".join((*around.path, group.id)), number)
            yield replace(round_, unit=unit) if whole else round_


def _splits_sides(group: Group) -> bool:
    sides = {item.doing.side for loop in group.loops for item in loop}
    return sides >= _ONE_SIDE


def _round(group: Group, around: Round, items: tuple[Item, ...], number: str) -> Round:
    doing = around.doing
    words: Mapping[str, str] = around.words
    said_by: Mapping[str, Node] = around.said_by
    for item in items:
        doing = merged(doing, item.doing)
        words = {**words, **item.words}
        said_by = {**said_by, **dict.fromkeys(item.where.keys, item.where)}
    if number:
        words = {**words, "round": number}
    path = (*around.path, group.id, *([number] if number else []), *(item.key for item in items))
    keep, optional = group.keep or around.keep, group.optional or around.optional
    conditions = (*around.conditions, *([group.when] if group.when is not None else []))
    return Round(
        words=words,
        doing=doing,
        path=path,
        unit=around.unit,
        keep=keep,
        optional=optional,
        said_by=said_by,
        conditions=conditions,
    )
