"""The days that are meant, as a calendar file (iCalendar, RFC 5545).

Each is a whole day without a time, so no time zone and no summer time moves it; a file that is written later
replaces the days of the one before in a calendar that knows names (UID).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from player.core.course import LENGTH, Meant
from player.errors import UsageError
from player.files.whole import write_whole

SUFFIX = ".ics"


def calendar_file(option: str, name: str) -> Path:
    """Return the file that is to be written. Raises `UsageError` for one that is called otherwise."""
    if not name.lower().endswith(SUFFIX) or len(Path(name).name) == len(SUFFIX):
        raise UsageError(f"{option} {name}: a calendar file ends with {SUFFIX}", "such as `--ics course.ics`")
    return Path(name)


def write(to: Path, days: Iterable[Meant], now: datetime) -> int:
    """Write the days into a file that its owner alone reads; return how many. Raises `StoreError`."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//handsfree-player//course//EN")
    calendar.add("version", "2.0")
    for index, one in enumerate(days):
        event = Event()
        event.add("uid", f"{_name(one, index)}@handsfree-player")
        event.add("dtstamp", now)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(1))
        event.add("summary", _summary(one))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    write_whole(to, calendar.to_ical(), "name another file for --ics", theirs=True)
    return len(calendar.subcomponents)


def _name(one: Meant, index: int) -> str:
    if one.n:
        return f"course-{one.course}-{one.n}"
    return "another-course" if one.course else f"month-{index}"


def _summary(one: Meant) -> str:
    if one.n:
        return f"Facial massage, {one.n} of {LENGTH}"
    return "Another course may begin" if one.course else "Facial massage, once a month"
