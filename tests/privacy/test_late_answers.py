"""What is said to a question of care once the next step is under way: in no log, and not on the page."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from player.core.commands import Command
from player.core.decision import Doubtful, Reason, Recognition, Rejected
from player.core.events import Device
from player.core.observations import SpeechStarted, StepStarted
from player.core.plan import Step, Timed
from player.core.session import Session
from player.files import languages
from player.files.log import Log
from player.page.shown import PageObserver, Shown
from player.session.inbox import Gone, News, Pressed
from player.session.loop import OLD_S
from player.session.recovery import replay
from tests.session.test_past_moments import ASKING, WORD_S, begun_s, word
from tests.session.worlds import World, virtual

BEGINS_S = begun_s(virtual(plan=ASKING), "one")  # the step after the question, which silence has passed
MOMENTS = {"in the question's silence": BEGINS_S - 0.3, "in the step after it": BEGINS_S + 1.0}


def led(folder: Path, *news: tuple[float, News]) -> tuple[World, str, set[str]]:
    """Lead it; return it, its log, and every word that the page has shown as heard."""
    log, shown = Log(folder / "log"), list[Shown]()
    page = PageObserver(ASKING, languages.load("en"), shown.append)
    world = virtual(news, ASKING, observers=(log, page), until_s=40.0)
    log.close()
    return world, (folder / "log").read_text(), {str(one["heard"]) for one in shown}


def says(text: str, command: Command) -> bool:
    return re.search(rf"\b{command}\b", text.lower()) is not None


def as_key(command: Command, began_s: float) -> News:
    return Pressed(command, began_s)


def in_talk(command: Command, began_s: float) -> Recognition:
    """An answer among other words: it is no command."""
    said = replace(word(command, began_s), text=f"well {command.value} but", command=None)
    return replace(said, verdict=Rejected(Reason.NO_COMMAND))


def doubted(command: Command, began_s: float) -> Recognition:
    return replace(word(command, began_s), verdict=Doubtful(command))


WAYS = {"voice": word, "key": as_key, "doubtful": doubted, "talk": in_talk}


@pytest.mark.parametrize("command", [Command.YES, Command.NO])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_not_told_once_the_next_step_is_under_way(
    tmp_path: Path, command: Command, moment: str, way: str
) -> None:
    began_s = MOMENTS[moment]
    _world, log, heard = led(tmp_path, (began_s + WORD_S, WAYS[way](command, began_s)))
    assert not says(log, command)
    assert '"event": "step"' in log
    assert not {one for one in heard if one and one != "Stop"}


def test_a_late_yes_counts_though_it_is_not_told(tmp_path: Path) -> None:
    world, _log, _heard = led(tmp_path, (BEGINS_S + 1.0 + WORD_S, word(Command.YES, BEGINS_S + 1.0)))
    assert [one.step for one in world.watcher.what(StepStarted)][-1] == "fever"


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_answer_that_comes_too_late_is_not_told_either(tmp_path: Path, moment: str) -> None:
    began_s = MOMENTS[moment]
    old = word(Command.YES, began_s, began_s + 0.1)
    _world, log, heard = led(tmp_path, (began_s + OLD_S + 0.5, old))
    assert not says(log, Command.YES)
    assert not says(" ".join(heard), Command.YES)


def test_an_answer_in_a_pause_of_the_step_after_it_is_not_told(tmp_path: Path) -> None:
    at_s = BEGINS_S + 1.0
    news = (at_s, Pressed(Command.PAUSE)), (at_s + 2.0, word(Command.YES, at_s + 2.0 - WORD_S))
    _world, log, heard = led(tmp_path, *news)
    assert '"pause"' in log
    assert not says(log, Command.YES)
    assert not says(" ".join(heard), Command.YES)


def test_what_is_no_answer_is_told(tmp_path: Path) -> None:
    at_s = BEGINS_S + 1.0
    news = (at_s + WORD_S, word(Command.SLOWER, at_s)), (at_s + 2.0, Pressed(Command.WHERE))
    _world, log, heard = led(tmp_path, *news)
    assert '"command": "slower"' in log
    assert '"text": "slower"' in log
    assert '"command": "where"' in log
    assert len(heard) > 2


def test_what_is_said_later_is_told(tmp_path: Path) -> None:
    at_s = begun_s(virtual(plan=ASKING), "two") + 1.0
    _world, log, _heard = led(tmp_path, (at_s + WORD_S, word(Command.YES, at_s)))
    assert '"text": "yes"' in log


def test_the_log_goes_on_after_an_answer(tmp_path: Path) -> None:
    at_s = BEGINS_S + 0.5
    news = (at_s + WORD_S, word(Command.NO, at_s)), (at_s + WORD_S, Pressed(Command.WHERE))
    _world, log, _heard = led(tmp_path, *news)
    assert '"command": "where"' in log


def places_kept(world: World) -> set[int]:
    return {entry["place"][0] for entry in world.kept if "place" in entry}  # type: ignore[index]


def test_a_pause_that_began_before_a_question_keeps_no_place_in_it() -> None:
    """The question has begun by itself when the word is decided."""
    plan = replace(ASKING, steps=(ASKING.steps[-1], ASKING.steps[0]))
    asks_s = begun_s(virtual(plan=plan, until_s=20.0), "skin")
    news = (asks_s + 0.4, word(Command.PAUSE, asks_s - 0.3)), (asks_s + 3.0, Pressed(Command.RESUME))
    world = virtual(news, plan, until_s=asks_s + 8.0)
    assert places_kept(world) == {0}
    assert 1 in {session.place.step for _event, session, _place in replay(plan, world.kept, Session())}


def test_a_word_that_is_decided_after_a_step_of_care_was_left_keeps_no_place_in_it() -> None:
    told = Step(id="told", label="the end", say="Because of it, be gentle today.", work=Timed(0.5), care=True)
    plan = replace(ASKING, steps=(told, *ASKING.steps[2:]))
    news = (3.0, Pressed(Command.NEXT)), (3.4, word(Command.SLOWER, 2.7))
    world = virtual(news, plan, until_s=12.0)
    assert [entry["command"] for entry in world.kept if "command" in entry] == ["next", "slower"]
    assert 0 not in places_kept(world)
    slower = next(at for at, entry in enumerate(world.kept) if entry.get("command") == "slower")
    *_, (_event, session, place) = replay(plan, world.kept[: slower + 1], Session())
    assert (session.pace, place.step) == (0.9, 1)


def test_a_device_that_is_lost_in_the_farewell_keeps_no_place_of_care() -> None:
    ends = Step(id="ends", label="the end", say="Then not today.", work=Timed(0.5), ends=True, care=True)
    plan = replace(ASKING, steps=(ends,))
    said = virtual(plan=plan).watcher.of(SpeechStarted)
    over_s = next(t_s for t_s, one in said if one.text.startswith("Then let us leave it"))
    world = virtual([(over_s + 0.1, Gone(Device.MICROPHONE))], plan)
    assert [entry["event"] for entry in world.kept].count("lost") == 1
    assert places_kept(world) == set()


def test_a_word_of_a_question_that_was_left_meanwhile_is_not_told(tmp_path: Path) -> None:
    """A key answers, and the same answer by voice is decided when the step after it is under way."""
    began_s = BEGINS_S - 3.0
    pressed = Pressed(Command.NO, began_s)
    _world, log, heard = led(tmp_path, (began_s + 0.1, pressed), (began_s + 1.9, word(Command.NO, began_s)))
    assert not says(log, Command.NO)
    assert not says(" ".join(heard), Command.NO)
