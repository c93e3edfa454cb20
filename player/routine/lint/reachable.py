"""Whether a condition can ever be so, whatever the facts are."""

from itertools import product

from player.core.condition import Comparison, Condition, Logic, Value

MAX_PARTS = 10  # of more we say that it can: 2 ** 10 trials are enough


def _parts(condition: Condition) -> set[Condition]:
    if isinstance(condition, Logic):
        return {part for inner in condition.parts for part in _parts(inner)}
    return {condition}


def can_hold(condition: Condition) -> bool:
    """Return False only where no facts make it true."""
    parts = sorted(_parts(condition), key=repr)
    if len(parts) > MAX_PARTS:
        return True
    return any(
        _true(condition, dict(zip(parts, values, strict=True))) and _together(parts, values)
        for values in product((True, False), repeat=len(parts))
    )


def _true(condition: Condition, values: dict[Condition, bool]) -> bool:
    if not isinstance(condition, Logic):
        fixed = isinstance(condition, Value) and not condition.name
        return bool(condition.fixed) if fixed and isinstance(condition, Value) else values[condition]
    if condition.word == "not":
        return not _true(condition.parts[0], values)
    combine = all if condition.word == "and" else any
    return combine(_true(part, values) for part in condition.parts)


def _together(parts: list[Condition], values: tuple[bool, ...]) -> bool:
    """Whether no fact would have to be two things at once."""
    wanted: dict[Value, Value] = {}
    for part, value in zip(parts, values, strict=True):
        if not (isinstance(part, Comparison) and part.sign == "==" and value):
            continue
        if wanted.setdefault(part.left, part.right) != part.right:
            return False
    return True
