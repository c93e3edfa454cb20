"""Whoever gives a dataclass of ours more than five values names them: nobody can count to nine in a row."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*(ROOT / "player").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
MOST = 5


@cache
def long_ones() -> frozenset[str]:
    """Return the names of the dataclasses of the player with more fields than `MOST`."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "player").rglob("*.py"))
    classes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return frozenset(
        node.name
        for node in classes
        if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        and sum(isinstance(one, ast.AnnAssign) for one in node.body) > MOST
    )


def ours(tree: ast.Module) -> set[str]:
    """Return the names of a module that mean something of the player: imported from it, or defined here."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "player"
        for alias in node.names
    }
    return imported | {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def unnamed(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield (class, line) of every call with more values than `MOST` of which some stand without a name."""
    known = ours(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(isinstance(value, ast.Starred) for value in node.args):
            continue
        called = ast.unparse(node.func)
        of_ours = called.split(".")[0] in known and called.split(".")[-1] in long_ones()
        if of_ours and node.args and len(node.args) + len(node.keywords) > MOST:
            yield called, node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_many_values_have_their_names(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [f"{path.relative_to(ROOT)}:{line}: {called}" for called, line in unnamed(tree)] == []


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("Recognition(1, 2, 3, 4, 5, 6)", True),
        ("decision.Recognition(1, 2, 3, 4, 5, text=6)", True),
        ("Recognition(1, 2, 3, 4, 5)", False),
        ("Recognition(a=1, b=2, c=3, d=4, e=5, f=6)", False),
        ("Recognition(*values)", False),
        ("theirs.Recognition(1, 2, 3, 4, 5, 6)", False),
        ("Accepted(1, 2, 3, 4, 5, 6)", False),
    ],
)
def test_a_row_of_values_is_found(call: str, found: bool) -> None:
    head = "from player.core import decision\nfrom player.core.decision import Accepted, Recognition\n"
    assert bool(list(unnamed(ast.parse(head + call)))) == found
