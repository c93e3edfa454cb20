"""What was done when, and the courses that were begun: one private file of a person, sealed (`sealed.py`).

`history.json` beside the answers about health. A day is kept as it was where the listener was, so no journey
and no clock moves it afterwards. Nothing is thrown away: what is dated in the future stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from player.core.course import AHEAD, Course
from player.errors import FileFault
from player.files import paths, sealed

VERSION = 1
MOST = 3000  # sessions: eight years of every day
_HINT = "what is done from now on is kept in a new file; `player history --forget` deletes both"


@dataclass(frozen=True, slots=True)
class SessionDone:
    """One session: when it began, which routine it was, and how far it went.

    `done` of `of` steps at the face were begun; `massage`: enough of a massage of the course family.
    """

    began: datetime  # with its time zone; no two sessions of a person have the same
    day: date  # where the listener was
    routine: str
    title: str
    ending: str  # completed, stopped, interrupted
    done: int
    of: int
    massage: bool = False
    steam: bool = False


@dataclass(frozen=True, slots=True)
class CourseBegun:
    """A course, and when its beginning and its end were told."""

    course: Course
    told: datetime
    ended: datetime | None = None

    def as_of(self, when: datetime) -> Course | None:
        """Return the course as it was known just before `when`; None: it was not."""
        if self.told >= when:
            return None
        return self.course if self.ended is None or self.ended < when else Course(self.course.began)


@dataclass(frozen=True, slots=True)
class History:
    """All that is kept of a person, the newest last."""

    sessions: tuple[SessionDone, ...] = ()
    courses: tuple[CourseBegun, ...] = ()

    def with_session(self, session: SessionDone) -> "History":
        """Return it with this session; of one that went on what went furthest is kept."""
        if any(one.began == session.began and one.done > session.done for one in self.sessions):
            return self
        others = (one for one in self.sessions if one.began != session.began)
        return replace(self, sessions=tuple(sorted((*others, session), key=lambda one: one.began))[-MOST:])

    def begun(self, course: Course, told: datetime) -> "History":
        """Return it with another course."""
        return replace(self, courses=(*self.courses, CourseBegun(course, told)))

    def ended(self, course: Course, on: date, told: datetime) -> "History":
        """Return it with this course ended; one that ends before its second day is taken back."""
        others = tuple(one for one in self.courses if one.course != course)
        if on <= course.began:
            return replace(self, courses=others)
        begun = next(one.told for one in self.courses if one.course == course)
        over = CourseBegun(replace(course, ended=on), begun, told)
        return replace(self, courses=(*others, over))


def in_the_future(sessions: Iterable[SessionDone], today: date) -> tuple[SessionDone, ...]:
    """Return those that a clock dated later than can be, whatever the time zone."""
    return tuple(one for one in sessions if (one.day - today).days > AHEAD)


def path(who: str = "") -> Path:
    """Return where the history of `who` is, or would be. Raises `UsageError`, `StoreError`."""
    return paths.person(who) / "history.json"


def load(who: str = "") -> History:
    """Return what is kept. Raises `FileFault` when it cannot be used."""
    where = path(who)
    kept = sealed.load(where, VERSION, _HINT)
    if kept is None:
        return History()
    try:
        sessions = tuple(_session(plain) for plain in kept["sessions"])
        return History(sessions, tuple(_course(plain) for plain in kept["courses"]))
    except sealed.NOT_OURS as error:
        raise sealed.fault(where, "damaged", _HINT) from error


def save(history: History, who: str = "") -> Path:
    """Write it. Raises `StoreError`."""
    plain = {
        "sessions": [_plain_session(one) for one in history.sessions],
        "courses": [_plain_course(one) for one in history.courses],
    }
    return sealed.save(path(who), VERSION, plain, aside=not sealed.usable(lambda: load(who)))


def add(session: SessionDone, who: str = "") -> None:
    """Keep one more session, over what is kept now. Raises `StoreError`."""
    try:
        kept = load(who)
    except FileFault:
        kept = History()
    save(kept.with_session(session), who)


def forget(who: str = "") -> bool:
    """Delete what is kept; return whether there was anything. Raises `StoreError`."""
    return sealed.forget(path(who))


def _plain_session(one: SessionDone) -> dict[str, Any]:
    return {
        "began": one.began.isoformat(),
        "day": one.day.isoformat(),
        "routine": one.routine,
        "title": one.title,
        "ending": one.ending,
        "steps": [one.done, one.of],
        "massage": one.massage,
        "steam": one.steam,
    }


def _session(plain: Any) -> SessionDone:
    done, of = map(int, plain["steps"])
    return SessionDone(
        began=_moment(plain["began"]),
        day=date.fromisoformat(plain["day"]),
        routine=str(plain["routine"]),
        title=str(plain["title"]),
        ending=str(plain["ending"]),
        done=done,
        of=of,
        massage=bool(plain["massage"]),
        steam=bool(plain["steam"]),
    )


def _plain_course(one: CourseBegun) -> list[str | None]:
    ended = None if one.course.ended is None else one.course.ended.isoformat()
    over = None if one.ended is None else one.ended.isoformat()
    return [one.course.began.isoformat(), one.told.isoformat(), ended, over]


def _course(plain: Any) -> CourseBegun:
    began, told, ended, over = plain
    course = Course(date.fromisoformat(began), date.fromisoformat(ended) if ended else None)
    return CourseBegun(course, _moment(told), _moment(over) if over else None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
