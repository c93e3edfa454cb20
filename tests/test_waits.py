"""The tests wait for events (`tests/waiting.py`); where the clock must be waited for, the line says why."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
FILES = sorted(path for path in TESTS.rglob("*.py") if path != Path(__file__).resolve())
SLEEP = re.compile(r"\bsleep\(")
REASON = re.compile(r"# (?:\S+ ){2,}\S+")  # three words at least


def without_reason(text: str) -> list[int]:
    """Return the lines that sleep and do not say why on the line itself or in a comment on the line above."""
    lines = ["", *text.splitlines()]
    return [
        number
        for number, (above, line) in enumerate(pairwise(lines), 1)
        if SLEEP.search(line) and not REASON.search(line)
        if not (above.strip().startswith("#") and REASON.search(above))
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_sleep_says_why_no_event_can_be_waited_for(path: Path) -> None:
    found = without_reason(path.read_text(encoding="utf-8"))
    assert found == [], (
        f"{path.relative_to(TESTS)}: wait for an event (tests/waiting.py), or say why not beside it"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("time.sleep(1)", [1]),
        ("time.sleep(1)  # a moment", [1]),
        ("time.sleep(1)  # the device needs it", []),
        ("# the device needs it\ntime.sleep(1)", []),
        ("x = 1  # the device needs it\ntime.sleep(1)", [2]),
        ("'''\nimport time\ntime.sleep(1)\n'''", [3]),  # also in a program that a test starts
    ],
)
def test_a_sleep_without_a_reason_is_found(text: str, found: list[int]) -> None:
    assert without_reason(text) == found
