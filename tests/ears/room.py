"""The ears process with a file in place of the microphone: what a test starts instead of the real one.

python -m tests.ears.room FILE MODE      FILE: s16le at 16 kHz
"""

import os
import sys
import threading
import time
from pathlib import Path

from player.ears import worker
from player.errors import AudioDeviceError, BackendUnavailable
from tests.ears.speech import chunks

SLOW_S = 3.0  # longer than a process may do nothing, shorter than it may work


class FileMicrophone:
    """Gives the file ten times as fast as life once it is listened to, then silence for ever."""

    def __init__(self, pcm: bytes, mode: str) -> None:
        self._pcm, self._mode = pcm, mode
        self._open = threading.Event()
        self._tries = 0

    def start(self, sink):
        if self._mode == "absent":
            raise AudioDeviceError("no microphone is connected", "connect one")
        self._sink = sink
        os.write(1, b"a library that prints\n")  # must not disturb the conversation
        self.reopen()

    def reopen(self):
        self._tries += 1
        if self._mode == "slow device" and self._tries == 2:
            time.sleep(SLOW_S)  # a device that takes its time
        if self._mode == "lost" and self._tries == 2:
            raise AudioDeviceError("still away")
        if self._mode == "unplugged" and self._tries == 2:
            raise BackendUnavailable("there is no microphone on this machine")
        self._open.set()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        time.sleep(0.3)  # the client has told what to listen for
        for block in chunks(self._pcm):
            self._sink(block)
            time.sleep(0.002)  # ten times as fast as a device
        if self._mode in {"lost", "unplugged", "slow device"} and self._tries == 1:
            self._open.clear()
            return
        if self._mode == "abort":
            os.abort()
        if self._mode == "hang":
            self._sink(SoundThatHangs())
        if self._mode == "slow word":
            self._sink(SoundThatTakes(bytes(640)))
        while self._open.is_set():
            self._sink(bytes(640))
            time.sleep(0.02)  # the pace of a device

    def healthy(self):
        return self._open.is_set()

    def close(self):
        self._open.clear()


class SoundThatHangs(bytes):
    """Sound that a library never comes back from."""

    __slots__ = ()

    def __len__(self):
        if threading.current_thread() is threading.main_thread():  # not while it is taken from the microphone
            threading.Event().wait()
        return 640


class SoundThatTakes(bytes):
    """Sound over which a slow machine has to think, once."""

    until_s = 0.0

    def __len__(self):
        if threading.current_thread() is not threading.main_thread():
            return 640
        SoundThatTakes.until_s = self.until_s or time.monotonic() + SLOW_S
        while time.monotonic() < self.until_s:
            pass
        return 640


if __name__ == "__main__":
    file, mode = sys.argv[1:]
    worker.main(lambda _device: FileMicrophone(Path(file).read_bytes(), mode))
