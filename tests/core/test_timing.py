"""Expected times, against sums done by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.core.notation import samples
from player.core.place import Part, Place
from player.core.plan import Hold, Plan, Strokes, Timed
from player.core.score import Manner, compose
from player.core.timing import left_s, set_s, speech_s, step_s, stroke_s, work_s
from tests.core.histories import PLAN, step

WORK = Strokes(10, 60, 2, sets=3, hold=Hold(4, 30))  # a set: 10 strokes of 2 s, a hold of 8 s


def test_140_words_a_minute() -> None:
    assert speech_s("word " * 140) == pytest.approx(60)


def test_strokes_sets_and_holds() -> None:
    assert stroke_s(WORK) == 2
    assert set_s(WORK) == 28
    assert work_s(step("spot", WORK)) == 3 * 28 + 2  # two gaps of a second
    assert set_s(replace(WORK, hold=None)) == 20


def test_hands_that_go_back_to_the_beginning_have_three_seconds() -> None:
    assert work_s(step("spot", replace(WORK, between="Again."))) == 3 * 28 + 2 * 3
    assert work_s(step("spot", replace(WORK, hold=Hold(4, 30, end="Ease")))) == 3 * 28 + 2 * 3


def test_the_pace_changes_strokes_and_holds_but_no_dose_in_seconds() -> None:
    assert set_s(WORK, 2.0) == 14
    assert work_s(step("spot", Timed(60, sets=2)), 2.0) == 121


def test_a_step_is_speech_settling_work_and_a_breath() -> None:
    one = step("spot", WORK)  # "Find the spot. Stroke it.": 5 words
    assert step_s(one) == pytest.approx(5 / 140 * 60 + 3 + 86 + 1)


LEFT = {
    Place(0): None,
    Place(0, Part.STROKES, 0, 0): 86,
    Place(0, Part.STROKES, 0, 9): 86 - 18,
    Place(0, Part.HOLD, 0, 0): 86 - 20,
    Place(0, Part.HOLD, 0, 3): 86 - 26,
    Place(0, Part.STROKES, 1, 1): 86 - 29 - 2,
    Place(0, Part.HOLD, 2, 4): 0,
    Place(0, Part.DONE): 0,
}


@pytest.mark.parametrize(("place", "left"), LEFT.items(), ids=str)
def test_what_is_left_of_strokes(place: Place, left: float | None) -> None:
    plan = Plan("p", "P", "en", (step("spot", WORK),))
    expected = step_s(plan.steps[0]) if left is None else left + 1
    assert left_s(plan, place) == pytest.approx(expected)


def test_what_is_left_of_timed_work_and_of_later_steps() -> None:
    plan = Plan("p", "P", "en", (step("rest", Timed(30, sets=2)), step("spot", WORK)))
    later = step_s(plan.steps[1])
    assert left_s(plan, Place(0, Part.TIME, 0, 0, 10_000)) == pytest.approx(20 + 1 + 30 + 1 + later)
    assert left_s(plan, Place(0, Part.TIME, 1, 0, 10_000)) == pytest.approx(20 + 1 + later)
    assert left_s(plan, Place(1), 2.0) == pytest.approx(step_s(plan.steps[1], 2.0))


@given(st.integers(0, len(PLAN.steps) - 1), st.sampled_from((0.5, 1.0, 2.0)), st.data())
def test_the_estimate_of_work_is_what_the_score_takes(index: int, pace: float, data: st.DataObject) -> None:
    """From any place of a step's work: the score, spoken counts and all, ends when it was said to end."""
    one = PLAN.steps[index]
    plan = Plan("p", "P", "en", (one,))
    whole = compose(one, Place(0), (), lambda _text: 100, Manner(pace))
    places = [mark.place for mark in whole.marks if mark.place.part is not Part.INSTRUCTION]
    place = data.draw(st.sampled_from(places))
    score = compose(one, place, (), lambda _text: 100, Manner(pace))
    done = next(mark.at for mark in score.marks if mark.place.part is Part.DONE)
    assert samples(left_s(plan, place, pace) - 1) == pytest.approx(done, abs=200)
