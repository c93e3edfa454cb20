"""Laws of the language under random composition: whatever is nested in whatever, the plan is what it says."""

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from player.core.plan import Plan, Side
from player.errors import Fault, FileFault
from player.files import languages, paths
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts
from player.routine.compile.request import Request
from player.routine.compile.resolve import check_references
from player.routine.model.script import Routine
from player.routine.schema.routine_keys import ROUTINE, read_routine
from player.routine.schema.step_keys import GROUP, STEP
from player.yaml_reader.document import Faults, parse

SCRIPTS = Scripts(paths.scripts())
WORDS = languages.load("en").routine
LINES = ("ML1", "ML2", "ML3", "ML6", "ML12", "ML13")
SIDES = ("left", "right")

Tree = dict[str, Any]

counted = st.fixed_dictionaries(
    {"strokes": st.integers(1, 9)}, optional={"sets": st.integers(1, 3), "hold": st.integers(1, 8)}
)
timed = st.fixed_dictionaries(
    {"seconds": st.integers(1, 90)}, optional={"announce": st.sampled_from(["halfway", "last 10"])}
)
work = st.one_of(counted, timed, st.just({}))
extras = st.fixed_dictionaries(
    {},
    optional={
        "side": st.sampled_from([side.value for side in Side]),
        "when": st.sampled_from(["pregnant", "not pregnant", "days_since_steam >= 7 or pregnant"]),
        "eyes": st.sampled_from(["open", "closed", "either"]),
        "advance": st.sampled_from(["auto", "wait"]),
        "keep": st.sampled_from(["always", "usually", "if-time"]),
        "say_short": st.just("Now."),
        "optional": st.booleans().map(lambda yes: "yes" if yes else "no"),
    },
)
leaf = st.builds(
    lambda doing, more: {"say": "Work here.", "at": "ML3", "stroke": "glide", **doing, **more}, work, extras
)
items = st.lists(
    st.fixed_dictionaries(
        {"line": st.sampled_from(LINES)}, optional={"pressure": st.just("feather"), "note_word": st.just("x")}
    ),
    min_size=1,
    max_size=3,
)
loops = st.one_of(
    items, st.just({"side": list(SIDES)}), st.just({"line": ["ML1", "ML6"], "side": list(SIDES)})
)


def _groups(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.fixed_dictionaries(
        {"steps": st.lists(inner, min_size=1, max_size=3)},
        optional={
            "for_each": loops,
            "repeat": st.integers(1, 3),
            "when": st.sampled_from(["pregnant", "not pregnant"]),
            "keep": st.sampled_from(["always", "if-time"]),
        },
    )


trees = st.lists(st.recursive(leaf, _groups, max_leaves=8), min_size=1, max_size=4)


def named(steps: list[Tree]) -> list[Tree]:
    found = []
    for number, step in enumerate(steps):
        inner = (
            {"group": f"g{number}", **step, "steps": named(step["steps"])}
            if "steps" in step
            else {"id": f"s{number}", **step}
        )
        found.append(inner)
    return found


def _expected(steps: list[Tree]) -> int:
    """Count the steps by the plainest reading of the language."""
    total = 0
    for step in steps:
        if step.get("when") == "pregnant":
            continue
        if "steps" not in step:
            total += 1
            continue
        each = step.get("for_each", [None])
        rounds = len(each) if isinstance(each, list) else (4 if len(each) == 2 else 2)
        total += step.get("repeat", 1) * rounds * _expected(step["steps"])
    return total


def routine_of(document: Tree) -> Routine:
    text = json.dumps({"format": 1, "title": "Example", **document})
    faults = Faults("example.yaml")
    routine = read_routine(parse(text, faults), faults, "example")
    check_references(routine, SCRIPTS.library, faults)
    assert faults.sorted() == ()
    return routine


def plan(steps: list[Tree], request: Request | None = None) -> Plan:
    return plan_of(routine_of({"steps": named(steps)}), SCRIPTS, WORDS, request or Request())


@settings(deadline=None, max_examples=150)
@given(trees)
def test_the_plan_has_every_step_once_with_a_name_of_its_own(steps: list[Tree]) -> None:
    found = plan(steps).steps
    assert len(found) == _expected(steps)
    assert len({step.id for step in found}) == len(found)
    assert all(step.say and "{" not in step.say and step.label for step in found)


@settings(deadline=None, max_examples=60)
@given(trees, st.floats(0, 10))
def test_fitting_only_leaves_out_and_keeps_the_order(steps: list[Tree], minutes: float) -> None:
    whole = [step.id for step in plan(steps).steps]
    fitted = plan(steps, Request(minutes=minutes))
    kept = [step.id for step in fitted.steps]
    assert kept == [name for name in whole if name not in set(fitted.left_out)]
    assert sorted([*kept, *fitted.left_out]) == sorted(whole)
    assert kept[:1] == whole[:1]


_values = st.recursive(
    st.one_of(
        st.text(max_size=12),
        st.integers(-5, 500),
        st.sampled_from(["left", "temple", "circle", "{x}", "a to b", "yes", "wait"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(sorted({*ROUTINE, *STEP, *GROUP})), inner, max_size=6),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(
    st.dictionaries(st.sampled_from(sorted({*ROUTINE, *STEP})), _values, max_size=8),
    st.lists(_values, max_size=4),
)
@example({"after": "\xa0\u200b"}, [])
def test_any_data_gives_a_routine_or_faults_and_never_a_crash(head: Tree, steps: list[Any]) -> None:
    text = json.dumps({"format": 1, "title": "Example", **head, "steps": steps})
    assert all(str(fault).isprintable() and fault.message for fault in _faults(text))


def _faults(text: str) -> tuple[Fault, ...]:
    faults = Faults("example.yaml")
    try:
        routine = read_routine(parse(text, faults), faults, "example")
        check_references(routine, SCRIPTS.library, faults)
        if not faults.found:
            plan_of(routine, SCRIPTS, WORDS)
    except FileFault as fault:
        return fault.faults
    return faults.sorted()


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@` \n\t\x00\x1b\u2028é", max_size=60))
def test_any_text_gives_a_routine_or_faults_of_one_line(text: str) -> None:
    assert all("\n" not in str(fault) for fault in _faults(text))


def test_the_shipped_scripts_make_plans() -> None:
    names = SCRIPTS.names()
    assert Path(SCRIPTS.folder).is_dir()
    for name in names:
        routine = SCRIPTS.routine(name)
        steps = plan_of(
            routine, SCRIPTS, WORDS, Request(with_prep=True, with_after=True, with_gates=True)
        ).steps
        assert len({step.id for step in steps}) == len(steps) > 0
