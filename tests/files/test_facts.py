"""What is kept of somebody's health: one private file, whole or not at all, nothing that cannot be used."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from player.errors import FileFault, UsageError
from player.files import facts, paths
from player.files.facts import Answered, Keeper
from player.routine.compile.known import standing
from player.routine.compile.load_library import load_library

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEPT = {"heart": (Answered(yes=False, at=NOON),), "injected": (Answered(yes=True, at=NOON),)}
SHELF = load_library(paths.scripts() / "library").facts


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    return tmp_path


def test_what_is_kept_is_read_again_and_is_private():
    where = facts.save(KEPT)
    assert facts.load() == KEPT
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    assert stat.S_IMODE(where.parent.stat().st_mode) == 0o700


def test_nothing_is_kept_at_first_and_nothing_is_left_after_forgetting(home):
    assert facts.load() == {}
    assert not facts.forget()
    facts.save(KEPT)
    facts.path().write_text("damaged")
    facts.save(KEPT)
    assert facts.forget()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def _other_version(text: str) -> str:
    return json.dumps(json.loads(text) | {"version": 99})


def _changed(text: str) -> str:
    return text.replace("false", "true", 1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:40], "damaged"),
        (_changed, "damaged"),
        (lambda _text: "[]", "damaged"),
        (lambda _text: "\x00", "damaged"),
        (_other_version, "another version of the player (99)"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_and_is_kept_aside(spoil, said):
    where = facts.save(KEPT)
    spoilt = spoil(where.read_text())
    where.write_text(spoilt)
    with pytest.raises(FileFault, match=said.replace("(", r"\(").replace(")", r"\)")):
        facts.load()
    facts.save({"heart": (Answered(yes=True, at=NOON),)})
    assert facts.load()["heart"][-1].yes
    assert where.with_suffix(".damaged").read_text() == spoilt


def test_each_person_of_a_household_has_a_file_and_a_name_is_one_word(home):
    facts.save(KEPT, "maria")
    assert facts.load() == {}
    assert facts.load("maria") == KEPT
    for name in ("../maria", "a/b", "Maria", " ", "x" * 40, "con:", "mari\n"):
        with pytest.raises(UsageError):
            facts.path(name)


def test_an_answer_is_kept_at_once_and_one_that_is_taken_back_goes():
    keeper = Keeper(KEPT, "")
    keeper.remember({"heart": True})
    keeper.remember({"heart": True, "jaw_trouble": False})
    keeper.remember({"jaw_trouble": False})
    keeper.close()
    assert keeper.failed == ""
    assert facts.load()["heart"] == KEPT["heart"]
    assert not facts.load()["jaw_trouble"][-1].yes


def test_a_disk_that_refuses_is_told_and_nothing_else_fails(home):
    keeper = Keeper({}, "")
    (home / "data").write_text("in the way")
    keeper.remember({"heart": True})
    keeper.close()
    assert "cannot make this folder" in keeper.failed


def test_what_was_known_then_and_what_was_said_since():
    later = NOON + timedelta(hours=1)
    both = {**KEPT, "heart": (*KEPT["heart"], Answered(yes=True, at=later))}
    assert not facts.before(both, later)["heart"].yes
    assert facts.before(both, NOON) == {}
    assert facts.since(both, later) == {"heart": True}


@pytest.mark.parametrize(
    ("days", "has", "expected"),
    [
        (0, {"heart": False}, {"heart": False}),
        (182, {"heart": False}, {"heart": False}),
        (183, {"heart": False}, {}),  # the interview is asked once more
        (183, {"heart": True}, {}),
        (2000, {"cancer": True}, {"cancer": True}),  # cleared only by forgetting
        (183, {"cancer": False}, {}),
        (13, {"injected": True}, {"injected": True}),
        (14, {"injected": True}, {}),
        (0, {"injected": False}, {}),  # good for that session alone
        (1, {"scrubbed": True}, {"scrubbed": True}),
        (2, {"scrubbed": True}, {}),
        (1, {"fever": True}, {}),
        (-30, {"heart": False}, {}),  # a clock was wrong: only the careful answer counts
        (-30, {"heart": True}, {"heart": True}),
        (0, {"heart.doctor": True, "nonsense": True}, {"heart.doctor": True}),
    ],
)
def test_an_answer_counts_for_its_own_time(days, has, expected):
    said = {name: Answered(yes, NOON) for name, yes in has.items()}
    assert standing(SHELF, said, NOON.date() + timedelta(days)) == expected
