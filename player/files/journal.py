"""The journal of a session: every event, and the place at every stroke, one checksummed line each.

A line is `<crc32 of the rest, 8 hex digits> <JSON>`. The first line is the header. Lines go to the operating
system at once, so a kill of the player loses none that was written; the disk is asked to keep them once a
second, from a thread of its own, so a slow disk never holds the session up. A journal that was cut off or
damaged is good up to the first line that does not fit.
"""

import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from player.errors import Fault, FileFault
from player.files import places

VERSION = 1
MAX_BYTES = 4_000_000  # a session of eight hours writes about 2 MB
KEPT = 20  # journals; the oldest go first
_SYNC_S = 1.0
_SUFFIX = ".journal"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Journaled:
    """A journal as read: its header, and every entry up to the first damage."""

    path: Path
    header: Entry
    entries: tuple[Entry, ...]

    @property
    def finished(self) -> bool:
        """Whether the session came to its end."""
        return any(entry.get("event") == "ended" for entry in self.entries[-3:])


def folder() -> Path:
    """Return where journals are kept, made with mode 0700. Raises `StoreError`."""
    return places.private(places.data() / "sessions")


class Journal:
    """Writes one session. Never raises: `failed` says why nothing is kept any more."""

    def __init__(self, folder: Path, header: Entry) -> None:
        self.failed = ""
        self.path = folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}{_SUFFIX}"
        self._size = 0
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        self.write({"version": VERSION, **header})

    def write(self, entry: Entry) -> None:
        """Leave one entry to be written; returns at once."""
        data = line(entry)
        self._size += len(data)
        if self._size <= MAX_BYTES:
            self._waiting.put(data)

    def close(self) -> None:
        """Write what waits; idempotent."""
        self._waiting.put(None)
        self._thread.join(timeout=5.0)

    def _run(self) -> None:
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                self._drain(descriptor)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            self.failed = error.strerror or str(error)

    def _drain(self, descriptor: int) -> None:
        dirty = False
        while True:
            try:
                data = self._waiting.get(timeout=_SYNC_S)
            except Empty:
                if dirty:
                    os.fsync(descriptor)
                    dirty = False
                continue
            if data is None:
                return
            os.write(descriptor, data)
            dirty = True


def line(entry: Entry) -> bytes:
    """Return one line of a journal."""
    text = json.dumps(entry, separators=(",", ":"), ensure_ascii=True).encode()
    return f"{zlib.crc32(text):08x} ".encode() + text + b"\n"


def read(path: Path) -> Journaled:
    """Read a journal. Raises `FileFault` when nothing of it can be used."""
    try:
        data = path.read_bytes()[: 2 * MAX_BYTES]
    except OSError as error:
        raise _fault(path, (error.strerror or "cannot be read").lower()) from error
    entries = tuple(_entries(data))
    if not entries or "version" not in entries[0]:
        raise _fault(path, "this is no journal of a session")
    if entries[0]["version"] != VERSION:
        raise _fault(
            path, f"a journal of version {entries[0]['version']!r}; this player writes version {VERSION}"
        )
    return Journaled(path, entries[0], entries[1:])


def _entries(data: bytes) -> Iterator[Entry]:
    for raw in data.split(b"\n"):
        checksum, _, text = raw.partition(b" ")
        if checksum != f"{zlib.crc32(text):08x}".encode():
            return
        try:
            entry = json.loads(text)
        except ValueError:
            return
        if not isinstance(entry, dict):
            return
        yield entry


def _fault(path: Path, message: str) -> FileFault:
    return FileFault((Fault(str(path), 0, 0, message, "journal"),))


def journals(folder: Path) -> list[Path]:
    """Return all journals, the newest first."""
    return sorted(folder.glob(f"*{_SUFFIX}"), reverse=True)


def tidy(folder: Path) -> None:
    """Delete the oldest journals beyond `KEPT`."""
    for path in journals(folder)[KEPT:]:
        path.unlink(missing_ok=True)
