"""The transcript and the session say the same: same steps, same sentences, same order."""

import pytest

from player.core.commands import Command
from player.core.plan import hands_off
from player.files import languages
from player.routine.compose import load_plan
from player.session.rehearsal import Rehearsal
from tests.session.worlds import SHORT, pressed, virtual


def rehearsed(plan, kind, commands=()):
    lines = Rehearsal(plan, languages.load("en"), commands).lines()
    return [line.text.removesuffix(" --") for line in lines if line.kind == kind]


@pytest.mark.parametrize(
    "plan", [SHORT, hands_off(load_plan("quick-facial-acupressure"))], ids=lambda p: p.id
)
def test_a_rehearsal_says_what_a_session_says(plan):
    session = virtual(plan=plan)
    said = [fields["text"] for _t, _event, fields in session.notes.of("speech_started")]
    begun = [fields["step"] for _t, _event, fields in session.notes.of("step")]
    lines = [line.text for line in Rehearsal(plan, languages.load("en")).lines() if line.kind == "say"]
    assert lines == [text for text in said if not text.isdigit()]
    assert [text.split()[1].rstrip(":") for text in rehearsed(plan, "step")] == begun


def test_commands_are_obeyed_in_a_rehearsal_too():
    presses = ((1.0, Command.NEXT), (2.5, Command.STOP))
    assert rehearsed(SHORT, "command", presses) == ["next", "stop"]
    assert rehearsed(SHORT, "state", presses)[-1] == virtual(pressed(*presses)).ending.value


def test_a_rehearsal_never_waits_for_ever():
    assert rehearsed(SHORT, "state", ((0.5, Command.PAUSE),))[-1] == "completed"
