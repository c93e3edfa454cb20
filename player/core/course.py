"""The course: how often a massage is meant, by age, and where somebody stands on a day. "Today" is a value.

In: a `Calendar` (the days of massage, the courses begun, an age band) and a day; out: what is said that day
(`CourseNotice` keys with their values), and the days on which further sessions are meant. A day counts once,
whatever was done on it; missed days reset nothing. The rules are those of the sculptural massage text, "How
often": every three days from 35 to 45, every other day after 45, twelve sessions, eight at the least, two
courses a year, once a month between them. What it does not say (under 35, age unknown, when a second course
may begin) is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LENGTH = 12  # sessions of a course
LEAST = 8
MONTH_DAYS = 30  # between sessions outside of a course
MONTHS_APART = 5  # at least, from the beginning of one course to that of another
MONTHS_OF_TWO = 12  # in which there are two courses at the most
AHEAD = 1  # days by which a date may lie in the future without a clock being wrong: time zones


class AgeBand(StrEnum):
    """How old somebody is, as far as it matters; somebody of exactly 45 is not over it."""

    UNDER_35 = "under 35"
    FROM_35 = "35 to 45"
    OVER_45 = "over 45"
    UNKNOWN = "unknown"


GAP_DAYS = {AgeBand.UNDER_35: 3, AgeBand.FROM_35: 3, AgeBand.OVER_45: 2, AgeBand.UNKNOWN: 3}


@dataclass(frozen=True, slots=True)
class Course:
    """A course that was begun: its first day, and the day on which it was ended before its time."""

    began: date
    ended: date | None = None

    def has(self, day: date) -> bool:
        """Whether a session of this day belongs to it."""
        return self.began <= day and (self.ended is None or day <= self.ended)

    def open_on(self, day: date) -> bool:
        """Whether it has begun by `day` and nobody has ended it."""
        return self.began <= day and (self.ended is None or day < self.ended)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What was done when: days of massage, courses, the last steam.

    `sore`: how many times in a row it was sore or marked after the last massage: as many days more between.
    """

    days: tuple[date, ...] = ()
    courses: tuple[Course, ...] = ()
    band: AgeBand = AgeBand.UNKNOWN
    sore: int = 0
    steam: date | None = None

    def until(self, today: date) -> tuple[date, ...]:
        """Return each day of massage once, in order; one that a clock dated in the future is left out."""
        latest = today + timedelta(AHEAD)
        return tuple(sorted({min(day, today) for day in self.days if day <= latest}))

    def gap(self, sore: int | None = None) -> int:
        """Return how many days lie from one massage to another."""
        return GAP_DAYS[self.band] + (self.sore if sore is None else sore)


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """Where somebody stands on a day. `done`: sessions of the course under way; 0 outside of one."""

    course: Course | None
    done: int
    last: date | None  # day of massage
    soonest: date  # from which on another massage is meant
    early: bool  # that is later than this day
    monthly: bool  # a course is over and no other has begun: once a month


@dataclass(frozen=True, slots=True)
class CourseNotice:
    """A sentence of the course: its key and what it is filled with."""

    key: str
    n: int = 0
    day: date | None = None


def standing(calendar: Calendar, today: date) -> CourseStanding:
    """Return where somebody stands on `today`."""
    days = calendar.until(today)
    course = _under_way(calendar, days, today)
    begun = any(one.began <= today for one in calendar.courses)
    last = days[-1] if days else None
    rested = today if last is None else last + timedelta(calendar.gap())
    monthly = begun and course is None
    meant = rested if last is None or not monthly else last + timedelta(max(MONTH_DAYS, calendar.gap()))
    return CourseStanding(
        course=course,
        done=len(_sessions(course, calendar, days)) if course else 0,
        last=last,
        soonest=max(meant, today),
        early=rested > today,
        monthly=monthly,
    )


def _under_way(calendar: Calendar, days: tuple[date, ...], today: date) -> Course | None:
    """Return the course that was begun last, while it is neither ended nor whole before `today`."""
    begun = [course for course in calendar.courses if course.began <= today]
    course = max(begun, key=lambda one: one.began, default=None)
    if course is None or not course.open_on(today):
        return None
    whole = _sessions(course, calendar, days)
    return None if len(whole) == LENGTH and whole[-1] < today else course


def _sessions(course: Course, calendar: Calendar, days: tuple[date, ...]) -> list[date]:
    later = (one.began for one in calendar.courses if one.began > course.began)
    until = min(later, default=date.max)
    return [day for day in days if course.has(day) and day < until][:LENGTH]


def opening(calendar: Calendar, today: date) -> CourseNotice | None:
    """Return what is said at the beginning of a massage on `today`: it is early, or which of twelve it is."""
    now = standing(calendar, today)
    if now.early and now.last is not None:
        return CourseNotice("early", (today - now.last).days)
    if now.course is not None and now.done < LENGTH:
        return CourseNotice("nth", now.done + 1)
    return None


def closing(calendar: Calendar, today: date, sore: int) -> CourseNotice:
    """Return what is said at the end of a massage on `today`; `sore` as in `Calendar`, counted with it."""
    after = Calendar((*calendar.days, today), calendar.courses, calendar.band, sore)
    now = standing(after, today)
    rested = today + timedelta(after.gap())
    if now.course is not None:
        if now.done < LENGTH:
            return CourseNotice("done", now.done, rested)
        return CourseNotice("whole", day=today + timedelta(MONTH_DAYS))
    if now.monthly:
        return CourseNotice("monthly", day=now.soonest)
    free = calendar.band in {AgeBand.FROM_35, AgeBand.OVER_45}
    return CourseNotice("free" if free else "free_or_monthly", day=rested)


@dataclass(frozen=True, slots=True)
class Meant:
    """A day on which something is meant: session `n` of a course, 0: one of the months between."""

    day: date
    n: int
    course: date | None = None  # when the course began, or another may


def meant(calendar: Calendar, today: date) -> Iterator[Meant]:
    """Yield what is meant from `today` on: the rest of a course, then once a month until another may begin.

    With a course that begins later, that one; without any, nothing.
    """
    now, course = standing(calendar, today), open_course(calendar, today)
    day = now.soonest
    if course is not None:
        day = max(day, course.began)
        for n in range(now.done + 1, LENGTH + 1):
            yield Meant(day, n, course.began)
            day += timedelta(calendar.gap() if n < LENGTH else MONTH_DAYS)
    another = another_from(calendar.courses)
    while another is not None and day < another:
        yield Meant(day, 0)
        day += timedelta(MONTH_DAYS)
    if another is not None:
        yield Meant(max(another, today), 0, max(another, today))


def open_course(calendar: Calendar, today: date) -> Course | None:
    """Return the course that is under way, or that begins later."""
    ahead = [one for one in calendar.courses if one.began > today and one.ended is None]
    return standing(calendar, today).course or min(ahead, key=lambda one: one.began, default=None)


def another_from(courses: tuple[Course, ...]) -> date | None:
    """Return from when on another course is meant; None: at any time, there was none."""
    begun = sorted(course.began for course in courses)
    if not begun:
        return None
    apart = months_after(begun[-1], MONTHS_APART)
    return apart if len(begun) == 1 else max(apart, months_after(begun[-2], MONTHS_OF_TWO))


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the last one of it where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return first.replace(day=min(day.day, last.day))


def may_begin(calendar: Calendar, today: date) -> bool:
    """Whether a course can be begun today: none is open, another is meant by now, the skin has rested."""
    another = another_from(calendar.courses)
    free = open_course(calendar, today) is None and (another is None or another <= today)
    return free and not standing(calendar, today).early


def days_since_steam(calendar: Calendar, today: date) -> int | None:
    """Return how long ago the last steam was; None: nobody knows of one."""
    if calendar.steam is None or calendar.steam > today + timedelta(AHEAD):
        return None
    return max(0, (today - calendar.steam).days)
