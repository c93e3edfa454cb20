"""`player bench`: the figures are those of this machine, and its noise is beside them."""

import os
import subprocess
import sys

import pytest

from player.bench import evening, noise, processes
from player.bench import session as bench
from player.cli.main import main
from tests.waiting import until


def test_a_part_that_there_is_not(player):
    answer = player("bench", "sound", "speed")
    assert answer.code == 2
    assert answer.err.splitlines() == [
        "bench: there is no part `speed`",
        "  parts: " + answer.err.split("parts: ")[1].strip(),
    ]


@pytest.mark.parametrize("other", ["--quick", "--corpus=words", "--conditions=quiet room", "--limit=9"])
def test_hours_of_talk_go_with_nothing_else(player, other):
    answer = player("bench", "hearing", "--hours", "1", other)
    assert answer.code == 2
    assert answer.err.splitlines() == [
        "bench: --hours measures talk or narration alone",
        "  leave out --corpus, --quick, --conditions and --limit with it",
    ]


def test_a_condition_that_there_is_not(player):
    answer = player("bench", "hearing", "--conditions", "quiet room, cellar")
    assert answer.code == 2
    assert answer.err.splitlines()[0] == "bench: there is no condition `cellar`"
    assert "kitchen 10 dB" in answer.err


def test_the_noise_is_printed_beside_the_figures(monkeypatch, capsys):
    monkeypatch.setattr("player.bench.scripts.run", lambda: [("reading", "7 ms")])
    assert main(["bench", "scripts"]) == 0
    out = capsys.readouterr().out
    assert "7 ms" in out
    assert "a fixed loop" in out
    assert "load average" in out


def test_the_noise_of_a_machine_is_a_spread():
    (_, spread), (_, load) = noise.noise()
    assert "fastest" in spread
    assert f"{os.cpu_count()} cores" in load


def test_of_warm_starts_the_median_and_the_longest_are_told(monkeypatch, tmp_path):
    took_s = iter([9.0, 0.9, 0.7, 3.0, 0.8, 1.0])
    monkeypatch.setattr(evening, "_known", lambda _home: None)
    monkeypatch.setattr(evening, "_first_word", lambda _home: evening.Took(next(took_s), 0.5))
    assert dict(evening._first_words(tmp_path)) == {
        "`player` to first word, cold (once)": "9.00 s, 0.50 s of processor",
        "`player` to first word, warm (median of 5)": "0.90 s, 0.50 s of processor",
        "`player` to first word, warm (longest of 5)": "3.00 s, 0.50 s of processor",
    }


@pytest.fixture
def family():
    """A process that works and has a child that works."""
    work = "x = bytearray(50_000_000)\nwhile True: pass"
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}]).wait()"
    parent = subprocess.Popen([sys.executable, "-c", program])
    assert until(lambda: len(list(processes.tree(parent.pid))) >= 2, 20)
    yield parent
    for pid in reversed(list(processes.tree(parent.pid))):
        os.kill(pid, 9)
    parent.wait()


def test_children_are_counted(family):
    pids = list(processes.tree(family.pid))
    assert len(pids) == 2
    before = processes.cpu_s(pids)
    assert until(lambda: processes.cpu_s(pids) >= before + 0.5, 30)
    assert 50e6 < processes.memory_bytes(pids) < 150e6


def test_every_core_can_be_kept_busy():
    before = set(processes.tree(os.getpid()))
    with processes.every_core_busy():
        loops = set(processes.tree(os.getpid())) - before
        assert len(loops) == os.cpu_count()
        assert until(lambda: all(processes.cpu_s([loop]) > 0.05 for loop in loops), 30)
    assert not any(processes.cpu_s([loop]) for loop in loops)


def test_a_process_that_has_ended_costs_nothing():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert (processes.cpu_s([gone.pid]), processes.memory_bytes([gone.pid])) == (0, 0)


def test_a_session_is_measured_from_its_first_word(tmp_path, monkeypatch):
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    monkeypatch.setattr(bench, "_SETTLED_S", 0.5)
    took_s, work_s = bench.first_word_s(tmp_path)
    assert 0.1 < work_s < took_s + 10
    (_, first), (_, later) = bench.leading_cost(tmp_path / "led", 1.0)
    assert "MB in " in first
    assert "MB in " in later
    assert not [*tmp_path.glob("**/sessions/*.*")]
    assert bench.virtual_speed_x(tmp_path) > 1
