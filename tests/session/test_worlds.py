"""Virtual time and real time are one: the same presses at the same moments give the same session."""

import pytest

from player.core.commands import Command
from player.core.observations import (
    CommandObeyed,
    ListeningChanged,
    SessionFinished,
    SessionPaused,
    SessionResumed,
    SpeechStarted,
    StepStarted,
    TonePlayed,
    UtteranceRejected,
)
from player.core.states import Ending
from tests.session.worlds import SHORT, pressed, real, virtual

TIMETABLES = {
    "nobody": pressed(),
    "pause": pressed((0.9, Command.PAUSE), (2.0, Command.RESUME)),
    "around": pressed(
        (1.0, Command.NEXT), (1.5, Command.PREVIOUS), (2.4, Command.REPEAT), (3.4, Command.STOP)
    ),
    "nothing-now": pressed((0.5, Command.RESUME), (0.8, Command.YES), (1.2, Command.STOP)),
}


@pytest.mark.parametrize("name", TIMETABLES)
def test_both_worlds_tell_the_same_story(name):
    timetable = TIMETABLES[name]
    one, other = virtual(timetable), real(timetable)
    told = (
        StepStarted,
        CommandObeyed,
        UtteranceRejected,
        SessionPaused,
        SessionResumed,
        TonePlayed,
        SessionFinished,
        SpeechStarted,
        ListeningChanged,
    )
    assert one.watcher.what(*told) == other.watcher.what(*told)
    assert one.ending == other.ending
    assert [entry for entry in one.kept if "event" in entry and "place" not in entry] == [
        entry for entry in other.kept if "event" in entry and "place" not in entry
    ]


def test_virtual_time_is_the_same_to_the_last_note():
    one, other = (virtual(TIMETABLES["around"]) for _ in range(2))
    assert one.watcher.entries == other.watcher.entries
    assert one.kept == other.kept


def test_a_session_that_nobody_disturbs_leads_every_step_once():
    world = virtual()
    steps = [begun.step for begun in world.watcher.what(StepStarted)]
    assert steps == [step.id for step in SHORT.steps]
    assert world.ending is Ending.COMPLETED
