"""How it was, and where it is sore: of no choice about health does an evening's journal tell which it was."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from player.cli.chapters import ended, place_in
from player.core.commands import Command
from player.core.engine import names_in
from player.core.evening import ANOTHER, HOW, NEXT, Chapter, Evening
from player.core.menus import menu
from player.core.observations import StepStarted
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Choosing
from player.files import evenings, languages
from player.files.evenings import CutOff
from player.files.journal import Journaled
from player.session.codec import session_to_plain
from player.session.inbox import News, Pressed
from player.session.recovery import replay
from tests.session.worlds import World, pressed, virtual

NOW = Evening(Chapter.AFTERWARDS, led=True)
WORDS = languages.evening(languages.load("en"))
CHOICES = dict(menu(NOW, WORDS, hour=20).steps[0].ask.choices)
AS_COMMANDS = [command for command in Command if command in CHOICES and command is not Command.STOP]


@pytest.fixture
def plan() -> Plan:
    """What is asked after a session."""
    return menu(NOW, WORDS, hour=20)


def begun_s(world: World, step: str) -> float:
    return next(at_s for at_s, begun in world.watcher.of(StepStarted) if begun.step == step)


def cut_off(plan: Plan, entries: list[dict[str, Any]]) -> CutOff:
    header = {**evenings.header(NOW, "", plan), "session": session_to_plain(Session())}
    return CutOff(NOW, Journaled(Path("journal"), header, tuple(entries)))


def kept(plan: Plan, *news: tuple[float, News]) -> list[dict[str, Any]]:
    return virtual(news, plan).kept


def cuts(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield from (entries[:at] for at in range(1, len(entries)))


def test_a_word_that_is_also_a_command_is_among_them() -> None:
    assert Command.SLOWER in AS_COMMANDS  # for "sore"
    assert Command.YES in AS_COMMANDS


@pytest.mark.parametrize("command", AS_COMMANDS)
@pytest.mark.parametrize("at_s", [0.02, 1.5, 6.0])
def test_a_choice_that_is_a_command_is_not_in_the_journal(plan: Plan, command: Command, at_s: float) -> None:
    entries = kept(plan, (at_s, Pressed(command)))
    assert command.value not in {entry.get("command") for entry in entries}
    assert [entry["event"] for entry in entries if "event" in entry].count("answered") == 1
    assert "sore" not in json.dumps(entries)


def test_what_is_no_choice_is_in_it(plan: Plan) -> None:
    entries = kept(plan, *pressed((1.0, Command.FASTER)))
    assert "faster" in {entry.get("command") for entry in entries}


@pytest.mark.parametrize("command", AS_COMMANDS)
def test_an_evening_that_is_cut_off_there_asks_it_once_more(plan: Plan, command: Command) -> None:
    for entries in cuts(kept(plan, (1.5, Pressed(command)))):
        assert place_in(plan, cut_off(plan, entries)) is None  # it begins anew, at the question
        outcome = ended(plan, cut_off(plan, entries))
        assert outcome is None or HOW not in outcome.answers


def test_a_command_after_it_is_not_taken_for_the_answer_when_it_is_replayed(plan: Plan) -> None:
    """The replay does not know the answer, so it still stands at the question when the command comes."""
    answered = Pressed(Command.YES)
    later_s = begun_s(virtual([(1.5, answered)], plan), "afterwards") + 0.3
    names = names_in(Choosing(Place(0), plan.steps[-1].ask.choices))
    another = Pressed(Command.NAME, name=next(one for one in names if one in WORDS.names[ANOTHER]))
    entries = kept(plan, (1.5, answered), (later_s, Pressed(Command.SLOWER)), (later_s + 2.0, another))
    assert "slower" in {entry.get("command") for entry in entries}
    assert {entry.get("name") for entry in entries} > {another.name}
    for _event, session, _place in replay(plan, entries, Session()):
        assert HOW not in dict(session.answers)
        assert NEXT not in dict(session.answers)
