"""The course in sessions that are led: asked before an early massage, told at the end, sore ones gentler."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from player.app import care, practice
from player.core.commands import Command
from player.core.course import AgeBand, Calendar, Course
from player.core.evening import PLACES
from player.core.events import Doubted
from player.core.orders import Perform, Phrase
from player.core.place import Place
from player.core.plan import Plan, Trait
from player.core.states import Asking, Ending, Finished, Waiting
from player.files import facts
from player.files.facts import Answered
from player.files.history import History
from player.routine.compile.compose import load_plan, session_of
from player.routine.compile.course_steps import BEGIN, routine_instead
from player.routine.compile.request import NOTHING_ASKED, Request
from player.session.texts import private
from tests.care import FACTS, LASTING
from tests.core.histories import Room
from tests.library.shipped import SCRIPTS, WORDS

TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
WELL = {name: Answered(yes=False, at=NOON) for name in LASTING}
MASSAGE, WITH_AFTERCARE = "micromassage", "talc-course-session"
GENTLE = "zogan-inspired"  # something firm at every place
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
    asked = [step.ask.fact for step in there.steps if step.ask]
    assert asked[-6:] == ["soreness", *(f"soreness_{place}" for place in PLACES)]
    room = Room(there)
    led(room, {"soreness": False})
    advice = next(i for i, step in enumerate(there.steps) if step.say.startswith("Use half the pressure"))
    assert advice not in room.session.runs


@pytest.mark.parametrize("place", PLACES)
def test_what_was_sore_at_a_place_is_gentler_there_alone(place: str) -> None:
    """The place counts with the last soreness; one of before, or none, means everywhere."""
    then = Answered(yes=True, at=NOON - timedelta(days=6))
    said = {"soreness": then, f"soreness_{place}": replace(then, at=then.at + timedelta(seconds=9))}
    zones = set(FACTS[f"sore_{place}"].at)
    usual, sore = moves({}), moves(said)
    assert FACTS[f"sore_{place}"].today in plan(GENTLE, Calendar(), said).today
    for id_, (there, pressure) in usual.items():
        id_now = f"{id_}.lightly" if f"{id_}.lightly" in sore else id_
        if there & zones:
            assert id_now not in sore or sore[id_now][1] <= 2, id_
        else:
            assert sore[id_] == (there, pressure)
    assert place == "eyes" or sore != usual  # nothing firm comes near the eyes
    stale = {**said, f"soreness_{place}": replace(then, at=then.at - timedelta(days=1))}
    assert plan(GENTLE, Calendar(), stale).today == (FACTS["sore"].today,)


def moves(known: Mapping[str, Answered]) -> dict[str, tuple[set[str], int]]:
    """The steps of work of a firm session: the zones of each, and its pressure."""
    request = Request(known={**WELL, **known}, today=TODAY)
    found, _, _ = session_of(SCRIPTS.routine(GENTLE), SCRIPTS, WORDS, request)
    return {
        move.step.id: (
            {name for site in move.sites for name in (site.id, *site.zones)},
            move.doing.pressure or 0,
        )
        for move in found
    }


def test_two_places_are_both_gentler_and_the_gap_is_longer_all_the_same() -> None:
    then = Answered(yes=True, at=NOON - timedelta(days=6))
    said = {"soreness": then, "soreness_jaw": then, "soreness_neck": then}
    there = plan(GENTLE, Calendar(), said)
    assert there.today == (FACTS["sore_jaw"].today, FACTS["sore_neck"].today)
    assert set(there.today) <= set(private(there))
    told = [parting.text for parting in there.partings]
    assert told == [
        "Another massage from Tuesday on, or once a month.",
        "Another massage from Thursday on, or once a month.",
    ]


@pytest.mark.parametrize(("yes", "asked"), [(True, 5), (False, 0), (None, 0)])
def test_where_it_is_sore_is_asked_of_whom_something_is_sore(*, yes: bool | None, asked: int) -> None:
    room = Room(plan(WITH_AFTERCARE, Calendar()))
    led(room, {"soreness": yes} if yes is not None else {})
    places = [i for i, s in enumerate(room.plan.steps) if s.ask and s.ask.fact.startswith("soreness_")]
    assert len(set(places) & set(room.session.runs)) == asked


# --- a course is begun by voice ---------------------------------------------------------------------------


def offer(
    calendar: Calendar, has: Mapping[str, Answered] | None = None, routine: str = WITH_AFTERCARE
) -> list[str]:
    there = plan(routine, calendar, has)
    return [step.say for step in there.steps if step.ask and step.ask.fact == BEGIN]


def test_a_course_is_offered_where_one_may_begin_and_a_no_is_good_for_a_month() -> None:
    asks = "This can be the first of a course: twelve sessions, {}. Would you like to begin one today?"
    assert offer(Calendar()) == [asks.format("one every three days")]
    assert offer(Calendar(band=AgeBand.OVER_45)) == [asks.format("one every other day")]
    assert offer(Calendar(), routine=MASSAGE) == []  # it is no session of a course
    assert offer(YESTERDAY) == []  # the skin has not rested
    assert offer(Calendar(courses=(Course(TODAY - timedelta(9)),))) == []  # one is under way
    assert offer(Calendar(courses=(Course(TODAY - timedelta(60), TODAY - timedelta(50)),))) == []  # too soon
    assert offer(Calendar(courses=(Course(TODAY - timedelta(200), TODAY - timedelta(180)),))) != []
    for days, times in ((29, 0), (30, 1)):
        assert len(offer(Calendar(), {BEGIN: Answered(yes=False, at=NOON - timedelta(days=days))})) == times


def test_only_yes_begins_a_course_and_leads_to_nothing_else_first() -> None:
    room = Room(plan(WITH_AFTERCARE, Calendar()))
    led(room, {BEGIN: True})
    assert room.session.state == Finished(Ending.DECLINED)
    assert [room.plan.steps[index].id for index in room.session.runs] == ["care.course", "care.begun"]
    for answer in (Command.NO, None):
        room = Room(plan(WITH_AFTERCARE, Calendar()))
        room.end()
        if answer:  # a word that is none answers nothing; a true silence does without
            room.say(Command.NEXT)
            room.take(Doubted())
            room.end()
        assert room.plan.steps[room.session.place.step].id == "care.course"
        room.say(answer) if answer else room.end()
        assert not room.session.facts().get(BEGIN, False)
        assert room.plan.steps[room.session.place.step].id == "care.everyday"


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


@pytest.mark.parametrize(
    ("told", "then", "kept"),
    [(True, True, [True]), (True, False, [True]), (False, True, [False, True]), (None, False, [False])],
)
def test_what_was_told_in_the_session_is_not_told_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, told: bool | None, then: bool, kept: list[bool]
) -> None:
    """Sore in the aftercare and sore when the evening asks how it was is once in a row, not twice."""
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    began = datetime.now(UTC) - timedelta(minutes=20)
    if told is not None:
        facts.save({"soreness": (Answered(told, began + timedelta(minutes=15)),)})
    care.note_soreness("", began, sore=then, place="neck")
    now = facts.load()
    assert [one.yes for one in now["soreness"]] == kept
    assert ("soreness_neck" in now) is then
    last = facts.before(now, datetime.now(UTC) + timedelta(seconds=1))["soreness"]
    assert (last.yes, last.row) == (kept[-1], 1)
