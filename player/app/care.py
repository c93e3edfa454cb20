"""What is known of a listener's health: read before a session, kept while it is led."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from player.errors import FileFault
from player.files import facts
from player.files.facts import Answered
from player.routine.compile.request import Request

CLOCKS_S = 26 * 3600.0  # two clocks in two time zones may differ so much without one being wrong


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household: what was answered, and why it cannot be used where that is so."""

    who: str
    facts: facts.Facts
    fault: FileFault | None = None

    def from_the_future(self, now: datetime) -> bool:
        """Whether something was answered later than `now`: a clock is, or was, wrong."""
        latest = now + timedelta(seconds=CLOCKS_S)
        return any(answer.at > latest for answers in self.facts.values() for answer in answers)


def person(who: str) -> Person:
    """Return what is kept of `who`. Raises `UsageError` for a name that is none, `StoreError`."""
    try:
        return Person(who, facts.load(who))
    except FileFault as fault:
        return Person(who, {}, fault)


def informed(request: Request, of: Person, asof: datetime, *, heard: bool, everyday: bool = True) -> Request:
    """Return the request with what was known of a person at `asof`.

    `heard`: a microphone hears; `everyday`: that question is asked where the interview is known.
    """
    known = facts.before(of.facts, asof)
    today = asof.astimezone().date()
    return replace(request, known=known, today=today, heard=heard, everyday=everyday)


def answered_since(of: Person, asof: datetime) -> Mapping[str, bool]:
    """Return what was answered in the session that began at `asof`."""
    return facts.since(of.facts, asof)


def note(who: str, fact: str, *, yes: bool) -> None:
    """Keep one answer that was given beside a session. Raises `StoreError`."""
    known = person(who).facts
    facts.save({**known, fact: (*known.get(fact, ())[-1:], Answered(yes, now()))}, who)


def now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)
