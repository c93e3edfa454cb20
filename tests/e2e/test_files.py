"""A whole session between two files: what was said, obeyed and heard, and the same bytes again."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from player.bench.voices import Voice
from player.cli.main import main
from player.core.condition import holds
from player.core.plan import Plan
from player.files.log import ONLY_SHOWN
from player.files.observation_json import NAMES
from player.ports import Samples
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from tests.care import interviewed
from tests.e2e import microphone, recorded
from tests.e2e.recorded import Entry, between, commands, events, times

ROUTINE = "quick-facial-acupressure"
FROM = "lip-groove"  # the last third of it has all that is asked about here
SAID = ((30.0, "pause"), (40.0, "continue"), (60.0, "repeat"), (90.0, "next"))
OBEYED = ["pause", "resume", "repeat", "next"]
# who says the words, and which voice leads
VOICES = (
    (Voice("flite", "rms"), "calm"),
    (Voice("flite", "slt"), "calm"),
    (Voice("flite", "kal16"), "espeak-calm"),
)
TONE_S = 0.66  # a soft tone answers a pause


@dataclass(frozen=True, slots=True)
class Run:
    """One session that was led: in which voice, when the words ended, its log and its sound."""

    voice: str
    ends_s: list[float]
    out: Path
    log: Path
    entries: list[Entry]
    samples: Samples


def lead(folder: Path, *options: str) -> tuple[Path, Path]:
    out, log = folder / "out.wav", folder / "log.jsonl"
    assert main(["play", ROUTINE, "--from", FROM, "--out", str(out), "--log", str(log), *options]) == 0
    return out, log


@pytest.fixture(scope="module", params=VOICES, ids=lambda both: f"{both[0]} to {both[1]}")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("session")
    said_by, voice = request.param
    ends_s = microphone.write(folder / "mic.wav", said_by, SAID, 95)
    out, log = lead(folder, "--in", str(folder / "mic.wav"), "--ears", "pocketsphinx", "--voice", voice)
    return Run(voice, ends_s, out, log, recorded.log(log), recorded.sound(out))


def test_exactly_the_spoken_commands_are_obeyed(run):
    assert commands(run.entries) == OBEYED
    assert all(entry["by"] == "voice" for entry in events(run.entries, "command"))


def test_each_is_obeyed_within_a_second_of_its_word(run):
    late = np.subtract(times(run.entries, "command"), run.ends_s)
    assert (late > 0).all()
    assert (late < 1).all()


def test_the_pause_is_silence_in_the_file(run):
    (paused,), (resumed,) = times(run.entries, "paused"), times(run.entries, "resumed")
    assert resumed - paused > 9
    assert not recorded.sounds(between(run.samples, paused + TONE_S, resumed))
    assert recorded.sounds(between(run.samples, paused - 5, paused))
    assert recorded.sounds(between(run.samples, resumed, resumed + 2))


def test_a_second_run_gives_the_same_bytes_though_it_finds_no_clips(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    interviewed()
    microphone = str(run.out.with_name("mic.wav"))
    out, log = lead(tmp_path, "--in", microphone, "--ears", "pocketsphinx", "--voice", run.voice)
    assert log.read_bytes() == run.log.read_bytes()
    assert out.read_bytes() == run.out.read_bytes()


def test_nothing_is_said_over_anything_else(run):
    assert len(recorded.speeches(run.entries)) > 25


@pytest.mark.parametrize("voice", ["calm", "espeak-calm"])
def test_a_whole_session_says_all_its_steps_and_nothing_over_anything_else(voice, tmp_path):
    out, log = tmp_path / "out.wav", tmp_path / "log.jsonl"
    options = ("--ears", "none", "--voice", voice, "--out", str(out), "--log", str(log))
    assert main(["play", ROUTINE, *options]) == 0
    entries = recorded.log(log)
    assert len(recorded.speeches(entries)) > 70
    steps = [entry["step"] for entry in events(entries, "step")]
    planned = ids(load_plan(ROUTINE, request=Request(with_gates=True)))
    planned.remove("quiet-choice")  # who cannot be heard is asked nothing
    assert list(dict.fromkeys(steps)) == planned


def test_every_line_of_the_log_has_a_time_and_a_known_event(run):
    named = {"started", "step", "speech_started", "speech_ended", "heard", "command", "rejected", "paused"}
    named |= {"resumed", "notice", "echo", "finished"}
    assert {entry["event"] for entry in run.entries} <= named
    assert named == {NAMES[kind] for kind in NAMES if kind not in ONLY_SHOWN}
    assert all(type(entry["t"]) is float for entry in run.entries)
    assert times(run.entries, *named) == sorted(times(run.entries, *named))


def ids(plan: Plan) -> list[str]:
    """The steps of a plan in which no choice is taken; of those of care nothing is in a log."""
    return [step.id for step in plan.steps if not step.care and holds(step.when, {})]


def test_the_fields_of_the_log(run):
    steps = [entry["step"] for entry in events(run.entries, "step")]
    planned = ids(load_plan(ROUTINE, request=Request(with_gates=True)))
    assert list(dict.fromkeys(steps)) == planned[planned.index(FROM) :]
    heard = events(run.entries, "heard")
    assert len(heard) == len(SAID)
    assert all(entry["text"] and entry["score"] is not None for entry in heard)
    assert [entry["event"] for entry in run.entries][:: len(run.entries) - 1] == ["started", "finished"]
    assert run.entries[-1]["ending"] == "completed"
    assert abs(run.entries[-1]["t"] - len(run.samples) / 48_000) < 0.1


def test_what_is_made_for_a_session_lies_where_the_user_wants_it(run, home):
    assert list((home / "cache" / "clips").glob("*.flac"))


@pytest.mark.parametrize("said", [(), ("pause",)])
def test_a_session_that_nobody_can_end_any_more_ends_by_itself(said, tmp_path):
    """After "pause" the microphone file is over: the sound file must not grow for ever."""
    microphone.write(tmp_path / "mic.wav", VOICES[0][0], [(8.0, text) for text in said], 12)
    source = ("--in", str(tmp_path / "mic.wav")) if said else ()
    out, log = tmp_path / "out.wav", tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "player", "play", ROUTINE, "--from", "finish", "--ears", "pocketsphinx"]
    command += ["--out", str(out), "--log", str(log), *source]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=90, check=True)
    entries = recorded.log(log)
    assert entries[-1]["ending"] == ("stopped" if said else "completed")
    assert len(recorded.sound(out)) / 48_000 < 100
