"""A year with a course, for every age: what is said before and after each massage, as the rules ask for it.

    python -m tests.routine.test_course_year --write    # tests/data/course-year.txt, to be read

Somebody begins a course, misses a week, comes too early, does one twice in an evening, is sore once, goes on
once a month when it is whole, and does a second course when the first is five months old.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from player.app.practice import calendar_of
from player.core.condition import holds
from player.core.course import LENGTH, AgeBand, Course, another_from
from player.files import languages
from player.files.facts import Answered
from player.files.history import History, SessionDone
from player.routine.compile.course_steps import early, told_after, told_before
from player.routine.compile.request import Request
from tests.library.shipped import SCRIPTS, WORDS

GOLDEN = Path(__file__).parents[1] / "data" / "course-year.txt"
FIRST = date(2026, 1, 5)
GAPS = {AgeBand.UNDER_35: 3, AgeBand.FROM_35: 3, AgeBand.OVER_45: 2, AgeBand.UNKNOWN: 3}
AGES = {
    AgeBand.UNDER_35: {"over_45": False, "over_35": False},
    AgeBand.FROM_35: {"over_45": False, "over_35": True},
    AgeBand.OVER_45: {"over_45": True},
    AgeBand.UNKNOWN: {},
}
MASSAGE = SCRIPTS.routine("sculptural-talc-20")
SCOLDING = re.compile(
    r"miss|late\b|should|must|sorry|streak|only|fail|in a row|too early|again", re.IGNORECASE
)

COMMANDS = [phrase for spoken in languages.load("en").phrases.values() for phrase in spoken]


@dataclass
class Listener:
    """Somebody of an age, who does massages and hears what is said around them."""

    band: AgeBand
    history: History = field(default_factory=History)
    answers: dict[str, Answered] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def at(self, day: date, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def begins_course(self, day: date) -> None:
        self.history = self.history.begun(Course(day), self.at(day, 1))
        self.heard.append(f"{day:%a %d %b %Y}  a course begins")

    def massage(self, day: date, hour: int = 18, *, sore: bool | None = None) -> None:
        began = self.at(day, hour)
        ages = {name: Answered(yes, self.at(FIRST, 0)) for name, yes in AGES[self.band].items()}
        request = Request(calendar=calendar_of(self.history, {**ages, **self.answers}, began), today=day)
        had = "soreness" in self.answers and self.answers["soreness"].yes
        before = [*(spec.say for spec in early(request, WORDS, [MASSAGE])), *told_before(request, WORDS)]
        session = {} if sore is None else {"soreness": sore}
        after = [one.text for one in told_after(request, WORDS, had=had) if holds(one.when, session)]
        assert len(after) == 1
        self.heard.append(f"{day:%a %d %b %Y}  {before[0] if before else '-'} / {after[0]}")
        self.answers |= {name: Answered(yes, began + timedelta(hours=1)) for name, yes in session.items()}
        done = SessionDone(
            began=began,
            day=day,
            routine=MASSAGE.id,
            title=MASSAGE.title,
            ending="completed",
            done=26,
            of=26,
            massage=True,
        )
        self.history = self.history.with_session(done)

    @property
    def last(self) -> date:
        return self.history.sessions[-1].day


def year(band: AgeBand) -> list[str]:
    """Lead somebody through a year; return what was said, day by day."""
    one = Listener(band)
    gap = timedelta(GAPS[band])
    one.begins_course(FIRST)
    one.massage(FIRST, sore=False)
    one.massage(one.last + gap)
    one.massage(one.last + gap + timedelta(9))  # a week is missed
    one.massage(one.last + timedelta(1))  # a day is not enough
    one.massage(one.last + gap)
    one.massage(one.last, hour=21)  # twice in an evening
    one.massage(one.last + gap, sore=True)
    one.massage(one.last + gap)  # that was to be a day later
    while len({session.day for session in one.history.sessions}) < LENGTH:
        one.massage(one.last + gap)
    one.massage(one.last + timedelta(1))
    another = another_from((Course(FIRST),))
    assert another is not None
    while one.last + timedelta(30) < another:
        one.massage(one.last + timedelta(30))
    one.begins_course(another)
    one.massage(another)
    for _ in range(LENGTH - 1):
        one.massage(one.last + gap)
    while one.last + timedelta(30) <= date(2026, 12, 31):
        one.massage(one.last + timedelta(30))
    return one.heard


def whole() -> Iterator[str]:
    for band in AgeBand:
        yield f"== {band.value}"
        yield from year(band)
        yield ""


def test_the_year_is_as_it_was_read() -> None:
    assert "\n".join(whole()) == GOLDEN.read_text(encoding="utf-8"), "read it, then write it (see above)"


@pytest.mark.parametrize("band", AgeBand)
def test_each_age_hears_what_the_rules_ask_for(band: AgeBand) -> None:
    heard = year(band)
    said = "\n".join(heard)
    assert "Your skin has had one day. Would you like acupressure or quiet time instead?" in said
    assert "Your skin has had its massage today. Would you like" in said
    assert re.search(r"The eighth of twelve\. The ninth from \w+day on\.", said)
    assert said.count("Today is the third of twelve.") == 2  # once in each course, in the first after a gap
    assert said.count("your course is complete. Once a month is enough now, from ") == 2
    assert "2026  - / Once a month is enough now: from " in said
    assert not SCOLDING.search(said)
    plain = f" {' '.join(re.findall(r'[a-z]+', said.lower()))} "
    assert not [phrase for phrase in COMMANDS if f" {phrase} " in plain]  # the player may hear itself
    first = heard[1].partition(" / ")[2]
    assert first == f"The first of twelve. The second from {FIRST + timedelta(GAPS[band]):%A} on."
    sore = next(line for line in heard if "The sixth of twelve. The seventh" in line)
    day = datetime.strptime(sore[:15], "%a %d %b %Y").replace(tzinfo=UTC)
    assert f"from {day + timedelta(GAPS[band] + 1):%A} on" in sore  # a day longer after what was sore


def test_those_of_whom_the_text_is_silent_are_offered_once_a_month() -> None:
    for band in AgeBand:
        one = Listener(band)
        one.massage(FIRST)
        silent = band in {AgeBand.UNDER_35, AgeBand.UNKNOWN}
        assert ("or once a month" in one.heard[0]) is silent
        assert f"from {FIRST + timedelta(GAPS[band]):%A} on" in one.heard[0]


def test_nothing_is_said_where_no_calendar_is_asked_for() -> None:
    assert list(early(Request(), WORDS, [MASSAGE])) == []
    assert (told_before(Request(), WORDS), told_after(Request(), WORDS, had=False)) == ((), ())


def test_acupressure_is_never_early() -> None:
    one = Listener(AgeBand.UNKNOWN)
    one.massage(FIRST)
    request = Request(calendar=calendar_of(one.history, {}, one.at(FIRST, 23)), today=FIRST)
    assert list(early(request, WORDS, [SCRIPTS.routine("quick-facial-acupressure")])) == []
    assert [spec.id for spec in early(request, WORDS, [MASSAGE])] == ["early", "which", "instead"]


if __name__ == "__main__" and "--write" in sys.argv:
    GOLDEN.write_text("\n".join(whole()), encoding="utf-8")
