"""What was led last, and with what: one private file of a person, `last.json`. Nothing about health is in it.

A file that cannot be read counts as none: it is made anew by the next session.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from player.errors import StoreError
from player.files import paths

MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class LastSession:
    """A routine that was led, the day (ISO), and what was wished: product, minutes, quiet.

    `introduced`: whether the player has introduced itself. `gain_db`, `brief`: how loud it was in the end,
    and whether instructions were short.
    """

    routine: str = ""
    on: str = ""
    wishes: Mapping[str, str] = field(default_factory=dict)
    introduced: bool = False
    gain_db: float = 0.0
    brief: bool = False


def path(who: str = "") -> Path:
    """Return where it is kept. Raises `UsageError`, `StoreError`."""
    return paths.person(who) / "last.json"


def load(who: str = "") -> LastSession:
    """Return what is kept of `who`; nothing where there is no such file, or none that can be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError, StoreError):
        kept = json.loads(path(who).read_bytes()[:MAX_BYTES])
        wishes = {str(name): str(value) for name, value in kept["wishes"].items()}
        gain_db = min(max(float(kept.get("gain_db", 0.0)), -15.0), 9.0)
        return LastSession(
            routine=str(kept["routine"]),
            on=str(kept["on"]),
            wishes=wishes,
            introduced=bool(kept["introduced"]),
            gain_db=gain_db,
            brief=bool(kept.get("brief")),
        )
    return LastSession()


def save(last: LastSession, who: str = "") -> None:
    """Keep it. Raises `StoreError`."""
    to = path(who)
    try:
        to.touch(mode=0o600)
        to.write_text(json.dumps(asdict(last)) + "\n", encoding="ascii")
    except OSError as error:
        raise StoreError(f"{to}: cannot be written: {error.strerror}") from error
