"""The journal of a session: every event, and the place at every stroke, one checksummed line each.

A line is `<crc32 of the rest, 8 hex digits> <JSON>`. The first line is the header. Lines go to the operating
system at once, so a kill of the player loses none that was written; the disk is asked to keep them once a
second. Both are done by threads of their own, so a slow disk holds up neither the session nor the next line.
A disk that refuses is tried again every second; what could not be written waits. A journal that is full takes
no more places within a step, one that is twice as full its end alone. One that was cut off or damaged is good
up to the first line that does not fit.
"""

import errno
import json
import math
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from player.errors import Fault, FileFault
from player.files import paths

VERSION = 1
MAX_BYTES = 4_000_000  # of all but what must be kept; a session of eight hours writes about 2 MB
KEPT = 20  # journals; the oldest go first
_END_BYTES = 1_000  # more than a last line has
_SYNC_S = 1.0
_AGAIN_S = 1.0
_PATIENCE_S = 5.0
_SUFFIX = ".journal"
_NUMBERED = re.compile(r"s(\d{6,12})-")

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Journaled:
    """A journal as read: its header, and every entry up to the first damage."""

    path: Path
    header: Entry
    entries: tuple[Entry, ...]

    @property
    def lasted_s(self) -> float:
        """How long after the first line the last one was written."""
        lasted = [entry["at_s"] for entry in self.entries if isinstance(entry.get("at_s"), int | float)]
        return max(lasted, default=0.0)

    @property
    def finished(self) -> bool:
        """Whether the session came to its end."""
        return any(entry.get("event") == "ended" for entry in self.entries[-3:])

    @property
    def stopped(self) -> bool:
        """Whether "stop" or a long silence ended it, and nobody has gone on with it since."""
        endings = [entry.get("ending") for entry in self.entries[-3:] if entry.get("event") == "ended"]
        return endings[-1:] in (["stopped"], ["unanswered"])


def folder() -> Path:
    """Return where journals are kept, made with mode 0700. Raises `StoreError`."""
    return paths.private(paths.data() / "sessions")


class Journal:
    """Writes one session. Never raises: `failed` says why nothing is kept just now.

    `report(True)` is called from a thread when the disk begins to refuse, `report(False)` when it takes
    lines again.
    """

    def __init__(
        self, folder: Path, header: Entry, report: Callable[[bool], None] = lambda _failed: None
    ) -> None:
        self.failed = ""
        self.path = folder / _name(folder)
        self._report = report
        self._size = 0
        self._begun_s = time.monotonic()
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._closed = Event()
        self._sheet = _Sheet(self.path)
        self._writer = Thread(target=self._write_on, name="journal", daemon=True)
        self._syncer = Thread(target=self._sync_on, name="journal-sync", daemon=True)
        self.write({"version": VERSION, **header})
        self._writer.start()
        self._syncer.start()

    def write(self, entry: Entry) -> None:
        """Leave one entry to be written, with the seconds since the first one; returns at once."""
        data = line({**entry, "at_s": round(time.monotonic() - self._begun_s)} if self._size else entry)
        if self._size + len(data) <= _room(entry):
            self._size += len(data)
            self._waiting.put(data)

    def close(self) -> None:
        """Write what waits; idempotent. Leaves a disk that hangs alone after some seconds."""
        self._waiting.put(None)
        self._writer.join(timeout=_PATIENCE_S)
        self._closed.set()
        self._syncer.join(timeout=_PATIENCE_S)

    def _write_on(self) -> None:
        unwritten = b""
        due_s = 0.0  # not before, while the disk refuses, but for the end
        going = True
        while going:
            data = self._next(due_s if unwritten else math.inf)
            going = data is not None
            unwritten += data or b""
            if unwritten and (not going or time.monotonic() >= due_s):
                unwritten = self._write_now(unwritten)
                due_s = time.monotonic() + _AGAIN_S if unwritten else 0.0

    def _next(self, due_s: float) -> bytes | None:
        """Return what comes next (None: the end), or nothing when it is `due_s` by the clock."""
        timeout_s = None if due_s == math.inf else max(0.0, due_s - time.monotonic())
        try:
            return self._waiting.get(timeout=timeout_s)
        except Empty:
            return b""

    def _write_now(self, data: bytes) -> bytes:
        """Return what is still to be written."""
        try:
            self._sheet.append(data)
        except OSError as error:
            self._tell(error.strerror or str(error))
            return data
        self._tell("")
        return b""

    def _tell(self, reason: str) -> None:
        before, self.failed = self.failed, reason
        if bool(before) != bool(reason):
            self._report(bool(reason))

    def _sync_on(self) -> None:
        over = False
        while not over:
            over = self._closed.wait(_SYNC_S)
            with suppress(OSError):  # a disk that fails shows itself in the next line
                self._sheet.sync()
        self._sheet.close()


class _Sheet:
    """A file that only grows by whole pieces."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._good = 0  # bytes
        self._synced = 0

    def append(self, data: bytes) -> None:
        """Write all of `data` or nothing. Raises `OSError`."""
        if self._descriptor < 0:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        written = 0
        try:
            written = os.write(self._descriptor, data)
        finally:
            if written < len(data):
                os.ftruncate(self._descriptor, self._good)
        if written < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._good += len(data)

    def sync(self) -> None:
        """Ask the disk to keep what is new. Raises `OSError`."""
        good = self._good
        if good > self._synced:
            os.fsync(self._descriptor)
            self._synced = good

    def close(self) -> None:
        """Free the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _room(entry: Entry) -> float:
    """Return how large a journal may be with this entry in it.

    Events lead from step to step, so they have room for longer than the places between them; without its end
    a session would be offered again.
    """
    if entry.get("event") == "ended":
        return math.inf
    return 2 * MAX_BYTES if "event" in entry else MAX_BYTES


def line(entry: Entry) -> bytes:
    """Return one line of a journal."""
    text = json.dumps(entry, separators=(",", ":"), ensure_ascii=True).encode()
    return f"{zlib.crc32(text):08x} ".encode() + text + b"\n"


def read(path: Path) -> Journaled:
    """Read a journal. Raises `FileFault` when nothing of it can be used."""
    entries = tuple(entry for entry, _end in _entries(_content(path)))
    if not entries or "version" not in entries[0]:
        raise _fault(path, "this is no journal of a session")
    if entries[0]["version"] != VERSION:
        raise _fault(
            path, f"a journal of version {entries[0]['version']!r}; this player writes version {VERSION}"
        )
    return Journaled(path, entries[0], entries[1:])


def end(path: Path, ending: str) -> None:
    """Mark a journal as ended; what was torn off at its end goes. Raises `FileFault`, `OSError`."""
    good = max((end for _entry, end in _entries(_content(path))), default=0)
    with path.open("r+b") as file:
        file.truncate(good)
        file.seek(good)
        file.write(line({"event": "ended", "ending": ending}))


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise _fault(path, "this is no journal of a session")
        with path.open("rb") as file:
            return file.read(2 * MAX_BYTES + _END_BYTES)
    except OSError as error:
        raise _fault(path, (error.strerror or "cannot be read").lower()) from error


def _entries(data: bytes) -> Iterator[tuple[Entry, int]]:
    """Yield each entry up to the first damage, and where its line ends."""
    begin = 0
    while (end := data.find(b"\n", begin) + 1) > 0:
        entry = _entry(data[begin : end - 1])
        if entry is None:
            return
        yield entry, end
        begin = end


def _entry(raw: bytes) -> Entry | None:
    checksum, _, text = raw.partition(b" ")
    if checksum != f"{zlib.crc32(text):08x}".encode():
        return None
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _fault(path: Path, message: str) -> FileFault:
    return FileFault((Fault(str(path), 0, 0, message, "journal"),))


def _name(folder: Path) -> str:
    """Return the name of a new journal: the next number, and the time for whoever looks for one."""
    numbers = (int(found[1]) for path in journals(folder) if (found := _NUMBERED.match(path.name)))
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return f"s{max(numbers, default=0) + 1:06d}-{when}-{os.getpid()}{_SUFFIX}"


def journals(folder: Path) -> list[Path]:
    """Return all journals, the newest first: they are numbered, as a clock may be set back."""
    return sorted((path for path in folder.glob(f"*{_SUFFIX}") if path.is_file()), reverse=True)


def tidy(folder: Path) -> None:
    """Delete the oldest journals beyond `KEPT`."""
    for path in journals(folder)[KEPT:]:
        with suppress(OSError):  # another's, or gone
            path.unlink()
