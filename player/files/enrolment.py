"""What `player tune` keeps of a person's voice: features of some takes of each word, never sound.

One file with mode 0600 in the data folder. It belongs to one microphone and one language; with others it is
left alone. A file that is damaged or of another version counts as none, and says so.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from player.errors import Fault, FileFault, StoreError
from player.files import paths
from player.files.whole import write_whole

VERSION = 1
MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class KeptTake:
    """One take: its features and those of its noisy copy, as text (`player/ears/enrolment/features.py`)."""

    clean: str
    noisy: str
    palms: bool = False  # said with the palms on the cheeks


@dataclass(frozen=True, slots=True)
class RoomMeasurement:
    """What was measured: quiet, the loudspeaker in the microphone, and how late it comes there."""

    floor_db: float
    echo_db: float | None = None  # None: the chime was not heard
    echo_s: float | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person before one microphone."""

    made: str  # ISO date
    language: str
    microphone: str  # its name; "" is the system's own choice
    room: RoomMeasurement
    takes: Mapping[str, tuple[KeptTake, ...]]  # phrase: takes
    weak: tuple[str, ...] = ()  # phrases that stayed hard to tell from others

    def fits(self, language: str, microphone: str) -> bool:
        """Whether it was made with this microphone and in this language."""
        return (self.language, self.microphone) == (language, microphone)


def path(who: str = "") -> Path:
    """Return where that of `who` is, or would be."""
    return paths.person(who) / "enrolment.json"


def save(enrolment: Enrolment, who: str = "") -> Path:
    """Write it, whole or not at all, readable by its owner only. Raises `StoreError`."""
    to = path(who)
    body = json.dumps(asdict(enrolment), sort_keys=True)
    text = json.dumps({"version": VERSION, "checksum": _checksum(body), "enrolment": body})
    return write_whole(to, text.encode("ascii"))


def load(who: str = "") -> Enrolment | None:
    """Return what is kept, or None. Raises `FileFault` when it cannot be used."""
    where = path(who)
    try:
        if not where.exists():
            return None
        kept = json.loads(where.read_bytes()[:MAX_BYTES])
        if kept["version"] != VERSION:
            raise _fault(where, f"made by another version of the player ({kept['version']})")
        if kept["checksum"] != _checksum(str(kept["enrolment"])):
            raise _fault(where, "damaged")
        return _enrolment(json.loads(kept["enrolment"]))
    except OSError as error:
        raise _fault(where, (error.strerror or "cannot be read").lower()) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(where, "damaged") from error


def forget(who: str = "") -> bool:
    """Delete it; return whether there was one. Raises `StoreError`."""
    where = path(who)
    try:
        where.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{where}: cannot be deleted: {error.strerror}", "delete it yourself") from error
    return True


def suggest() -> bool:
    """Return whether tuning has never been suggested on this machine; it has been from then on."""
    try:
        (paths.data() / "tune-suggested").touch(mode=0o600, exist_ok=False)
    except (OSError, StoreError):
        return False  # suggested before, or a disk that refuses: not worth a word
    return True


def _enrolment(plain: Mapping[str, Any]) -> Enrolment:
    takes = {
        phrase: tuple(KeptTake(**take) for take in several) for phrase, several in plain["takes"].items()
    }
    return Enrolment(
        made=str(plain["made"]),
        language=str(plain["language"]),
        microphone=str(plain["microphone"]),
        room=RoomMeasurement(**plain["room"]),
        takes=takes,
        weak=tuple(plain["weak"]),
    )


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _fault(where: Path, what: str) -> FileFault:
    return FileFault(
        (Fault(str(where), 0, 0, what),), "`player tune` makes a new one, `player tune --forget` deletes it"
    )
