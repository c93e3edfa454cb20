"""What was done when is kept whole, privately and on its day, whatever clock and time zone say later."""

import json
import stat
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from player.app import care, practice
from player.core.course import Course, standing
from player.errors import FileFault
from player.files import history
from player.files.history import History, SessionDone
from player.routine.compile.request import Request

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
TALC = SessionDone(
    began=NOON,
    day=NOON.date(),
    routine="sculptural-talc-20",
    title="With talc",
    ending="completed",
    done=26,
    of=26,
    massage=True,
    steam=True,
)
WHOLE = History().with_session(TALC).begun(Course(NOON.date()), NOON)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    return tmp_path


def test_what_is_kept_is_read_again_is_private_and_is_forgotten(home):
    where = history.save(WHOLE)
    ended = WHOLE.ended(Course(NOON.date()), NOON.date() + timedelta(9), NOON + timedelta(9))
    history.save(ended, "maria")
    assert history.load() == WHOLE
    assert history.load("maria") == ended
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    assert history.forget()
    assert (history.load(), history.forget()) == (History(), False)
    assert history.load("maria") == ended
    assert history.forget("maria")
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:40], "damaged"),
        (lambda text: text.replace("sculptural", "sculptured"), "damaged"),
        (lambda _text: "[]", "damaged"),
        (lambda text: json.dumps(json.loads(text) | {"version": 99}), "another version of the player"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_and_is_kept_aside(spoil, said):
    where = history.save(WHOLE)
    where.write_text(spoiled := spoil(where.read_text()))
    with pytest.raises(FileFault, match=said):
        history.load()
    assert care.person("").history_fault is not None
    history.add(TALC)
    assert history.load().sessions == (TALC,)
    assert where.with_suffix(".damaged").read_text() == spoiled
    assert history.forget()
    assert not where.with_suffix(".damaged").exists()


def test_a_session_that_goes_on_replaces_what_was_kept_of_it():
    history.add(replace(TALC, ending="interrupted", done=5, massage=False))
    history.add(TALC)
    assert history.load().sessions == (TALC,)
    history.add(replace(TALC, ending="stopped", done=1, massage=False))  # begun anew, and left
    assert history.load().sessions == (TALC,)


def test_a_course_is_known_from_when_it_was_told():
    later = NOON + timedelta(days=9)
    ended = WHOLE.ended(Course(NOON.date()), later.date(), later)

    def at(when: datetime) -> tuple[Course, ...]:
        return practice.calendar_of(ended, {}, when).courses

    assert at(NOON) == ()
    assert at(later) == (Course(NOON.date()),)  # a session of before that goes on knows of no end
    assert at(later + timedelta(seconds=1)) == (Course(NOON.date(), later.date()),)
    taken_back = WHOLE.ended(Course(NOON.date()), NOON.date(), later)
    assert taken_back.courses == ()


@pytest.fixture
def zone(monkeypatch):
    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def test_a_day_stays_the_day_it_was_in_every_time_zone_and_through_summer_time(zone):
    """Late in Berlin, the evening before the clocks go forward; then a flight to Honolulu and to Auckland."""
    late = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    zone("Europe/Berlin")
    history.add(replace(TALC, began=late, day=late.astimezone().date()))
    for name, hours in (("Europe/Berlin", 24), ("Pacific/Honolulu", 60), ("Pacific/Auckland", 48)):
        zone(name)
        person = care.person("")
        assert [one.day for one in person.history.sessions] == [date(2026, 3, 28)]
        assert not person.done_in_the_future(late + timedelta(hours=1))
        asof = late + timedelta(hours=hours)
        request = care.informed(Request(), person, asof, heard=True)
        assert request.calendar is not None
        rested = (request.today - date(2026, 3, 28)).days
        assert standing(request.calendar, request.today).early is (rested < 3)
    zone("Europe/Berlin")
    request = care.informed(Request(), care.person(""), late + timedelta(hours=1), heard=True)
    assert request.today == date(2026, 3, 29)  # half an hour past midnight is another day: one day, not none


def test_a_clock_that_jumped_loses_nothing_and_is_told_of():
    ahead = replace(TALC, began=NOON + timedelta(days=4000), day=NOON.date() + timedelta(4000))
    for one in (TALC, ahead):
        history.add(one)
    person, now = care.person(""), NOON + timedelta(days=3)
    assert person.done_in_the_future(now)
    request = care.informed(Request(), person, now, heard=True)
    assert request.calendar is not None
    assert standing(request.calendar, request.today).last == NOON.date()
    back = datetime(1970, 1, 2, tzinfo=UTC)  # a machine that has lost its battery
    request = care.informed(Request(), person, back, heard=True)
    assert request.calendar is not None
    assert request.calendar.days == ()
    assert history.load().sessions == (TALC, ahead)
