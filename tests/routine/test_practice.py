"""Practising: places are found, nothing is counted, and nothing goes on by itself."""

import pytest

from player.core.plan import Advance, Eyes, Strokes
from player.files import languages, paths
from player.routine.compile.compose import load_plan
from player.routine.compile.load import Scripts
from player.routine.compile.request import Request
from player.session.rehearsal import Rehearsal

ROUTINES = [name for name in Scripts(paths.scripts()).names() if name != "interview"]
WORDS = languages.load("en").routine


@pytest.mark.parametrize("name", ROUTINES)
def test_every_place_is_found_and_every_stroke_is_tried_slowly(name):
    whole = load_plan(name, request=Request(with_gates=True))
    plan = load_plan(name, request=Request(with_gates=True, practice=True))
    steps = [step for step in plan.steps if not step.care]
    assert [step for step in plan.steps if step.care] == [step for step in whole.steps if step.care]
    assert {step.advance for step in steps} <= {Advance.WAIT}
    assert {step.eyes for step in steps} <= {Eyes.OPEN}
    find = [step for step in steps if step.id.endswith(".find")]
    tried = {step.id: step for step in steps if not step.id.endswith(".find")}
    assert all(step.find in step.say and WORDS["learn_there"] in step.say for step in find)
    assert len({step.id for step in steps}) == len(steps)
    before = {step.id: step for step in whole.steps}
    for id_, step in tried.items():
        work, usual = step.work, before[id_].work
        say = before[id_].say
        for sentence in ("open_eyes", "close_eyes"):  # they stay open
            say = say.removeprefix(f"{WORDS[sentence]} ")
        assert say in step.say
        assert work.sets == 1
        if isinstance(work, Strokes):
            assert (work.count_aloud.value, work.hold) == ("none", None)
            assert work.reps <= 4
            assert work.bpm == usual.bpm / 2
    hands = {place for step in whole.steps if not step.care for place in step.place_ids}
    assert {place for step in find for place in step.place_ids} <= hands


def test_a_rehearsal_of_practising_goes_from_place_to_place():
    plan = load_plan("quick-facial-acupressure", request=Request(practice=True))
    said = [line.text for line in Rehearsal(plan, languages.load("en")).lines() if line.kind == "say"]
    assert "Slide up the bridge of the nose until it flattens between the ends of the brows." in said
    assert said.count(WORDS["learn_slowly"]) == 1
    assert not [text for text in said if text.isdigit()]
