"""The transcript and the session say the same: same steps, same sentences, same order."""

import pytest

from player.core.commands import Command
from player.core.observations import SpeechStarted, StepStarted
from player.core.plan import Announcement, Eyes, Hold, Plan, Side, Step, Strokes, Timed, hands_off
from player.files import languages
from player.routine.compile.compose import load_plan
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
    said = [speech.text for speech in session.watcher.what(SpeechStarted)]
    begun = [step.step for step in session.watcher.what(StepStarted)]
    lines = [line.text for line in Rehearsal(plan, languages.load("en")).lines() if line.kind == "say"]
    assert lines == [text for text in said if not text.isdigit()]
    assert [text.split()[1].rstrip(":") for text in rehearsed(plan, "step")] == begun


def step(work, side=Side.NONE, **more):
    return Step(id="one", label="one", say="Go.", work=work, side=side, settle_s=0, **more)


@pytest.mark.parametrize(
    ("work", "lines"),
    [
        (Strokes(4, 120, hold=Hold(3), sets=2), ["tick 4 times, every 0.5 s"] * 2),
        (Strokes(1, 60, sets=2), ["tick", "tick"]),
        (Strokes(6, 60, 4), ["tick 6 times, every 4 s, followed by 3 soft"]),
        (Strokes(1, 60, 8), ["tick, followed by 7 soft"]),
        (Strokes(4, 60, alternate=True), ["tick_left and tick_right 4 times, every 1 s"]),
        (
            Strokes(4, 60, 3, alternate=True),
            ["tick_left and tick_right 4 times, every 3 s, followed by 2 soft"],
        ),
        (Strokes(3, 60, 10, breath=True), ["breath_in 3 times, every 10 s"]),
        (Timed(4, 60, announcements=(Announcement(2),)), ["tick 4 times, every 1 s", "chime"]),
        (Timed(4, hum=True), ["hum 4 s"]),
    ],
)
def test_what_sounds_in_each_set_is_one_line(work, lines):
    assert rehearsed(Plan("p", "P", "en", (step(work),)), "beat") == ["bell", *lines, "bell"]


def test_eyes_where_they_change_and_mouth_and_ears_are_told():
    steps = [
        step(Timed(1), eyes=Eyes.OPEN),
        step(Timed(1), eyes=Eyes.CLOSED),
        step(Timed(1), eyes=Eyes.EITHER, mouth_busy=True),
        step(Timed(1), eyes=Eyes.CLOSED, ears_covered=True),
        step(Timed(1), eyes=Eyes.OPEN, mouth_busy=True),
    ]
    told = rehearsed(Plan("p", "P", "en", tuple(steps)), "step")
    assert [text.partition("one: one")[2] for text in told] == [
        "",
        " (eyes closed)",
        " (mouth busy)",
        " (ears covered)",
        " (eyes open, mouth busy)",
    ]


def test_commands_are_obeyed_in_a_rehearsal_too():
    presses = ((1.0, Command.NEXT), (2.5, Command.STOP))
    assert rehearsed(SHORT, "command", presses) == ["next", "stop"]
    assert rehearsed(SHORT, "state", presses)[-1] == virtual(pressed(*presses)).ending.value


def test_a_rehearsal_never_waits_for_ever():
    assert rehearsed(SHORT, "state", ((0.5, Command.PAUSE),))[-1] == "completed"
