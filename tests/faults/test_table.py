"""The short form of the table: `make faults` has the long one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import virtual_audio
from tests.faults import __main__ as command
from tests.faults import page
from tests.faults.rows import ROWS, Row
from tests.faults.table import Outcome

ROOT = Path(__file__).parents[2]


def test_the_faults_of_the_short_form_are_survived():
    virtual_audio.require()
    short = [sys.executable, "-m", "tests.faults", "--short"]
    done = subprocess.run(short, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 not survived" in done.stdout


def test_the_page_shows_every_fault():
    table = page.table(command.BEGIN)
    assert {row.name for row in ROWS} <= set(re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE))
    assert "not survived:" not in table


@pytest.mark.parametrize("problem", ["", "it stayed silent"])
def test_a_line_says_whether_it_was_survived(problem):
    row = Row("x", "loudspeaker", lambda _led: None)
    line = command.shown(Outcome(row, "count", 0.1, 0.2, problem=problem))
    assert ("not survived" in line) == bool(problem)
