"""What the live view draws."""

import io

import pytest
from rich.console import Console

from player.cli.screen import View
from player.core.plan import Advance, Plan, Step, Timed
from player.files import languages

LANGUAGE = languages.load("en")
PLAN = Plan(
    "p",
    "A title",
    "en",
    tuple(
        Step(advance.value, f"place {advance.value}", "Rest.", Timed(5), advance=advance)
        for advance in (Advance.AUTO, Advance.WAIT, Advance.UNLESS_NO, Advance.YES)
    ),
)


def drawn(view: View, width: int = 80, height: int = 24) -> str:
    console = Console(file=io.StringIO(), width=width, height=height)
    with console.capture() as capture:
        console.print(view._drawn())
    return capture.get()


def at_the_end_of(step: int) -> View:
    view = View(PLAN, LANGUAGE, Console(file=io.StringIO()))
    view.note(0, "step", {"index": step, "of": 4})
    view.note(0, "stroke", {"part": "done", "set": 0, "stroke": 0, "of": 0, "elapsed_ms": 0})
    return view


@pytest.mark.parametrize(("step", "key"), [(1, "waiting"), (2, "passes"), (3, "waiting"), (0, "")])
def test_only_what_waits_is_said_to_wait(step, key):
    out = drawn(at_the_end_of(step))
    shown = [one for one in ("waiting", "passes") if LANGUAGE.screen[one] in out]
    assert shown == ([key] if key else [])


def test_no_step_is_named_before_one_has_begun():
    """While it is asked whether an interrupted session goes on, nobody is in step 1."""
    view = View(PLAN, LANGUAGE, Console(file=io.StringIO()))
    view.note(0, "speech_started", {"text": "Shall we carry on?", "role": "preface"})
    assert "Step" not in drawn(view)
    assert "Shall we carry on?" in drawn(view)
    view.note(0, "step", {"index": 0, "of": 4})
    assert "Step 1 of 4" in drawn(view)
