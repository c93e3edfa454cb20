"""Everything that a routine says is rendered before it is said, also by a voice on a busy machine."""

import pytest

from player.app.session_config import SessionConfig
from player.core.commands import Command
from player.core.plan import Plan
from player.core.timing import speech_s
from player.files import languages
from player.routine.catalogue import list_routines
from player.routine.compile.compose import load_plan
from player.session.rehearsal import Rehearsal
from player.session.texts import ahead_of
from tests.session.worlds import short_clip

ENGLISH = languages.load("en")
SPEED = 10  # seconds of speech for each second of rendering; docs/voice.md has 119 with nothing else to do
ROUTINES = [one.id for one in list_routines() if not one.fault and one.steps]
ASKED = (
    Command.WHERE,
    Command.SLOWER,
    Command.UNDO,
    Command.REPEAT,
    Command.PAUSE,
    Command.RESUME,
    Command.NEXT,
)


def ready(plan: Plan) -> dict[str, float]:
    """When each text is rendered, in seconds of a session that begins once its opening is."""
    opening = SessionConfig(plan, ENGLISH, short_clip).opening()
    times: dict[str, float] = {}
    at_s = 0.0
    for text in ahead_of(plan, ENGLISH, opening):
        if text not in times:
            at_s += 0.0 if text in opening else speech_s(text) / SPEED
            times[text] = at_s
    return times


def late(plan: Plan, *commands: tuple[float, Command]) -> tuple[list[str], list[str]]:
    """Return what is said before it is rendered, and what is not rendered ahead at all."""
    times = ready(plan)
    lines = [one for one in Rehearsal(plan, ENGLISH, commands).lines() if one.kind in {"say", "count"}]
    said = [(line.t_s, line.text.removesuffix(" --")) for line in lines]
    assert said
    return (
        [text for t_s, text in said if times.get(text, 0.0) > t_s],
        [text for _t_s, text in said if text not in times],
    )


@pytest.mark.parametrize("name", ROUTINES)
def test_what_a_routine_says_is_there_in_time(name):
    assert late(load_plan(name)) == ([], [])


def test_what_is_asked_for_is_there_but_the_place_of_the_moment():
    """Where the listener is has too many forms: that is rendered when it is asked for, in 0.1 s."""
    commands = [(60.0 + 7 * number, command) for number, command in enumerate(ASKED * 2)]
    behind, unknown = late(load_plan("everyday-facial-acupressure"), *commands)
    assert behind == []
    assert all("stroke" in text or text.endswith("to go.") for text in unknown), unknown
