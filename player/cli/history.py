"""`player history`: what was done when, as a table and a small calendar; forgets it when asked."""

import argparse
import calendar
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from rich.console import Console
from rich.table import Table

from player.app import care
from player.cli import streams
from player.cli.course import tell_of_history
from player.cli.settings import fill
from player.core.course import AHEAD
from player.errors import PlayerError
from player.files import history
from player.files.history import SessionDone

MOST_ROWS = 30
MONTHS = 3
MASSAGE, OTHER = "●", "○"
_WIDE = 28  # of a month: seven days


def run(options: argparse.Namespace) -> int:
    """Show or delete what was done."""
    fill(options)
    if options.forget:
        return _forget(options.who)
    person = care.person(options.who)
    tell_of_history(person, care.now())
    sessions = person.history.sessions
    if not sessions:
        print("Nothing has been done yet, or nothing is kept.")
        return 0
    today = care.now().astimezone().date()
    Console(highlight=False, soft_wrap=True).print(_table(sessions, today))
    if not streams.plain(sys.stdout):
        print("\n".join(("", *picture(sessions, today), f"{MASSAGE} massage  {OTHER} something else")))
    print(f"\nKept in {history.path(options.who)}; `player history --forget` deletes it.")
    return 0


def _forget(who: str) -> int:
    if not history.forget(who):
        raise PlayerError("nothing is kept of what was done")
    print("What was done when, and the courses, are deleted.")
    return 0


def _table(sessions: tuple[SessionDone, ...], today: date) -> Table:
    """Return the newest sessions, the oldest of them first."""
    table = Table("day", "routine", "", box=None, header_style="bold", pad_edge=False)
    if len(sessions) > MOST_ROWS:
        table.add_row("…", f"{len(sessions) - MOST_ROWS} before", "")
    for one in sessions[-MOST_ROWS:]:
        ahead = " (in the future: check the clock)" if one in history.in_the_future((one,), today) else ""
        table.add_row(str(one.day), one.title, f"{_how_far(one)}{ahead}")
    return table


def _how_far(one: SessionDone) -> str:
    if one.ending == "completed" or not one.of:
        return one.ending
    return f"{one.done} of {one.of} steps"


def picture(sessions: tuple[SessionDone, ...], today: date) -> Iterator[str]:
    """Yield the lines of a calendar of the last months, side by side; a day has a mark beside its number."""
    last = today + timedelta(AHEAD)
    marks = {one.day: OTHER for one in sessions if one.day <= last}
    marks |= {one.day: MASSAGE for one in sessions if one.massage and one.day <= last}
    months = [list(_month(year, month, marks)) for year, month in _months(today)]
    longest = max(map(len, months))
    for row in range(longest):
        cells = (month[row] if row < len(month) else "" for month in months)
        yield "  ".join(f"{cell:<{_WIDE}}" for cell in cells).rstrip()


def _months(today: date) -> Iterator[tuple[int, int]]:
    for back in reversed(range(MONTHS)):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield year, month + 1


def _month(year: int, month: int, marks: Mapping[date, str]) -> Iterator[str]:
    yield f"{calendar.month_name[month]} {year}".center(_WIDE).rstrip()
    yield "".join(f"{name:<4}" for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")).rstrip()
    for week in calendar.Calendar().monthdatescalendar(year, month):
        yield "".join(_cell(day, marks) if day.month == month else "    " for day in week).rstrip()


def _cell(day: date, marks: Mapping[date, str]) -> str:
    return f"{day.day:>2}{marks.get(day, ' ')} "
