"""Laws of the engine over whole histories; reachability is tested too, so no law is true of nothing."""

from dataclasses import dataclass, field, replace
from typing import get_args

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from player.core.commands import Command
from player.core.engine import TABLE, commands_in, handle, names_in
from player.core.events import (
    Alarmed,
    Device,
    Doubted,
    Event,
    Found,
    Heard,
    Lost,
    Performed,
    Started,
    Unclear,
)
from player.core.notation import RATE_HZ, ScoreMark
from player.core.orders import Cue, End, Hush, Listen, Perform, Phrase, Tone, Volume
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Step, Timed, Trait
from player.core.score import sentences
from player.core.session import MOST_RUNS, Session, comes, due, may_begin, restart_of
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Ending,
    Finished,
    Live,
    Offering,
    Paused,
    Playing,
    Questioning,
    State,
    Waiting,
)
from player.session import privacy
from player.session.codec import place_to_plain, to_plain
from player.session.recovery import recover
from tests.core.histories import (
    ACTIONS,
    ANSWERED,
    DEVICES,
    HISTORIES,
    PLAN,
    WITHOUT_WAITS,
    Action,
    Room,
    places,
)

INDEX = {step.id: index for index, step in enumerate(PLAN.steps)}
LAW = settings(max_examples=80, deadline=None)

ANY_EVENT: st.SearchStrategy[Event] = st.one_of(
    st.builds(Started, st.one_of(st.none(), places(PLAN)), st.booleans()),
    st.builds(Heard, st.sampled_from(Command), places(PLAN)),
    st.builds(Performed, st.integers(0, 30)),
    st.builds(Lost, DEVICES, places(PLAN)),
    st.builds(Found, DEVICES, places(PLAN)),
    st.just(Doubted()),
    st.just(Unclear()),
    st.builds(Alarmed, places(PLAN)),
)


def keys(orders: tuple[object, ...]) -> list[str]:
    return [
        phrase.key
        for order in orders
        if isinstance(order, Perform)
        for phrase in order.preface
        if isinstance(phrase, Phrase)
    ]


def tells(orders: tuple[object, ...]) -> bool:
    """Whether it is only said that the mask has had its time."""
    return keys(orders) == ["mask_over"]


def step_of(plan: Plan, trait: Trait) -> int:
    return next(index for index, step in enumerate(plan.steps) if step.trait is trait)


# --- reachability -------------------------------------------------------------------------------------


@dataclass
class Reached:
    """What histories have come to."""

    states: set[type] = field(default_factory=set)
    cells: set[tuple[type, Command]] = field(default_factory=set)
    parts: set[tuple[str, Part]] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    undone: set[tuple[type, bool]] = field(default_factory=set)
    endings: set[Ending] = field(default_factory=set)

    def add(self, room: Room) -> None:
        for before, event, after, orders in room.events:
            self.states.update((type(before.state), type(after.state)))
            self.said.update(keys(orders))
            if isinstance(event, Heard):
                self.cells.add((type(before.state), event.command))
                if event.command is Command.UNDO and before.history and isinstance(before.state, Live):
                    self.undone.add((type(before.state), before.history[-1].moved))
            self.endings.update(order.ending for order in orders if isinstance(order, End))
        for stretch in room.stretches:
            self.parts.update((room.plan.steps[place.step].id, place.part) for place in stretch.places)

    def missing(self) -> set[object]:
        cells = {(state, command) for state, row in TABLE.items() for command in row}
        undone = {(Playing, True), (Playing, False), (Paused, False), (Waiting, False)}
        special = {"ease_off", "lift_away", "enough_here", "declined", "undone", "left_seconds", "said"}
        special |= {"mask_over", "not_answered", "remind_answer"}
        parts = {(step.id, part) for step in PLAN.steps for part in parts_of(step)}
        return {
            *(set(get_args(State)) - self.states),
            *(cells - self.cells),
            *(set(Ending) - self.endings),
            *(undone - self.undone),
            *(parts - self.parts),
            *(special - self.said),
        }


def parts_of(step: Step) -> set[Part]:
    work = {Part.TIME} if isinstance(step.work, Timed) else {Part.STROKES}
    if not isinstance(step.work, Timed) and step.work.hold:
        work.add(Part.HOLD)
    return {Part.INSTRUCTION, Part.DONE, *work}


def test_the_histories_reach_every_state_every_cell_every_part_and_every_special_answer() -> None:
    reached = Reached()
    for number in range(40):

        @seed(number)
        @settings(max_examples=500, deadline=None, database=None)
        @given(HISTORIES)
        def collect(room: Room) -> None:
            reached.add(room)

        collect()
        if not reached.missing():
            break
    assert reached.missing() == set()


# --- any order of events ------------------------------------------------------------------------------


@LAW
@given(st.lists(ANY_EVENT, max_size=60))
def test_any_order_of_events_is_survived_inside_the_plan(events: list[Event]) -> None:
    session = Session()
    for event in events:
        session, orders = handle(PLAN, session, event)
        assert 0 <= session.place.step < len(PLAN.steps)
        for order in orders:
            if isinstance(order, Perform) and order.place is not None:
                assert 0 <= order.place.step < len(PLAN.steps)


@LAW
@given(HISTORIES)
def test_a_replay_of_the_same_events_gives_equal_sessions_and_orders(room: Room) -> None:
    session = room.events[0][0]
    for before, event, after, orders in room.events:
        assert session == before
        session, again = handle(room.plan, session, event)
        assert (session, again) == (after, orders)


@LAW
@given(HISTORIES)
def test_the_ears_always_match_the_table(room: Room) -> None:
    listening: frozenset[Command] = frozenset()
    names: tuple[str, ...] = ()
    for _, _, after, orders in room.events:
        for order in orders:
            if isinstance(order, Listen):
                listening, names = order.commands, order.names
        assert listening == commands_in(after.state)
        assert names == names_in(after.state)


@LAW
@given(HISTORIES)
def test_the_number_of_a_performance_only_rises(room: Room) -> None:
    for before, _, after, orders in room.events:
        performs = [order.number for order in orders if isinstance(order, Perform)]
        assert after.number >= before.number
        assert performs in ([], [after.number])
        if performs:
            assert after.number > before.number


# --- the end ------------------------------------------------------------------------------------------


@LAW
@given(HISTORIES)
def test_stop_ends_every_live_session_at_once(room: Room) -> None:
    for session in (after for _, _, after, _ in room.events):
        if not isinstance(session.state, Live):
            continue
        closing, orders = handle(room.plan, session, Heard(Command.STOP, session.place))
        assert orders[0] == Hush()
        assert keys(orders) == ["stopped"]
        assert orders[-1] == Listen(frozenset())
        finished, end = handle(room.plan, closing, Performed(closing.number))
        assert (finished.state, end) == (Finished(Ending.STOPPED), (End(Ending.STOPPED),))


@LAW
@given(HISTORIES, st.lists(ANY_EVENT, max_size=10))
def test_finished_stays_finished(room: Room, events: list[Event]) -> None:
    if isinstance(room.session.state, Live):
        room.say(Command.STOP)
    room.end()
    assert isinstance(room.session.state, Finished)
    for event in events:
        assert handle(room.plan, room.session, event) == (room.session, ())


@LAW
@given(HISTORIES)
def test_a_session_ends_only_by_its_last_step_by_stop_or_by_a_step_that_ends_it(room: Room) -> None:
    for before, event, after, _ in room.events:
        if isinstance(after.state, Closing) and not isinstance(before.state, Closing):
            ending = after.state.ending
            if isinstance(event, Heard) and event.command is Command.STOP:
                assert ending is Ending.STOPPED
                continue
            if isinstance(event, Started):  # where it was to begin nothing is left
                steps = range(event.place.step if event.place else 0, len(room.plan.steps))
                assert not any(may_begin(room.plan, before, step) for step in steps)
                assert ending is Ending.COMPLETED
                continue
            assert isinstance(event, Performed | Heard)
            ends = isinstance(event, Performed) and room.plan.steps[before.place.step].ends
            gone = isinstance(before.state, Choosing) and before.place.part is Part.DONE
            if ending is Ending.UNANSWERED:
                assert gone
                assert isinstance(event, Performed)
                continue
            assert ending is (Ending.DECLINED if ends else Ending.COMPLETED)


@LAW
@given(HISTORIES)
def test_late_news_of_a_performance_changes_nothing(room: Room) -> None:
    for _, _, session, _ in room.events:
        for number in {session.number - 1, session.number + 1, 0} - {session.number}:
            assert handle(room.plan, session, Performed(number)) == (session, ())


@LAW
@given(st.lists(ACTIONS, max_size=30))
def test_without_waits_a_session_ends_by_itself(actions: list[Action]) -> None:
    room = Room(WITHOUT_WAITS).run(actions)
    if isinstance(room.session.state, Paused):
        room.say(Command.RESUME)
    for _ in range(len(WITHOUT_WAITS.steps) + 2):
        room.end()
    assert isinstance(room.session.state, Finished)


def test_without_waits_every_step_is_led_once_in_order() -> None:
    room = Room(WITHOUT_WAITS)
    for _ in range(len(WITHOUT_WAITS.steps) + 1):
        room.end()
    led = [order.place for order in room.orders if isinstance(order, Perform)]
    assert led == [*(Place(index) for index in range(len(WITHOUT_WAITS.steps))), None]
    assert room.session.state == Finished(Ending.COMPLETED)


def led_back(room: Room) -> list[Event]:
    """What was told at the end of a step's work and led back into that work, unasked."""
    found: list[Event] = []
    for before, event, _, orders in room.events:
        if not isinstance(event, Heard | Alarmed | Lost | Found) or not isinstance(before.state, Live):
            continue
        step = room.plan.steps[before.place.step]
        if step.ends or step.ask is not None:  # no way leads past it, or it is asked again whole
            continue
        again = isinstance(event, Heard) and event.command in {Command.REPEAT, Command.PREVIOUS}
        undone = isinstance(event, Heard) and event.command is Command.UNDO and before.history
        asked = again or (undone and before.history[-1].moved)
        begun = [order.place for order in orders if isinstance(order, Perform) and order.place is not None]
        back = any(place.step == event.place.step and place.part < Part.DONE for place in begun)
        if event.place.part is Part.DONE and event.place.step == before.place.step and back and not asked:
            found.append(event)
    return found


@LAW
@given(HISTORIES, st.sampled_from(list(Command)), st.sampled_from(list(Command)))
def test_the_end_of_a_steps_work_is_left_for_that_work_only_when_it_is_asked_for(
    room: Room, first: Command, second: Command
) -> None:
    assert led_back(room) == []
    if room.playing is not None and isinstance(room.session.state, Playing):  # the very last instant
        end, number = Place(room.session.place.step, Part.DONE), room.session.number
        for command in (first, second, Command.UNDO):
            if command in commands_in(room.session.state):
                last = room.session.number == number or room.session.place == end
                room.take(Heard(command, end if last else room.place))
        assert led_back(room) == []


# --- pause and resume ---------------------------------------------------------------------------------


@LAW
@given(HISTORIES)
def test_a_pause_is_silent_and_stays_at_its_stroke(room: Room) -> None:
    for before, event, after, orders in room.events:
        if not isinstance(event, Heard) or event.command is not Command.PAUSE:
            continue
        if isinstance(before.state, Playing) and isinstance(after.state, Paused):
            assert after.state.place == event.place
            assert Hush() in orders or keys(orders) in (["ease_off"], ["lift_away"])


@LAW
@given(HISTORIES)
def test_resume_goes_on_at_the_same_stroke(room: Room) -> None:
    resumed = [
        (before.state.place, order.place, room.plan.steps[before.state.place.step])
        for before, event, _, orders in room.events
        if isinstance(event, Heard) and event.command is Command.RESUME and isinstance(before.state, Paused)
        for order in orders
        if isinstance(order, Perform)
    ]
    for place, again, step in resumed:
        if place.part is Part.INSTRUCTION or step.ask is not None:
            assert again == Place(place.step)
        elif place.part is Part.HOLD:
            assert again == Place(place.step, Part.HOLD, place.set)
        elif place.part is Part.TIME and step.trait is Trait.DEEP:
            assert again == Place(place.step, Part.TIME, place.set)
        else:
            assert again == place


@pytest.mark.parametrize("count", range(4))
def test_a_hold_that_was_paused_is_counted_from_one(count: int) -> None:
    room = Room(session=ANSWERED, start=Place(INDEX["temple"])).go_to("temple", Part.HOLD)
    while room.place.stroke < count:
        room.advance(RATE_HZ // 10)
    room.say(Command.PAUSE)
    room.say(Command.RESUME)
    assert room.session.state == Playing(Place(INDEX["temple"], Part.HOLD))


def pause_at(room: Room, seconds: float) -> None:
    """Pause after `seconds`, stay paused for a while, and go on."""
    room.advance(round(seconds * RATE_HZ))
    if isinstance(room.session.state, Playing):
        room.say(Command.PAUSE)
        room.advance(RATE_HZ * 40)
        room.say(Command.RESUME)


def heard_s(room: Room, index: int, part: Part) -> float:
    """Seconds that sounded in this part of a step; prefaces and the gaps between sets are not counted."""
    total = 0
    work = room.plan.steps[index].work
    for stretch in room.stretches:
        marks = stretch.score.marks
        ends = [mark.at for mark in (*marks[1:], ScoreMark(stretch.score.length, Place(0)))][: len(marks)]
        for mark, end in zip(marks, ends, strict=True):
            if mark.place.step != index or mark.place.part is not part or stretch.paused:
                continue
            left_ms = work.secs * 1000 - mark.place.elapsed_ms if isinstance(work, Timed) else 3_600_000
            total += max(0, min(end, stretch.upto, mark.at + round(left_ms * RATE_HZ / 1000)) - mark.at)
    return total / RATE_HZ


@LAW
@given(st.lists(st.floats(0.1, 25), max_size=6))
def test_pauses_leave_the_dose_of_timed_work_as_it_is(pauses: list[float]) -> None:
    for name in ("quiet", "hum"):
        index = INDEX[name]
        room = Room(session=ANSWERED, start=Place(index, Part.TIME))
        for seconds in pauses:
            pause_at(room, seconds)
        while room.session.place.step == index and isinstance(room.session.state, Playing):
            room.end()
        work = PLAN.steps[index].work
        assert isinstance(work, Timed)
        assert abs(heard_s(room, index, Part.TIME) - work.secs * work.sets) < 0.02


@LAW
@given(st.lists(st.floats(0.05, 9), max_size=6))
def test_pauses_leave_every_stroke_done_once(pauses: list[float]) -> None:
    index = INDEX["temple"]
    room = Room(session=ANSWERED, start=Place(index, Part.STROKES))
    for seconds in pauses:
        pause_at(room, seconds)
    while room.session.place.step == index and isinstance(room.session.state, Playing):
        room.end()
    done: list[int] = []
    for stretch in room.stretches:
        if stretch.paused:
            continue
        places = stretch.places
        cut = stretch.upto < stretch.score.length
        strokes = [p for p in places if p.step == index and p.part is Part.STROKES]
        # A stroke that was under way when the pause came is not done: it comes again.
        done += [p.stroke for p in (strokes[:-1] if cut and places[-1:] == strokes[-1:] else strokes)]
    assert done == list(range(12))


@LAW
@given(st.lists(st.floats(0.1, 9), max_size=4))
def test_a_wait_that_was_paused_asks_again_and_does_no_work_again(pauses: list[float]) -> None:
    index = INDEX["oil"]
    room = Room(session=ANSWERED, start=Place(index)).go_to("oil", Part.DONE)
    room.end()
    assert isinstance(room.session.state, Waiting)
    before = heard_s(room, index, Part.STROKES)
    for seconds in pauses:
        room.advance(round(seconds * RATE_HZ))
        room.say(Command.PAUSE)
        orders = room.say(Command.RESUME)
        assert isinstance(room.session.state, Waiting)
        assert "said" in keys(orders)
    assert heard_s(room, index, Part.STROKES) == before


def test_a_session_taken_up_in_the_middle_of_the_steam_gives_no_second_one() -> None:
    index = step_of(PLAN, Trait.STEAM)
    for session in (ANSWERED, replace(ANSWERED, runs=(0, index))):
        room = Room(session=session, start=Place(index, Part.TIME, 0, 0, 30_000))
        assert room.session.runs.count(index) == 1
        assert keys(room.say(Command.REPEAT)) == ["enough_here"]
        room.say(Command.NEXT)
        assert room.say(Command.PREVIOUS) == (Cue(Tone.UNSURE),)


def test_a_session_interrupted_while_the_steam_was_being_told_still_gives_it() -> None:
    room = Room(session=ANSWERED, start=Place(step_of(PLAN, Trait.STEAM)))
    room.advance(RATE_HZ)
    entries = [*(to_plain(event) for _, event, _, _ in room.events), {"place": place_to_plain(room.place)}]
    recovered = recover(PLAN, entries, ANSWERED)
    assert recovered is not None
    assert Room(PLAN, recovered.session, recovered.place).session.state == Playing(room.place)


@LAW
@given(HISTORIES, st.lists(ACTIONS, max_size=15))
def test_an_interrupted_session_goes_on_with_the_same_doses(room: Room, later: list[Action]) -> None:
    private = privacy.private(room.plan, room.session)  # no place is kept then
    place = room.session.place if private else room.place
    kept = [privacy.kept(room.plan, before, event) for before, event, _, _ in room.events]
    entries = privacy.placed(kept, room.start.step if room.start else None)  # as the person's file has it
    both = zip(room.events, entries, strict=True)
    said_s = [event.command for (_, event, _, _), plain in both if plain["event"] == privacy.ANSWERED]
    given_s = [command is Command.YES for command in said_s]
    last = [] if private else [{"place": place_to_plain(place)}]
    recovered = recover(room.plan, [*entries, *last], room.events[0][0], given_s)
    assert (recovered is None) == (not isinstance(room.session.state, Live))
    if recovered is None:
        return
    assert recovered.session.answers == room.session.answers
    again = Room(room.plan, recovered.session, recovered.place)
    assert again.session.place.step == place.step
    again.run(later)
    for index, step in enumerate(room.plan.steps):
        whole = [one for two in (room, again) for one in two.worked(index) if one.order.place == Place(index)]
        assert len(whole) <= max(1, MOST_RUNS.get(step.trait, 10_000))
        if step.trait is Trait.STEAM:
            sounded = heard_s(room, index, Part.TIME) + heard_s(again, index, Part.TIME)
            assert sounded <= 60 + 0.001 * (len(room.stretches) + len(again.stretches))


# --- undo ---------------------------------------------------------------------------------------------

LEADING_ELSEWHERE = {Command.NEXT, Command.PREVIOUS, Command.REPEAT, Command.YES, Command.NO}


@LAW
@given(HISTORIES)
def test_undo_takes_back_the_last_command_whole(room: Room) -> None:
    for before, event, after, _ in room.events:
        if not isinstance(event, Heard) or event.command is Command.UNDO:
            continue
        if Command.UNDO not in commands_in(after.state):
            continue
        if len(after.history) <= len(before.history) and after.history == before.history:
            continue  # nothing to take back
        if len(after.history) < len(before.history):
            continue  # begun anew: what came before does not count any more
        place = event.place if isinstance(before.state, Playing) else before.place
        undone, orders = handle(room.plan, after, Heard(Command.UNDO, after.place))
        assert (undone.pace, undone.gain_db) == (before.pace, before.gain_db)
        assert (undone.brief, undone.sounds) == (before.brief, before.sounds)
        asks = isinstance(before.state, Asking)  # a question is asked again whole
        assert undone.answers == before.answers
        assert type(undone.state) in {type(before.state), *({Questioning} if asks else ())}
        assert undone.history == after.history[:-1]
        assert "undone" in keys(orders)
        if event.command in LEADING_ELSEWHERE and isinstance(before.state, Playing):
            assert undone.place == restart_of(room.plan.steps[place.step], place)
        elif event.command in LEADING_ELSEWHERE | {Command.PAUSE}:
            assert undone.place.step == place.step
        volumes = [order.gain_db for order in orders if isinstance(order, Volume)]
        assert volumes == ([] if before.gain_db == after.gain_db else [before.gain_db])


@LAW
@given(st.sampled_from((Command.LOUDER, Command.SLOWER, Command.PAUSE)), st.integers(1, 3))
def test_undo_of_what_led_nowhere_leads_nowhere(command: Command, ends: int) -> None:
    room = Room(WITHOUT_WAITS).go_to("temple", Part.STROKES)
    room.say(command)
    if command is Command.PAUSE:
        room.say(Command.RESUME)
    for _ in range(ends):
        room.end()
    there = room.place
    room.say(Command.UNDO)
    assert (room.session.place, room.session.pace, room.session.gain_db) == (there, 1.0, 0.0)
    assert isinstance(room.session.state, Paused if command is Command.PAUSE else Playing)


# --- next and previous --------------------------------------------------------------------------------


@LAW
@given(HISTORIES)
def test_next_goes_on_and_previous_goes_back_and_neither_leaves_the_plan(room: Room) -> None:
    for before, event, after, orders in room.events:
        if not isinstance(event, Heard) or not isinstance(before.state, Live):
            continue
        if event.command is Command.NEXT and event.command in commands_in(before.state):
            closed = after.state == Closing(Ending.COMPLETED)
            ends = room.plan.steps[before.place.step].ends  # nothing leads past it
            assert closed or after.place.step > before.place.step or ends
        if event.command is Command.PREVIOUS and orders != (Cue(Tone.UNSURE),) and not tells(orders):
            there = [i for i in range(before.place.step) if comes(room.plan, before, i)]
            assert isinstance(after.state, Playing)
            assert after.place == Place(there[-1] if there else before.place.step)


# --- special steps (the domain's table) ---------------------------------------------------------------


@LAW
@given(HISTORIES)
def test_no_step_is_done_more_often_than_its_trait_allows(room: Room) -> None:
    for index, step in enumerate(room.plan.steps):
        whole = [one for one in room.worked(index) if one.order.place == Place(index)]
        assert len(whole) <= MOST_RUNS.get(step.trait, 10_000)


def test_the_limits_are_those_of_the_domain() -> None:
    assert MOST_RUNS == {Trait.DEEP: 2, Trait.SHORT: 2, Trait.STEAM: 1, Trait.MASK: 1, Trait.ONCE: 1}


@LAW
@given(HISTORIES)
def test_steam_never_lasts_longer_than_its_dose(room: Room) -> None:
    for index, step in enumerate(room.plan.steps):
        if step.trait is Trait.STEAM and isinstance(step.work, Timed):
            dose_s = step.work.secs * step.work.sets
            assert heard_s(room, index, Part.TIME) <= dose_s + 0.001 * len(room.stretches)


@LAW
@given(st.lists(st.sampled_from((Command.NEXT, Command.PREVIOUS, Command.REPEAT, Command.UNDO)), max_size=25))
def test_steam_is_never_given_twice_whatever_is_said_in_it(commands: list[Command]) -> None:
    index = step_of(WITHOUT_WAITS, Trait.STEAM)
    room = Room(WITHOUT_WAITS, start=Place(index)).go_to("steam", Part.TIME)
    for command in commands:
        room.advance(8 * RATE_HZ)  # longer than any instruction: work begins wherever we are
        room.say(command)
    assert heard_s(room, index, Part.TIME) <= 60.1
    assert len([one for one in room.worked(index) if one.order.place == Place(index)]) == 1


def test_a_step_that_is_used_up_is_passed_over_and_no_other() -> None:
    index = step_of(WITHOUT_WAITS, Trait.STEAM)
    room = Room(WITHOUT_WAITS, start=Place(index)).go_to("steam", Part.TIME)
    room.say(Command.PREVIOUS)
    room.end()
    assert room.session.place == Place(index + 1)


def test_leaving_an_instruction_uses_up_nothing() -> None:
    """Someone who asks to hear the instruction of the steam again has not had the steam."""
    index = step_of(PLAN, Trait.STEAM)
    room = Room(session=ANSWERED, start=Place(index))
    for command in (Command.REPEAT, Command.NEXT, Command.UNDO, Command.PAUSE, Command.RESUME):
        room.advance(RATE_HZ)
        room.say(command)
        assert room.session.runs.count(index) <= 1
    room.say(Command.PREVIOUS)
    room.end()
    assert room.place == Place(index)
    room.go_to("steam", Part.TIME)
    assert keys(room.say(Command.REPEAT)) == ["enough_here"]


@LAW
@given(HISTORIES)
def test_a_movement_that_comes_once_is_finished_once(room: Room) -> None:
    for index in (index for index, step in enumerate(room.plan.steps) if step.trait is Trait.ONCE):
        finished = [
            one
            for one in room.worked(index)
            if any(place.part is Part.DONE for place in one.places)  # its stroke sounded to the end
        ]
        assert len(finished) <= 1


MASK_COMMANDS = (Command.PAUSE, Command.REPEAT, Command.WHERE, Command.HOW_LONG, Command.HELP, Command.SLOWER)


@LAW
@given(st.lists(st.tuples(st.sampled_from(MASK_COMMANDS), st.floats(0.1, 9)), max_size=8))
def test_the_clock_of_a_mask_runs_on(asked: list[tuple[Command, float]]) -> None:
    index = step_of(PLAN, Trait.MASK)
    room = Room(session=ANSWERED, start=Place(index)).go_to("mask", Part.TIME)
    for command, seconds in asked:
        room.advance(round(seconds * RATE_HZ))
        if room.place.part is not Part.TIME:
            break
        said = keys(room.say(command))
        assert isinstance(room.session.state, Playing)
        if command in {Command.PAUSE, Command.REPEAT}:
            assert said == ["left_seconds"]
    while room.session.place.step == index:
        room.end()
    assert abs(heard_s(room, index, Part.TIME) - 50) < 0.02


@pytest.mark.parametrize("part", [Part.INSTRUCTION, Part.TIME, Part.DONE])
def test_repeat_in_each_part_of_a_quiet_step_is_a_chime(part: Part) -> None:
    room = Room(session=ANSWERED, start=Place(step_of(PLAN, Trait.QUIET))).go_to("quiet", part)
    assert room.say(Command.REPEAT) == (Cue(Tone.CHIME),)
    room.say(Command.PAUSE)
    assert room.say(Command.REPEAT) == (Cue(Tone.CHIME),)


@LAW
@given(HISTORIES)
def test_repeat_in_a_quiet_step_is_a_chime_and_nothing_else(room: Room) -> None:
    for before, event, after, orders in room.events:
        if not isinstance(event, Heard) or event.command is not Command.REPEAT:
            continue
        if not isinstance(before.state, Live) or isinstance(before.state, Offering):
            continue
        if room.plan.steps[before.place.step].trait is Trait.QUIET:
            assert (after, orders) == (before, (Cue(Tone.CHIME),))


@LAW
@given(st.sampled_from(("deep", "deep-strokes", "temple")), st.floats(0, 2))
def test_a_pause_eases_off_a_hold_and_a_deep_point(name: str, seconds: float) -> None:
    part = {"deep": Part.TIME, "deep-strokes": Part.STROKES, "temple": Part.HOLD}[name]
    room = Room(session=ANSWERED, start=Place(INDEX[name])).go_to(name, part)
    room.advance(round(seconds * RATE_HZ))
    assert keys(room.say(Command.PAUSE)) == (["ease_off"] if room.place.part is not Part.DONE else [])


def test_a_pause_in_the_steam_says_to_lift_away() -> None:
    room = Room(session=ANSWERED, start=Place(step_of(PLAN, Trait.STEAM))).go_to("steam", Part.TIME)
    assert keys(room.say(Command.PAUSE)) == ["lift_away"]


# --- losing and finding -------------------------------------------------------------------------------


def news(orders: tuple[object, ...], before: Session, place: Place) -> list[str]:
    """What was said, but the offer, or what comes before an instruction, that is said again after it."""
    said = keys(orders)
    again = [one.key for one in before.introduction.unheard(place) if isinstance(before.state, Playing)]
    if said and again:
        assert said[-len(again) :] == again
        return said[: -len(again)]
    if isinstance(before.state, Offering) and said:
        assert (said[1], said[-1]) == ("you_were", "go_on")
        return said[:1]
    return said


@LAW
@given(HISTORIES)
def test_it_carries_on_by_itself_only_where_no_word_is_waited_for(room: Room) -> None:
    """Whoever cannot be heard is told nothing of the kind before a question that is not passed over."""
    for before, _event, _after, orders in room.events:
        if "carry_on" in keys(orders):
            assert isinstance(before.state, Playing)
            assert not isinstance(before.state, Questioning | Choosing)
            here = before.state.place.step
            assert room.plan.steps[here].advance is Advance.AUTO
            for index, step in enumerate(room.plan.steps[here:], here):
                if step.advance is Advance.ANSWER and comes(room.plan, before, index):
                    assert step.id in dict(before.answers)


@LAW
@given(HISTORIES)
def test_what_is_lost_is_said_once_and_never_ends_or_moves_a_session(room: Room) -> None:
    missing: set[Device] = set()
    for before, event, after, orders in room.events:
        if isinstance(event, Lost) and isinstance(before.state, Live):
            once = event.device not in missing and event.device is not Device.LOUDSPEAKER
            told = [key for key in news(orders, before, event.place) if key != "carry_on"]
            assert told == ([f"lost_{event.device}"] if once else [])
            missing.add(event.device)
        elif isinstance(event, Found) and isinstance(before.state, Live):
            told = [f"found_{event.device}"] if event.device in missing else []
            assert news(orders, before, event.place) == told
            missing.discard(event.device)
        if isinstance(event, Lost | Found):
            assert type(after.state) is type(before.state)
            assert after.place.step == before.place.step


# --- care ---------------------------------------------------------------------------------------------


def led(room: Room) -> list[tuple[Session, int, bool]]:
    """Every performance of a step: the session then, the step, and whether its work sounds in it."""
    return [
        (after, order.place.step, order.place.part < Part.DONE)
        for _, _, after, orders in room.events
        for order in orders
        if isinstance(order, Perform) and order.place is not None
    ]


@LAW
@given(HISTORIES)
def test_no_way_leads_past_an_open_question_of_care_or_the_end_that_an_answer_leads_to(room: Room) -> None:
    for session, index, _ in led(room):
        assert due(room.plan, session, index) is None


@LAW
@given(HISTORIES)
def test_no_step_is_led_while_a_fact_stands_against_it(room: Room) -> None:
    for session, index, works in led(room):
        assert not works or comes(room.plan, session, index)


@LAW
@given(HISTORIES)
def test_i_have_it_never_leads_on_to_anything_but_care(room: Room) -> None:
    for before, event, after, _ in room.events:
        if not isinstance(event, Heard) or before.answers == after.answers:
            continue
        if event.command not in {Command.YES, Command.NO} or isinstance(before.state, Offering):
            continue
        fact, yes = after.answers[-1]
        step = next(one for one in room.plan.steps if one.ask is not None and one.ask.fact == fact)
        assert step.ask is not None
        if step.ask.opens is not None and yes is not step.ask.opens:
            assert isinstance(after.state, Playing)
            assert room.plan.steps[after.place.step].care


@LAW
@given(HISTORIES)
def test_what_opens_the_way_counts_only_once_the_topic_has_been_named(room: Room) -> None:
    for before, event, after, orders in room.events:
        if not isinstance(event, Heard) or event.command not in {Command.YES, Command.NO}:
            continue
        if not isinstance(before.state, Live) or isinstance(before.state, Offering):
            continue
        step = room.plan.steps[before.place.step]
        named = next((n for n, text in enumerate(sentences(step.say), 1) if "?" in text), 1)
        ask = step.ask
        place = event.place if isinstance(before.state, Playing) else before.place
        opens = ask is not None and ask.opens is (event.command is Command.YES)
        if opens and place.part is Part.INSTRUCTION and place.stroke < named:
            assert (after, orders) == (before, (Cue(Tone.UNSURE),))


@LAW
@given(HISTORIES)
def test_silence_answers_nothing(room: Room) -> None:
    for before, event, after, _ in room.events:
        if not isinstance(event, Heard):
            assert set(after.answers) <= set(before.answers)


@LAW
@given(HISTORIES, st.sampled_from((Unclear(), Doubted())))
def test_no_question_is_passed_while_something_was_said_that_was_not_understood(
    room: Room, event: Event
) -> None:
    for _, _, asked, _ in room.events:
        if not isinstance(asked.state, Questioning | Asking | Offering):
            continue
        after, _ = handle(room.plan, asked, event)
        for _ in range(4):
            after, _ = handle(room.plan, after, Performed(after.number))
        assert isinstance(after.state, Asking | Offering)
        assert (after.place.step, after.answers) == (asked.place.step, asked.answers)


@LAW
@given(HISTORIES)
def test_what_was_unclear_is_replayed_as_it_was(room: Room) -> None:
    for _, _, session, _ in room.events:
        for event in (Unclear(), Alarmed(session.place)):
            plain = privacy.kept(room.plan, session, event)
            again = privacy.put_back(room.plan, session, plain, iter(()))
            assert again is not None
            assert handle(room.plan, session, again) == handle(room.plan, session, event)


@LAW
@given(HISTORIES)
def test_the_mask_is_led_once(room: Room) -> None:
    for index, step in enumerate(room.plan.steps):
        if step.trait is Trait.MASK:
            assert len([one for one in room.worked(index) if one.order.place == Place(index)]) <= 1
            dose_s = step.work.secs * step.work.sets if isinstance(step.work, Timed) else 0
            assert heard_s(room, index, Part.TIME) <= dose_s + 0.001 * len(room.stretches)
