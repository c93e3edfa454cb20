"""The language of `when`: what it can say, and that it can say nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.core.condition import Fact, holds, names
from player.routine.model.condition import ConditionError, parse

FACTS: dict[str, Fact] = {"a": True, "b": False, "n": 7.0, "product": "oil", "tool.reusable": True}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a", True),
        ("not a", False),
        ("a and b", False),
        ("a or b", True),
        ("not (a and b)", True),
        ("not a or a", True),
        ("b and a or a", True),
        ("a and (b or not b)", True),
        ("n >= 7", True),
        ("n < 7", False),
        ("n != 8", True),
        ("product == oil", True),
        ("product == 'oil'", True),
        ("product != cream", True),
        ("product < 3", False),
        ("tool.reusable", True),
        ("unknown", False),
        ("a == yes", True),
        ("b == no", True),
    ],
)
def test_what_it_says(text: str, wanted: bool) -> None:
    assert holds(parse(text), FACTS) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "and",
        "a and",
        "a b",
        "(a",
        "a)",
        "a = b",
        "a + b",
        "f(x)",
        "a; b",
        "a[0]",
        "__import__('os')",
        "a ==",
        "not",
        "lambda: 1",
        "(" * 25 + "a" + ")" * 25,
        "not " * 25 + "a",
        "a " * 200,
    ],
)
def test_what_it_cannot_say(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("a is no", "not a"),
        ("a is yes", "a"),
        ("b and a is not yes", "not a"),
        ("a is oil", "a == oil"),
        ("a is not oil", "a != oil"),
        ("a = b", "a == b"),
        ("tool.reusable=no", "not tool.reusable"),
    ],
)
def test_what_is_said_in_plain_words_is_told_how_to_write(text: str, instead: str) -> None:
    with pytest.raises(ConditionError, match=rf"write `{re.escape(instead)}`$"):
        parse(text)
    parse(instead)


def test_names_are_the_facts_that_it_asks_for() -> None:
    assert set(names(parse("a and not b or n > 3 and product == oil"))) == {"a", "b", "n", "product"}


def _verdict(text: str) -> str:
    try:
        return str(holds(parse(text), FACTS))
    except ConditionError as error:
        return f"error: {error}"


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    verdict = _verdict(text)
    assert verdict in {"True", "False"} or len(verdict) > len("error: ")
