"""The first sessions of a routine say how to find each place; after some the short form is offered, once."""

from datetime import UTC, datetime, timedelta

import pytest

from player.app import care, resume
from player.cli import keeping
from player.core.orders import Perform, Phrase
from player.core.plan import Plan
from player.core.session import Session
from player.files import history
from player.routine.compile.compose import load_plan
from player.routine.compile.learning import KNOWN_AFTER, SESSIONS
from player.routine.compile.request import Request
from tests.care import led
from tests.core.histories import Room
from tests.library.shipped import SCRIPTS

NAME = "sculptural-home-4-stage"


def plan(led: int | None) -> Plan:
    return load_plan(NAME, request=Request(led=led))


def test_the_first_sessions_say_once_how_to_find_each_place_and_later_ones_do_not() -> None:
    new, known = plan(SESSIONS - 1), plan(SESSIONS)
    assert known == plan(None)
    more = [(one, two) for one, two in zip(new.steps, known.steps, strict=True) if one != two]
    assert {(one.id, one.say_short, one.work) for one, _ in more} == {
        (two.id, two.say_short, two.work) for _, two in more
    }
    for one, two in more:
        assert one.say.replace(f"{two.find} ", "") == two.say
    places = {place for step in known.steps for place in step.place_ids}
    told = {place for one, _ in more for place in one.place_ids}
    spots = {place for place in places if SCRIPTS.library.sites[place].kind != "zone"}
    assert spots <= told
    assert len({one.find for one, _ in more}) == len(more)


@pytest.mark.parametrize("led", [0, KNOWN_AFTER - 1, KNOWN_AFTER, KNOWN_AFTER + 1, None])
def test_the_short_form_is_offered_once(led: int | None) -> None:
    room = Room(plan(led))
    (first,) = (order for order in room.orders if isinstance(order, Perform))
    assert (Phrase("offer_short") in first.preface) is (led == KNOWN_AFTER)
    short = Room(plan(led), Session(brief=True))
    assert Phrase("offer_short") not in next(o for o in short.orders if isinstance(o, Perform)).preface


def test_only_a_session_that_was_led_to_its_end_is_counted(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    ends = (
        ("", "completed"),
        ("", "stopped"),
        ("", "interrupted"),
        ("maria", "completed"),
        ("maria", "completed"),
    )
    for minute, (who, ending) in enumerate(ends):
        began = datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        history.add(led(NAME, began, ending), who)
        history.add(led("other", began + timedelta(hours=1), ending), who)
    assert [keeping.knowing(Request(), care.person(who), NAME).led for who in ("", "maria")] == [1, 2]
    assert keeping.knowing(Request(), care.person(""), f"/somewhere/{NAME}.yaml").led == 1
    history.path().write_text("[1")
    assert keeping.knowing(Request(), care.person(""), NAME).led == 0


def test_an_interrupted_session_goes_on_with_the_words_with_which_it_began() -> None:
    assert resume.plain_request(Request(led=2)) == resume.plain_request(Request())
    header = resume.header(plan(0), NAME, Request(led=0), Session(), resumed=False)
    assert header["led"] == 0
