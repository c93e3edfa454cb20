"""Somebody whose interview is known, so that a test of something else is not about care."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from player.files import facts, paths
from player.files.facts import Answered
from player.routine.compile.load_library import load_library

FACTS = load_library(paths.scripts() / "library").facts
LASTING = tuple(name for name, fact in FACTS.items() if fact.lasting)


def well(at: datetime | None = None) -> dict[str, tuple[Answered, ...]]:
    """Return an interview in which nothing stands in the way."""
    at = at or datetime.now(UTC)
    return {name: (Answered(yes=False, at=at),) for name in LASTING}


def interviewed(has: Mapping[str, bool] | None = None, who: str = "") -> Path:
    """Keep such an interview, with what somebody `has`, where `PLAYER_HOME` says."""
    at = datetime.now(UTC)
    other = {name: (Answered(yes, at),) for name, yes in (has or {}).items()}
    return facts.save({**well(at), **other}, who)
