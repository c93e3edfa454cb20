"""The planted bugs can be planted, and what plants them tells a caught one from a missed one."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import plant
import pytest
from plant import CAUGHT, LEFT, anchor_faults, in_turn, outcomes_of, touched
from planted_bugs import BUGS, Bug

SOURCE = "def double(n):\n    return 2 * n\n"
TEST = "from player.double import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
FILES = {
    "player/__init__.py": "",
    "player/double.py": SOURCE,
    "tests/test_double.py": TEST,
    "docs/a.md": "A.",
}
ONE = Bug("doubles-nothing", "player/double.py", "2 * n", "n", ("tests/test_double.py::test_double",))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one function and one test, with one landed commit."""
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    rows = root / ".ci/planted_bugs.py"
    rows.parent.mkdir()
    rows.write_text(f'bug("{ONE.name}",')
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root)
    return root


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")


# --- anchors --------------------------------------------------------------------------------------------


def test_every_bug_can_be_planted() -> None:
    assert not list(anchor_faults(BUGS))


def test_every_bug_has_its_own_name_and_changes_something() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert [bug.name for bug in BUGS if bug.old == bug.new] == []


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (ONE._replace(file="player/gone.py"), "there is no file player/gone.py"),
        (ONE._replace(old="3 * n"), "its text is 0 times in player/double.py"),
        (ONE._replace(old="n"), "its text is 3 times in player/double.py"),
        (ONE._replace(tests=()), "no test is named"),
        (ONE._replace(tests=("tests/test_gone.py::test_double",)), "there is no test tests/test_gone.py"),
    ],
)
def test_what_cannot_be_planted_is_named(broken: Bug, says: str, project: Path) -> None:
    (fault,) = anchor_faults([broken], project)
    assert fault.startswith(f"doubles-nothing: {says}")


@pytest.mark.parametrize(
    ("test", "there"),
    [
        ("tests/core/test_ducking.py", True),
        ("tests/core/test_wording.py::test_plurals", True),
        ("tests/core/test_wording.py::test_plurals[none-forms0]", True),
        ("tests/ears/test_vosk.py::TestVosk::test_an_unknown_word_is_told_and_refused", True),  # inherited
        ("tests/core/test_wording.py::test_plurals_of_nothing", False),
        ("tests/ears/test_vosk.py::TestNobody::test_an_unknown_word_is_told_and_refused", False),
    ],
)
def test_a_test_is_found_by_its_id(test: str, there: bool) -> None:
    faults = list(anchor_faults([BUGS[0]._replace(tests=(test,))]))
    assert faults == ([] if there else [f"{BUGS[0].name}: there is no test {test}"])


# --- which, in which order ------------------------------------------------------------------------------


def on_a_branch(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "change")
    (root / "player/double.py").write_text(SOURCE + "\n")
    commit(root)
    (root / "docs/a.md").write_text("B.")
    commit(root)


def uncommitted(root: Path) -> None:
    commit(root)
    (root / "tests/test_double.py").write_text(TEST + "\n")


def a_new_row(root: Path) -> None:
    (root / ".ci/planted_bugs.py").write_text("")
    commit(root)
    commit(root)


def nothing_of_it(root: Path) -> None:
    (root / "docs/a.md").write_text("B.")
    commit(root)


@pytest.mark.parametrize(
    ("change", "is_touched"),
    [(on_a_branch, True), (uncommitted, True), (a_new_row, True), (nothing_of_it, False)],
)
def test_a_change_touches_a_bug_by_its_file_its_tests_or_its_row(
    change: Callable[[Path], None], is_touched: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BASE", raising=False)
    change(project)
    assert touched([ONE], plant.landed(project), project) == [ONE] * is_touched


def test_without_a_commit_before_nothing_is_touched(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BASE", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert plant.landed(project) == plant.landed(tmp_path) == ""
    assert touched([ONE], "", project) == []


def test_the_touched_come_first_and_every_commit_draws_the_others_anew() -> None:
    first = list(BUGS[:3])
    orders = [in_turn(BUGS, first, commit) for commit in ("a", "a", "b")]
    assert all(set(order[:3]) == set(first) and set(order) == set(BUGS) for order in orders)
    assert orders[0] == orders[1]
    assert orders[0][3:] != orders[2][3:]


# --- planting -------------------------------------------------------------------------------------------


def test_a_bug_is_caught_by_a_test_that_fails_with_it_and_passes_without(project: Path) -> None:
    (project / "tests/test_more.py").write_text(
        "def test_red():\n    assert False\n\n\ndef test_green():\n    assert True\n"
    )
    red, green = (f"tests/test_more.py::test_{colour}" for colour in ("red", "green"))
    gone = ONE._replace(tests=("tests/test_double.py::test_gone",))
    cannot = ONE._replace(old="3 * n")
    bugs = [ONE, ONE._replace(tests=(green,)), ONE._replace(tests=(red,)), gone, cannot]
    caught, missed, proves_nothing, no_test, no_line = outcomes_of(bugs, 1, 200.0, project)
    assert caught == CAUGHT
    assert missed == "missed"
    assert proves_nothing.startswith("its tests do not pass without it either")
    assert no_test.startswith("the tests did not run (exit code 4)")
    assert no_line == "cannot be planted: the line is there 0 times"


def test_when_the_time_is_over_the_others_are_left(project: Path) -> None:
    assert list(outcomes_of([ONE, ONE], 1, 0.0, project)) == [LEFT, LEFT]


def test_a_missed_one_fails_the_gate_and_one_that_was_left_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert plant.report([ONE, ONE], [CAUGHT, LEFT], 2) == 0
    assert capsys.readouterr().out.splitlines() == [
        "caught  doubles-nothing",
        "1 of 1 planted bugs caught in 0 s",
        "no time for 1; 1 of them are touched: make planted",
    ]
    assert plant.report([ONE], ["missed"], 0) == 1
    assert "MISSED  doubles-nothing: missed" in capsys.readouterr().out
