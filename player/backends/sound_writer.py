"""Where rendered sound goes that is no loudspeaker: a file of the kind that its name says, or a stream."""

import os
import struct
import sys
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from player.errors import UsageError
from player.ports import RATE_HZ

STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_HEADER_BYTES = 44
_UNKNOWN = 0xFFFFFFFF  # the size of what is still being written, where nobody can go back to say it
_KINDS = {
    ".aif": ("AIFF", "PCM_16"),
    ".aiff": ("AIFF", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".oga": ("OGG", "VORBIS"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
}
_OTHER = (".aac", ".au", ".caf", ".m4a", ".mp4", ".w64", ".webm", ".wma")
SUFFIXES = (".wav", *_KINDS, *_OTHER)  # who gives such a name means a file


class SoundWriter(Protocol):
    """Takes 16-bit sound, s16le at 48 kHz, mono."""

    def write(self, pcm: bytes) -> None:
        """Put it behind what is there already. Raises `OSError`."""

    def close(self) -> None:
        """Finish the file; idempotent."""


def sound_writer(path: Path) -> SoundWriter:
    """Open a file, a pipe or the standard output. Raises `OSError`; `UsageError` for a kind it cannot be."""
    if str(path) in STDOUT:
        return _WavStream(_standard_output())
    kind = _KINDS.get(path.suffix.lower())
    if path.suffix.lower() in _OTHER or (kind and not _knows(kind)):
        raise UsageError(
            f"{path}: sound cannot be written as {path.suffix}", f"name it .wav, {', '.join(_KINDS)}"
        )
    # Unbuffered: what is written is in the file, and closing cannot fail any more.
    file = path.open("wb", buffering=0)
    if kind:
        file.close()
        return _Encoded(path, kind)
    return _WavFile(file) if file.seekable() else _WavStream(file)


def _standard_output() -> FileIO:
    if sys.stdout.isatty():
        raise UsageError(
            "the sound would be written into this terminal", "pass it on: `player play … --out - | aplay`"
        )
    return FileIO(os.dup(sys.stdout.fileno()), "wb")


def _knows(kind: tuple[str, str]) -> bool:
    import soundfile

    return bool(soundfile.check_format(*kind))


class _WavFile:
    """A WAV file whose header is right after every write, even if the run is cut short."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._size = 0

    def write(self, pcm: bytes) -> None:
        """Write the samples, then the header that counts them."""
        self._file.seek(_HEADER_BYTES + self._size)
        _write_all(self._file, pcm)
        self._size += len(pcm)
        self._file.seek(0)
        _write_all(self._file, _header(self._size))

    def close(self) -> None:
        self._file.close()


class _WavStream:
    """A WAV of unknown length, for a pipe: who reads it reads to its end."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._begun = False

    def write(self, pcm: bytes) -> None:
        _write_all(self._file, pcm if self._begun else _header(_UNKNOWN) + pcm)
        self._begun = True

    def close(self) -> None:
        self._file.close()


class _Encoded:
    """A file of a kind that libsndfile writes."""

    def __init__(self, path: Path, kind: tuple[str, str]) -> None:
        import soundfile

        self._library = soundfile
        try:
            self._file: Any = soundfile.SoundFile(
                path, "w", samplerate=RATE_HZ, channels=1, format=kind[0], subtype=kind[1]
            )
        except soundfile.LibsndfileError as error:
            raise OSError(0, str(error)) from error

    def write(self, pcm: bytes) -> None:
        try:
            self._file.write(np.frombuffer(pcm, "<i2"))
        except self._library.LibsndfileError as error:
            raise OSError(0, str(error)) from error

    def close(self) -> None:
        self._file.close()


def _header(size: int) -> bytes:
    """Return the header of a WAV file with `size` bytes of 16-bit mono sound."""
    whole = min(size + _HEADER_BYTES - 8, _UNKNOWN)
    form = struct.pack("<4sI4s", b"RIFF", whole, b"WAVE")
    kind = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    return form + kind + struct.pack("<4sI", b"data", size)


def _write_all(file: FileIO, content: bytes) -> None:
    """Write all of `content`; a raw file may take less at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) or 0 :]
