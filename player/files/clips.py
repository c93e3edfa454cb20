"""Clips on disk, found by what they were made of. Never a reason to fail: without a disk, memory serves.

A clip is a FLAC file (`backends/flac.py`) that any program plays, with something more at its end: a digest of
key and sound, so that a file that was cut off, damaged or put there by someone else counts as missing and is
written anew.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from player.files import paths

MAX_BYTES = 256_000_000  # two hours of speech: all texts of the library once, and half of them again
MAX_MEMORY_BYTES = 64_000_000
_DIGEST = hashlib.sha256().digest_size
_OURS = re.compile(r"[0-9a-f]{64}\.(flac|wav)|clip-\w+\.part")  # they were WAV once


def key_of(*parts: str) -> str:
    """Return the key of a clip: all that its sound depends on, in a fixed order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def cache_folder() -> Path:
    """Return where clips are kept on this system."""
    return paths.cache_path() / "clips"


class Clips:
    """A cache of clips; thread-safe, and safe between processes.

    `report` is called once, with one line, when the disk refuses; from then on new clips stay in memory.
    The disk keeps at most `max_bytes`: the clips unused for longest go first.
    """

    def __init__(
        self,
        folder: Path | None = None,
        max_bytes: int = MAX_BYTES,
        report: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.folder = cache_folder() if folder is None else folder
        self._max_bytes = max_bytes
        self._report = report
        self._reported = False
        self._memory: dict[str, bytes] = {}
        self._written = max_bytes  # the first write looks at what is there
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return a clip, or None."""
        with self._lock:
            if key in self._memory:
                return self._memory[key]
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        clip = content[:-_DIGEST]
        if content != _file(key, clip):
            return None
        with suppress(OSError):
            os.utime(path)  # in use: not the next to go
        return clip

    def put(self, key: str, clip: bytes, *, on_disk: bool = True) -> None:
        """Keep a clip; a file is there whole or not at all."""
        with self._lock:
            if not on_disk:
                self._remember(key, clip)
                return
            try:
                self._write(self._path(key), _file(key, clip))
            except OSError as error:
                self._remember(key, clip)
                self._say_once(f"clips cannot be kept in {self.folder}: {error.strerror or error}")

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.flac"

    def _write(self, path: Path, content: bytes) -> None:
        paths.make_private(self.folder)
        handle, name = tempfile.mkstemp(prefix="clip-", suffix=".part", dir=self.folder)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        self._written += len(content)
        if self._written > self._max_bytes:
            self._make_room()

    def _make_room(self) -> None:
        files = [entry for entry in os.scandir(self.folder) if _OURS.fullmatch(entry.name)]
        known = sorted((_used_and_size(entry) for entry in files), reverse=True)
        kept = 0
        for _used, size, path in known:
            if kept + size <= self._max_bytes:
                kept += size
            else:
                Path(path).unlink(missing_ok=True)
        self._written = kept

    def _remember(self, key: str, clip: bytes) -> None:
        self._memory[key] = clip
        while len(self._memory) > 1 and sum(map(len, self._memory.values())) > MAX_MEMORY_BYTES:
            del self._memory[next(iter(self._memory))]

    def _say_once(self, line: str) -> None:
        if not self._reported:
            self._reported = True
            self._report(line)


def _used_and_size(entry: "os.DirEntry[str]") -> tuple[float, int, str]:
    try:
        stat = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # another player made room
        return 0.0, 0, entry.path
    return stat.st_mtime, stat.st_size, entry.path


def _file(key: str, clip: bytes) -> bytes:
    return clip + hashlib.sha256(key.encode() + clip).digest()
