"""`player settings who=NAME`: every command that keeps or shows something of a person means that person."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from player.files import facts
from player.files.facts import Answered
from tests.cli.conftest import Player


@pytest.fixture
def maria(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A household in which maria is who is meant; what she said about her health is kept."""
    home = tmp_path / "home"
    monkeypatch.setenv("PLAYER_HOME", str(home))
    facts.save({"heart": (Answered(True, datetime.now(UTC)),)}, "maria")
    (home / "config").mkdir()
    (home / "config" / "settings.yaml").write_text("who: maria\n")
    return {"PLAYER_HOME": str(home)}


def test_what_is_known_of_her_is_shown_and_forgotten(player: Player, maria: dict[str, str]):
    assert "heart" in player("interview", "--show", **maria).out.lower()
    assert player("interview", "--forget", **maria).code == 0
    assert facts.load("maria") == {}


def test_her_course_is_the_course(player: Player, maria: dict[str, str]):
    assert player("course", "--start", "today", **maria).code == 0
    assert player("course", "--who", "maria", **maria).out == player("course", **maria).out
    assert "No course" in player("course", "--who", "lea", **maria).out


def test_her_answers_leave_out_of_a_file_what_is_not_for_her(player: Player, maria: dict[str, str]):
    told = player("export", "focus-jaw", "jaw.wav", "--captions", "none", **maria)
    named = player("export", "focus-jaw", "other.wav", "--captions", "none", "--who", "maria", **maria)
    assert (told.code, told.out.replace("jaw", ""), told.err) == (
        named.code,
        named.out.replace("other", "").replace("jaw", ""),
        named.err,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("who=Maria", ("`Maria`", "small letters")),
        ("who=../../etc", ("small letters",)),
        ("product=butter", ("no product `butter`", "cream")),
        ("bed=nosuch", ("bed `nosuch`", "brown")),
        ("bed=gone.mp3", ("gone.mp3", "there is no such file")),
    ],
)
def test_what_is_not_there_is_refused_when_it_is_set(player: Player, change: str, words: tuple[str, ...]):
    told = player("settings", change)
    assert told.code in {2, 3}
    assert all(word in told.err for word in words)
    assert change.partition("=")[2] not in player("settings").out


def test_who_is_no_name_in_the_file_is_told_with_its_place(player: Player, tmp_path: Path):
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "settings.yaml").write_text("pace: 1\nwho: Maria\n")
    told = player("play", "focus-jaw", PLAYER_HOME=str(tmp_path / "home"))
    assert (told.code, "settings.yaml:2" in told.err, "--who" in told.err) == (3, True, False)


def test_a_terminal_too_narrow_for_anything_is_written_to_all_the_same(player: Player):
    for columns in ("0", "2", "10"):
        told = player("show", "focus-jaw", COLUMNS=columns)
        assert (told.code, told.err) == (0, "")


def test_a_step_that_there_is_not_is_followed_by_those_that_can_be_named(player: Player):
    told = player("play", "quick-facial-acupressure", "--from", "nosuch").err
    assert "between-brows" in told
    assert "care." not in told
