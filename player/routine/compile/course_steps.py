"""The course in a session: the question before a massage that is early, and the sentences around one.

In: a request with its calendar, the words of the language; out: steps and texts. Nothing without a calendar.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from player.core.condition import Logic, Value
from player.core.course import LENGTH, MONTH_DAYS, Calendar, CourseNotice, closing, may_begin, opening
from player.core.plan import Advance, Ask, Eyes, Parting
from player.routine.compile.known import spoken_day
from player.routine.compile.request import Request
from player.routine.model.script import Doing, Keep, Often, Routine, StepSpec, Words
from player.yaml_reader.document import Node

INSTEAD, ACUPRESSURE = "instead", "instead_acupressure"  # facts that are asked here
BEGIN = "course_begin"  # and another
_COURSE = "course"  # the tag of a routine that is one session of a course
SORENESS = "soreness"  # the fact that is asked at the end of a session
_NOWHERE = Node({}, 0, 0)
_WEEK = 7


def early(request: Request, words: Words, routines: Iterable[Routine]) -> Iterator[StepSpec]:
    """Yield the question whether something else is done today, where a massage is early; yes ends it."""
    now = _opening(request)
    if now is None or now.key != "early" or all(one.often is not Often.COURSE for one in routines):
        return
    ask = _spec("early", words["course_early"].format(rest=_rested(now.n, words)), words)
    yield replace(ask, advance=Advance.CHOICE, asks=Ask(INSTEAD))
    which = replace(_spec("which", words["course_which"], words), when=Value(INSTEAD))
    yield replace(which, advance=Advance.CHOICE, asks=Ask(ACUPRESSURE))
    yield replace(_spec("instead", words["course_instead"], words), when=Value(INSTEAD), ends=True)


def offered(request: Request, words: Words, asker: Routine) -> Iterator[StepSpec]:
    """Yield the question whether a course begins with this session; yes ends it, and it is planned anew.

    A "no" is good for a month; silence begins nothing.
    """
    calendar, last = request.calendar, (request.known or {}).get(BEGIN)
    if calendar is None or _COURSE not in asker.tags or not may_begin(calendar, request.today):
        return
    if last is not None and not last.yes and (request.today - last.on).days < MONTH_DAYS:
        return
    gap = words["course_other_day" if calendar.gap(0) == 2 else "course_three_days"]
    ask = _spec("course", words["course_offer"].format(gap=gap), words)
    yield replace(ask, advance=Advance.CHOICE, asks=Ask(BEGIN))
    yield replace(_spec("begun", words["course_begun"], words), when=Value(BEGIN), ends=True)


def _opening(request: Request) -> CourseNotice | None:
    return None if request.calendar is None else opening(request.calendar, request.today)


def routine_instead(answers: Mapping[str, bool]) -> str:
    """Return the routine that was chosen in place of an early massage; "": none."""
    if not answers.get(INSTEAD, False):
        return ""
    return "quick-facial-acupressure" if answers.get(ACUPRESSURE, False) else "quiet-close"


def _spec(name: str, say: str, words: Words) -> StepSpec:
    doing = Doing(seconds=1, settle=0, eyes=Eyes.EITHER)
    spec = StepSpec(name, _NOWHERE, say=say, label=words["course_label"])
    return replace(spec, doing=doing, keep=Keep.ALWAYS)


def _rested(days: int, words: Words) -> str:
    return words[("rest_none", "rest_one")[days] if days < 2 else "rest_more"].format(n=days)


def told_before(request: Request, words: Words) -> tuple[str, ...]:
    """Return which session of a course this is; the early ones are asked about."""
    now = _opening(request)
    return () if now is None or now.key == "early" else (_said(now, request.today, words),)


def told_after(request: Request, words: Words, *, had: bool) -> tuple[Parting, ...]:
    """Return what is said at the end; `had`: last time something was sore or marked.

    What is sore today makes the time between one day longer, twice in a row two days.
    """
    if request.calendar is None:
        return ()
    sore = Value(SORENESS)
    well = _parting(request.calendar, request.today, 0, words)
    longer = _parting(request.calendar, request.today, 2 if had else 1, words)
    return Parting(well, Logic("not", (sore,))), Parting(longer, sore)


def _parting(calendar: Calendar, today: date, sore: int, words: Words) -> str:
    return _said(closing(calendar, today, sore), today, words)


def _said(notice: CourseNotice, today: date, words: Words) -> str:
    ordinals = words["ordinals"].split()
    values = {"nth": ordinals[notice.n - 1], "following": ordinals[min(notice.n, LENGTH - 1)]}
    if notice.day is not None:
        values["day"] = soon(notice.day, today, words)
    return words[f"course_{notice.key}"].format_map(values)


def soon(day: date, today: date, words: Words) -> str:
    """Return a day as it is spoken: within a week its name, else its date."""
    if 0 < (day - today).days < _WEEK:
        return words["weekdays"].split()[day.weekday()]
    return spoken_day(day, words)
