"""The course: how often, which of twelve, what is said; from days alone."""

from datetime import date, timedelta

import pytest

from player.core.course import (
    LENGTH,
    AgeBand,
    Calendar,
    Course,
    CourseNotice,
    Meant,
    another_from,
    closing,
    days_since_steam,
    meant,
    months_after,
    opening,
    standing,
)

FIRST = date(2026, 1, 5)
GAPS = {AgeBand.UNDER_35: 3, AgeBand.FROM_35: 3, AgeBand.UNKNOWN: 3, AgeBand.OVER_45: 2}


def on(*offsets: int) -> tuple[date, ...]:
    return tuple(FIRST + timedelta(one) for one in offsets)


def day(offset: int) -> date:
    return FIRST + timedelta(offset)


@pytest.mark.parametrize("band", AgeBand)
def test_twelve_sessions_take_the_days_of_the_rules(band: AgeBand) -> None:
    """Every three days 0 to 33, every other day 0 to 22."""
    calendar = Calendar(courses=(Course(FIRST),), band=band)
    course = [one for one in meant(calendar, FIRST) if one.n]
    assert [one.day for one in course] == [day(GAPS[band] * n) for n in range(LENGTH)]
    assert [one.n for one in course] == list(range(1, LENGTH + 1))


@pytest.mark.parametrize("band", AgeBand)
def test_a_massage_is_early_until_the_gap_has_passed(band: AgeBand) -> None:
    calendar = Calendar(on(0), band=band)
    for rested in range(GAPS[band]):
        assert opening(calendar, day(rested)) == CourseNotice("early", rested)
    assert opening(calendar, day(GAPS[band])) is None


def test_days_that_are_missed_reset_nothing() -> None:
    calendar = Calendar(on(0, 3), (Course(FIRST),))
    assert opening(calendar, day(100)) == CourseNotice("nth", 3)
    assert closing(calendar, day(100), 0) == CourseNotice("done", 3, day(103))


def test_a_day_counts_once_and_an_early_one_counts() -> None:
    twice = Calendar(on(0, 0, 1), (Course(FIRST),))
    assert standing(twice, day(1)).done == 2
    assert closing(twice, day(1), 0) == CourseNotice("done", 2, day(4))


def test_the_twelfth_is_the_last_and_then_it_is_once_a_month() -> None:
    eleven = Calendar(on(*range(0, 33, 3)), (Course(FIRST),))
    assert closing(eleven, day(33), 0) == CourseNotice("whole", day=day(63))
    twelve = Calendar((*eleven.days, day(33)), eleven.courses)
    assert closing(twelve, day(33), 0).key == "whole"  # the same evening once more
    assert opening(twelve, day(63)) is None
    assert closing(twelve, day(63), 0) == CourseNotice("monthly", day=day(93))
    assert standing(twelve, day(40)).soonest == day(63)


def test_a_course_that_was_ended_counts_no_more() -> None:
    calendar = Calendar(on(0, 3), (Course(FIRST, ended=day(4)),))
    assert standing(calendar, day(3)).done == 2
    assert (standing(calendar, day(4)).course, standing(calendar, day(4)).monthly) == (None, True)
    again = Calendar(calendar.days, (*calendar.courses, Course(day(10))))
    assert opening(again, day(10)) == CourseNotice("nth", 1)


@pytest.mark.parametrize(
    ("band", "key"),
    [
        (AgeBand.OVER_45, "free"),
        (AgeBand.FROM_35, "free"),
        (AgeBand.UNDER_35, "free_or_monthly"),
        (AgeBand.UNKNOWN, "free_or_monthly"),
    ],
)
def test_without_a_course_there_is_only_the_gap(band: AgeBand, key: str) -> None:
    """The text is silent about those under 35: once a month is offered to them."""
    calendar = Calendar(band=band)
    assert opening(calendar, FIRST) is None
    assert closing(calendar, FIRST, 0) == CourseNotice(key, day=day(GAPS[band]))
    assert list(meant(calendar, FIRST)) == []


def test_what_was_sore_takes_a_day_longer_and_twice_two() -> None:
    calendar = Calendar((), (Course(FIRST),))
    assert [closing(calendar, FIRST, sore).day for sore in (0, 1, 2)] == [day(3), day(4), day(5)]
    assert opening(Calendar(on(0), sore=1), day(3)) == CourseNotice("early", 3)
    assert opening(Calendar(on(0), sore=1), day(4)) is None


def test_two_courses_a_year_five_months_apart() -> None:
    assert another_from(()) is None
    assert another_from((Course(date(2026, 1, 31)),)) == date(2026, 6, 30)
    two = (Course(date(2026, 1, 5)), Course(date(2026, 6, 5)))
    assert another_from(two) == date(2027, 1, 5)
    assert another_from((Course(date(2026, 1, 5)), Course(date(2026, 11, 5)))) == date(2027, 4, 5)
    assert months_after(date(2027, 9, 30), 5) == date(2028, 2, 29)


def test_after_a_course_it_is_once_a_month_until_another_may_begin() -> None:
    found = list(meant(Calendar(on(0), (Course(FIRST),), AgeBand.OVER_45), day(1)))
    assert [one.n for one in found] == [*range(2, 13), 0, 0, 0, 0, 0]
    assert found[11].day == day(22 + 30)
    assert found[-1] == Meant(date(2026, 6, 5), 0, date(2026, 6, 5))


def test_a_course_that_begins_later_is_planned_and_not_counted() -> None:
    calendar = Calendar(courses=(Course(day(10)),))
    assert opening(calendar, FIRST) is None
    assert next(meant(calendar, FIRST)) == Meant(day(10), 1, day(10))


def test_a_date_from_the_future_is_not_counted_and_tomorrow_may_be_another_time_zone() -> None:
    calendar = Calendar(on(0, 400), (Course(FIRST),), steam=day(400))
    assert standing(calendar, day(3)).done == 1
    assert standing(calendar, day(3)).last == FIRST
    assert days_since_steam(calendar, day(3)) is None
    travelled = Calendar(on(0, 4), (Course(FIRST),), steam=day(4))  # done east of the date line
    assert opening(travelled, day(3)) == CourseNotice("early", 0)
    assert standing(travelled, day(3)).done == 2
    assert days_since_steam(travelled, day(3)) == 0
    assert days_since_steam(travelled, day(11)) == 7
