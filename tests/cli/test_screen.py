"""What the live view draws."""

import io
from dataclasses import replace

import pytest
from rich.console import Console, ConsoleDimensions

from player.app.choices import Choices
from player.cli.play import _suggest_tuning
from player.cli.screen import Lines, LiveView
from player.core.commands import Command
from player.core.notation import Role
from player.core.observations import ListeningChanged, SpeechStarted, StepStarted, StrokeStarted
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Step, Timed
from player.files import languages

LANGUAGE = languages.load("en")
PLAN = Plan(
    "p",
    "A title",
    "en",
    tuple(
        Step(advance.value, f"place {advance.value}", "Rest.", Timed(5), advance=advance)
        for advance in (Advance.AUTO, Advance.WAIT, Advance.UNLESS_YES, Advance.ANSWER)
    ),
)


def drawn(view: LiveView, width: int = 80, height: int = 24) -> str:
    console = Console(file=io.StringIO(), width=width, height=height)
    with console.capture() as capture:
        console.print(view._drawn())
    return capture.get()


def at_the_end_of(step: int) -> LiveView:
    view = LiveView(PLAN, LANGUAGE, Console(file=io.StringIO()))
    view.observe(0, StepStarted("", step, 4, ""))
    view.observe(0, StrokeStarted(Place(step, Part.DONE), 0))
    return view


@pytest.mark.parametrize(("step", "key"), [(1, "waiting"), (2, "passes"), (3, "waiting"), (0, "")])
def test_only_what_waits_is_said_to_wait(step, key):
    out = drawn(at_the_end_of(step))
    shown = [one for one in ("waiting", "passes") if LANGUAGE.screen[one] in out]
    assert shown == ([key] if key else [])


def test_no_step_is_named_before_one_has_begun():
    """While it is asked whether an interrupted session goes on, nobody is in step 1."""
    view = LiveView(PLAN, LANGUAGE, Console(file=io.StringIO()))
    view.observe(0, SpeechStarted("Shall we carry on?", Role.PREFACE))
    assert "Step" not in drawn(view)
    assert "Shall we carry on?" in drawn(view)
    view.observe(0, StepStarted("", 0, 4, ""))
    assert "Step 1 of 4" in drawn(view)


def listening(view: LiveView) -> LiveView:
    view.observe(0, ListeningChanged(tuple(Command)))
    return view


def test_a_small_terminal_shows_the_essentials():
    view = listening(at_the_end_of(0))
    view.tell("no_loudspeaker", "the reason", "the cure")
    view._console = Console(file=io.StringIO(), width=30, height=8)
    lines = drawn(view, 30, 8).splitlines()[:8]
    assert lines[0].startswith("Step 1 of 4")
    said = " ".join(lines)
    assert all(f"{word}," in said for word in ("stop", "yes", "no", "pause", "continue", "next"))
    assert "…" not in said.removeprefix(lines[0])


@pytest.mark.parametrize(("wide", "high"), [(40, 12), (80, 24), (200, 60)])
def test_what_is_said_stands_first_and_what_can_be_said_last(wide, high):
    said = "Place your ring fingertips below your eyes, on the cheek, one finger width under the rim of bone."
    view = listening(at_the_end_of(1))
    view.observe(0, SpeechStarted(said, Role.INSTRUCTION))
    view._console = Console(file=io.StringIO(), width=wide, height=high)
    lines = [line.strip() for line in drawn(view, wide, high).splitlines() if line.strip()]
    words = " ".join(lines)
    assert len(drawn(view, wide, high).splitlines()) <= high
    assert words.startswith(said)
    after = [
        words.index(text) for text in ("Step 2 of 4", LANGUAGE.screen["waiting"], LANGUAGE.screen["say"])
    ]
    assert after == sorted(after)
    shown = set(Command) - {Command.NAME, Command.BRIEF, Command.FULL}  # there is no short form
    assert all(LANGUAGE.name(command) in words for command in shown)
    assert LANGUAGE.name(Command.BRIEF) not in words


def test_what_was_drawn_for_another_size_is_cleared_away():
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=24)
    view = LiveView(PLAN, LANGUAGE, console)
    view._drawn()
    assert out.getvalue() == ""
    console.size = ConsoleDimensions(40, 24)
    view._drawn()
    view._drawn()
    assert out.getvalue() == "\x1b[2J\x1b[H"


def test_a_cure_stands_on_a_line_of_its_own_and_once():
    view = at_the_end_of(0)
    view.tell("no_loudspeaker", "there is no loudspeaker", "sudo apt install it")
    view.tell("no_ears", "there is no microphone", "sudo apt install it")
    lines = [line.strip() for line in drawn(view).splitlines()]
    assert lines.count("sudo apt install it") == 1
    assert "there is no loudspeaker" in lines
    assert "there is no microphone" in lines


def test_plain_lines_tell_a_cure_once_too():
    out = io.StringIO()
    lines = Lines(PLAN, LANGUAGE, out)
    lines.tell("no_loudspeaker", "there is no loudspeaker", "sudo apt install it")
    lines.tell("no_ears", "there is no microphone", "sudo apt install it")
    assert out.getvalue().splitlines() == [
        f"! {LANGUAGE.screen['no_loudspeaker']}",
        "  there is no loudspeaker",
        "  sudo apt install it",
        f"! {LANGUAGE.screen['no_ears']}",
        "  there is no microphone",
    ]


@pytest.mark.parametrize(("microphone", "told"), [("", []), ("a microphone", ["tune_hint"])])
def test_nobody_is_asked_to_tune_without_a_microphone(microphone, told, monkeypatch, tmp_path):
    class Told(Lines):
        def tell(self, key: str, reason: str = "", hint: str = "") -> None:
            said.append(key)

    said: list[str] = []
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    monkeypatch.setattr("player.app.ears.microphone", lambda _choices: microphone)
    _suggest_tuning(Choices("any"), Told(PLAN, LANGUAGE, io.StringIO()))
    assert said == told


def test_a_view_without_a_plan_yet_is_drawn_and_takes_one_later():
    view = LiveView(replace(PLAN, steps=()), LANGUAGE, Console(file=io.StringIO(), width=80, height=24))
    view.tell("no_loudspeaker", "the reason", "the cure")
    for size in ((80, 24), (30, 3)):
        assert "Step" not in drawn(view, *size)
    assert "the cure" in drawn(view, 80, 24)
    view.show(PLAN)
    view.observe(0, StepStarted("", 0, 4, ""))
    assert "Step 1 of 4" in drawn(view, 80, 24)
