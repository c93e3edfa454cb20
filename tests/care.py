"""Somebody whose interview is known and who knows the routines: what most tests are not about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from player.app.practice import COMPLETED
from player.files import facts, history, paths
from player.files.facts import Answered
from player.files.history import History, SessionDone
from player.routine.compile.learning import SESSIONS
from player.routine.compile.load import routine_names
from player.routine.compile.load_library import load_library

FACTS = load_library(paths.scripts() / "library").facts
LASTING = tuple(name for name, fact in FACTS.items() if fact.lasting)


def well(at: datetime | None = None) -> dict[str, tuple[Answered, ...]]:
    """Return an interview in which nothing stands in the way."""
    at = at or datetime.now(UTC)
    return {name: (Answered(yes=False, at=at),) for name in LASTING}


def interviewed(has: Mapping[str, bool] | None = None, who: str = "", *, practised: bool = True) -> Path:
    """Keep such an interview, with what somebody `has`, where `PLAYER_HOME` says."""
    at = datetime.now(UTC)
    if practised:
        history.save(History(_led(at)), who)
    other = {name: (Answered(yes, at),) for name, yes in (has or {}).items()}
    return facts.save({**well(at), **other}, who)


def _led(at: datetime) -> tuple[SessionDone, ...]:
    """Return enough sessions of every routine, long ago, to know it."""
    names = [name for name in routine_names(paths.scripts()) for _ in range(SESSIONS)]
    days = (at - timedelta(days=1000 - index) for index in range(len(names)))
    return tuple(led(name, day) for name, day in zip(names, days, strict=True))


def led(routine: str, began: datetime, ending: str = COMPLETED) -> SessionDone:
    """Return a session that counts for no course."""
    return SessionDone(
        began=began, day=began.date(), routine=routine, title=routine, ending=ending, done=1, of=1
    )
