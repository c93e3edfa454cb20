"""What is offered aloud on the way: steam, scrub, mask, more places, more quiet; and who is not asked."""

from datetime import UTC, date, datetime

import pytest

from player.cli.main import main
from player.core.commands import Command
from player.core.orders import Perform, Phrase
from player.core.place import Part, Place
from player.core.plan import hands_off
from player.core.session import Session, comes
from player.core.states import Asking, Finished, Waiting
from player.core.timing import left_s
from player.files import languages
from player.files.facts import Answered
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.rehearsal import Rehearsal
from tests.core.histories import Room

# the question, a session in which it is asked, what comes with a yes, and what instead of it
OFFERS = (
    ("prep-sculptural.steam-choice", "home-course-session", ".steaming.steam", ""),
    ("aftercare-talc-and-mask.mask-choice", "talc-course-session", "mask-wait", ""),
    ("quick-facial-acupressure.quiet-choice", "daily-quick", "long-quiet", "quick-facial-acupressure.quiet"),
    ("prep-sculptural.scrub-choice", "talc-course-session", "prep-sculptural.scrub", ""),
    ("more-choice", "headache-point", "hand-web", ""),
)


def led(name: str, answers: dict[str, Command | None], **more: object) -> tuple[Room, list[str]]:
    """A session led to its end, and its steps in order; a choice is answered no unless `answers` has more."""
    room = Room(load_plan(name, request=Request(**more)))  # type: ignore[arg-type]
    for _ in range(2000):
        if isinstance(room.session.state, Finished):
            break
        step = room.plan.steps[room.session.place.step]
        if isinstance(room.session.state, Asking) and (answer := answers.get(step.id, Command.NO)):
            room.say(answer)
        elif isinstance(room.session.state, Waiting):
            room.say(Command.NEXT)
        else:
            room.end()
    return room, [room.plan.steps[run].id for run in room.session.runs]


@pytest.mark.parametrize("answer", [Command.YES, Command.NO, None])
@pytest.mark.parametrize(("question", "name", "taken", "instead"), OFFERS)
def test_yes_brings_what_is_offered_and_no_or_silence_does_without(
    question: str, name: str, taken: str, instead: str, answer: Command | None
) -> None:
    room, steps = led(name, {question: answer})
    assert question in steps
    assert any(step.endswith(taken) for step in steps) is (answer is Command.YES)
    assert (instead in steps) is (bool(instead) and answer is not Command.YES)
    told = [phrase for order in room.orders if isinstance(order, Perform) for phrase in order.preface]
    assert (Phrase("not_answered") in told) is (answer is None)


def test_who_goes_back_into_the_mask_is_told_that_it_has_had_its_time() -> None:
    room = Room(load_plan("aftercare-talc-and-mask")).go_to("mask-choice", Part.INSTRUCTION)
    room.end()
    room.say(Command.YES)
    while room.plan.steps[room.session.place.step].id != "rinse":
        room.say(Command.NEXT) if isinstance(room.session.state, Waiting) else room.end()
    room.say(Command.PREVIOUS)
    (order,) = (one for one in room.say(Command.PREVIOUS) if isinstance(one, Perform))
    assert order.preface == (Phrase("mask_over"),)
    assert room.plan.steps[room.session.place.step].id == "mask-off"


def test_what_was_taken_last_time_is_offered_as_that() -> None:
    taken = {"opt_in_mask": Answered(yes=True, at=datetime(2026, 9, 1, tzinfo=UTC))}
    plan = load_plan("aftercare-talc-and-mask", request=Request(known=taken, today=date(2026, 11, 28)))
    (question,) = [step.say for step in plan.steps if step.id == "mask-choice"]
    assert question == "Would you like the mask, as last time?"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("quick-facial-acupressure", {"params": {"quiet_secs": 90.0}}),
        ("quick-facial-acupressure", {"minutes": 5.0}),
        ("quick-facial-acupressure", {"facts": {"long_quiet": True}}),
        ("acupressure-first", {}),
        ("soft-evening", {}),
        ("lymph-drainage-thumbs", {"with_prep": True}),
    ],
)
def test_who_has_said_it_already_and_where_it_is_not_planned_nobody_is_asked(
    name: str, more: dict[str, object]
) -> None:
    steps = load_plan(name, request=Request(**more)).steps  # type: ignore[arg-type]
    asked = {step.ask.fact for step in steps if step.ask}
    assert not asked & {"long_quiet", "opt_in_steam"}
    assert name != "soft-evening" or "opt_in_scrub" not in asked
    assert any(step.id.endswith("long-quiet") for step in steps) is ("facts" in more)


def test_what_comes_only_when_it_is_chosen_is_shown_as_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "quick-facial-acupressure"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("(after a “yes” alone)") == 1
    assert "one minute is left. (after a “yes” alone)" in shown


def test_a_recording_offers_nothing() -> None:
    plan = load_plan("talc-course-session")
    assert any(step.ask is not None for step in plan.steps)
    recorded = hands_off(plan)
    offers = [i for i, step in enumerate(recorded.steps) if step.say.startswith("Would you")]
    assert offers
    assert not any(comes(recorded, Session(), index) for index in offers)
    said = [line.text for line in Rehearsal(recorded, languages.load("en")).lines()]
    assert not [text for text in said if text.startswith("Would you")]


def test_how_long_follows_what_was_chosen() -> None:
    plan = load_plan("quick-facial-acupressure")
    start = Place(0)
    assert left_s(plan, start, 1.0, {"long_quiet": True}) - left_s(plan, start) > 200
