"""A voice that is not there, is lost, or has nothing to say: told in a line, and led all the same."""

import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Player

ROUTINE = """\
format: 1
title: Two steps
family: acupressure
steps:
  - {id: one, say: "Sit well.", seconds: 5}
  - {id: two, say: "Rest your hands.", seconds: 5}
"""
LOST = """\
import os, sys
if "player.voice.worker" in sys.orig_argv:
    from player.backends.pyttsx3_voice import Pyttsx3Voice
    speak = Pyttsx3Voice.speak
    def fail(self, text, *rest, **more):
        if text.startswith("Rest"):
            os._exit(9)
        return speak(self, text, *rest, **more)
    Pyttsx3Voice.speak = fail
"""
TO_FILE = ("--out", "o.wav", "--ears", "none", "--plain")


@pytest.fixture
def routine(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(ROUTINE)
    return path


@pytest.mark.parametrize("named", ["nobody", "kalm", "gone.yaml"])
def test_without_the_voice_that_was_named_the_usual_one_speaks(player: Player, routine: Path, named: str):
    told = player("play", routine, *TO_FILE, "--voice", named)
    assert (told.code, told.err) == (0, "")
    assert told.out.count("Another voice speaks") == 1
    assert named in told.out
    assert "Rest your hands." in told.out
    assert ("did you mean `calm`" in told.out) == (named == "kalm")


def test_a_setting_for_a_voice_that_is_gone_stops_no_session(player: Player, routine: Path, tmp_path: Path):
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "settings.yaml").write_text("voice: nobody\n")
    told = player("play", routine, *TO_FILE, PLAYER_HOME=str(tmp_path / "home"))
    assert (told.code, told.out.count("`nobody`")) == (0, 1)


def test_a_voice_of_one_s_own_with_a_fault_is_mended_first(player: Player, routine: Path, tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("engine: nothing\n")
    assert player("play", routine, *TO_FILE, "--voice", "mine.yaml").code == 3


def test_a_text_of_signs_alone_is_shown_and_told_of(player: Player, tmp_path: Path):
    (tmp_path / "signs.yaml").write_text(ROUTINE.replace("Rest your hands.", "★ ♥ ♦."))
    told = player("play", "signs.yaml", *TO_FILE)
    assert told.code == 0
    assert told.out.count("nothing to speak") == 1
    assert told.out.count("★ ♥ ♦.") == 2  # why, and where it is shown


def test_a_sound_file_of_which_the_voice_was_lost_is_told_to_be_of_no_use(
    player: Player, routine: Path, tmp_path: Path
):
    """Half in one voice and half in another, or in none: it is not what was asked for."""
    (tmp_path / "sitecustomize.py").write_text(LOST)
    path = os.pathsep.join((str(tmp_path), *sys.path))
    told = player("play", routine, *TO_FILE, PYTHONPATH=path, PLAYER_HOME=str(tmp_path / "home"))
    assert told.code == 4
    assert "o.wav is not whole" in told.err
    assert "Another voice" not in told.out
