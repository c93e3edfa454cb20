"""How often somebody was led through each routine to its end: who is new to one is told more.

`practice.json` in the person's folder, mode 0600: a number for each routine, and nothing of when. A file that
cannot be read counts as none.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from player.errors import StoreError
from player.files import paths

MAX_BYTES = 100_000


def path(who: str = "") -> Path:
    """Return where the numbers of `who` are, or would be. Raises `UsageError`, `StoreError`."""
    return paths.person(who) / "practice.json"


def led(who: str = "") -> Mapping[str, int]:
    """Return how often each routine was led to its end. Raises `UsageError`, `StoreError`."""
    try:
        kept = json.loads(path(who).read_bytes()[:MAX_BYTES])
        return {str(name): int(times) for name, times in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def count(routine: str, who: str = "") -> None:
    """Count one more session of a routine. Raises `UsageError`, `StoreError`."""
    to, kept = path(who), dict(led(who))
    text = json.dumps({**kept, routine: kept.get(routine, 0) + 1}, sort_keys=True)
    try:
        with tempfile.NamedTemporaryFile("w", dir=to.parent, delete=False, encoding="ascii") as file:
            file.write(text)  # made with mode 0600
        Path(file.name).replace(to)
    except OSError as error:
        raise StoreError(f"{to}: cannot be written: {error.strerror}") from error
