"""The way of the loudspeaker's sound to the ears: tapped, brought to 16 kHz, sent. Never kept."""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from player.ports import EARS_RATE_HZ, RATE_HZ, Samples

_RATIO = RATE_HZ // EARS_RATE_HZ
_EVERY_S = 0.02
_WAITING = 100  # blocks; then the oldest goes
_TAPS = 96
_OFFSETS = np.arange(_TAPS) - (_TAPS - 1) / 2
_LOW_PASS = (np.sinc(_OFFSETS * 0.9 / _RATIO) * np.kaiser(_TAPS, 8) * 0.9 / _RATIO).astype(np.float32)


class Decimator:
    """48 kHz to 16 kHz in blocks of any size."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(_TAPS - 1, np.float32)

    def __call__(self, block: Samples) -> bytes:
        """Return the next samples as s16le."""
        sound = np.concatenate((self._rest, block))
        count = max(0, (len(sound) - _TAPS) // _RATIO + 1)
        self._rest = sound[count * _RATIO :]
        if not count:
            return b""
        windows = np.lib.stride_tricks.sliding_window_view(sound, _TAPS)[: count * _RATIO : _RATIO]
        pcm: bytes = np.clip(np.rint(windows @ _LOW_PASS * 32767), -32768, 32767).astype("<i2").tobytes()
        return pcm


class Reference:
    """`tap` is for the mixer: it only appends. A thread sends what has come, every 20 ms."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._blocks: deque[tuple[int, Samples]] = deque(maxlen=_WAITING)
        self._decimate = Decimator()
        self._next: int | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reference", daemon=True)
        self._thread.start()

    def tap(self, sample: int, block: Samples) -> None:
        """Take a block as it goes to the device; from the audio thread."""
        self._blocks.append((sample, block))

    def close(self) -> None:
        """Send no more; idempotent."""
        self._closed.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._closed.wait(_EVERY_S):
            pcm = b"".join(self._ready())
            if pcm:
                self._send(pcm)

    def _ready(self) -> list[bytes]:
        """Return what came, with silence in place of blocks that were lost."""
        ready = []
        for _ in range(len(self._blocks)):
            sample, block = self._blocks.popleft()
            lost = 0 if self._next is None else min(max(0, sample - self._next), RATE_HZ)
            self._next = sample + len(block)
            ready.append(self._decimate(np.concatenate((np.zeros(lost, np.float32), block))))
        return ready
