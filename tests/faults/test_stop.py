"""“stop” ends the session in every state, under every fault, by voice and by key: the whole product."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from player.core.commands import Command
from player.core.decision import Accepted, Recognition
from player.core.engine import Engine
from player.core.events import Device
from player.core.place import Part, Place
from player.core.plan import ASKING, Advance, Ask, Plan, Step, Timed
from player.core.states import (
    Asking,
    Ending,
    Offering,
    Passed,
    Paused,
    Playing,
    Questioning,
    State,
    Unanswered,
    Waiting,
)
from player.errors import SynthesisError
from player.files import languages
from player.ports import BLOCK, NullEars, Samples
from player.session.inbox import Back, Gone, News, Pressed
from player.session.loop import Leader
from player.session.stage import Stage
from player.sound.mixer import Mixer

LANGUAGE = languages.load("en")
STATES = {
    Playing: Advance.AUTO,
    Paused: Advance.AUTO,
    Waiting: Advance.WAIT,
    Questioning: Advance.ANSWER,
    Asking: Advance.ANSWER,
    Unanswered: Advance.ANSWER,
    Passed: Advance.UNLESS_YES,
    Offering: Advance.AUTO,
}
FAULTS: tuple[tuple[Device, ...], ...] = (*((device,) for device in Device), tuple(Device))
BLOCKS = 50 * 60  # a minute is far beyond anything


class World:
    """Its clock stands still while the loudspeaker is away, its voice may fail, and somebody says stop."""

    def __init__(self, state: type[State], fault: tuple[Device, ...], stop: News) -> None:
        work = Timed(2.0 if state in {Waiting, Asking, Passed} else 600.0)
        long = state in {Questioning, Unanswered}
        asks = STATES[state] in ASKING
        ask = Ask("a", opens=False) if asks else None
        say = "Sit well. " * (50 if long else 1)
        step = Step(id="a", label="a place", say=say, work=work, advance=STATES[state], ask=ask, care=asks)
        after = replace(step, work=Timed(600.0), advance=Advance.AUTO, ask=None, care=False)
        self.engine = Engine(Plan("p", "P", "en", (step, after)))
        self.mixer = Mixer()
        self.stage = Stage(
            self.engine.plan, LANGUAGE, self.render, self.mixer, lambda: self.mixer.rendered, NullEars()
        )
        self.fault, self.stop, self.wanted = fault, stop, state
        self.broken = False
        self.turns = self.after = 0
        self.offered = state is Offering

    def render(self, text: str, *, brisk: bool = False) -> Samples:
        if self.broken and Device.VOICE in self.fault:
            raise SynthesisError("broken")
        return np.zeros(len(text) * 1000, np.float32)

    def take(self) -> tuple[News, ...]:
        self.turns += 1
        assert self.turns < BLOCKS, f"still {self.engine.state}"
        if not (self.broken and Device.LOUDSPEAKER in self.fault):
            self.mixer.render(BLOCK)
        if self.wanted in {Paused, Unanswered} and self.turns == 100:
            return (Pressed(Command.PAUSE),)
        if not self.broken and self.turns > 20 and isinstance(self.engine.state, self.wanted):
            self.broken = True
            return tuple(Gone(device) for device in self.fault)
        if self.broken:
            self.after += 1
            return (self.stop,) if self.after == 10 else ()
        return ()

    def lead(self) -> Ending:
        start = Place(0, Part.TIME, 0, 0, 1000) if self.offered else None
        return Leader(self.engine, self.stage, self).lead(start, offered=self.offered)


BY: dict[str, Callable[[], News]] = {
    "key": lambda: Pressed(Command.STOP),
    "voice": lambda: Recognition(
        text="stop",
        command=Command.STOP,
        score=None,
        margin=None,
        start_s=0.0,
        end_s=0.5,
        decided_s=0.6,
        verdict=Accepted(Command.STOP),
    ),
}


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("fault", FAULTS, ids="+".join)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_stop_ends_it(state, fault, by):
    if by == "voice" and Device.MICROPHONE in fault:
        by = "key"  # nobody hears: the key is what is left
    world = World(state, fault, BY[by]())
    assert world.lead() is Ending.STOPPED
    assert world.after < 10 + 50 * 8  # the last sentence, and no more


def test_without_a_loudspeaker_it_ends_at_once():
    world = World(Playing, (Device.LOUDSPEAKER,), Pressed(Command.STOP))
    world.lead()
    assert world.after == 10


def test_a_loudspeaker_that_is_back_is_waited_for():
    world = World(Playing, (Device.LOUDSPEAKER,), Back(Device.LOUDSPEAKER))
    take, turns = world.take, []

    def taken() -> tuple[News, ...]:
        turns.append(1)
        news = take()
        if Back(Device.LOUDSPEAKER) in news:
            world.fault = ()
            return (*news, Pressed(Command.STOP))
        return news

    world.take = taken  # type: ignore[method-assign]
    assert world.lead() is Ending.STOPPED
    assert world.after > 20  # the farewell is said
