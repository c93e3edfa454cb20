"""A session that is killed at a question of care, and again: it goes on there; no journal tells why."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from player.app import care, resume
from player.app.session_config import SessionConfig
from player.cli import keeping
from player.core.commands import Command
from player.core.engine import Engine
from player.core.observations import StepStarted
from player.core.plan import Plan
from player.core.states import Asking
from player.files import facts, journal, languages
from player.ports import BLOCK
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.inbox import News, Pressed, VirtualInbox
from player.session.loop import Leader
from player.sound.mixer import Mixer
from tests.care import LASTING, interviewed
from tests.session.worlds import Ears, Watcher, short_clip

ROUTINE, ENOUGH = "quick-facial-acupressure", "under-cheekbone"
OPEN = ("heart", "jaw_trouble")  # of what is lasting, what is not known yet
HAS = {"nothing": (), "a heart that is agreed on": ("heart", "heart.doctor"), "a jaw": ("jaw_trouble",)}


class Killed(Exception):
    """The power is cut."""


Dies = Callable[[Engine, int], bool]


@dataclass
class Life:
    """One life of a session: answers what it is asked, and dies when `dies` says so."""

    has: tuple[str, ...]
    dies: Dies
    watcher: Watcher = field(default_factory=Watcher)
    block: int = 0

    def lead(self, found: resume.Kept | None, *, offered: bool = False) -> Engine:
        """Lead the session, or go on with it, as `player play` does."""
        person, asof = (found.person, found.asof) if found else (care.person(""), care.now())
        asked = Request(with_gates=True, minutes=3.0)
        request = found.request if found else care.informed(asked, person, asof, heard=True)
        plan = found.plan if found else load_plan(ROUTINE, request=request)
        setting = SessionConfig(
            plan=plan,
            language=languages.load("en"),
            render=short_clip,
            observers=(self.watcher,),
            start=found.recovered.place if found else None,
            begun=found.recovered.session if found else None,
            offered=offered,
        )
        led = keeping.Led(
            plan=plan,
            routine=ROUTINE,
            request=request,
            person=person,
            asof=asof,
            begins=setting.engine().session,
            resumed=found is not None,
            start=setting.start,
        )
        with keeping.kept(led, lambda _news: None, pytest.fail) as keepers:
            mixer, engine = Mixer(), setting.engine()

            def advance() -> tuple[News, ...]:
                mixer.render(BLOCK)
                return self._listen(engine)

            stage = setting.stage(mixer, lambda: mixer.rendered, Ears())
            with suppress(Killed):
                Leader(engine, stage, VirtualInbox(advance), keepers).lead(setting.start, offered=offered)
        return engine

    def _listen(self, engine: Engine) -> tuple[News, ...]:
        self.block += 1
        if self.dies(engine, self.block):
            raise Killed
        if Command.RESUME not in engine.commands and self._offered(engine):
            return (Pressed(Command.YES),)
        if isinstance(engine.state, Asking):
            ask = engine.plan.steps[engine.session.place.step].ask
            assert ask is not None
            return (Pressed(Command.YES if ask.fact in self.has else Command.NO),)
        if any(one.step == ENOUGH for one in self.watcher.what(StepStarted)):
            return (Pressed(Command.STOP),)
        return ()

    @staticmethod
    def _offered(engine: Engine) -> bool:
        return type(engine.state).__name__ == "Offering"

    @property
    def steps(self) -> list[str]:
        return [one.step for one in self.watcher.what(StepStarted)]


def never(_engine: Engine, _block: int) -> bool:
    return False


def after(blocks: int) -> Dies:
    return lambda _engine, block: block > blocks


def within(step: str, blocks: int) -> Dies:
    """So many blocks after that step has begun."""
    seen = [0]

    def dies(engine: Engine, _block: int) -> bool:
        seen[0] += engine.live and engine.plan.steps[engine.session.place.step].id == step
        return seen[0] > blocks

    return dies


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    monkeypatch.setattr(resume, "LEAST_S", 0.0)  # no clock runs here
    interviewed()
    facts.save({name: said for name, said in facts.load().items() if name not in OPEN})


def whole(has: tuple[str, ...]) -> list[str]:
    life = Life(has, never)
    life.lead(None)
    return life.steps


def going_on() -> resume.Kept:
    one = resume.unfinished()
    assert one is not None
    found = resume.kept(one)
    assert found is not None
    return found


def told(plan: Plan, one: journal.Journaled) -> None:
    """Fail where a journal tells which answer was given."""
    everyone = {index for index, step in enumerate(plan.steps) if not (step.care and step.when)}
    care_ = {index for index, step in enumerate(plan.steps) if step.care and index}  # an offer stands at 0
    assert set(one.header["session"]["runs"]) <= everyone
    assert one.header["session"]["answers"] == []
    for entry in one.entries:
        assert "place" not in entry or entry["place"][0] not in care_, entry
        assert entry.get("command") not in {"yes", "no"} or entry.get("number") == 1, entry  # the offer


CUTS = {"at once": (3, 2), "while it is said": (60, 40), "a moment later": (3, 150)}  # blocks, in each life


@pytest.mark.parametrize("has", HAS.values(), ids=HAS)
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_it_goes_on_where_it_was_with_what_was_answered(has: tuple[str, ...], cut: tuple[int, int]) -> None:
    """Killed in each step of care, and again before anything, or something, was answered."""
    reference = whole(has)
    for step in reference[: reference.index("care.injected")]:
        forget()
        first, second, third = Life(has, within(step, cut[0])), Life(has, after(cut[1])), Life(has, never)
        plan = first.lead(None).plan
        found = going_on()
        assert plan.steps[found.recovered.place.step].id == first.steps[-1]
        second.lead(found)
        found = going_on()
        assert plan.steps[found.recovered.place.step].id == (second.steps or first.steps)[-1]
        engine = third.lead(found)
        steps = [*first.steps, *second.steps, *third.steps]
        assert [one for one, _ in groupby(steps)] == reference, step
        assert engine.left is not None
        assert {name for name, yes in engine.left[0].facts().items() if yes} == set(has)
        for path in journal.journals(journal.folder())[:3]:
            told(plan, journal.read(path))


def forget() -> None:
    """Let nothing be known of what this session asks."""
    known = facts.load()
    facts.save({name: known[name] for name in LASTING if name not in OPEN})


def test_an_offered_one_goes_on_where_it_was_too() -> None:
    has = HAS["a heart that is agreed on"]
    reference = whole(has)
    forget()
    lives = Life(has, within("care.heart.told", 3)), Life(has, after(120)), Life(has, never)
    plan = lives[0].lead(None).plan
    lives[1].lead(going_on(), offered=True)
    lives[2].lead(going_on(), offered=True)
    assert [one for one, _ in groupby(step for life in lives for step in life.steps)] == reference
    for path in journal.journals(journal.folder())[:3]:
        told(plan, journal.read(path))


def header_of(has: tuple[str, ...]) -> dict[str, Any]:
    Life(has, within("settle", 3)).lead(None)
    Life(has, after(2)).lead(going_on())
    one = resume.unfinished()
    assert one is not None
    return dict(one.header["session"])


def test_a_resumed_journal_begins_the_same_whatever_was_answered() -> None:
    begun = []
    for has in HAS.values():
        forget()
        begun.append(json.dumps(header_of(has)))
    assert len(set(begun)) == 1


def test_what_was_told_after_a_session_is_not_in_the_journal_of_how_it_goes_on() -> None:
    Life((), never).lead(None)  # to a "stop"
    care.note_soreness("", care.now(), sore=True, place="jaw")
    one = resume.unfinished(stopped=True)
    assert one is not None
    found = resume.kept(one, stopped=True)
    assert found is not None
    assert found.recovered.session.facts()["soreness"]
    Life((), after(2)).lead(found)
    again = resume.unfinished()
    assert again is not None
    assert again.path != one.path
    assert "soreness" not in json.dumps(dict(again.header["session"]))
