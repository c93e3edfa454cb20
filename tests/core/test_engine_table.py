"""Every cell of the table: each command in each state is decided, and does what its name says."""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from player.core import silence
from player.core.commands import Command
from player.core.engine import TABLE, Engine, commands_in, handle, names_in
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
from player.core.orders import Bed, Cue, Hush, Listen, Perform, Phrase, Tone, Volume
from player.core.place import Part, Place
from player.core.plan import Trait
from player.core.session import Session, comes
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Ending,
    Finished,
    Idle,
    Live,
    Offering,
    Passed,
    Paused,
    Playing,
    Questioning,
    State,
    Unanswered,
    Waiting,
)
from tests.core.histories import ANSWERED, PLAN, WHICH, Room

INDEX = {step.id: index for index, step in enumerate(PLAN.steps)}
PLAYING = Place(INDEX["cheek"], Part.STROKES, 1, 3)
_BARE: dict[type, Session] = {
    Idle: Session(Idle()),
    Offering: Session(Offering(PLAYING), 3, runs=(0, INDEX["cheek"])),
    Playing: Session(Playing(PLAYING), 3, runs=(INDEX["cheek"],)),
    Questioning: Session(Questioning(Place(INDEX["jaw"], stroke=2)), 3, runs=(INDEX["jaw"],)),
    Passed: Session(Passed(Place(INDEX["quiet"], Part.TIME)), 3, runs=(INDEX["everyday"], INDEX["quiet"])),
    Choosing: Session(Choosing(Place(INDEX["chosen"], Part.TIME), WHICH.choices), 3, runs=(INDEX["chosen"],)),
    Waiting: Session(Waiting(Place(INDEX["oil"], Part.DONE)), 3, runs=(INDEX["oil"],)),
    Asking: Session(Asking(Place(INDEX["jaw"], Part.DONE)), 3, runs=(INDEX["jaw"],)),
    Paused: Session(Paused(PLAYING), 3, runs=(INDEX["cheek"],)),
    Unanswered: Session(Unanswered(Place(INDEX["jaw"], stroke=2)), 3, runs=(INDEX["jaw"],)),
    Closing: Session(Closing(Ending.COMPLETED), 3),
    Finished: Session(Finished(Ending.COMPLETED), 3),
}
# Every question of care before is answered; of the everyday one silence has passed.
BEFORE = {"heart", "jaw"}
SESSIONS = {state: replace(one, answers=(("heart", False), ("jaw", False))) for state, one in _BARE.items()}
SESSIONS |= {
    state: replace(SESSIONS[state], answers=(("heart", False),))
    for state in (Questioning, Asking, Unanswered)
}

LED = [state for state in get_args(Live) if state is not Offering]
CELLS = [*product(get_args(State), Command)]


def say(session: Session, command: Command) -> tuple[Session, tuple[object, ...]]:
    return handle(PLAN, session, Heard(command, session.place))


def leads(session: Session, step: int) -> bool:
    """Whether step `step` is led from its beginning, whichever way."""
    return isinstance(session.state, Playing) and session.place == Place(step)


def phrases(orders: tuple[object, ...]) -> list[str]:
    return [
        phrase.key
        for order in orders
        if isinstance(order, Perform)
        for phrase in order.preface
        if isinstance(phrase, Phrase)
    ]


def test_every_state_has_a_row() -> None:
    """What stands in the rows is in docs/states.md; `tests/test_docs_generated.py` compares."""
    assert set(TABLE) == set(get_args(State)) == set(SESSIONS)


@pytest.mark.parametrize(("state", "command"), CELLS, ids=lambda one: getattr(one, "__name__", one))
def test_every_cell_is_decided(state: type, command: Command) -> None:
    session = SESSIONS[state]
    after, orders = say(session, command)
    if command in commands_in(session.state):
        assert orders  # at least the tone of what means nothing: "undo" of nothing, "full" of what is full
    elif state in get_args(Live):
        assert (after, orders) == (session, (Cue(Tone.UNSURE),))
    else:
        assert (after, orders) == (session, ())


@pytest.mark.parametrize(("state", "command"), CELLS, ids=lambda one: getattr(one, "__name__", one))
def test_a_change_of_row_and_nothing_else_is_told_to_the_ears(state: type, command: Command) -> None:
    session = SESSIONS[state]
    after, orders = say(session, command)
    listens = [order for order in orders if isinstance(order, Listen)]
    changed = commands_in(after.state) != commands_in(session.state)
    assert listens == ([Listen(commands_in(after.state), names_in(after.state))] if changed else [])


@pytest.mark.parametrize("state", LED)
def test_what_each_command_leads_to(state: type) -> None:
    session = SESSIONS[state]
    here = session.place
    row = {command: say(session, command) for command in TABLE[state]}

    assert row[Command.STOP][0].state == Closing(Ending.STOPPED)
    assert row[Command.STOP][1][0] == Hush()
    assert phrases(row[Command.STOP][1]) == ["stopped"]

    assert leads(row[Command.PREVIOUS][0], max(i for i in range(here.step) if comes(PLAN, session, i)))
    assert leads(row[Command.REPEAT][0], here.step) or PLAN.steps[here.step].trait is Trait.QUIET
    if Command.NEXT in row:
        assert leads(row[Command.NEXT][0], here.step + 1) or here.step + 1 == len(PLAN.steps)

    assert row[Command.SLOWER][0].pace == 0.9
    assert row[Command.FASTER][0].pace == 1.15
    assert row[Command.LOUDER] == (
        replace(row[Command.LOUDER][0], gain_db=3.0),
        (Volume(3.0), Cue(Tone.DONE)),
    )
    assert row[Command.QUIETER] == (
        replace(row[Command.QUIETER][0], gain_db=-3.0),
        (Volume(-3.0), Cue(Tone.DONE)),
    )
    for command, key in (
        (Command.SLOWER, "slower"),
        (Command.FASTER, "faster"),
        (Command.WHERE, "at"),
        (Command.HOW_LONG, "left_in_all_minutes"),
        (Command.HELP, "can_stop"),
    ):
        after, orders = row[command]
        assert after.state == session.state
        assert key in phrases(orders)
    assert row[Command.FULL] == (session, (Cue(Tone.UNSURE),))
    assert replace(row[Command.BRIEF][0], history=()) == replace(session, brief=True)
    assert row[Command.UNDO] == (session, (Cue(Tone.UNSURE),))


def test_pause_and_resume() -> None:
    for state in (Playing, Questioning, Passed, Waiting, Asking):
        session = SESSIONS[state]
        after, orders = say(session, Command.PAUSE)
        asks = state in {Questioning, Asking}
        assert after.state == (Unanswered if asks else Paused)(session.place)
        assert orders[:2] == (Hush(), Cue(Tone.PAUSED))
        assert after.number != session.number
    assert say(SESSIONS[Paused], Command.RESUME)[0].state == Playing(PLAYING)
    # Someone who waits and says "go on" is done.
    assert say(SESSIONS[Waiting], Command.RESUME)[0].state == Playing(Place(INDEX["oil"] + 1))


def test_no_leads_on_and_yes_is_what_it_means_whenever_it_is_said() -> None:
    """While it is spoken, while an answer is waited for, and in a pause; "next" passes no question."""
    for index, no_to, yes_to in (
        (INDEX["heart"], "jaw", "heart.doctor"),
        (INDEX["jaw"], "cheek", "jaw.told"),
        (INDEX["everyday"], "quiet", "fever"),
    ):
        before = tuple((fact, False) for fact in ("heart", "jaw") if INDEX[fact] < index)
        begun, _ = say(Session(Playing(Place(index - 1)), 3, answers=before), Command.NEXT)
        asked, _ = handle(PLAN, begun, Performed(begun.number))
        assert [type(one.state) for one in (begun, asked)] == [Questioning, Asking]
        named = Place(index, Part.INSTRUCTION, stroke=2)
        silent = [handle(PLAN, one, Heard(Command.PAUSE, named))[0] for one in (begun, asked)]
        for question in (begun, asked, *silent):
            assert Command.NEXT not in commands_in(question.state)
            no, orders = handle(PLAN, question, Heard(Command.NO, named))
            assert (no.state.place, dict(no.answers)[PLAN.steps[index].id]) == (Place(INDEX[no_to]), False)
            assert [dict(o.preface[0].values) for o in orders if isinstance(o, Perform)] == [
                {"text": "Good."}
            ]
            yes, orders = handle(PLAN, question, Heard(Command.YES, Place(index)))
            assert (yes.state.place, dict(yes.answers)[PLAN.steps[index].id]) == (Place(INDEX[yes_to]), True)
            assert phrases(orders) == []


def test_no_before_the_topic_is_named_is_a_tone_and_yes_counts_from_the_first_word() -> None:
    index = INDEX["jaw"]
    for stroke, counted in ((0, False), (1, False), (2, True), (3, True)):
        place = Place(index, stroke=stroke)
        for session in (SESSIONS[Questioning], replace(SESSIONS[Unanswered], state=Unanswered(place))):
            after, orders = handle(PLAN, session, Heard(Command.NO, place))
            assert (after == session, orders == (Cue(Tone.UNSURE),)) == (not counted, not counted)
            assert handle(PLAN, session, Heard(Command.YES, place))[0].place == Place(INDEX["jaw.told"])


def test_neither_answer_to_a_choice_counts_before_it_was_heard() -> None:
    index = INDEX["marks"]
    session = Session(Questioning(Place(index)), 3, answers=ANSWERED.answers)
    for command in (Command.YES, Command.NO):
        for stroke, counted in ((0, False), (1, False), (2, True), (3, True)):
            after, orders = handle(PLAN, session, Heard(command, Place(index, stroke=stroke)))
            assert ("marks" in dict(after.answers), orders != (Cue(Tone.UNSURE),)) == (counted, counted)


def test_whether_a_doctor_agreed_is_opened_by_yes() -> None:
    index = INDEX["heart.doctor"]
    session = Session(Questioning(Place(index)), 3, answers=(("heart", True),))
    early, orders = handle(PLAN, session, Heard(Command.YES, Place(index, stroke=1)))
    assert (early, orders) == (session, (Cue(Tone.UNSURE),))
    yes, _ = handle(PLAN, session, Heard(Command.YES, Place(index, stroke=2)))
    no, _ = handle(PLAN, session, Heard(Command.NO, Place(index)))
    assert (yes.place.step, no.place.step) == (INDEX["heart.told"], INDEX["heart.ends"])
    closing, orders = handle(PLAN, no, Performed(no.number))
    assert (closing.state, phrases(orders)) == (Closing(Ending.DECLINED), ["declined"])


@pytest.mark.parametrize("fact", ["heart", "jaw"])
def test_silence_never_answers_a_question_of_care_and_is_reminded_of_for_ever(fact: str) -> None:
    session = Session(Asking(Place(INDEX[fact], Part.DONE)), 3)
    for _ in range(5):
        session, orders = handle(PLAN, session, Performed(session.number))
        assert session.state == Asking(Place(INDEX[fact], Part.DONE))
        assert [(o.preface[0].key, o.listen_s) for o in orders if isinstance(o, Perform)] == [
            ("remind_answer", 45.0)
        ]


@pytest.mark.parametrize("device", sorted(silence.HEARD))
def test_silence_passes_the_everyday_question_only_while_somebody_can_be_heard(device: Device) -> None:
    asked = Session(
        Asking(Place(INDEX["everyday"], Part.DONE)),
        3,
        runs=(INDEX["everyday"],),
        answers=(("heart", False), ("jaw", False)),
    )
    assert handle(PLAN, asked, Performed(3))[0].state == Passed(Place(INDEX["quiet"]))
    deaf, _ = handle(PLAN, asked, Lost(device, asked.place))
    assert handle(PLAN, deaf, Performed(deaf.number))[0].state == asked.state


SILENT = (  # what a silence may answer
    Session(Offering(PLAYING), 3, runs=(0, INDEX["cheek"])),
    Session(
        Questioning(Place(INDEX["everyday"])),
        3,
        runs=(INDEX["everyday"],),
        answers=(("heart", False), ("jaw", False)),
    ),
    Session(
        Asking(Place(INDEX["everyday"], Part.DONE)),
        3,
        runs=(INDEX["everyday"],),
        answers=(("heart", False), ("jaw", False)),
    ),
    Session(
        Asking(Place(INDEX["marks"], Part.DONE)),
        3,
        runs=(INDEX["marks"],),
        answers=(("heart", False), ("jaw", False)),
    ),
    Session(Asking(Place(INDEX["jaw"], Part.DONE)), 3, runs=(INDEX["jaw"],), answers=(("heart", False),)),
)


def silences(session: Session, count: int) -> tuple[Session, list[str]]:
    """The session after so many silences, and all that was said."""
    said: list[str] = []
    for _ in range(count):
        session, orders = handle(PLAN, session, Performed(session.number))
        said += phrases(orders)
    return session, said


@pytest.mark.parametrize("asked", SILENT)
@pytest.mark.parametrize("event", [Unclear(), Doubted(), Alarmed(PLAYING)])
def test_what_was_said_and_not_understood_is_no_silence(asked: Session, event: Event) -> None:
    event = Alarmed(asked.place) if isinstance(event, Alarmed) else event
    unclear, _ = handle(PLAN, asked, event)
    after, said = silences(unclear, 5)
    assert isinstance(after.state, Offering | Asking)
    assert (after.place.step, after.answers, after.runs) == (asked.place.step, asked.answers, asked.runs)
    assert said.count("not_understood") == 1
    assert said[-1] == "remind_answer"
    answered, _ = say(after, Command.NO)
    assert not isinstance(answered.state, Offering | Asking)


@pytest.mark.parametrize("asked", SILENT[:4])
def test_a_true_silence_answers_what_it_may(asked: Session) -> None:
    after, said = silences(asked, 1 + isinstance(asked.state, Questioning))
    assert not isinstance(after.state, Offering | Asking)
    assert "not_understood" not in said


@pytest.mark.parametrize("state", LED)
def test_what_may_have_been_stop_breaks_off_and_asks_and_leads_nowhere(state: type) -> None:
    session = SESSIONS[state]
    place = replace(session.place, stroke=1) if isinstance(session.state, Playing) else session.place
    after, orders = handle(PLAN, session, Alarmed(place))
    assert phrases(orders)[0] == "stop_meant"
    assert (type(after.state), after.place, after.runs) == (state, place, session.runs)
    assert say(after, Command.STOP)[0].state == Closing(Ending.STOPPED)


@pytest.mark.parametrize("state", [Idle, Closing, Finished])
def test_where_nobody_is_led_nothing_is_asked(state: type) -> None:
    assert handle(PLAN, SESSIONS[state], Alarmed(Place(0))) == (SESSIONS[state], ())


def test_a_yes_that_comes_after_the_silence_is_asked_about_and_then_it_goes_on_where_it_was() -> None:
    everyday, quiet = INDEX["everyday"], INDEX["quiet"]
    asked = Session(
        Asking(Place(everyday, Part.DONE)), 3, runs=(everyday,), answers=(("heart", False), ("jaw", False))
    )
    passed, _ = handle(PLAN, asked, Performed(3))
    paused = say(passed, Command.PAUSE)[0]
    there = Place(quiet, Part.TIME, elapsed_ms=9_000)
    for late in (passed, say(passed, Command.WHERE)[0], say(paused, Command.RESUME)[0]):
        assert isinstance(late.state, Passed)
        question, _ = handle(PLAN, late, Heard(Command.YES, there))
        assert (question.state, question.heading) == (Questioning(Place(INDEX["fever"])), there)
        on, orders = handle(PLAN, question, Heard(Command.NO, Place(INDEX["fever"], Part.DONE)))
        assert (on.state, on.heading) == (Playing(there), None)
        assert phrases(orders) == ["said", "at", "left_seconds"]
        assert handle(PLAN, question, Heard(Command.UNDO, question.place))[0].state == Passed(there)


def test_a_word_from_before_leaves_the_volume_as_a_device_has_made_it_since() -> None:
    everyday = INDEX["everyday"]
    answers = (("heart", False), ("jaw", False))
    asked = Session(Asking(Place(everyday, Part.DONE)), 3, runs=(everyday,), answers=answers)
    passed, _ = handle(PLAN, asked, Performed(3))
    softer, orders = handle(PLAN, passed, Lost(Device.DISTANCE, passed.place))
    assert Volume(softer.gain_db) in orders
    for late in (Command.YES, Command.NO, Command.PAUSE):
        after, _ = handle(PLAN, softer, Heard(late, Place(everyday, Part.DONE), number=3))
        assert after.gain_db == softer.gain_db < passed.gain_db


def test_an_answer_that_is_taken_back_is_asked_for_again_whole() -> None:
    """Wherever in the question it was given, "as it was" is followed by the question."""
    for state in (
        Asking(Place(INDEX["jaw"], Part.DONE)),
        Questioning(Place(INDEX["jaw"], Part.TIME)),
        Questioning(Place(INDEX["jaw"], Part.INSTRUCTION, stroke=2)),
    ):
        asked = replace(SESSIONS[Asking], state=state)
        answered, _ = handle(PLAN, asked, Heard(Command.YES, state.place))
        undone, orders = say(answered, Command.UNDO)
        assert undone.answers == asked.answers
        assert undone.state == Questioning(Place(INDEX["jaw"]))
        assert phrases(orders) == ["undone", "at"]


def test_a_choice_goes_on_without_an_answer_after_a_while_and_says_so() -> None:
    marks = INDEX["marks"]
    asked = replace(SESSIONS[Waiting], state=Asking(Place(marks, Part.DONE)), runs=(marks,))
    for command, answer, then in ((Command.YES, True, "lightly"), (Command.NO, False, "chosen")):
        after, _ = say(asked, command)
        assert (after.place, dict(after.answers)["marks"]) == (Place(INDEX[then]), answer)
    silent, orders = handle(PLAN, asked, Performed(asked.number))
    assert (silent.place, silent.answers) == (Place(INDEX["chosen"]), asked.answers)
    assert phrases(orders) == ["not_answered"]


def test_a_start_behind_questions_asks_them_first() -> None:
    there = Place(INDEX["oil"])
    session, orders = handle(PLAN, Session(), Started(there))
    assert (session.state, session.heading, phrases(orders)) == (
        Questioning(Place(INDEX["heart"])),
        there,
        [],
    )
    session, _ = handle(PLAN, session, Heard(Command.NO, Place(INDEX["heart"], Part.DONE)))
    session, _ = handle(PLAN, session, Heard(Command.YES, Place(INDEX["jaw"])))
    assert session.state == Playing(Place(INDEX["jaw.told"]))
    session, _ = handle(PLAN, session, Performed(session.number))
    assert (session.state, session.heading) == (Playing(there), None)


def test_nothing_leads_past_an_end_but_taking_the_answer_back() -> None:
    ends = INDEX["heart.ends"]
    session = Session(
        Playing(Place(ends)), 3, runs=(ends,), answers=(("heart", True), ("heart.doctor", False))
    )
    assert say(session, Command.NEXT)[0].place == Place(ends)
    assert say(session, Command.PREVIOUS)[0].place == Place(INDEX["heart.doctor"])
    assert handle(PLAN, Session(answers=session.answers), Started(Place(INDEX["quiet"])))[0].place == Place(
        ends
    )


def test_a_step_whose_question_is_answered_before_its_work_began_is_not_counted() -> None:
    marks = INDEX["marks"]
    deep = replace(PLAN.steps[marks], trait=Trait.DEEP)
    plan = replace(PLAN, steps=(*PLAN.steps[:marks], deep, *PLAN.steps[marks + 1 :]))
    for command in (Command.YES, Command.NO):
        for part, counted in ((Part.INSTRUCTION, ()), (Part.TIME, (marks,))):
            asked = replace(SESSIONS[Playing], state=Questioning(Place(marks)), runs=(marks,))
            after, _ = handle(plan, asked, Heard(command, Place(marks, part)))
            assert after.runs == (*counted, after.place.step)


def test_an_offer_is_taken_refused_asked_again_or_left_unanswered() -> None:
    session = SESSIONS[Offering]
    taken, orders = say(session, Command.YES)
    assert (taken.state, taken.runs) == (Playing(PLAYING), session.runs)
    assert phrases(orders) == ["at_stroke_right", "at_set", "strokes_left"]
    again, orders = say(session, Command.REPEAT)
    assert again.state == session.state
    assert (phrases(orders)[0], phrases(orders)[-1]) == ("you_were", "go_on")
    refused, orders = say(session, Command.NO)
    silence, same = handle(PLAN, session, Performed(session.number))
    for after in (refused, silence):  # nothing of the interrupted session counts any more
        assert (after.state, after.runs, after.answers) == (Playing(Place(0)), (0,), ())
    assert (replace(silence, turns=()), same) == (refused, orders)
    stopped, orders = say(session, Command.STOP)
    assert (stopped.state, phrases(orders)) == (Closing(Ending.STOPPED), ["stopped"])


@pytest.mark.parametrize("state", [Waiting, Asking])
@pytest.mark.parametrize("command", [Command.WHERE, Command.HOW_LONG, Command.HELP])
def test_what_is_told_where_a_step_waits_leads_to_where_it_waits(state: type, command: Command) -> None:
    session = SESSIONS[state]
    after, orders = say(session, command)
    assert [order.place for order in orders if isinstance(order, Perform)] == [session.place]
    assert after.place == session.place
    assert session.place.part is Part.DONE


@pytest.mark.parametrize(
    ("step", "answers", "device", "told"),
    [
        ("cheek", ANSWERED.answers, Device.MICROPHONE, ["lost_microphone", "carry_on"]),
        ("cheek", ANSWERED.answers, Device.LEVEL, ["lost_level"]),
        ("cheek", (), Device.MICROPHONE, ["lost_microphone"]),  # questions of care are ahead
        ("oil", ANSWERED.answers, Device.MICROPHONE, ["lost_microphone"]),  # it waits for "next"
    ],
)
def test_who_cannot_be_heard_is_told_that_it_goes_on_where_it_does(
    step: str, answers: tuple[tuple[str, bool], ...], device: Device, told: list[str]
) -> None:
    place = Place([one.id for one in PLAN.steps].index(step), Part.STROKES)
    session = Session(Playing(place), answers=answers)
    assert phrases(handle(PLAN, session, Lost(device, place))[1]) == told


def begun() -> tuple[Session, list[str]]:
    """A session in its opening, and what is said there before the first instruction."""
    session, orders = handle(PLAN, Session(), Started())
    said = phrases(orders)
    assert (session.place, said[0]) == (Place(0), "welcome")
    return session, said


@pytest.mark.parametrize(
    ("event", "first"),
    [
        (Lost(Device.MICROPHONE, Place(0)), "lost_microphone"),
        (Heard(Command.HOW_LONG, Place(0)), "left_in_all_minutes"),
        (Heard(Command.SLOWER, Place(0)), "slower"),
        (Alarmed(Place(0)), "stop_meant"),
    ],
)
def test_who_speaks_into_the_opening_hears_all_of_it_after_the_answer(event: Event, first: str) -> None:
    """How to end and what to end for are among it."""
    session, opening = begun()
    after, orders = handle(PLAN, session, event)
    assert phrases(orders)[0] == first
    assert phrases(orders)[-len(opening) :] == opening
    assert phrases(handle(PLAN, after, event)[1])[-len(opening) :] in (opening, [])  # and no more than that
    heard = replace(event, place=Place(0, stroke=1))
    assert phrases(handle(PLAN, session, heard)[1])[0] == first
    assert not set(phrases(handle(PLAN, session, heard)[1])) & set(opening)


def test_a_pause_in_the_opening_loses_none_of_it() -> None:
    session, opening = begun()
    paused, _ = handle(PLAN, session, Heard(Command.PAUSE, Place(0)))
    on, orders = handle(PLAN, paused, Heard(Command.RESUME, paused.place))
    assert (on.place, phrases(orders)) == (Place(0), opening)
    once_more, _ = handle(PLAN, on, Heard(Command.PAUSE, Place(0, stroke=1)))
    assert not set(phrases(handle(PLAN, once_more, Heard(Command.RESUME, once_more.place))[1])) & set(opening)


def test_a_step_that_is_taken_back_in_the_opening_is_followed_by_all_of_it() -> None:
    session, opening = begun()
    there = replace(session, answers=SESSIONS[Playing].answers)
    moved, _ = handle(PLAN, there, Heard(Command.NEXT, Place(0)))
    assert moved.place != Place(0)
    back, orders = handle(PLAN, moved, Heard(Command.UNDO, Place(moved.place.step)))
    assert (back.place, phrases(orders)) == (Place(0), ["undone", *opening])


@pytest.mark.parametrize("device", Device)
def test_an_offer_is_made_again_whole_after_what_is_announced_in_it(device: Device) -> None:
    session = SESSIONS[Offering]
    _, plain = say(session, Command.REPEAT)
    lost, orders = handle(PLAN, session, Lost(device, Place(0)))
    found, again = handle(PLAN, lost, Found(device, Place(0)))
    assert lost.state == found.state == session.state
    expected = [] if device is Device.LOUDSPEAKER else [f"lost_{device}", *phrases(plain)]
    assert phrases(orders) == expected
    assert phrases(again) == [f"found_{device}", *phrases(plain)]
    assert [o.listen_s for o in again if isinstance(o, Perform)] == [12.0]


@pytest.mark.parametrize(("gain_db", "softer_db"), [(0.0, -6.0), (-12.0, -15.0), (-15.0, -15.0)])
def test_a_voice_that_is_too_loud_in_the_microphone_lowers_itself_and_says_so(
    gain_db: float, softer_db: float
) -> None:
    session = replace(SESSIONS[Playing], gain_db=gain_db)
    lost, orders = handle(PLAN, session, Lost(Device.DISTANCE, Place(0)))
    assert lost.gain_db == softer_db
    assert [one.gain_db for one in orders if isinstance(one, Volume)] == [softer_db] * (softer_db != gain_db)
    assert handle(PLAN, lost, Lost(Device.DISTANCE, Place(0))) == (lost, ())


@pytest.mark.parametrize("state", [Asking, Questioning])
def test_a_question_that_was_only_shown_is_asked_again_when_the_voice_is_back(state: type) -> None:
    session = replace(SESSIONS[state], warned=frozenset({Device.VOICE}))
    after, orders = handle(PLAN, session, Found(Device.VOICE, session.place))
    assert isinstance(after.state, Questioning)
    (order,) = (order for order in orders if isinstance(order, Perform))
    assert order.place == Place(INDEX["jaw"])
    assert phrases(orders) == ["found_voice"]


def test_silence_passes_no_question_that_nobody_can_have_heard() -> None:
    asking = replace(SESSIONS[Asking], state=Asking(Place(INDEX["everyday"], Part.DONE)))
    asking = replace(asking, answers=SESSIONS[Playing].answers, runs=(INDEX["everyday"],))
    passed, _ = handle(PLAN, asking, Performed(3))
    assert isinstance(passed.state, Passed)
    for device in (Device.VOICE, Device.MICROPHONE):
        waits, orders = handle(PLAN, replace(asking, warned=frozenset({device})), Performed(3))
        assert waits.state == asking.state
        assert phrases(orders) == ["remind_answer"]


def test_an_offer_leaves_time_to_answer() -> None:
    offered, orders = handle(PLAN, Session(), Started(PLAYING, offered=True))
    assert offered.state == Offering(PLAYING)
    assert [o.listen_s for o in orders if isinstance(o, Perform)] == [12.0]


def test_help_names_the_row_of_the_table_but_stop_which_has_its_own_sentence() -> None:
    for state in LED:
        _, orders = say(SESSIONS[state], Command.HELP)
        can = next(o for o in orders if isinstance(o, Perform)).preface[0]
        assert isinstance(can, Phrase)
        known = commands_in(SESSIONS[state].state) - {Command.STOP, Command.NAME}
        assert set(str(dict(can.values)["commands"]).split(",")) == known


def beds(*orders: object) -> list[Bed]:
    return [order for order in orders if isinstance(order, Bed)]


def test_the_sound_under_a_session_comes_with_it_rests_with_it_and_never_outlasts_a_stop() -> None:
    room = Room(session=Session(sounds=True))
    assert [bed.on for bed in beds(*room.orders)] == [True]
    (paused,) = beds(*room.say(Command.PAUSE))
    (back,) = beds(*room.say(Command.RESUME))
    (stopped,) = beds(*room.say(Command.STOP))
    assert (paused.on, back.on, stopped.on) == (False, True, False)
    assert stopped.fade_s < 0.1
    assert paused.fade_s > 1.0
    assert beds(*room.say(Command.LOUDER)) == []


def test_the_sound_comes_and_goes_by_voice_and_in_a_pause_it_is_only_noted() -> None:
    room = Room()
    assert not any(bed.on for bed in beds(*room.orders))
    for command, on in ((Command.SOUND, True), (Command.SILENCE, False), (Command.UNDO, True)):
        assert [bed.on for bed in beds(*room.say(command))] == [on]
        assert room.session.sounds == on
    assert room.say(Command.SOUND) == (Cue(Tone.UNSURE),)
    room.say(Command.PAUSE)
    assert room.say(Command.SILENCE) == (Cue(Tone.DONE),)
    assert not any(bed.on for bed in beds(*room.say(Command.RESUME)))
    (_, fading) = beds(*room.say(Command.SOUND), *room.say(Command.SILENCE))
    (cut,) = beds(*room.say(Command.STOP))  # while it still fades
    assert cut.fade_s < 0.1 < fading.fade_s


def test_where_says_how_to_find_the_place() -> None:
    room = Room().go_to("temple", Part.STROKES)
    room.say(Command.WHERE)
    assert room.playing is not None
    assert [dict(p.values) for p in room.playing.order.preface if isinstance(p, Phrase)] == [
        {"place": "the temple"},
        {"text": "Feel for the soft hollow."},
    ]


def test_the_ends_of_the_ladders_mean_nothing() -> None:
    for command, figure in (
        (Command.SLOWER, {"pace": 0.5}),
        (Command.FASTER, {"pace": 2.0}),
        (Command.LOUDER, {"gain_db": 9.0}),
        (Command.QUIETER, {"gain_db": -15.0}),
    ):
        session = replace(SESSIONS[Playing], **figure)  # type: ignore[arg-type]
        assert say(session, command) == (session, (Cue(Tone.UNSURE),))


def test_a_pace_between_two_rungs_goes_to_the_nearest_beyond() -> None:
    session = replace(SESSIONS[Playing], pace=1.1)
    assert say(session, Command.FASTER)[0].pace == 1.15
    assert say(session, Command.SLOWER)[0].pace == 1.0


def test_a_start_says_title_length_and_what_is_left_out() -> None:
    after, orders = handle(PLAN, Session(), Started())
    assert phrases(orders) == ["welcome", "takes_minutes", "say_next", "left_out"]
    assert after.state == Playing(Place(0))
    assert handle(PLAN, after, Started()) == (after, ())


def test_a_start_in_the_middle_says_where_and_goes_on_there() -> None:
    after, orders = handle(PLAN, SESSIONS[Idle], Started(PLAYING))
    assert phrases(orders) == ["at_stroke_right", "at_set", "strokes_left"]
    assert after.state == Playing(PLAYING)


def test_the_engine_keeps_the_session_and_tells_of_it() -> None:
    engine = Engine(PLAN)
    assert (engine.live, engine.commands, engine.state) == (False, frozenset(), Idle())
    engine.handle(Started())
    assert engine.live
    assert engine.commands == commands_in(engine.state) == set(TABLE[Playing])
    engine.handle(Heard(Command.STOP, Place(0)))
    assert not engine.live


def test_a_name_is_an_answer_where_one_may_choose_and_next_leaves_it_open() -> None:
    session = SESSIONS[Choosing]
    led = {
        said: handle(
            PLAN, session, Heard(command, session.place, name=said if command is Command.NAME else "")
        )[0]
        for said, command in (("jaw", Command.NAME), ("yes", Command.YES), ("no", Command.NO))
    }
    assert {said: dict(after.answers).get("which") for said, after in led.items()} == {
        "jaw": "jaw",
        "yes": "soft",
        "no": "",
    }
    for said, command in (("nose", Command.NAME), ("", Command.NAME), ("", Command.RESUME)):
        heard = Heard(command, session.place, name=said)
        assert handle(PLAN, session, heard) == (session, (Cue(Tone.UNSURE),))
    passed, _ = say(session, Command.NEXT)
    assert "which" not in dict(passed.answers)


def test_a_command_among_the_choices_is_that_answer_but_stop_stays_stop() -> None:
    choices = (("pause", "tried"), ("stop", "tried"))
    session = replace(SESSIONS[Choosing], state=Choosing(SESSIONS[Choosing].place, choices))
    assert commands_in(session.state) >= {Command.PAUSE, Command.STOP}
    assert Command.NAME not in commands_in(session.state)
    assert dict(say(session, Command.PAUSE)[0].answers)["which"] == "tried"
    assert say(session, Command.STOP)[0].state == Closing(Ending.STOPPED)


def test_where_nobody_chooses_for_long_the_session_ends_without_a_word() -> None:
    index = INDEX["chosen"]
    waits = replace(SESSIONS[Choosing], state=Choosing(Place(index, Part.DONE), WHICH.choices))
    begun, _ = handle(PLAN, SESSIONS[Choosing], Performed(3))
    assert begun.state == waits.state
    gone, orders = handle(PLAN, waits, Performed(3))
    assert (gone.state, phrases(orders)) == (Closing(Ending.UNANSWERED), [])


def test_a_short_form_is_offered_only_where_there_is_one() -> None:
    bare = replace(PLAN, steps=tuple(replace(one, say_short="") for one in PLAN.steps))
    playing = SESSIONS[Playing]
    for plan, offered in ((PLAN, True), (bare, False)):
        _, orders = handle(plan, playing, Heard(Command.HELP, PLAYING))
        can = next(o for o in orders if isinstance(o, Perform)).preface[0]
        assert isinstance(can, Phrase)
        assert ("brief" in str(dict(can.values)["commands"]).split(",")) is offered
        assert handle(plan, playing, Heard(Command.BRIEF, PLAYING))[0].brief is offered
