"""`player course`: where it stands; begins and ends one; writes what is meant into a calendar file."""

import argparse
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from player.app import care, practice
from player.cli.pipe import warn
from player.cli.settings import fill
from player.core.course import (
    LEAST,
    LENGTH,
    AgeBand,
    Calendar,
    Course,
    CourseStanding,
    another_from,
    meant,
    open_course,
    standing,
)
from player.errors import PlayerError, UsageError
from player.files import calendar_file, facts, history
from player.files.history import History

FURTHEST = 366  # days from today to the beginning of a course


def run(options: argparse.Namespace) -> int:
    """Run one of the forms of the command."""
    fill(options)
    now = care.now()
    today = now.astimezone().date()
    person = care.person(options.who)
    tell_of_history(person, now)
    if options.ics:
        return _written(options.ics, _calendar(person, person.history, now), now)
    kept = _changed(options, person, now)
    for line in lines(_calendar(person, kept, now), today):
        print(line)
    return 0


def tell_of_history(person: care.Person, now: datetime) -> None:
    """Say in one line what of the history cannot be used."""
    if person.history_fault is not None:
        warn(f"{person.history_fault}: it is not counted ({person.history_fault.hint})")
    elif person.done_in_the_future(now):
        warn("some of what was done is dated in the future, so it is not counted: please check the clock")


def _calendar(person: care.Person, kept: History, now: datetime) -> Calendar:
    soon = now + timedelta(seconds=1)  # what is told just now counts
    return practice.calendar_of(kept, facts.before(person.facts, soon), soon)


def _changed(options: argparse.Namespace, person: care.Person, now: datetime) -> History:
    """Return the history as it is asked for, kept. Raises `UsageError`, `PlayerError`."""
    today = now.astimezone().date()
    kept, calendar = person.history, _calendar(person, person.history, now)
    if options.start is not None:
        kept = kept.begun(_to_begin(calendar, options.start, today), now)
    elif options.end:
        kept = kept.ended(_to_end(calendar, today), today, now)
    if kept is not person.history:
        history.save(kept, person.who)
    return kept


def _to_begin(calendar: Calendar, began: date, today: date) -> Course:
    if abs((began - today).days) > FURTHEST:
        raise UsageError(f"--start {began}: that is more than a year from today, {today}")
    under_way = open_course(calendar, today)
    if under_way is not None:
        raise PlayerError(f"the course of {under_way.began} is not over", "`player course --end` ends it")
    before = max((one.ended or one.began for one in calendar.courses), default=None)
    if before is not None and began < before:
        raise UsageError(f"--start {began}: there was a course until {before}", "name a later day")
    another = another_from(calendar.courses)
    if another is not None and began < another:
        warn(f"two courses a year are meant, the second from {another} on; this one is begun all the same")
    return Course(began)


def _to_end(calendar: Calendar, today: date) -> Course:
    course = open_course(calendar, today)
    if course is None:
        raise PlayerError("there is no course to end", "`player course --start today` begins one")
    return course


def _written(name: str, calendar: Calendar, now: datetime) -> int:
    file = calendar_file.calendar_file("--ics", name)
    days = tuple(meant(calendar, now.astimezone().date()))
    if not days:
        raise PlayerError("there is no course to write", "`player course --start today` begins one")
    count = calendar_file.write(file, days, now)
    print(f"{file}: {count} days, from {days[0].day} to {days[-1].day}")
    return 0


def lines(calendar: Calendar, today: date) -> Iterator[str]:
    """Yield where the course stands, as the terminal shows it."""
    now, course = standing(calendar, today), open_course(calendar, today)
    how = f"every {calendar.gap()} days" if calendar.gap() > 2 else "every other day"
    if course is None:
        yield "No course is under way; `player course --start today` begins one."
    elif course.began > today:
        yield f"The course begins on {course.began}: {LENGTH} sessions, {how}."
    else:
        yield f"Course since {course.began}: {now.done} of {LENGTH} sessions (at least {LEAST}), {how}."
    yield f"Your age: {_age(calendar.band)}."
    yield from _massages(now, course, today)
    another = another_from(calendar.courses)
    if another is not None:
        yield f"Two courses a year are meant: another from {max(another, today)} on."
    yield "Between courses, and for everybody: one massage a month."


def _age(band: AgeBand) -> str:
    if band is AgeBand.UNKNOWN:
        return "not known, so it counts as 35 to 45 (`player interview` asks)"
    return band.value


def _massages(now: CourseStanding, course: Course | None, today: date) -> Iterator[str]:
    if now.last is not None:
        yield f"Last massage: {now.last}."
    soonest = max(now.soonest, course.began) if course else now.soonest
    if course is not None or now.last is not None:
        yield f"Another one: {'today' if soonest == today else f'from {soonest} on'}."
