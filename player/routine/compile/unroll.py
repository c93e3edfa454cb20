"""Loops become a flat row of rounds. Nothing here can fail, nothing is asked: that came before.

In: the parts of a session; out: one `Row` for each time that a step is led, in order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import cast

from player.core.condition import Condition
from player.core.plan import Side
from player.routine.compile.assemble import SessionPart
from player.routine.compile.narrow import Steps
from player.routine.model.script import NOTHING, Doing, Group, Item, Keep, StepSpec, amount, merged
from player.yaml_reader.document import Node

_ONE_SIDE = {Side.LEFT.value, Side.RIGHT.value}


@dataclass(frozen=True, slots=True)
class Unit:
    """What is left out together when time is short: a step, both sides, a round of a group."""

    id: str
    round: int = 1  # of several the last goes first


@dataclass(frozen=True, slots=True)
class Round:
    """Where in the loops a step is: the words, the changes, the name so far."""

    words: Mapping[str, str]
    doing: Doing
    path: tuple[str, ...] = ()
    unit: Unit | None = None  # None: each step is one of its own
    keep: Keep | None = None
    optional: bool = False
    said_by: Mapping[str, Node] = field(default_factory=dict)  # which item of a loop said what
    conditions: tuple[Condition, ...] = ()  # of the groups around
    again: bool = False  # a later round of the same steps


@dataclass(frozen=True, slots=True)
class Row:
    """A step in one round of its loops."""

    spec: StepSpec
    around: Round
    part: SessionPart


def unrolled(parts: Iterable[SessionPart]) -> tuple[Row, ...]:
    """Return the rows of these parts and, in their places, those of the parts that they run."""
    return tuple(_rows(parts))


def _rows(parts: Iterable[SessionPart], conditions: tuple[Condition, ...] = ()) -> Iterator[Row]:
    for part in parts:
        keep = Keep.ALWAYS if part.gate else None
        around = Round({}, NOTHING, part.prefix, keep=keep, conditions=conditions)
        for spec, round_ in _steps(part.steps, around, part):
            yield Row(spec, round_, part)
            if inner := part.inner.get(spec.where):
                yield from _rows((inner,), (*round_.conditions, *([] if spec.when is None else [spec.when])))


def _steps(steps: Steps, around: Round, part: SessionPart) -> Iterator[tuple[StepSpec, Round]]:
    for step in steps:
        if isinstance(step, Group):
            for round_ in _rounds(step, around, part):
                yield from _steps(step.steps, round_, part)
        else:
            yield step, around


def _rounds(group: Group, around: Round, part: SessionPart) -> tuple[Round, ...]:
    rounds = tuple(_all_rounds(group, around, part.context.params))
    return rounds if part.whole or group.pick is None else rounds[: int(group.pick)]


def _all_rounds(group: Group, around: Round, params: Mapping[str, float]) -> Iterator[Round]:
    times = int(cast("float", amount(group.repeat, params)))
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
    here = (group.when, *(item.when for item in items))
    conditions = (*around.conditions, *(when for when in here if when is not None))
    return Round(
        words=words,
        doing=doing,
        path=path,
        unit=around.unit,
        keep=keep,
        optional=optional,
        said_by=said_by,
        conditions=conditions,
        again=around.again or number not in {"", "1"},
    )
