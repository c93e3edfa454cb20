"""`--minutes` that are too few are told of beforehand, with what stays and why."""

import re

import pytest

from player.core.timing import step_s, usual_s
from player.routine.compile.compose import Request, load_plan

ROUTINE = "quick-facial-acupressure"


@pytest.mark.parametrize("command", ["show", "rehearse"])
def test_a_time_that_is_too_short_is_told_with_the_shortest(player, command):
    answer = player(command, ROUTINE, "--minutes", "1")
    assert answer.code == 0
    (line,) = [line for line in answer.err.splitlines() if line.startswith("--minutes")]
    told = re.search(
        r"--minutes 1: the shortest form takes (\d+):(\d\d)\. .* always stays .*\((\d+) steps", line
    )
    assert told
    shortest = load_plan(ROUTINE, request=Request(minutes=1, with_gates=command == "rehearse"))
    assert int(told[3]) == len(shortest.steps)
    assert int(told[1]) * 60 + int(told[2]) == pytest.approx(usual_s(shortest.steps), abs=1)
    assert sum(map(step_s, shortest.steps)) > 60


@pytest.mark.parametrize("minutes", ["4", "60"])
def test_a_time_that_can_be_kept_is_nothing_to_tell(player, minutes):
    answer = player("show", ROUTINE, "--minutes", minutes)
    assert answer.code == 0
    assert "--minutes" not in answer.err


def test_a_session_tells_it_before_its_first_word(player, tmp_path):
    answer = player("play", ROUTINE, "--minutes", "1", "--ears", "none", "--out", "out.wav")
    assert answer.code == 0
    assert answer.err.startswith("--minutes 1: the shortest form takes ")
