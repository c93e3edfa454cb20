"""Conditions over facts: what they are, whether they hold, and what is left of one while some facts are open.

`player/routine` reads them from scripts. A plan carries what could not be decided when it was made; the
engine decides that with the session's answers when the step comes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

Fact = bool | float | str

_ORDERED = frozenset({"<", "<=", ">", ">="})
SIGNS = frozenset({"==", "!=", *_ORDERED})


@dataclass(frozen=True, slots=True)
class Value:
    """A name of a fact, or a fixed number or text."""

    name: str = ""
    fixed: Fact = ""

    def of(self, facts: Mapping[str, Fact]) -> Fact:
        """Return what this stands for. A name that is no fact stands for itself, as a word."""
        return facts.get(self.name, self.name) if self.name else self.fixed


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value against another."""

    left: Value
    sign: str
    right: Value


@dataclass(frozen=True, slots=True)
class Logic:
    """`and`, `or` over all parts; `not` over one."""

    word: str
    parts: "tuple[Condition, ...]"


Condition = Value | Comparison | Logic


def holds(condition: Condition | None, facts: Mapping[str, Fact]) -> bool:
    """Whether a condition is true of these facts; None is. A fact that is not known counts as no."""
    match condition:
        case None:
            return True
        case Value():
            return bool(facts.get(condition.name, False)) if condition.name else bool(condition.fixed)
        case Comparison(left, sign, right):
            return _compare(left.of(facts), sign, right.of(facts))
        case Logic("and", parts):
            return all(holds(part, facts) for part in parts)
        case Logic("or", parts):
            return any(holds(part, facts) for part in parts)
        case Logic(_, parts):
            return not holds(parts[0], facts)


def reduced(condition: Condition, facts: Mapping[str, Fact], open_: Collection[str]) -> Condition | bool:
    """Return whether a condition holds, or what is left of it to decide once the `open_` facts are known."""
    match condition:
        case Logic("not", (part,)):
            inside = reduced(part, facts, open_)
            return not inside if isinstance(inside, bool) else Logic("not", (inside,))
        case Logic(word, parts):
            return joined(word, (reduced(part, facts, open_) for part in parts))
        case Comparison(left, sign, right) if open_names(condition, open_):
            return Comparison(_filled(left, facts, open_), sign, _filled(right, facts, open_))
        case _ if open_names(condition, open_):
            return condition
        case _:
            return holds(condition, facts)


def joined(word: str, parts: "Iterator[Condition | bool]") -> Condition | bool:
    """Return the `and` or `or` of parts of which some are decided."""
    decides = word == "or"  # one part that is so decides the whole
    left = []
    for part in parts:
        if part is decides:
            return decides
        if not isinstance(part, bool):
            left.append(part)
    if len(left) <= 1:
        return left[0] if left else not decides
    return Logic(word, tuple(left))


def open_names(condition: Condition, open_: Collection[str]) -> bool:
    """Whether a condition names an open fact."""
    return any(name in open_ for name in names(condition))


def _filled(value: Value, facts: Mapping[str, Fact], open_: Collection[str]) -> Value:
    return value if value.name in open_ else Value(fixed=value.of(facts))


def _compare(left: Fact, sign: str, right: Fact) -> bool:
    if sign == "==":
        return left == right
    if sign == "!=":
        return left != right
    if isinstance(left, str) or isinstance(right, str):
        return False
    match sign:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def names(condition: Condition) -> Iterator[str]:
    """Yield the names of facts in a condition; the right side of == and != may be a plain word."""
    match condition:
        case Value():
            if condition.name:
                yield condition.name
        case Comparison(left, sign, right):
            yield from names(left)
            if sign in _ORDERED:
                yield from names(right)
        case Logic(_, parts):
            for part in parts:
                yield from names(part)
