"""What is known of a listener: answers about health, what was done when; read before a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from player.app import practice
from player.core.course import Course
from player.core.evening import PLACES
from player.errors import FileFault
from player.files import facts, history
from player.files.facts import Answered
from player.files.history import History
from player.routine.compile.request import Request
from player.routine.model.library import is_doctors
from player.routine.model.script import Words

CLOCKS_S = 26 * 3600.0  # two clocks in two time zones may differ so much without one being wrong


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household: what was answered and done, and why it cannot be used where that is so."""

    who: str
    facts: facts.Facts
    fault: FileFault | None = None
    history: History = field(default_factory=History)
    history_fault: FileFault | None = None

    def from_the_future(self, now: datetime) -> bool:
        """Whether the last answer to something was given later than `now`: a clock is, or was, wrong."""
        latest = now + timedelta(seconds=CLOCKS_S)
        return any(answers[-1].at > latest for answers in self.facts.values() if answers)

    def done_in_the_future(self, now: datetime) -> bool:
        """Whether a session is dated later than `now`."""
        return bool(history.in_the_future(self.history.sessions, now.astimezone().date()))


def person(who: str) -> Person:
    """Return what is kept of `who`. Raises `UsageError` for a name that is none, `StoreError`."""
    answers, fault = _facts(who)
    try:
        return Person(who, answers, fault, history.load(who))
    except FileFault as lost:
        return Person(who, answers, fault, history_fault=lost)


def _facts(who: str) -> tuple[facts.Facts, FileFault | None]:
    try:
        return facts.load(who), None
    except FileFault as fault:
        return {}, fault


def informed(request: Request, of: Person, asof: datetime, *, heard: bool, everyday: bool = True) -> Request:
    """Return the request with what was known of a person at `asof`.

    `heard`: a microphone hears; `everyday`: that question is asked where the interview is known.
    """
    today = asof.astimezone().date()
    known = facts.before(of.facts, asof)
    calendar = practice.calendar_of(of.history, known, asof)
    begun = max((one.began for one in calendar.courses if one.began <= today), default=None)
    if begun is not None:  # a course begins with the interview
        known = {name: one for name, one in known.items() if one.on >= begun or _careful(name, one)}
    return replace(request, known=known, today=today, heard=heard, everyday=everyday, calendar=calendar)


def _careful(name: str, answer: Answered) -> bool:
    """Whether an answer opens no way."""
    return answer.yes and not is_doctors(name)


def told_of(of: Person, asof: datetime, words: Words) -> tuple[str, ...]:
    """Return what is said aloud, once, where what was answered before cannot be used."""
    if of.fault is not None:
        return (words["facts_lost"],)
    return (words["facts_ahead"],) if of.from_the_future(asof) else ()


def answered_since(of: Person, asof: datetime) -> Mapping[str, bool]:
    """Return what was answered in the session that began at `asof`."""
    return facts.since(of.facts, asof)


def note_soreness(who: str, since: datetime, *, sore: bool, place: str = "") -> None:
    """Keep how it was after the session that began at `since`, and where. Raises `StoreError`.

    What was told in the session itself is not told twice, and only "sore" overrides it.
    """
    known, at = person(who).facts, now()
    told = facts.since(known, since).get(practice.SORENESS)
    news = {practice.SORENESS: sore} if told is None or (sore and not told) else {}
    if sore and place in PLACES:
        news[f"{practice.SORENESS}_{place}"] = True
    if news:
        new = {name: (*known.get(name, ())[-1:], Answered(yes, at)) for name, yes in news.items()}
        facts.save({**known, **new}, who)


def begin_course(who: str) -> None:
    """Keep that a course begins today. Raises `StoreError`."""
    kept, at = person(who).history, now()
    history.save(kept.begun(Course(at.astimezone().date()), at), who)


def now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)
