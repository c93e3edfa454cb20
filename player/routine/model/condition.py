"""The small language of `when`: names, and, or, not, comparisons. It can do nothing else.

condition = and-part ("or" and-part)*
and-part  = part ("and" part)*
part      = "not" part | "(" condition ")" | value [("==" | "!=" | "<" | "<=" | ">" | ">=") value]
value     = name | number | 'text'
"""

import re
from collections.abc import Callable

from player.core.condition import SIGNS, Comparison, Condition, Logic, Value
from player.yaml_reader.fields import FLAGS

MAX_LENGTH = 300
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|(?P<name>[A-Za-z_][\w.-]*)"
    r"|(?P<sign>==|!=|<=|>=|[<>()]))"
)
_WORDS = frozenset({"and", "or", "not"})


class ConditionError(ValueError):
    """A condition that cannot be read; the message says why."""


def parse(text: str) -> Condition:
    """Read a condition. Raises `ConditionError`."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"longer than {MAX_LENGTH} characters")
    reader = _Reader(_tokens(text))
    condition = reader.either(0)
    if reader.tokens:
        raise ConditionError(f"`{reader.tokens[-1][1]}` does not fit here{_instead(text)}")
    return condition


_IS = re.compile(r"(?P<name>[A-Za-z_][\w.-]*) *(?P<sign>\bis not\b|\bis\b|=) *(?P<value>\w+)")


def _instead(text: str) -> str:
    """Return what to write instead of "x is no" or "x = oil", or ""."""
    match = _IS.search(text)
    if match is None:
        return ""
    name, value, same = match["name"], match["value"], match["sign"] != "is not"
    if value in FLAGS:
        return f": write `{name}`" if FLAGS[value] == same else f": write `not {name}`"
    return f": write `{name} {'==' if same else '!='} {value}`"


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].strip()[:10]
            raise ConditionError(f"`{rest}` is not part of the language of conditions{_instead(text)}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found[::-1]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens  # the next one is the last

    def either(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise ConditionError(f"nested deeper than {MAX_DEPTH} levels")
        return self._joined("or", lambda: self._joined("and", lambda: self._part(depth)))

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._next_is(word):
            self.tokens.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logic(word, tuple(parts))

    def _next_is(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[-1][1] in words and self.tokens[-1][0] != "text"

    def _part(self, depth: int) -> Condition:
        if self._next_is("not"):
            self.tokens.pop()
            if depth > MAX_DEPTH:
                raise ConditionError(f"nested deeper than {MAX_DEPTH} levels")
            return Logic("not", (self._part(depth + 1),))
        if self._next_is("("):
            self.tokens.pop()
            inside = self.either(depth + 1)
            if not self._next_is(")"):
                raise ConditionError("a bracket is not closed")
            self.tokens.pop()
            return inside
        left = self._value()
        if not self._next_is(*SIGNS):
            return left
        return Comparison(left, self.tokens.pop()[1], self._value())

    def _value(self) -> Value:
        if not self.tokens:
            raise ConditionError("something is missing at the end")
        kind, text = self.tokens.pop()
        if kind == "number":
            return Value(fixed=float(text))
        if kind == "text":
            return Value(fixed=text[1:-1])
        if kind == "name" and text in FLAGS:
            return Value(fixed=FLAGS[text])
        if kind == "name" and text not in _WORDS:
            return Value(name=text)
        raise ConditionError(f"`{text}` does not fit here")
