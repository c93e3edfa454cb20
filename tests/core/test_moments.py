"""A command means the moment at which its word began: a law, and a sweep around every boundary."""

import copy
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.core.commands import Command
from player.core.condition import holds
from player.core.engine import commands_in
from player.core.orders import Cue, Hush, Perform, Tone
from player.core.place import Part, Place
from player.core.plan import Advance, Step
from player.core.session import comes
from player.core.states import Closing, Finished, Offering, Passed, Waiting
from player.core.timing import RATE_HZ
from tests.core.histories import ANSWERED, HISTORIES, PLAN, Room

LAW = settings(max_examples=150, deadline=None)
WORDS_S = (0.02, 0.3, 0.7, 1.4)  # from the beginning of a word to its decision
BEFORE_S = (0.02, 0.2, 0.5, 0.9)


def branch(room: Room) -> Room:
    """Return the same room, to be led on by itself."""
    other = copy.copy(room)
    other.events, other.stretches = [], []
    other.playing = copy.copy(room.playing)
    return other


def late(room: Room, command: Command, word_s: float) -> Room:
    """Return the room in which a command is obeyed so long after its word began."""
    begun = room.moment()
    later = branch(room)
    later.advance(round(word_s * RATE_HZ))
    later.say_about(command, *begun)
    return later


def obeyed_as_meant(room: Room, command: Command, word_s: float) -> None:
    at_once, waited = branch(room), branch(room)
    orders = at_once.say(command)
    waited.advance(round(word_s * RATE_HZ))
    if isinstance(waited.session.state, Finished):
        return
    after = late(room, command, word_s).session
    meant = at_once.session
    assert (after.pace, after.gain_db, after.brief) == (meant.pace, meant.gain_db, meant.brief)
    assert after.answers == meant.answers
    if any(isinstance(order, Perform | Hush) for order in orders):
        assert after.state == meant.state
        assert after.runs == meant.runs
    else:
        assert after.state == waited.session.state
        assert after.runs == waited.session.runs


@LAW
@given(HISTORIES, st.sampled_from(Command), st.floats(0.0, 1.5))
def test_a_command_leads_where_it_would_have_led_when_its_word_began(room, command, word_s):
    obeyed_as_meant(room, command, word_s)


# --- every boundary


def led() -> Iterator[Room]:
    """Yield the room of a whole session shortly before each of its boundaries."""
    room = Room()
    for _ in range(10_000):
        if room.playing is None:
            return
        upcoming = [mark.at for mark in room.playing.score.marks if mark.at > room.playing.upto]
        end = min([*upcoming, room.playing.score.length])
        for before_s in sorted(BEFORE_S, reverse=True):
            at = end - round(before_s * RATE_HZ)
            if at > room.playing.upto:
                room.advance(at - room.playing.upto)
                yield room
        step = PLAN.steps[room.place.step]
        answer = Command.NEXT if step.advance is Advance.WAIT else Command.NO
        silent = step.advance is Advance.UNLESS_YES  # silence passes it
        if room.place.part is Part.DONE and answer in commands_in(room.session.state) and not silent:
            room.say(answer)
            continue
        room.advance(end - room.playing.upto + 1)


BOUNDARIES = [branch(room) for room in led()]


def well(step: Step) -> bool:
    """Whether a step comes when nothing stands in the way, and silence passes the everyday question."""
    return holds(step.when, {})


def test_the_sweep_meets_every_kind_of_boundary():
    places = {(PLAN.steps[room.place.step].id, room.place.part) for room in BOUNDARIES}
    assert {part for _step, part in places} == set(Part)
    assert {step for step, _part in places} == {step.id for step in PLAN.steps if well(step)}
    assert len(BOUNDARIES) > 400


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("word_s", WORDS_S)
def test_around_every_boundary_a_command_means_where_its_word_began(command, word_s):
    for room in BOUNDARIES:
        obeyed_as_meant(room, command, word_s)


@pytest.mark.parametrize("before_s", [0.2, 0.5, 0.9])
def test_next_said_as_a_step_ends_by_itself_skips_nothing_and_begins_nothing_twice(before_s):
    room = before_the_end("deep", before_s)
    late_room = late(room, Command.NEXT, before_s + 0.3)
    assert late_room.place == Place(room.place.step + 1)
    assert late_room.events[-1][3] == ()  # it goes on as it began
    late_room.say(Command.UNDO)
    assert late_room.place.step == room.place.step


@pytest.mark.parametrize(
    ("command", "ahead"),
    [(Command.REPEAT, 0), (Command.PREVIOUS, -1), (Command.WHERE, 0), (Command.PAUSE, 0)],
)
def test_what_is_about_the_step_that_just_ended_leads_back_to_it(command, ahead):
    room = before_the_end("cheek", 0.4)
    there = [i for i in range(room.place.step) if comes(PLAN, room.session, i)]
    assert late(room, command, 0.8).session.place.step == (there[-1] if ahead else room.place.step)


def test_what_is_said_in_the_last_moment_of_a_session_still_counts():
    room = before_the_end("quiet", 0.4)
    assert isinstance(late(room, Command.NEXT, 0.8).session.state, Closing)
    before = late(room, Command.PREVIOUS, 0.8)
    there = [i for i in range(room.place.step) if comes(PLAN, room.session, i)]
    assert before.place.step == there[-1]


@pytest.mark.parametrize("command", [Command.YES, Command.NO])
def test_an_answer_that_begins_before_the_silence_ends_is_an_answer(command):
    room = before_the_end("everyday", 0.3, asked=True)
    answered = late(room, command, 0.7)
    assert answered.session.answers[-1:] == (("everyday", command is Command.YES),)
    assert not isinstance(answered.session.state, Passed)
    assert (PLAN.steps[answered.session.place.step].id == "fever") is (command is Command.YES)


def test_yes_to_an_offer_that_begins_before_its_silence_ends_is_taken():
    there = Place(next(i for i, step in enumerate(PLAN.steps) if step.id == "cheek"), Part.STROKES, 1, 3)
    room = Room(session=ANSWERED, start=there, offered=True)
    assert room.playing is not None
    room.advance(room.playing.score.length - RATE_HZ // 2)
    assert isinstance(room.session.state, Offering)
    assert late(room, Command.YES, 0.8).session.place == there


def test_what_another_command_has_overtaken_is_about_where_that_led():
    room = before_the_end("deep", 0.5)
    number, place = room.moment()
    room.say(Command.PREVIOUS)
    room.advance(RATE_HZ // 10)
    room.say_about(Command.REPEAT, number, place)
    assert room.session.place.step == place.step - 1


def test_a_word_from_before_another_command_takes_nothing_of_that_back():
    """A step ended by itself, "louder" was obeyed in the next one, then a word of before is known."""
    room = before_the_end("deep", 0.2)
    number, place = room.moment()
    room.advance(RATE_HZ // 2)
    room.say(Command.LOUDER)
    room.say_about(Command.SLOWER, number, place)
    assert room.session.gain_db > 0
    assert room.session.pace < 1
    assert room.session.place.step == place.step + 1


def test_a_command_that_means_nothing_where_it_was_said_gives_a_tone_and_leads_nowhere():
    room = before_the_end("oil", 0.2, part=Part.STROKES)
    said = late(room, Command.RESUME, 0.5)
    assert isinstance(said.session.state, Waiting)
    assert said.events[-1][3] == (Cue(Tone.UNSURE),)


def before_the_end(name: str, before_s: float, *, part: Part = Part.DONE, asked: bool = False) -> Room:
    """Return a room so long before the end of a step's last performance."""
    room = Room().go_to(name, Part.INSTRUCTION if asked else part)
    while asked and room.playing.order.place.part is not Part.DONE:
        room.end()
    assert room.playing is not None
    room.advance(room.playing.score.length - room.playing.upto - round(before_s * RATE_HZ))
    return room
