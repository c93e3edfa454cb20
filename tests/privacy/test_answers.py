"""Answers about health: in the person's own file, and in no journal, log or clip."""

import json
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest

from player.app import resume
from player.app.session_config import SessionConfig
from player.cli.ahead import Ahead
from player.core.commands import Command
from player.core.observations import StepStarted
from player.core.plan import Plan
from player.core.score import sentences
from player.core.session import Session
from player.files import facts, languages, voices
from player.files.clips import Clips
from player.files.facts import Answered, Keeper
from player.files.journal import Journaled
from player.files.log import Log
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.codec import session_to_plain
from player.session.inbox import Pressed
from player.session.recovery import recover
from player.session.texts import private
from player.voice.fallback import FallbackVoice
from tests.care import LASTING
from tests.session.worlds import World, short_clip, virtual

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A session that asks one thing that is lasting, and what is asked of right now."""
    known = {name: Answered(yes=False, at=NOW) for name in LASTING if name != "jaw_trouble"}
    request = Request(with_gates=True, known=known, today=NOW.date(), minutes=3)
    return load_plan("quick-facial-acupressure", request=request)


def led(plan: Plan, log: Path, remember: object = None) -> World:
    """Lead it with a jaw that hurts; everything else is answered with no, over and over."""
    began = {step.step: at_s for at_s, step in virtual(plan=plan, until_s=120).watcher.of(StepStarted)}
    asked_s = began["care.jaw_trouble"]
    presses = [(asked_s + 0.05, Pressed(Command.YES))]
    presses += [(asked_s + 3 + n / 4, Pressed(Command.NO)) for n in range(200)]
    kept_log = Log(log)
    world = virtual(presses, plan, observers=(kept_log,), remember=remember)
    kept_log.close()
    return world


def test_no_answer_is_in_the_journal_the_log_or_the_clips(plan: Plan, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    keeper = Keeper({}, "")
    world = led(plan, tmp_path / "log", keeper.remember)
    keeper.close()
    assert facts.load()["jaw_trouble"][-1].yes
    assert not facts.load()["fever"][-1].yes

    care = {index for index, step in enumerate(plan.steps) if step.care}
    journal = [entry for entry in world.kept if entry.get("event") == "answered"]
    assert len(journal) >= 5
    for entry in world.kept:
        assert entry.get("command") not in {"yes", "no"} or entry["place"][0] not in care
        assert "place" not in entry or entry["place"][0] not in care
    text = (tmp_path / "log").read_text()
    assert '"step"' in text
    assert "care." not in text
    said = {json.loads(line).get("text") for line in text.splitlines()}
    assert not said & private(plan)
    assert '"command": "yes"' not in text

    clips = Clips(tmp_path / "clips")
    with FallbackVoice(voices.find("calm"), clips) as voice:
        render = voice.without_a_trace(private(plan))
        assert len(render("Jaw joint: good."))
        assert len(render("Then your jaw joint and the row before the ear are left out."))
        assert list((tmp_path / "clips").glob("*")) == []
        assert len(render("Rest."))
        assert len(list((tmp_path / "clips").glob("*.flac"))) == 1


class Noting:
    """A voice that notes what is to be rendered ahead."""

    texts: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()

    def prepare(self, texts, _progress, _brisk, private) -> Future[tuple[str, ...]]:
        self.texts, self.private = tuple(texts), private
        return Future()


def test_what_concerns_health_is_rendered_ahead_and_kept_in_memory_alone(plan: Plan) -> None:
    """No question of care waits for an engine that has to start again."""
    setting, voice = SessionConfig(plan, languages.load("en"), short_clip), Noting()
    opening = setting.opening()
    assert private(plan) & set(opening)  # it begins with a question
    Ahead(voice, setting, drawn=False)
    assert voice.texts[: len(opening)] == opening
    assert {one for step in plan.steps if step.care for one in sentences(step.say)} <= set(voice.texts)
    assert voice.private == private(plan)


def test_a_session_that_was_cut_off_takes_its_answers_from_the_file_and_asks_what_is_not_in_it(
    plan: Plan, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    keeper = Keeper({}, "", session="this one")
    world = led(plan, tmp_path / "log", keeper.remember)
    keeper.close()
    assert facts.given_in("another one").answers == ()
    given = facts.given_in("this one").answers
    assert given == (True, False, False, False, False)
    answers = {name: of[-1].yes for name, of in facts.load().items()}
    cuts = [at for at, entry in enumerate(world.kept) if "place" in entry and "event" not in entry]
    for at in cuts[:: max(1, len(cuts) // 12)]:
        found = recover(plan, world.kept[: at + 1], Session(), given)
        assert found is not None
        assert found.place.step == world.kept[at]["place"][0]
        assert dict(found.session.answers) == answers
        unknown = recover(plan, world.kept[: at + 1], Session())
        assert unknown is not None
        assert unknown.session.answers == ()
        later = recover(plan, world.kept[: at + 1], Session(), given, {"jaw_trouble": False})
        assert later is not None
        assert dict(later.session.answers) == {**answers, "jaw_trouble": False}


def test_a_session_that_is_cut_off_twice_still_knows_what_it_began_with(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    keeper = Keeper({}, "maria", {"fever": False, "jaw_trouble": True}, "the second")
    keeper.remember({"fever": False, "jaw_trouble": False}, (False,))
    keeper.close()
    header = {
        "who": "maria",
        "mark": "the second",
        "session": session_to_plain(Session(answers=(("x", True),))),
    }
    begun, given = resume.begun_of(Journaled(tmp_path / "j", header, ()))
    assert dict(begun.answers) == {"x": True, "fever": False, "jaw_trouble": True}
    assert given == (False,)
    assert resume.begun_of(Journaled(tmp_path / "j", header | {"mark": "other"}, ()))[1] == ()
