"""WAV files whose recorder was killed: the size of the sound is not in the header yet."""

import io
import struct
from pathlib import Path
from typing import Any, BinaryIO, cast

_CHUNK = struct.Struct("<4sI")
_FORM_BYTES = 12


def mended(path: Path) -> BinaryIO | None:
    """Return the file with its true sizes when it is a WAV that says 0 of its sound; else None.

    Raises `OSError`. A WAV that is empty indeed, with nothing or only other chunks behind it, is none.
    """
    with path.open("rb") as file:
        start = _data(file)
        if start is None:
            return None
        end = file.seek(0, io.SEEK_END)
        if start == end or _chunks_fill(file, start, end):
            return None
    sizes = {
        4: struct.pack("<I", end - 8 & 0xFFFFFFFF),
        start - 4: struct.pack("<I", end - start & 0xFFFFFFFF),
    }
    return cast("BinaryIO", _Patched(path, sizes))


def _data(file: BinaryIO) -> int | None:
    """Return where the sound begins when its chunk says that it has no bytes."""
    form = file.read(_FORM_BYTES)
    if form[:4] != b"RIFF" or form[8:] != b"WAVE":
        return None
    while len(head := file.read(_CHUNK.size)) == _CHUNK.size:
        name, size = _CHUNK.unpack(head)
        if name == b"data":
            return file.tell() if size == 0 else None
        file.seek(size + size % 2, io.SEEK_CUR)
    return None


def _chunks_fill(file: BinaryIO, start: int, end: int) -> bool:
    """Whether what stands behind the sound is nothing but other chunks, to the last byte."""
    at = start
    while at < end:
        file.seek(at)
        head = file.read(_CHUNK.size)
        if len(head) < _CHUNK.size or not head[:4].isalnum():
            return False
        at += _CHUNK.size + _CHUNK.unpack(head)[1]
        at += at % 2
    return at in {end, end + 1}


class _Patched(io.RawIOBase):
    """A file in which some bytes are read differently."""

    def __init__(self, path: Path, instead: dict[int, bytes]) -> None:
        self._file = path.open("rb", buffering=0)
        self._instead = instead

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        begin = self._file.tell()
        count = self._file.readinto(buffer) or 0
        for at, content in self._instead.items():
            for offset, byte in enumerate(content, at - begin):
                if 0 <= offset < count:
                    memoryview(buffer).cast("B")[offset] = byte
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
