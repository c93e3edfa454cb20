"""Every command as a user would call it, without a terminal."""

import argparse
import json
import re

import numpy as np
import pytest
import soundfile

import player as package
from player.backends import portaudio_library
from player.cli import doctor as doctor_command
from player.cli.main import COMMANDS, parser

ROUTINE = "quick-facial-acupressure"


def test_the_version(player):
    answer = player("--version")
    assert (answer.code, answer.out.strip()) == (0, f"player {package.__version__}")


def test_help_names_every_command(player):
    answer = player("--help")
    assert answer.code == 0
    assert all(re.search(rf"^ .*\b{command}  ", answer.out, re.MULTILINE) for command in COMMANDS)


def test_help_fits_one_screen_and_begins_with_what_matters(player):
    lines = player("--help").out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    first = [line.split("  ")[1] for line in lines if line.startswith("  player ")]
    assert first == ["player", "player new, check", "player doctor"]


def test_list_and_show_agree(player):
    listed = json.loads(player("list", "--json").out)
    one = next(row for row in listed if row["id"] == ROUTINE)
    shown = json.loads(player("show", ROUTINE, "--json").out)
    assert (one["title"], one["steps"]) == (shown["title"], len(shown["steps"]))
    lines = player("list").out
    assert all(row["id"] in lines for row in listed)


def test_show_tells_steps_and_doses(player):
    out = " ".join(player("show", ROUTINE).out.split())
    assert "between the brows" in out
    assert "15 strokes" in out


def test_rehearse_is_a_timed_transcript(player):
    first, second = player("rehearse", ROUTINE), player("rehearse", ROUTINE)
    assert first.code == 0
    assert first.out == second.out
    assert first.out.startswith("00:00.0 ")
    assert "Place one middle fingertip between your eyebrows" in first.out


OWN = """format: 1
title: Mine
gates: [contra-basic, neck-care]
steps:
  - {id: a, say: Make fifteen circles., say_short: Fifteen circles.,
     at: temple, stroke: circle, when: not temple_tender}
  - {id: b, say: Rest now., say_short: Rest.}
"""


def test_rehearse_asks_what_is_asked_first(player, tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN)
    answer = player("rehearse", "mine.yaml")
    assert (answer.code, answer.err) == (0, "")
    assert "1/15 care.everyday" in answer.out
    assert "care.neck" in answer.out
    assert "care.fever" not in answer.out  # nothing is new
    assert answer.out.endswith("completed\n")


def test_a_fact_is_set_like_a_param(player, tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN)
    assert " a: both temples" in player("rehearse", "mine.yaml", "--set", "temple_tender=no").out
    assert " a: both temples" not in player("rehearse", "mine.yaml", "--set", "temple_tender=yes").out
    listed = player("show", "prep-herbal-steam", "--set", "days_since_steam=3", "--json")
    assert listed.code == 0, listed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("say: Make fifteen circles.", "say: Make fifteen circles on ST6.", "1 fault, 0 pieces of advice"),
        ("stroke: circle", "stroke: circle, announce: halfway", "0 faults, 1 piece of advice"),
    ],
)
def test_rehearse_says_when_the_check_has_something_to_say(old, new, said, player, tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN.replace(old, new))
    answer = player("rehearse", "mine.yaml")
    assert (answer.code, answer.err) == (0, f"{said}: `player check mine.yaml`\n")
    assert answer.out.endswith("completed\n")


def test_check_says_what_it_could_not_look_at(player, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        OWN.replace("Make fifteen circles.", "Make fifteen circles on ST6.").replace("id: b", "name: b")
    )
    first = player("check", "mine.yaml")
    assert "unspeakable" not in first.out
    assert first.err.splitlines()[0] == "1 fault, 0 pieces of advice"
    assert first.err.splitlines()[1].startswith("mend these, then check again")
    (tmp_path / "mine.yaml").write_text(OWN.replace("Make fifteen circles.", "Make fifteen circles on ST6."))
    second = player("check", "mine.yaml")
    assert "unspeakable" in second.out
    assert second.err == "1 fault, 0 pieces of advice\n"


def test_check_knows_a_routine_by_its_name(player):
    assert (player("new", "mine").code, player("check", "mine").code) == (0, 0)
    assert player("check", ROUTINE).code == 0
    assert player("check", "nowhere").code == 3


def test_check_finds_nothing_wrong_with_what_is_shipped(player):
    answer = player("check")
    assert answer.code == 0
    assert answer.err.startswith("0 faults")


@pytest.mark.parametrize(
    "name", ["voice: auto", "loudspeaker", "microphone", "ears: pocketsphinx", "keyboard", "folders"]
)
def test_doctor_looks_at_everything_and_names_a_cure(name, doctor):
    lines = doctor.out.splitlines()
    at, *_ = [n for n, line in enumerate(lines) if line.split(None, 1)[1].startswith(f"{name}:")]
    assert lines[at].startswith("ok") or lines[at + 1].startswith("        ")


def test_doctor_is_content_where_a_session_has_all_that_it_needs(virtual_audio_room, tmp_path, capsys):
    portaudio_library.reinitialise()  # another test of this process may have looked before there was a device
    hiss = np.random.default_rng(1).normal(0, 0.01, 60 * 16_000)
    soundfile.write(tmp_path / "room.wav", hiss, 16_000)  # a microphone that hears only zeros is a fault
    virtual_audio_room.say(tmp_path / "room.wav")
    assert doctor_command.run(argparse.Namespace()) == 0
    out = capsys.readouterr().out
    assert "without keyboard" in out  # no terminal here
    assert "problem" not in out


@pytest.fixture(scope="module")
def doctor(tmp_path_factory):
    import os
    import subprocess
    import sys

    from tests.cli.conftest import Answer

    folder = tmp_path_factory.mktemp("doctor")
    environment = os.environ | {"PULSE_SERVER": f"unix:{folder}/nowhere"}
    command = [sys.executable, "-m", "player", "doctor"]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr, 0)


def test_the_models_and_where_they_are(player):
    assert "vosk-model-small-en-us-0.15" in player("models", "list").out
    answer = player("models", "path")
    assert answer.code == 4
    assert "player models get" in answer.err


def test_a_model_with_a_piece_missing_is_named_with_the_piece_and_the_cure(player, tmp_path):
    folder = tmp_path / "own/data/models/vosk-model-small-en-us-0.15"
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"1")
    own = {"PLAYER_HOME": str(tmp_path / "own")}
    listed = player("models", "list", **own, COLUMNS="400")
    assert "incomplete, without" in listed.out
    assert "mfcc.conf" in listed.out
    for arguments in (("models", "path"), ("play", "--ears", "vosk", "--in", "q.wav", "--out", "o.wav")):
        soundfile.write(tmp_path / "q.wav", [0.0] * 16_000, 16_000)
        answer = player(*arguments, **own)
        assert answer.code == 4
        assert "mfcc.conf" in answer.err
        assert "player models get" in answer.err


def test_doctor_tells_of_a_broken_model_and_of_faulty_settings(player, tmp_path):
    (tmp_path / "own/data/models/vosk-model-small-en-us-0.15/am").mkdir(parents=True)
    (tmp_path / "own/config").mkdir()
    (tmp_path / "own/config/settings.yaml").write_text("words:\n  nxt: [onward]\n")
    nowhere = {"PULSE_SERVER": f"unix:{tmp_path}/nowhere"}
    answer = player("doctor", PLAYER_HOME=str(tmp_path / "own"), **nowhere)
    out, lines = answer.out, answer.out.splitlines()
    for sign, name, word in (
        ("without", "ears: vosk", "mfcc.conf"),
        ("problem", "ears: auto", "mfcc.conf"),
        ("problem", "settings", "`next`"),
    ):
        assert any(line.startswith(f"{sign} {name}: ") and word in line for line in lines), out
    assert answer.code == 4
    assert f"config {tmp_path}/own/config" in out


def test_a_model_that_is_not_fetched_is_told_of_without_an_empty_line(player):
    assert player("models", "get", "nosuch").err.startswith("'nosuch'")


def test_a_folder_without_scripts_is_told_of(player, tmp_path):
    (tmp_path / "empty").mkdir()
    answer = player("check", "empty")
    assert (answer.code, answer.err.strip()) == (3, "empty: there are no scripts (*.yaml, *.yml) in it")


def test_an_unknown_routine_is_told_of_without_a_folder(player):
    assert player("show", "nosuch").err.startswith("there is no routine `nosuch`")


def test_a_mistyped_command_is_guessed(player):
    answer = player("plya")
    assert answer.code == 2
    assert "there is no command `plya` (did you mean `play`?)" in answer.err


def test_the_guess_knows_every_command():
    (named,) = (one for one in parser()._subparsers._group_actions if one.choices)
    assert set(named.choices) == set(COMMANDS)


def test_the_demonstration_hears_what_is_said(player, tmp_path):
    """Spoken, recognised and obeyed: no device, no terminal, less than a minute."""
    answer = player("demo")
    assert answer.code == 0, answer
    said = next(line for line in answer.out.splitlines() if line.startswith("said:"))
    assert said.split(None, 1)[1] == "pause, resume, repeat, next"
    assert f"obeyed: {said.split(None, 1)[1]}" in answer.out
    assert 40 < soundfile.info(tmp_path / "demo.wav").duration < 110
    assert answer.cpu_s < 30


def test_play_begins_where_it_is_told_and_keeps_the_pace(player, tmp_path):
    def seconds(*options: str) -> float:
        answer = player("play", "--from", "chin-hollow", "--out", "o.wav", *options)
        assert answer.code == 0, answer
        assert "chin" in answer.out.splitlines()[0]
        return soundfile.info(tmp_path / "o.wav").duration

    assert seconds("--pace", "2") < seconds() < seconds("--pace", "0.5")
