"""Telling someone with closed eyes where they are."""

from dataclasses import replace

import pytest

from player.app.choices import starting_place
from player.core.orders import Phrase
from player.core.orientation import duration, how_long, said, time_left, where
from player.core.place import Part, Place
from player.core.plan import Advance, Hold, Plan, Side, Step, Strokes, Timed
from player.files import languages
from tests.core.histories import PLAN, step

LABEL = ("place", "left temple")


def plan_of(one: Step) -> Plan:
    return Plan("p", "P", "en", (replace(one, label="left temple"),))


def spoken(*phrases: Phrase) -> str:
    english = languages.load("en")
    return " ".join(english.say(phrase) for phrase in phrases)


def test_a_stroke_and_what_is_left() -> None:
    plan = plan_of(step("spot", Strokes(15)))
    place = Place(0, Part.STROKES, 0, 8)
    assert where(plan, place) == (
        Phrase("at_stroke", (LABEL, ("stroke", 9), ("of", 15))),
        Phrase("strokes_left", (("n", 7),)),
    )
    assert spoken(*where(plan, place)) == "Left temple, stroke 9 of 15. 7 to go."
    assert spoken(*where(plan, Place(0, Part.STROKES, 0, 14))) == "Left temple, stroke 15 of 15. One to go."


def test_the_side_of_alternating_strokes_is_the_one_that_ticks() -> None:
    plan = plan_of(step("spot", Strokes(6, alternate=True), side=Side.ALTERNATE))
    assert [where(plan, Place(0, Part.STROKES, 0, k))[0].key for k in range(3)] == [
        "at_stroke_left",
        "at_stroke_right",
        "at_stroke_left",
    ]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (Place(0), "Left temple."),
        (Place(0, Part.STROKES, 1, 2), "Left temple, stroke 3 of 6. Round 2 of 3. 4 to go."),
        (Place(0, Part.HOLD, 2, 1), "Left temple. Round 3 of 3. In the hold."),
        (Place(0, Part.DONE), "Left temple."),
    ],
)
def test_rounds_and_holds(place: Place, says: str) -> None:
    plan = plan_of(step("spot", Strokes(6, sets=3, hold=Hold(4))))
    assert spoken(*where(plan, place)) == says


def test_timed_work_says_the_time_left_in_its_round() -> None:
    plan = plan_of(step("rest", Timed(60, sets=2)))
    assert spoken(*where(plan, Place(0, Part.TIME, 1, 0, 21_000))) == (
        "Left temple. Round 2 of 2. About 40 seconds to go."
    )


def test_a_step_that_waits_says_again_what_it_waits_for() -> None:
    one = step("oil", Timed(5), advance=Advance.WAIT)
    assert where(plan_of(one), Place(0, Part.DONE))[1:] == (said("Find the oil. Stroke it."),)


@pytest.mark.parametrize(
    ("seconds", "key", "n"),
    [
        (0, "left_seconds", 5),
        (7.4, "left_seconds", 5),
        (8, "left_seconds", 10),
        (41, "left_seconds", 40),
        (54.9, "left_seconds", 55),
        (55, "left_minutes", 1),
        (89, "left_minutes", 1),
        (100, "left_minutes", 2),
        (840, "left_minutes", 14),
    ],
)
def test_durations_are_round(seconds: float, key: str, n: int) -> None:
    assert duration("left", seconds) == Phrase(key, (("n", n),))


def test_time_left_is_never_negative() -> None:
    assert time_left(Timed(6), Place(0, Part.TIME, 0, 0, 6_900)) == Phrase("left_seconds", (("n", 5),))


def test_how_long_says_what_is_left_here_and_in_all() -> None:
    plan = Plan("p", "P", "en", (step("spot", Strokes(15)), step("rest", Timed(60))))
    strokes = how_long(plan, Place(0, Part.STROKES, 0, 8), 1.0)
    assert spoken(*strokes) == "7 to go. About a minute in all."
    assert spoken(*how_long(plan, Place(1, Part.TIME, 0, 0, 30_000), 1.0)) == (
        "About 30 seconds to go. About 30 seconds in all."
    )
    assert [phrase.key for phrase in how_long(plan, Place(0), 1.0)] == ["left_in_all_minutes"]


def test_how_long_follows_the_pace() -> None:
    plan = Plan("p", "P", "en", (step("spot", Strokes(40)),))
    place = Place(0, Part.STROKES)
    assert spoken(*how_long(plan, place, 1.0)) == "40 to go. About 40 seconds in all."
    assert spoken(*how_long(plan, place, 2.0)) == "40 to go. About 20 seconds in all."


def test_a_step_has_the_same_number_whatever_is_asked_before_it() -> None:
    asked = tuple(step for step in PLAN.steps if step.care)
    worked = tuple(step for step in PLAN.steps if not step.care)
    alone, led = replace(PLAN, steps=worked), replace(PLAN, steps=(*asked, *worked))
    assert [alone.number(i) for i in range(len(worked))] == list(range(1, len(worked) + 1))
    assert [led.number(i + len(asked)) for i in range(len(worked))] == list(range(1, len(worked) + 1))
    assert led.counted == alone.counted == len(worked)
    assert starting_place(led, "2") == Place(len(asked) + 1)
