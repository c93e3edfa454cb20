"""The shape of the source: who imports whom, how long things are, and what no module may do."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "player"
MODULES = sorted(SOURCE.rglob("*.py"))
NAMES = [path.relative_to(SOURCE).as_posix() for path in MODULES]
PURE = {
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "math",
    "re",
    "types",
    "typing",
}
PURE |= {"unicodedata", "datetime"}  # of the second the values alone
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "time", "monotonic"}
TOP = {"player", "__init__", "__main__"}  # the package itself: its version, and the start of the command
MODULE_LINES, FUNCTION_LINES = 300, 50

each_module = pytest.mark.parametrize("path", MODULES, ids=NAMES)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def package(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool, int]]:
    """Yield every import as (dotted name, inside a function, line)."""

    def walk(node: ast.AST, *, inside: bool) -> Iterator[tuple[str, bool, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from ((alias.name, inside, child.lineno) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}:{child.lineno}: a relative import"
                if child.module == "player":
                    yield from ((f"player.{alias.name}", inside, child.lineno) for alias in child.names)
                else:
                    yield str(child.module), inside, child.lineno
            lazy = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from walk(child, inside=lazy)

    return walk(tree(path), inside=False)


def rules() -> dict[str, tuple[set[str], set[str], set[str]]]:
    """Read the table of `docs/architecture.md`: package -> (ours, others, others only inside functions)."""
    table: dict[str, tuple[set[str], set[str], set[str]]] = {}
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"`\w+`", cells[0]):
            lazy = set(re.findall(r"\[`(\w+)`\]", cells[3]))
            others = set(re.findall(r"`(\w+)`", cells[3])) - lazy
            table[cells[0].strip("`")] = (set(re.findall(r"`(\w+)`", cells[2])), others, lazy)
    return table


RULES = rules()


def test_the_table_names_every_package() -> None:
    assert set(RULES) == {package(path) for path in MODULES} - TOP - {"lang"}


def test_the_arrows_of_the_table_point_one_way() -> None:
    """No package can reach itself through others."""
    for start in RULES:
        seen: set[str] = set()
        ahead = set(RULES[start][0])
        while ahead:
            one = ahead.pop()
            assert one != start, f"{start} imports itself through others"
            seen.add(one)
            ahead |= RULES[one][0] - seen


@each_module
def test_imports_are_those_of_the_table(path: Path) -> None:
    if package(path) in TOP:
        assert {name for name, _, _ in imports(path)} <= {"sys", "player.cli.main"}
        return
    ours, others, lazy = RULES[package(path)]
    for name, inside, line in imports(path):
        top, *rest = name.split(".")
        where = f"{path.relative_to(ROOT)}:{line}: {name}"
        if top == "player":
            assert rest[0] in {package(path), "__version__", *ours}, where
        elif top not in sys.stdlib_module_names and top != "_ctypes":
            assert top in others or (inside and top in lazy), where


@each_module
def test_the_core_imports_only_the_pure_part_of_the_standard_library(path: Path) -> None:
    if package(path) in {"core", "errors"}:
        for name, _, line in imports(path):
            assert name.split(".")[0] in PURE | {"player"}, f"{path.name}:{line}: {name}"


@each_module
def test_the_core_reads_no_clock(path: Path) -> None:
    if package(path) == "core":
        called = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
        names = {func.attr for func in called if isinstance(func, ast.Attribute)}
        assert not names & CLOCKS, path.name


@pytest.mark.parametrize("gone", ["asyncio", "socket", "multiprocessing"])
def test_nothing_opens_sockets(gone: str) -> None:
    users = {path.name for path in MODULES for name, _, _ in imports(path) if name.split(".")[0] == gone}
    assert users == set()


def test_the_core_needs_nothing_installed() -> None:
    """Neither does a rehearsal, nor the command line until it knows what is wanted."""
    names = [f"player.core.{path.stem}" for path in MODULES if package(path) == "core"]
    wanted = ["player", "player.errors", "player.session.rehearsal", "player.cli.main", *names]
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + "\n".join(f"import {n}" for n in wanted)
    check = "\nprint(*sorted({n.split('.')[0] for n in sys.modules} - sys.stdlib_module_names))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code + check], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) - {"__main__"} == {"player"}


# --- size ---------------------------------------------------------------------------------------------


@each_module
def test_modules_and_functions_are_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MODULE_LINES, f"{path.relative_to(ROOT)} has {lines} lines"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{path.relative_to(ROOT)}: {node.name} has {length} lines"


@each_module
def test_names_say_something(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "base"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            assert not re.search(r"(Manager|Handler|Helper|Util)$", node.name), node.name


def test_a_class_name_has_one_meaning() -> None:
    where: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where.setdefault(node.name, []).append(path.relative_to(SOURCE).as_posix())
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


# --- what no module may do ----------------------------------------------------------------------------


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node.lineno


@each_module
def test_only_the_command_line_prints(path: Path) -> None:
    if package(path) != "cli":
        assert [line for name, line in calls(path) if name == "print"] == []


@each_module
def test_nothing_sleeps(path: Path) -> None:
    if package(path) != "bench":  # a measurement takes its time
        assert [line for name, line in calls(path) if name == "sleep"] == []


@each_module
def test_a_broad_except_says_why(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = (
            {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)} if node.type else {"all"}
        )
        if caught & {"all", "Exception", "BaseException"}:
            _, _, comment = lines[node.lineno - 1].partition("#")
            reason = re.sub(r"noqa: [A-Z0-9, ]+", "", comment).strip(" #-")
            assert len(reason.split()) >= 3, (
                f"{path.relative_to(ROOT)}:{node.lineno}: {lines[node.lineno - 1]}"
            )


@each_module
def test_data_is_frozen_and_slotted_in_the_core(path: Path) -> None:
    if package(path) != "core":
        return
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "dataclass":
                flags = {keyword.arg for keyword in decorator.keywords}
                assert {"frozen", "slots"} <= flags, f"{path.name}: {node.name}"


@each_module
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path)) or not path.read_text(encoding="utf-8").strip()
