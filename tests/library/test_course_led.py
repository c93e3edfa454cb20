"""The course in sessions that are led: asked before an early massage, told at the end, sore ones gentler."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from player.app import care, practice
from player.core.commands import Command
from player.core.course import AgeBand, Calendar, Course
from player.core.orders import Perform, Phrase
from player.core.place import Place
from player.core.plan import Plan, Trait
from player.core.states import Asking, Ending, Finished, Waiting
from player.files.facts import Answered
from player.files.history import History
from player.routine.compile.compose import load_plan
from player.routine.compile.course_steps import routine_instead
from player.routine.compile.request import NOTHING_ASKED, Request
from player.session.texts import private
from tests.care import LASTING
from tests.core.histories import Room

TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
WELL = {name: Answered(yes=False, at=NOON) for name in LASTING}
MASSAGE, WITH_AFTERCARE = "micromassage", "talc-course-session"
YESTERDAY = Calendar(days=(TODAY - timedelta(1),))


def plan(routine: str, calendar: Calendar, has: Mapping[str, Answered] | None = None, **more: object) -> Plan:
    known = {**WELL, **(has or {})}
    request = Request(with_gates=True, known=known, today=TODAY, calendar=calendar, **more)  # type: ignore[arg-type]
    return load_plan(routine, request=request)


def led(room: Room, answers: Mapping[str, bool]) -> list[str]:
    """Lead a session to its end; return the sentences that were said before and between its steps."""
    for _ in range(3000):
        step = room.plan.steps[room.session.place.step]
        if isinstance(room.session.state, Finished):
            break
        if isinstance(room.session.state, Asking) and step.ask is not None:
            room.say(Command.YES if answers.get(step.ask.fact, bool(step.ask.opens)) else Command.NO)
        elif isinstance(room.session.state, Waiting):
            room.say(Command.NEXT)
        else:
            room.end()
    prefaces = (phrase for order in room.orders if isinstance(order, Perform) for phrase in order.preface)
    return [str(dict(p.values).get("text", p.key)) for p in prefaces if isinstance(p, Phrase)]


def test_a_massage_that_is_early_asks_first_and_no_leads_on() -> None:
    room = Room(plan(MASSAGE, YESTERDAY))
    first = room.plan.steps[0]
    assert first.say == "Your skin has had one day. Would you like acupressure or quiet time instead?"
    led(room, {"instead": False})
    assert room.session.state == Finished(Ending.COMPLETED)
    assert routine_instead(dict(room.session.answers)) == ""


@pytest.mark.parametrize(
    ("acupressure", "routine"), [(True, "quick-facial-acupressure"), (False, "quiet-close")]
)
def test_yes_leads_to_what_is_chosen_and_never_to_the_massage(*, acupressure: bool, routine: str) -> None:
    room = Room(plan(MASSAGE, YESTERDAY))
    said = led(room, {"instead": True, "instead_acupressure": acupressure})
    assert room.session.state == Finished(Ending.DECLINED)
    assert not any(step.massage for step in (room.plan.steps[index] for index in room.session.runs))
    assert routine_instead(dict(room.session.answers)) == routine
    assert "declined" not in said  # it is not left for today
    assert practice.done_in(room.plan, room.session, NOON) is None


def test_silence_is_no_lock() -> None:
    room = Room(plan(MASSAGE, YESTERDAY))
    while room.plan.steps[room.session.place.step].id != "care.everyday":
        room.end()
    assert routine_instead(dict(room.session.answers)) == ""


def test_acupressure_and_quiet_time_are_never_early() -> None:
    for routine in ("quick-facial-acupressure", "quiet-close"):
        there = plan(routine, YESTERDAY)
        assert not any(step.id == "early" or step.id.startswith("care.early") for step in there.steps)
        assert (there.course, there.partings) == ((), ())


@pytest.mark.parametrize(("sore", "day"), [(False, "Tuesday"), (True, "Wednesday")])
def test_the_end_names_the_session_and_the_day_and_what_is_sore_takes_longer(*, sore: bool, day: str) -> None:
    seven = tuple(TODAY - timedelta(3 * n) for n in range(1, 8))
    calendar = Calendar(seven, (Course(seven[-1]),), AgeBand.FROM_35)
    room = Room(plan(WITH_AFTERCARE, calendar))
    said = led(room, {"soreness": sore})
    assert "Today is the eighth of twelve." in said
    assert said[-2] == f"The eighth of twelve. The ninth from {day} on."
    done = practice.done_in(room.plan, room.session, NOON)
    assert done is not None
    assert (done.massage, done.steam, done.ending, done.done) == (True, False, "completed", done.of)


def test_of_what_was_hardly_done_nothing_is_told_and_it_does_not_count() -> None:
    there = plan(MASSAGE, Calendar())
    massage = [index for index, step in enumerate(there.steps) if step.massage]
    room = Room(there, start=Place(massage[-1]))
    assert not any(" from Tuesday on" in text for text in led(room, {}))
    done = practice.done_in(there, room.session, NOON)
    assert done is not None
    assert (done.massage, done.done, done.of, done.ending) == (False, 1, len(massage), "completed")


def test_what_was_sore_is_said_once_and_is_gentler() -> None:
    yes = Answered(yes=True, at=NOON - timedelta(days=6))
    usual, sore = plan("contour-pinch", Calendar()), plan("contour-pinch", Calendar(), {"soreness": yes})
    assert sore.today == ("Half the pressure today, as something was sore last time.",)
    assert sore.today[0] in private(sore)  # in no cache
    assert len([s for s in sore.steps if s.massage]) < len([s for s in usual.steps if s.massage])
    old = Answered(yes=True, at=NOON - timedelta(days=31))
    assert plan("contour-pinch", Calendar(), {"soreness": old}).today == ()
    assert plan("contour-pinch", Calendar(), {"soreness": Answered(yes=False, at=NOON)}).today == ()


def test_what_was_sore_twice_in_a_row_has_nothing_firm() -> None:
    twice = Answered(yes=True, at=NOON - timedelta(days=6), row=2)
    once = Answered(yes=True, at=NOON - timedelta(days=6))
    first, second = (plan("zogan-inspired", Calendar(), {"soreness": one}) for one in (once, twice))
    assert "Nothing firm today, as something was sore twice." in second.today
    lightly = [sum(step.id.endswith(".lightly") for step in one.steps) for one in (first, second)]
    assert lightly[0] == 0
    assert lightly[1] > 0


def test_soreness_is_asked_anew_every_time() -> None:
    yes = Answered(yes=True, at=NOON - timedelta(days=6))
    there = plan(WITH_AFTERCARE, Calendar(), {"soreness": yes})
    assert [step.ask.fact for step in there.steps if step.ask][-1] == "soreness"
    room = Room(there)
    led(room, {"soreness": False})
    advice = next(i for i, step in enumerate(there.steps) if step.say.startswith("Use half the pressure"))
    assert advice not in room.session.runs


def test_steam_is_led_at_most_once_a_week() -> None:
    def steamed(days: int) -> bool:
        calendar = Calendar(steam=TODAY - timedelta(days))
        there = plan("home-course-session", calendar, facts={"opt_in_steam": True})
        return any(step.trait is Trait.STEAM for step in there.steps)

    assert [steamed(days) for days in (3, 6, 7)] == [False, False, True]
    alone = plan("prep-herbal-steam", Calendar(steam=TODAY - timedelta(3)))
    assert "less than a week ago" in alone.steps[-1].say
    assert not any(step.trait is Trait.STEAM for step in alone.steps)


def test_a_course_begins_with_the_interview() -> None:
    answers = {name: (Answered(yes=name == "jaw_trouble", at=NOON),) for name in LASTING}
    person = care.Person("", answers, history=History().begun(Course(date(2026, 12, 1)), NOON))

    def asked(day: date) -> set[str]:
        asof = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        request = care.informed(Request(with_gates=True), person, asof, heard=True)
        there = load_plan(MASSAGE, request=request)
        return {step.ask.fact for step in there.steps if step.ask is not None}

    assert "heart" not in asked(date(2026, 11, 30))
    assert "heart" in asked(date(2026, 12, 1))
    assert "jaw_trouble" not in asked(date(2026, 12, 1))  # what somebody has is not asked away
    fresh = {
        name: (*given, Answered(yes=False, at=NOON + timedelta(days=4))) for name, given in answers.items()
    }
    person = care.Person("", fresh, history=person.history)
    assert "heart" not in asked(date(2026, 12, 3))


def test_what_is_only_looked_at_tells_of_no_course() -> None:
    there = load_plan(MASSAGE, request=NOTHING_ASKED)
    assert (there.course, there.partings) == ((), ())
