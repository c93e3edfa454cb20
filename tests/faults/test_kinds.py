"""Every kind of fault has its tests: for what was seen, two brothers of it, and what must stay as it is."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from planted_bugs import BUGS

from tests.faults.kinds import KINDS, FaultKind

ROOT = Path(__file__).parents[2]
FIRST = 4  # of each table have planted bugs: what was reported, and from the fourteenth on what was found
TABLES = (KINDS[:13], KINDS[13:])


@cache
def functions(file: str) -> frozenset[str]:
    path = ROOT / "tests" / file
    path = path.with_name(f"test_{path.name}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_has_tests_for_the_case_two_brothers_and_what_stays(kind: FaultKind) -> None:
    assert kind.seen
    assert len(kind.brothers) >= 2
    assert kind.unchanged
    named = [*kind.seen, *kind.brothers, *kind.unchanged]
    assert len(named) == len(set(named))
    for one in named:
        file, _, name = one.partition("::")
        assert f"test_{name}" in functions(file), one


def test_the_first_kinds_have_bugs_that_are_planted() -> None:
    planted = {bug.name for bug in BUGS}
    for table in TABLES:
        assert all(kind.bugs for kind in table[:FIRST])
        assert {name for kind in table for name in kind.bugs} <= planted


def test_the_page_has_a_row_for_each_kind() -> None:
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    chapter = page.partition("## Kinds of faults from the field")[2]
    rows = re.findall(r"^\| ([^|]+?) \|", chapter, re.MULTILINE)[1:]
    assert rows == [kind.name for kind in KINDS]
