"""Somebody whose interview is known and who knows the routines: what most tests are not about."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from player.files import facts, paths, practice
from player.files.facts import Answered
from player.routine.compile.learning import SESSIONS
from player.routine.compile.load import routine_names
from player.routine.compile.load_library import load_library

FACTS = load_library(paths.scripts() / "library").facts
LASTING = tuple(name for name, fact in FACTS.items() if fact.lasting)


def well(at: datetime | None = None) -> dict[str, tuple[Answered, ...]]:
    """Return an interview in which nothing stands in the way."""
    at = at or datetime.now(UTC)
    return {name: (Answered(yes=False, at=at),) for name in LASTING}


def interviewed(has: Mapping[str, bool] | None = None, who: str = "") -> Path:
    """Keep such an interview, with what somebody `has`, where `PLAYER_HOME` says."""
    known = dict.fromkeys(routine_names(paths.scripts()), SESSIONS)
    practice.path(who).write_text(json.dumps(known))
    at = datetime.now(UTC)
    other = {name: (Answered(yes, at),) for name, yes in (has or {}).items()}
    return facts.save({**well(at), **other}, who)
