"""Plants the bugs of `planted_bugs.py`, one at a time, in copies of the tree; the tests must catch each.

    python .ci/plant.py                         # all of them: `make planted`; exit code 1 if any is missed
    python .ci/plant.py --only NAME             # some: every one whose name holds NAME (several: A,B)
    python .ci/plant.py --changed --limit 240   # as `.ci/run` does: what the change touches, then others
    python .ci/plant.py --count                 # how many there are

A bug is caught when its tests pass on the clean copy and fail on the one with the bug in it. `--changed`
begins with the bugs whose file or tests differ from the last landed commit, and those that are new; the
others follow in an order that is another one for every commit. The last landed commit is `BASE` of the
environment, else where this branch left `origin/main` or `main`, else the commit before; without any, all
bugs are others. `--limit` ends the run after so many seconds and says what was left.
"""

import argparse
import ast
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

from planted_bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    ".ci",
    "player",
    "tests",
    "scripts",
    "voices",
    "pyproject.toml",
    "uv.lock",
    "README.md",
    "docs",
    "build/face_mesh",
)
PROCESSES = 2
PASSED, FAILED = 0, 1  # pytest's exit codes; 1: tests ran and some failed
CAUGHT, LEFT = "", "no time left"

# A failing law need not be made small here: the first example that breaks it is enough.
QUICK = """
from hypothesis import Phase, settings
settings.register_profile("planted", phases=(Phase.explicit, Phase.generate), database=None, derandomize=True)
settings.load_profile("planted")
"""


# --- whether a bug can be planted at all ----------------------------------------------------------------


def anchor_faults(bugs: Iterable[Bug], root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for everything that keeps a bug from being planted: file, text or tests."""
    for bug in bugs:
        file = root / bug.file
        if not file.is_file():
            yield f"{bug.name}: there is no file {bug.file}"
        elif (times := file.read_text(encoding="utf-8").count(bug.old)) != 1:
            yield f"{bug.name}: its text is {times} times in {bug.file}, not once: {bug.old!r}"
        if not bug.tests:
            yield f"{bug.name}: no test is named that catches it"
        yield from (f"{bug.name}: there is no test {test}" for test in bug.tests if not _is_test(root, test))


def _is_test(root: Path, test: str) -> bool:
    """Whether a test id leads to a file, function, class or method that is there."""
    file, _, name = test.partition("[")[0].partition("::")
    return (root / file).is_file() and (not name or name in _tests(root, file))


@cache
def _tests(root: Path, file: str) -> frozenset[str]:
    """Return the functions, classes and methods (`Class::name`, inherited ones too) of a file."""
    tree = ast.parse((root / file).read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: f"{node.module.replace('.', '/')}.py"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tests.")
        for alias in node.names
    }
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            names = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            for base in (base.id for base in node.bases if isinstance(base, ast.Name)):
                known = _tests(root, imported[base]) if base in imported else found
                names |= {one.removeprefix(f"{base}::") for one in known if one.startswith(f"{base}::")}
            found |= {f"{node.name}::{name}" for name in names}
    return frozenset(found)


# --- which bugs, in which order -------------------------------------------------------------------------


def git(*arguments: str, root: Path = ROOT) -> str:
    """Return what git prints; empty where there is no git, no repository or no such commit."""
    with suppress(OSError):
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return done.stdout.strip() if done.returncode == 0 else ""
    return ""


def landed(root: Path = ROOT) -> str:
    """Return the commit that the change is compared with; empty when there is none."""
    if base := os.environ.get("BASE", ""):
        return base
    head = git("rev-parse", "HEAD", root=root)
    left = (git("merge-base", "HEAD", branch, root=root) for branch in ("origin/main", "main"))
    return next((base for base in left if base not in {"", head}), git("rev-parse", "HEAD^", root=root))


def touched(bugs: Sequence[Bug], base: str, root: Path = ROOT) -> list[Bug]:
    """Return the bugs whose file or tests differ from `base`, and those that `base` does not know."""
    if not base:
        return []
    new = git("ls-files", "--others", "--exclude-standard", root=root)
    changed = {*git("diff", "--name-only", base, root=root).splitlines(), *new.splitlines()}
    before = git("show", f"{base}:.ci/planted_bugs.py", root=root)
    files = {bug: {bug.file, *(test.partition("::")[0] for test in bug.tests)} for bug in bugs}
    return [bug for bug in bugs if files[bug] & changed or f'"{bug.name}"' not in before]


def in_turn(bugs: Sequence[Bug], first: Sequence[Bug], commit: str) -> list[Bug]:
    """Return `first`, then the others, in an order that `commit` draws."""

    def drawn(bug: Bug) -> str:
        return sha256(f"{commit} {bug.name}".encode()).hexdigest()

    return sorted(first, key=drawn) + sorted((bug for bug in bugs if bug not in first), key=drawn)


# --- planting -------------------------------------------------------------------------------------------


def copy_tree(into: Path, root: Path = ROOT) -> Path:
    """Copy all that the tests need, and the profile that they run with."""
    into.mkdir()
    for name in COPIED:
        source, target = root / name, into / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, target)
    (into / "planted_profile.py").write_text(QUICK, encoding="utf-8")
    return into


def run_tests(tree: Path, tests: Iterable[str], until: float) -> tuple[int | None, str]:
    """Return pytest's exit code and what it printed; None when it was not over at `until`."""
    options = ("-x", "-q", "-p", "planted_profile", "-p", "no:cacheprovider")
    # No bytecode: a bug of the same length planted in the same second would go unnoticed.
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            left_s = until - time.monotonic()
            printed, _ = run.communicate(timeout=None if left_s == float("inf") else max(left_s, 0.0))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            return None, ""
    return run.returncode, printed


@dataclass
class Ground:
    """Copies of the tree to plant in, one for each process, and the tests that are known to pass there."""

    trees: SimpleQueue[Path]
    until: float = float("inf")
    passing: set[str] = field(default_factory=set)

    def plant(self, bug: Bug) -> str:
        """Return what came of one bug: empty when it was caught."""
        if time.monotonic() >= self.until:
            return LEFT
        tree = self.trees.get()
        try:
            return self._with_bug(tree, bug) or self.without_bug(tree, bug.tests)
        finally:
            self.trees.put(tree)

    def _with_bug(self, tree: Path, bug: Bug) -> str:
        file = tree / bug.file
        clean = file.read_text(encoding="utf-8")
        if clean.count(bug.old) != 1:
            return f"cannot be planted: the line is there {clean.count(bug.old)} times"
        try:
            file.write_text(clean.replace(bug.old, bug.new), encoding="utf-8")
            code, printed = run_tests(tree, bug.tests, self.until)
        finally:
            file.write_text(clean, encoding="utf-8")
        outcomes = {None: LEFT, PASSED: "missed", FAILED: CAUGHT}
        return outcomes.get(code, f"the tests did not run (exit code {code}):\n{printed}")

    def without_bug(self, tree: Path, tests: Iterable[str]) -> str:
        """Return why a failure proves nothing: the tests do not pass without any bug. Empty when they do."""
        wanted = sorted(set(tests) - self.passing)
        code, printed = run_tests(tree, wanted, self.until) if wanted else (PASSED, "")
        if code is None:
            return LEFT
        if code != PASSED:
            return f"its tests do not pass without it either:\n{printed}"
        self.passing |= set(wanted)
        return CAUGHT


def outcomes_of(bugs: Sequence[Bug], processes: int, limit_s: float, root: Path = ROOT) -> Iterator[str]:
    """Yield what came of each bug. Without a limit all tests run once, together, on a clean copy first."""
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(SimpleQueue(), time.monotonic() + limit_s)
        copies = [copy_tree(Path(folder) / str(number), root) for number in range(processes)]
        if limit_s == float("inf"):  # what fails there is run again by itself, beside its bug
            ground.without_bug(copies[0], {test for bug in bugs for test in bug.tests})
        for tree in copies:
            ground.trees.put(tree)
        with ThreadPoolExecutor(processes) as pool:
            yield from pool.map(ground.plant, bugs)


# --- the command ----------------------------------------------------------------------------------------


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", default="", metavar="NAME", help="those whose name holds one of these")
    options.add_argument("--changed", action="store_true", help="first what the change touches, then others")
    options.add_argument("--limit", type=float, default=float("inf"), metavar="S", help="end after S seconds")
    options.add_argument("--processes", type=int, default=PROCESSES, metavar="N", help="so many at a time")
    options.add_argument("--count", action="store_true", help="say how many bugs there are")
    return options.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = options_of(arguments)
    wanted = [bug for bug in BUGS if any(name in bug.name for name in options.only.split(","))]
    if options.count or not wanted:
        print(f"{len(wanted)} planted bugs")
        return 0 if wanted else 1
    first: list[Bug] = []
    if options.changed:
        base = landed()
        first = touched(wanted, base)
        wanted = in_turn(wanted, first, git("rev-parse", "HEAD"))
        print(f"{len(first)} of {len(wanted)} are touched by what changed since {base[:12] or '(no commit)'}")
    return report(wanted, outcomes_of(wanted, options.processes, options.limit), len(first))


def report(bugs: Sequence[Bug], news: Iterable[str], first: int) -> int:
    """Print a line for every bug that was planted, when it is over, and the sum; return the exit code."""
    began, outcomes = time.monotonic(), []
    for bug, outcome in zip(bugs, news, strict=True):
        outcomes.append(outcome)
        if outcome != LEFT:
            said = f": {outcome}" if outcome else ""
            print(f"{'MISSED' if outcome else 'caught'}  {bug.name}{said}", flush=True)
    took_s = time.monotonic() - began
    caught, left = outcomes.count(CAUGHT), outcomes.count(LEFT)
    print(f"{caught} of {len(bugs) - left} planted bugs caught in {took_s:.0f} s")
    if left:
        print(f"no time for {left}; {outcomes[:first].count(LEFT)} of them are touched: make planted")
    return 0 if caught + left == len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
