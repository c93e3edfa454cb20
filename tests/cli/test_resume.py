"""`player play` and `player resume` where there is an interrupted session."""

import pytest

from player.app import care, resume
from player.app.choices import Choices
from player.cli.play import USUAL, _kept
from player.core.events import Performed, Started
from player.core.place import Part, Place
from player.core.session import Session
from player.files import journal
from player.files.journal import Journal
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.codec import place_to_plain, to_plain
from tests.care import interviewed
from tests.cli.test_bad_input import refused

ROUTINE = "quick-facial-acupressure"
THEN = Request(minutes=5.0, with_gates=True)


@pytest.fixture
def interrupted(tmp_path, monkeypatch):
    """The journal of a session that was killed a minute after it began."""
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "kept"))
    interviewed()
    _interrupt(THEN)
    return str(tmp_path / "kept")


def _interrupt(asked: Request) -> None:
    then = care.informed(asked, care.person(""), care.now(), heard=True)
    plan = load_plan(ROUTINE, request=then)
    header = resume.header(plan, ROUTINE, then, Session(), resumed=True, asof=care.now().timestamp())
    kept = Journal(journal.folder(), header)
    for event in (Started(), Performed(1), Performed(2)):
        kept.write(to_plain(event))
    first = next(index for index, step in enumerate(plan.steps) if not step.care)
    kept.write({"place": place_to_plain(Place(first, Part.INSTRUCTION))})
    kept.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--product", "ole"), ("did you mean `oil`", "player show")),
        (("--tool", "stick"), ("there is no tool `stick`", "player show")),
        (("--set", "pregnent=yes"), ("did you mean `pregnant`", "player show")),
        (("--set", "pregnant"), ("write NAME=VALUE", "player show")),
        (("--set", "pregnant=maybe"), ("say yes or no",)),
        (("--from", "temples"), ("did you mean",)),
    ],
)
def test_a_wrong_option_is_told_of_also_when_something_could_go_on(arguments, words, player, interrupted):
    refused(player("play", *arguments, PLAYER_HOME=interrupted), 2, *words)


def test_what_can_go_on_is_offered_unless_something_else_is_asked_for(interrupted):
    play, resume = Choices(ROUTINE), Choices("")
    assert _kept(play, USUAL) is not None
    assert _kept(play, THEN) is not None
    assert _kept(play, Request(product="oil", with_gates=True)) is None
    assert _kept(Choices("daily-quick"), USUAL) is None
    assert _kept(resume, Request()) is not None
    practice = Request(practice=True, with_gates=True)
    assert _kept(play, practice) is None
    _interrupt(practice)
    assert _kept(play, practice) is not None
    assert _kept(play, USUAL) is None  # who wants the session wants no practising


def test_replay_names_the_last_place(player, interrupted):
    answer = player("replay", PLAYER_HOME=interrupted)
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("last place: Step 13 of ")
