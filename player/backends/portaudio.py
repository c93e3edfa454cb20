"""The real loudspeaker and the real microphone."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import soxr

from player.backends.one_channel import OneChannel, s16
from player.backends.portaudio_library import reinitialise
from player.backends.portaudio_streams import (
    LATENCY_S,
    Callback,
    DeviceInfo,
    OpenStream,
    StreamFormat,
    Timekeeping,
    Wish,
    devices,
    find_microphone,
    open_stream,
    usual_latency_s,
)
from player.ports import BLOCK, EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Samples

__all__ = [
    "LATENCY_S",
    "DeviceInfo",
    "PortAudioLoudspeaker",
    "PortAudioMicrophone",
    "Timekeeping",
    "devices",
    "find_microphone",
]

_WAITING_BLOCKS = 100  # 2 s of microphone that nobody fetched; then the oldest goes
_DELAY_LIMIT_S = 2.0  # a device that claims to buffer more than this does not know
_EARS_BYTES = 2 * EARS_BLOCK
_CHANNELS = 2  # of a microphone: what is said may be in either
_Heard = npt.NDArray[np.float32]  # frames by channels


class _Anchor(NamedTuple):
    """At monotonic time `at_s` session sample `sample` becomes audible; the device has up to `given`."""

    at_s: float
    sample: float
    given: float


class PortAudioLoudspeaker:
    """One output stream, opened by name; `latency_s` tells how much a device of that name is given ahead.

    `begin` is the number of samples that another loudspeaker has already played in this session.
    """

    def __init__(
        self,
        device: str | None = None,
        latency_s: Callable[[str], float] = usual_latency_s,
        begin: int = 0,
    ) -> None:
        self._wish = Wish(
            kind="output", device=device, rate_hz=RATE_HZ, channels=2, dtype="float32", latency_s=latency_s
        )
        self._source: Callable[[int], Samples] = _nothing
        self._opened: OpenStream | None = None
        self._anchor = _Anchor(0.0, begin, begin)
        self._played = begin
        self._counting = threading.Lock()  # between those who ask; the audio thread never takes it

    def start(self, source: Callable[[int], Samples]) -> None:
        """Begin to call `source(frames)`. Raises `AudioDeviceError`, `BackendUnavailable`."""
        self._source = source
        self._opened = open_stream(self._wish, self._connect)

    def reopen(self) -> None:
        """Look for devices again and open the same one by its name, after a loss.

        Raises like `start`, may be tried again, and takes up to 4 s while a sound server hangs. Ends every
        other PortAudio stream of the process. What the lost device had not played yet counts as played.
        """
        self.close()
        reinitialise()
        self._opened = open_stream(self._wish, self._connect)

    def played(self) -> int:
        """Return the samples that are audible by now; never falls."""
        at_s, sample, given = self._anchor
        now = min(sample + (time.monotonic() - at_s) * RATE_HZ, given)
        with self._counting:
            self._played = max(self._played, int(now))
            return self._played

    @property
    def timekeeping(self) -> Timekeeping | None:
        """How steadily the device has asked for sound; None while it is closed."""
        return None if self._opened is None else self._opened.timekeeping

    def healthy(self) -> bool:
        """Whether the device takes sound."""
        opened = self._opened
        return opened is not None and opened.healthy()

    def close(self) -> None:
        """Fall silent and free the device; idempotent."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
            given = self._anchor.given
            self._anchor = _Anchor(0.0, given, given)

    def _connect(self, setting: StreamFormat) -> Callback:
        pull = self._source if setting.rate_hz == RATE_HZ else _Upstream(self._source, setting.rate_hz)
        scale = RATE_HZ / setting.rate_hz

        def fill(out: Any, times: Any) -> None:
            delay_s = times.outputBufferDacTime - times.currentTime
            if not 0 < delay_s < _DELAY_LIMIT_S:
                delay_s = setting.latency_s
            first = self._anchor.given
            out[:] = pull(len(out))[:, None]
            self._anchor = _Anchor(time.monotonic() + delay_s, first, first + len(out) * scale)

        return fill


class PortAudioMicrophone:
    """One input stream, opened by name. `dropped` counts the blocks that nobody fetched in time."""

    def __init__(self, device: str | None = None) -> None:
        self._wish = Wish("input", device, EARS_RATE_HZ, _CHANNELS, "float32")
        self._sink: Callable[[bytes], None] = _nowhere
        self._opened: OpenStream | None = None
        self._blocks: queue.SimpleQueue[_Heard | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._channels = OneChannel(EARS_RATE_HZ)
        self.dropped = 0

    @property
    def dead_channels(self) -> tuple[int, ...]:
        """The channels in which there is next to nothing while another lives, counted from 1."""
        return self._channels.dead

    def start(self, sink: Callable[[bytes], None]) -> None:
        """Begin to call `sink(pcm)` from a thread. Raises `AudioDeviceError`, `BackendUnavailable`."""
        self._sink = sink
        self._open()

    def reopen(self) -> None:
        """Look for devices again and open the same one by its name; as for the loudspeaker."""
        self.close()
        reinitialise()
        self._open()

    def healthy(self) -> bool:
        """Whether blocks are coming and being taken."""
        opened, thread = self._opened, self._thread
        return opened is not None and opened.healthy() and thread is not None and thread.is_alive()

    def close(self) -> None:
        """Free the device; idempotent."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._blocks.put(None)
            if thread is not threading.current_thread():
                thread.join(timeout=1)

    def _open(self) -> None:
        self._blocks = queue.SimpleQueue()
        self._opened = opened = open_stream(self._wish, self._connect)
        arguments = (self._blocks, opened.setting.rate_hz)
        self._thread = threading.Thread(target=self._drain, args=arguments, name="microphone", daemon=True)
        self._thread.start()

    def _connect(self, _setting: StreamFormat) -> Callback:
        blocks = self._blocks

        def take(data: Any, _times: Any) -> None:
            blocks.put(data.copy())
            if blocks.qsize() > _WAITING_BLOCKS:
                with suppress(queue.Empty):  # fetched in this very moment
                    blocks.get_nowait()
                    self.dropped += 1

        return take

    def _drain(self, blocks: "queue.SimpleQueue[_Heard | None]", rate_hz: int) -> None:
        same = rate_hz == EARS_RATE_HZ
        self._channels = channels = OneChannel(rate_hz)
        resampler = None if same else soxr.ResampleStream(rate_hz, EARS_RATE_HZ, 1, dtype="float32")
        waiting = bytearray()
        while (block := blocks.get()) is not None:
            heard = channels.take(block)
            waiting += s16(heard if resampler is None else resampler.resample_chunk(heard))
            while len(waiting) >= _EARS_BYTES:
                self._sink(bytes(waiting[:_EARS_BYTES]))
                del waiting[:_EARS_BYTES]


class _Upstream:
    """A source at the rate of the device."""

    def __init__(self, source: Callable[[int], Samples], rate_hz: int) -> None:
        self._source = source
        self._resampler = soxr.ResampleStream(RATE_HZ, rate_hz, 1, dtype="float32")
        self._ready = np.zeros(0, np.float32)

    def __call__(self, frames: int) -> Samples:
        while len(self._ready) < frames:
            more = self._resampler.resample_chunk(self._source(BLOCK))
            self._ready = np.concatenate((self._ready, more))
        now, self._ready = self._ready[:frames], self._ready[frames:]
        return now


def _nothing(frames: int) -> Samples:
    return np.zeros(frames, np.float32)


def _nowhere(_pcm: bytes) -> None:
    return
