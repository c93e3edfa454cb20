"""The engine's laws on plans that the language made: random compositions, and everything that is shipped.

What pause, repeat, next, previous and undo do must not depend on how a step came into its plan: through
groups, loops, conditions, parameters, products, `run`, `prep`, `after` or a playlist.
"""

import inspect
from collections.abc import Callable
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player.core.plan import Plan, Trait
from player.files import paths
from player.routine.compile.compose import load_plan, plan_of
from player.routine.compile.request import Request
from player.routine.schema.routine_keys import ROUTINE
from player.routine.schema.step_keys import GROUP, STEP
from tests.core import histories
from tests.core import test_engine_laws as engine
from tests.core.histories import ACTIONS, Room
from tests.routine.test_composition import SCRIPTS, WORDS, Tree, named, routine_of, trees

Law = Callable[[Room], None]

# Every law that is about any history whatever, whoever made its plan.
LAWS: dict[str, Law] = {
    name: law.hypothesis.inner_test
    for name, law in vars(engine).items()
    if name.startswith("test_")
    and hasattr(law, "hypothesis")
    and list(inspect.signature(law.hypothesis.inner_test).parameters) == ["room"]
}
SETTINGS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

special = st.fixed_dictionaries(
    {"say": st.just("With {product} on your fingertips."), "at": st.just("ML3"), "stroke": st.just("glide")},
    optional={"special": st.sampled_from([one.value for one in Trait if one is not Trait.NORMAL])},
).flatmap(lambda step: st.sampled_from([{**step, "seconds": "length"}, {**step, "strokes": 5, "sets": 2}]))
runs = st.sampled_from(["quiet-close", "tapping-anywhere", "headache-point", "micromassage"]).map(
    lambda name: {"say": "First this.", "run": name}
)
heads = st.fixed_dictionaries(
    {
        "params": st.just({"length": {"default": 20, "min": 5, "max": 60}}),
        "products": st.sampled_from(
            [{"default": "oil", "allowed": ["cream", "talc"]}, {"default": "none", "allowed": ["oil"]}]
        ),
    },
    optional={
        "prep": st.sampled_from([["prep-clean-hands-only"], ["prep-hands-and-face"]]),
        "after": st.sampled_from([["quiet-close"], ["tapping-anywhere", "quiet-close"]]),
    },
)
playlists = st.lists(
    st.sampled_from(["focus-brow", "quiet-close", "tapping-anywhere", "contour-pinch", "focus-eyes"]),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda names: {"playlist": [{"run": name} for name in names]})
routines = st.builds(
    lambda head, steps, more: {**head, "steps": named([*steps, *more])},
    heads,
    trees,
    st.lists(st.one_of(special, runs), max_size=3),
)


def composed(document: Tree, product: str) -> Plan:
    routine = routine_of(document)
    allowed = (routine.products.default, *routine.products.allowed)
    request = Request(product=product if product in allowed else "", with_prep=True, with_after=True)
    return plan_of(routine, SCRIPTS, WORDS, request)


def rooms(plans: st.SearchStrategy[Plan]) -> st.SearchStrategy[Room]:
    def led(plan: Plan) -> st.SearchStrategy[Room]:
        return st.builds(
            lambda start, offered, actions: Room(plan, start=start, offered=offered).run(actions),
            st.one_of(st.none(), histories.places(plan)),
            st.sampled_from((False, False, True)),
            st.lists(ACTIONS, min_size=10, max_size=40),
        )

    return plans.filter(lambda plan: bool(plan.steps)).flatmap(led)


@cache
def shipped(name: str) -> Plan:
    return load_plan(name)


def test_the_laws_are_all_there() -> None:
    assert len(LAWS) >= 14


@SETTINGS
@given(rooms(st.builds(composed, routines, st.sampled_from(["", "oil", "cream", "talc"]))))
def test_the_laws_hold_in_whatever_is_composed(room: Room) -> None:
    for law in LAWS.values():
        law(room)


@SETTINGS
@given(rooms(st.builds(composed, playlists, st.just(""))))
def test_the_laws_hold_in_any_playlist(room: Room) -> None:
    for law in LAWS.values():
        law(room)


@SETTINGS
@given(rooms(st.sampled_from(SCRIPTS.names()).map(shipped)))
def test_the_laws_hold_in_everything_that_is_shipped(room: Room) -> None:
    for law in LAWS.values():
        law(room)


@pytest.mark.parametrize("name", SCRIPTS.names())
def test_every_shipped_plan_is_led_to_its_end(name: str) -> None:
    room = Room(shipped(name))
    for _ in range(4 * len(room.plan.steps) + 4):
        room.end()
        step = room.plan.steps[room.session.place.step]
        opening = engine.Command.YES if step.ask is not None and step.ask.opens else engine.Command.NO
        for command in (opening, engine.Command.NEXT):
            if not isinstance(room.session.state, engine.Playing) and command in engine.commands_in(
                room.session.state
            ):
                room.say(command)
                break
    assert isinstance(room.session.state, engine.Finished)
    led = {place.step for stretch in room.stretches for place in stretch.places}
    assert led == {
        index for index in range(len(room.plan.steps)) if engine.comes(room.plan, room.session, index)
    }


def test_every_key_of_the_language_is_used_by_a_shipped_routine_or_here() -> None:
    used = {"repeat", "language", "say_again", "ends"}  # by the random compositions, by tests of the language

    def collect(node: object) -> None:
        if isinstance(node, dict):
            used.update(map(str, node))
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(inner)

    for path in paths.scripts().glob("*.yaml"):
        collect(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert {*ROUTINE, *STEP, *GROUP} <= used
