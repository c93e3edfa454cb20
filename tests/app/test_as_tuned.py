"""What was proposed in place of a word is what help names from then on."""

from dataclasses import replace
from pathlib import Path

import pytest

from player.app.choices import Choices
from player.app.ears import as_tuned
from player.core.commands import Command
from player.files import enrolment, languages
from player.files.enrolment import Enrolment, KeptTake, RoomMeasurement

ENGLISH = languages.load("en")
CHOICES = Choices(routine="", source="desk")
KEPT = Enrolment(
    made="2026-01-31",
    language="en",
    microphone="desk",
    room=RoomMeasurement(-60.0),
    takes={
        phrase: (KeptTake("AAAA", "BBBB"),) for phrase in ("next", "next step", "go on", "resume", "pause")
    },
    weak=("next", "continue", "resume", "where"),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))


def test_help_names_what_was_proposed_in_place_of_a_weak_word() -> None:
    enrolment.save(KEPT)
    tuned = as_tuned(CHOICES, ENGLISH)
    assert tuned.name(Command.NEXT) == "next step"
    assert tuned.name(Command.RESUME) == "go on"
    assert tuned.name(Command.WHERE) == "where"  # nothing better was found
    assert tuned.name(Command.PAUSE) == "pause"
    assert {c: set(several) for c, several in tuned.phrases.items()} == {
        c: set(several) for c, several in ENGLISH.phrases.items()
    }


@pytest.mark.parametrize("kept", [None, replace(KEPT, microphone="another"), replace(KEPT, weak=())])
def test_otherwise_it_names_the_usual_phrases(kept: Enrolment | None) -> None:
    if kept is not None:
        enrolment.save(kept)
    assert as_tuned(CHOICES, ENGLISH) == ENGLISH


def test_a_file_that_cannot_be_used_changes_nothing() -> None:
    enrolment.save(KEPT).write_text("{", encoding="utf-8")
    assert as_tuned(CHOICES, ENGLISH) == ENGLISH
