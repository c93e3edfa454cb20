"""What was led last, and with what: one private file of a person, `last.json`. Nothing about health is in it.

A file that cannot be read counts as none: it is made anew by the next session.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from player.core.evening import LastTime
from player.errors import StoreError
from player.files import paths
from player.files.whole import write_whole

MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class LastSession:
    """A routine that was led, the day (ISO), what was wished (product, minutes, quiet), and its title.

    `introduced`: whether the player has introduced itself. `gain_db`, `brief`: how loud it was in the end,
    and whether instructions were short.
    """

    routine: str = ""
    on: str = ""
    wishes: Mapping[str, str] = field(default_factory=dict)
    introduced: bool = False
    gain_db: float = 0.0
    brief: bool = False
    title: str = ""


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
            title=str(kept.get("title", "")),
        )
    return LastSession()


def save(last: LastSession, who: str = "") -> None:
    """Keep it. Raises `StoreError`."""
    write_whole(path(who), f"{json.dumps(asdict(last))}\n".encode("ascii"))


def spoken_of(last: LastSession, today: date, weekdays: Sequence[str]) -> LastTime:
    """Return what was led last, as it is spoken of `today`; `weekdays` are their names from Monday on."""
    try:
        on = date.fromisoformat(last.on)
    except ValueError:
        return LastTime()
    ago = max(0, (today - on).days)
    return LastTime(last.routine, ago, weekdays[on.weekday()], last.wishes, last.title)
