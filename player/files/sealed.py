"""A private file of something that only its listener knows: version and checksum around one JSON value.

Mode 0600, written whole or not at all. One that is damaged or of another version cannot be read and says so;
when a new one is written it is kept beside it (`.damaged`), so that nothing is lost.
"""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from player.errors import Fault, FileFault, StoreError
from player.files.whole import unwritten, write_whole

MAX_BYTES = 1_000_000
# What reading one raises that is damaged, or of another version.
NOT_OURS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


def load(where: Path, version: int, hint: str) -> Any:
    """Return the value that is kept; None: there is no file. Raises `FileFault` when it cannot be used."""
    try:
        kept = json.loads(where.read_bytes()[:MAX_BYTES])
        if kept["version"] != version:
            raise fault(where, f"made by another version of the player ({kept['version']})", hint)
        if kept["checksum"] != _checksum(str(kept["kept"])):
            raise fault(where, "damaged", hint)
        return json.loads(kept["kept"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise fault(where, (error.strerror or "cannot be read").lower(), hint) from error
    except NOT_OURS as error:
        raise fault(where, "damaged", hint) from error


def save(to: Path, version: int, value: Any, *, aside: bool) -> Path:
    """Write a value, readable by its owner only; `aside`: what is there cannot be used and is kept beside it.

    Raises `StoreError`.
    """
    body = json.dumps(value, sort_keys=True)
    text = json.dumps({"version": version, "checksum": _checksum(body), "kept": body})
    try:
        if aside:
            to.replace(to.with_suffix(".damaged"))
    except OSError as error:
        raise unwritten(to, error) from error
    return write_whole(to, text.encode("ascii"))


def usable(read: Callable[[], object]) -> bool:
    """Return whether a file can be read, or is not there: `read` raises `FileFault` for one that cannot."""
    try:
        read()
    except FileFault:
        return False
    return True


def forget(where: Path) -> bool:
    """Delete what is kept; return whether there was anything. Raises `StoreError`."""
    there = False
    for path in (where, where.with_suffix(".damaged")):
        try:
            path.unlink()
            there = True
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(f"{path}: cannot be deleted: {error.strerror}", "delete it yourself") from error
    return there


def fault(where: Path, what: str, hint: str) -> FileFault:
    """Return what is raised for a file that cannot be used."""
    return FileFault((Fault(str(where), 0, 0, what),), hint)


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
