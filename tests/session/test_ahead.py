"""Before the first word there is half a second for the loudspeaker to wake up in."""

import pytest

from player.core.commands import Command
from player.core.observations import SpeechStarted, StepStarted
from player.core.score import BELL_S
from player.core.states import Ending
from player.session.inbox import Pressed
from player.session.loop import Leader
from tests.session import worlds
from tests.session.worlds import SHORT, virtual

AHEAD_S = 0.5


def led(monkeypatch, timetable=(), **world):
    lead = Leader.lead
    monkeypatch.setattr(Leader, "lead", lambda self, start: lead(self, start, ahead_s=AHEAD_S))
    return virtual(timetable, **world)


def test_the_first_word_comes_after_it(monkeypatch):
    at_once_s = virtual().watcher.of(SpeechStarted)[0][0]
    assert at_once_s == pytest.approx(BELL_S, abs=0.05)
    first_s = led(monkeypatch).watcher.of(SpeechStarted)[0][0]
    assert first_s == pytest.approx(at_once_s + AHEAD_S, abs=0.05)


def test_what_is_pressed_in_it_is_not_lost(monkeypatch):
    world = led(monkeypatch, [(0.1, Pressed(Command.STOP))])
    assert world.ending is Ending.STOPPED
    assert len(world.watcher.of(StepStarted)) == 1


def test_a_loudspeaker_that_stands_still_is_not_waited_for(monkeypatch):
    """Its samples do not count on for the first hundred looks, as when it was lost at the start."""
    looks = []
    render = worlds.Mixer.render

    def rendered(mixer, frames):
        looks.append(frames)
        if len(looks) < 100:
            mixer.rendered -= frames
        return render(mixer, frames)

    monkeypatch.setattr(worlds.Mixer, "render", rendered)
    world = led(monkeypatch)
    assert world.ending is Ending.COMPLETED
    assert [begun.step for begun in world.watcher.what(StepStarted)] == [s.id for s in SHORT.steps]
