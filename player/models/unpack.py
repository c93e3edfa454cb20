"""Unpacking a zip archive that somebody else made: every entry is judged before the first byte is written.

What a model needs is little: plain files with plain names in a few folders. Everything else is refused, the
whole archive with it: paths that leave the folder, links and devices, names that mean something to some
system, doubled names, passwords, rare compressions, and archives that grow out of proportion.
"""

import io
import os
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from player.errors import NetworkError, StoreError

_CHUNK = 1 << 20
# ASCII, no dot or space at the end (Windows takes it off), no colon (a stream there), no "." and "..".
_NAME = re.compile(r"\.?[A-Za-z0-9_+=,@-]([A-Za-z0-9._+=,@ -]{0,98}[A-Za-z0-9_+=,@-])?")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DEPTH = 6
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may be at most. `ratio` is unpacked to packed, over the whole archive."""

    entries: int = 1_000
    total_bytes: int = 8_000_000_000
    ratio: int = 100


class _SmallReads(io.FileIO):
    """Refuses large reads, as the only one in `zipfile` is that of the directory, of any size it claims."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._left() if size is None or size < 0 else size
        if wanted > _CHUNK:
            raise zipfile.BadZipFile("its directory is too large")
        return super().read(wanted) or b""

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        if position < 0 and whence == io.SEEK_SET:
            raise zipfile.BadZipFile("it points outside of itself")
        return super().seek(position, whence)

    def _left(self) -> int:
        return os.fstat(self.fileno()).st_size - self.tell()


def unpack(
    archive: Path,
    target: Path,
    limits: Limits | None = None,
    check: Callable[[Path], tuple[str, ...]] = lambda _folder: (),
) -> None:
    """Unpack `archive` into the new folder `target`, all or nothing; replaces what was there.

    One folder around everything is taken off; `check` names what is missing then. Raises `NetworkError` for
    an archive that is damaged or refused, `StoreError` when the disk refuses; then `target` is as it was.
    """
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpacking-") as work:
            _unpack_into(archive, Path(work) / "new", limits or Limits())
            if missing := check(Path(work) / "new"):
                _refuse(archive, f"{', '.join(missing)} missing or broken")
            if target.exists():
                target.rename(Path(work) / "old")
            (Path(work) / "new").rename(target)
    except OSError as error:
        raise StoreError(
            f"{target}: {error.strerror or error}", "free some space, or check who owns it"
        ) from error


def _unpack_into(archive: Path, folder: Path, limits: Limits) -> None:
    try:
        with _SmallReads(archive) as raw, zipfile.ZipFile(raw) as opened:
            entries = _judge(archive, opened, limits)
            _make_room(archive, folder, entries)
            _write(archive, opened, folder, entries)
    except _BROKEN as error:
        raise NetworkError(f"{archive.name}: no proper zip archive: {error}", _looks_like(archive)) from error


def _judge(archive: Path, opened: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the files of the archive by the path they get. Raises `NetworkError` at the first bad entry."""
    everything = opened.infolist()
    packed = archive.stat().st_size
    if len(everything) > limits.entries:
        _refuse(archive, f"more than {limits.entries} entries")
    if sum(info.compress_size for info in everything) > packed:
        _refuse(archive, "its entries share data")
    unpacked = sum(info.file_size for info in everything)
    if unpacked > min(limits.total_bytes, limits.ratio * packed):
        _refuse(archive, f"{packed} bytes would become {unpacked}")
    for info in everything:
        if fault := _fault(info):
            _refuse(archive, f"{info.orig_filename[:80]!r}: {fault}")
    files = {info.filename: info for info in everything if not info.is_dir()}
    if fault := _collision([info.filename for info in everything]):
        _refuse(archive, f"{fault!r}: there twice, or as file and as folder")
    if not files:
        _refuse(archive, "it is empty")
    return _without_outer_folder(files)


def _fault(info: zipfile.ZipInfo) -> str:
    """Say what is wrong with one entry; "" if nothing is."""
    parts = info.filename.removesuffix("/").split("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.orig_filename != info.filename or len(parts) > _DEPTH:
        return "a name with tricks"
    if not all(_NAME.fullmatch(part) and not _DEVICE.fullmatch(part) for part in parts):
        return "a name that could mean a place elsewhere"
    if kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG):
        return "a link or a device, no plain file"
    if info.flag_bits & 0x1:
        return "locked with a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "an unusual compression"
    return "a folder with content" if info.is_dir() and info.file_size else ""


def _collision(names: list[str]) -> str:
    """Return a name that meets another one, also where case does not count; "" if none does."""
    folders = {parent for name in names for parent in _parents(name.casefold())}
    seen: set[str] = set()
    for name in names:
        folded = name.casefold()
        if folded in seen or folded in folders:
            return name
        seen.add(folded)
    return ""


def _parents(name: str) -> list[str]:
    parts = name.removesuffix("/").split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + name.endswith("/"))]


def _without_outer_folder(files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    outer = {name.split("/", 1)[0] for name in files}
    if len(outer) > 1 or not all("/" in name for name in files):
        return files
    return {name.split("/", 1)[1]: info for name, info in files.items()}


def _make_room(archive: Path, folder: Path, entries: dict[str, zipfile.ZipInfo]) -> None:
    needed = sum(info.file_size for info in entries.values())
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise StoreError(
            f"{archive.name}: {needed / 1e6:.0f} MB are needed to unpack it, {free / 1e6:.0f} MB are free",
            "free some space, then run the same command again",
        )


def _write(archive: Path, opened: zipfile.ZipFile, folder: Path, entries: dict[str, zipfile.ZipInfo]) -> None:
    folder.mkdir(mode=0o700)
    for name, info in entries.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with opened.open(info) as source, open(path, "xb", opener=_private) as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
        if path.stat().st_size != info.file_size:
            _refuse(archive, f"{name}: it is cut off")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _refuse(archive: Path, why: str) -> Never:
    raise NetworkError(
        f"{archive.name}: not unpacked: {why}", "nothing was kept; such an archive is not to be trusted"
    )


def _looks_like(archive: Path) -> str:
    with archive.open("rb") as file:
        start = file.read(256).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        return "it is a web page: does this network ask you to sign in first?"
    return "nothing was kept; run the same command again"
