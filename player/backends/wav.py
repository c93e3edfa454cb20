"""Sound files in place of devices: sessions in virtual time, and recordings of them."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import numpy as np
import soxr

from player.backends.cut_wav import mended
from player.backends.one_channel import OneChannel, s16
from player.backends.sound_writer import SoundWriter, sound_writer
from player.backends.ticker import Pace
from player.errors import Fault, FileFault, StoreError, not_written
from player.ports import BLOCK, EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Samples

_WRITE_EVERY = RATE_HZ  # samples: a run that is cut short has left all but the last second
_READ_S = 0.5
_RATES_HZ = range(4_000, 384_001)  # what a file claims beyond that is no sound of a room
_MOST_CHANNELS = 64


class WavLoudspeaker:
    """Writes what is played to a sound file, 48 kHz mono, of the kind that its name says (WAV: 16 bits).

    Raises `StoreError` when the disk refuses, `UsageError` for a kind that cannot be written.

    Nothing moves until `advance` is called; with `paced` a thread does that, every 20 ms.
    """

    def __init__(self, path: Path, *, paced: bool = False) -> None:
        self._path = path
        self._paced = paced
        self._played = 0
        self._waiting = bytearray()
        self._source: Callable[[int], Samples] | None = None
        self._pace: Pace | None = None
        self._writer: SoundWriter | None = self._open()
        self._write()  # the header: a disk that is full already says so now

    def start(self, source: Callable[[int], Samples]) -> None:
        """Remember where the sound comes from."""
        self._source = source
        if self._paced:
            self._pace = Pace(self._advance_alone, "sound file")

    def _advance_alone(self) -> None:
        with suppress(StoreError):  # nobody above this thread: `healthy` tells it
            self.advance()

    def advance(self) -> None:
        """Pull one block and write it."""
        if self._source is None or self._writer is None:
            return
        block = self._source(BLOCK)
        self._waiting += np.rint(np.clip(block, -1, 1) * 32767).astype("<i2").tobytes()
        self._played += len(block)
        if len(self._waiting) >= 2 * _WRITE_EVERY:
            self._write()

    def played(self) -> int:
        """Return the samples pulled so far: in a file everything is heard at once."""
        return self._played

    def healthy(self) -> bool:
        """Whether the file still takes sound."""
        paced = self._pace is None or self._pace.alive()
        return self._source is not None and self._writer is not None and paced

    def close(self) -> None:
        """Write what is left and close the file; idempotent."""
        if self._pace is not None:
            self._pace.stop()
        self._write()
        self._release()

    def _open(self) -> SoundWriter:
        try:
            return sound_writer(self._path)
        except OSError as error:
            raise not_written(self._path, self._path.parent, error) from error

    def _write(self) -> None:
        """Put what waits into the file."""
        if self._writer is None:
            return
        try:
            self._writer.write(bytes(self._waiting))
            self._waiting.clear()
        except OSError as error:
            self._release()
            raise not_written(self._path, self._path.parent, error) from error

    def _release(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class WavMicrophone:
    """Hears a sound file of any kind that libsndfile reads; silence after its end.

    Blocks come from `next_block`; with `start` a thread delivers them, every 20 ms. Raises `FileFault` when
    the file is no sound, `StoreError` when it may not be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open()
        rate_hz: int = self._file.samplerate
        self._channels = OneChannel(rate_hz)
        self._resampler = (
            None
            if rate_hz == EARS_RATE_HZ
            else soxr.ResampleStream(rate_hz, EARS_RATE_HZ, 1, dtype="float32")
        )
        self._heard = bytearray()
        self._read_all = False
        self._pace: Pace | None = None
        self._closing = Lock()  # of two threads that close it
        self._read()
        if self.ended:  # cut off before its first sound
            self._file.close()
            raise self._fault("there is no sound in this file")

    @property
    def ended(self) -> bool:
        """Whether everything in the file has been delivered."""
        return self._read_all and not self._heard

    def next_block(self) -> bytes:
        """Return the next 20 ms: 320 samples, s16le."""
        size = 2 * EARS_BLOCK
        while len(self._heard) < size and not self._read_all:
            self._read()
        block = bytes(self._heard[:size])
        del self._heard[:size]
        return block.ljust(size, b"\0")

    def start(self, sink: Callable[[bytes], None]) -> None:
        """Begin to call `sink(pcm)` every 20 ms, from a thread."""
        self._pace = Pace(lambda: sink(self.next_block()), "microphone file")

    def healthy(self) -> bool:
        """Whether blocks are coming."""
        return self._pace is not None and self._pace.alive()

    def close(self) -> None:
        """Close the file; idempotent."""
        if self._pace is not None:
            self._pace.stop()
            self._pace = None
        with self._closing:
            self._file.close()
        self._read_all = True

    def _open(self) -> Any:
        try:
            whole = mended(self._path)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise self._fault(str(error.strerror).lower()) from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}", "make the file readable for you") from error
        import soundfile  # only who has a file to read needs the library

        try:
            file = _read_onwards(whole or self._path)
        except soundfile.LibsndfileError as error:
            raise self._fault("this is not a sound file that can be read") from error
        if not file.frames:
            file.close()
            raise self._fault("there is no sound in this file")
        if file.samplerate not in _RATES_HZ or file.channels > _MOST_CHANNELS:
            file.close()
            raise self._fault(
                f"{file.samplerate} samples a second, {file.channels} channels: no microphone's"
            )
        return file

    def _fault(self, message: str) -> FileFault:
        fault = Fault(str(self._path), 0, 0, message, "sound-file")
        return FileFault((fault,), "give a WAV, FLAC or OGG file with at least one sample")

    def _read(self) -> None:
        import soundfile

        frames = max(1, int(_READ_S * self._file.samplerate))
        try:
            sound = self._file.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            sound = np.zeros((0, 1), np.float32)  # cut off in the middle: what could be read has been heard
        self._read_all = len(sound) < frames
        np.nan_to_num(sound, copy=False, posinf=0.0, neginf=0.0)
        mono = self._channels.take(np.clip(sound, -1.0, 1.0))
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono, last=self._read_all)
        self._heard += s16(mono)


def _read_onwards(source: Path | BinaryIO) -> Any:
    """Open a sound file to be read from front to back: a FLAC may not know its own length."""
    import soundfile

    class Onwards(soundfile.SoundFile):  # type: ignore[misc]
        def seekable(self) -> bool:
            return False

    return Onwards(source)
