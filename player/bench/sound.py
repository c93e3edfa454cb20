"""How exact the beat is and what the mixer costs.

The beat is measured where it leaves the sound server: a recorder of its own takes the monitor of the default
loudspeaker and counts samples, while every core is kept busy. Without a PulseAudio or PipeWire server the row
says why there is no figure.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np

from player.backends.mute_stderr import QuietStderr
from player.backends.portaudio import PortAudioLoudspeaker
from player.bench.processes import every_core_busy
from player.errors import BackendError
from player.ports import BLOCK, RATE_HZ, Samples
from player.sound import tones
from player.sound.mixer import Layer, Mixer, Sound

BEAT = RATE_HZ // 2
_LOUD = 200  # of 32,767: a beat begins
_RECORDER = ("parec", "--device=@DEFAULT_MONITOR@", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1")


@dataclass(frozen=True, slots=True)
class BeatFigures:
    """Beats that were played and recorded, the largest error of a gap, and the machine's worst stall."""

    played: int
    recorded: int
    wrong_gaps: int
    error: int  # samples
    stall_s: float
    callback_load: float  # share of one core that this process took


def run(seconds: float = 60.0) -> list[tuple[str, str]]:
    """Return rows of (what, figure); 1200 seconds give the figure of twenty minutes."""
    return [("mixer, 20 ms with voice and beat", f"{_render_cost_s() * 1e6:.0f} us"), _beat_row(seconds)]


def _beat_row(seconds: float) -> tuple[str, str]:
    what = f"beat over {seconds:.0f} s, {os.cpu_count()} cores busy"
    if shutil.which(_RECORDER[0]) is None:
        return what, "not measured: parec (apt: pulseaudio-utils) is not installed"
    try:
        figures = measure_beat(seconds)
    except BackendError as error:
        return what, f"not measured: {error}"
    return what, (
        f"error {figures.error} samples, {figures.wrong_gaps} wrong gaps, "
        f"{figures.recorded} of {figures.played} beats heard; {figures.callback_load:.1%} of a core; "
        f"longest stall of the machine {figures.stall_s * 1000:.0f} ms"
    )


def measure_beat(seconds: float) -> BeatFigures:
    """Play a beat every half second on the default loudspeaker and count the samples between them."""
    count = int(seconds * RATE_HZ / BEAT)
    sounds = [Sound(place * BEAT, tones.tone("tick"), Layer.BEAT) for place in range(count)]
    mixer = Mixer()
    loudspeaker = PortAudioLoudspeaker()
    with QuietStderr(), _recorder() as recorder, every_core_busy():
        loudspeaker.start(mixer.render)
        begin, cpu = time.monotonic(), time.process_time()
        mixer.play(1, sounds, count * BEAT)
        stall_s = _watch(lambda: mixer.heard(loudspeaker.played())[1] < count * BEAT, seconds + 10)
        load = (time.process_time() - cpu) / (time.monotonic() - begin)
        recorder.wait_for(RATE_HZ)
        loudspeaker.close()
    gaps = np.abs(np.diff(recorder.beats) - BEAT)
    error = int(gaps.max()) if gaps.size else 0
    return BeatFigures(
        played=count,
        recorded=len(recorder.beats),
        wrong_gaps=int(np.count_nonzero(gaps)),
        error=error,
        stall_s=stall_s,
        callback_load=load,
    )


def _watch(going_on: Callable[[], bool], limit_s: float) -> float:
    """Wait, and return by how much the machine overslept at worst."""
    end = time.monotonic() + limit_s
    worst = 0.0
    while going_on() and time.monotonic() < end:
        begin = time.monotonic()
        time.sleep(0.005)
        worst = max(worst, time.monotonic() - begin - 0.005)
    return worst


class _Recorder:
    """Reads what the loudspeaker plays and keeps only where beats begin."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.beats: list[int] = []
        self.samples = 0
        self._last_loud = -RATE_HZ
        self._stream = stream
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def wait_for(self, more: int) -> None:
        """Wait until so many more samples have been recorded, 5 s at most."""
        goal, end = self.samples + more, time.monotonic() + 5
        while self.samples < goal and time.monotonic() < end:
            time.sleep(0.02)

    def close(self) -> None:
        """Free the pipe, after its other end has gone."""
        self._thread.join(5)
        self._stream.close()

    def _run(self) -> None:
        while chunk := self._stream.read(2 * BLOCK):
            sound = np.frombuffer(chunk[: len(chunk) // 2 * 2], "<i2")
            for place in np.flatnonzero(np.abs(sound.astype(np.int32)) > _LOUD):
                at = self.samples + int(place)
                if at - self._last_loud > BEAT // 4:
                    self.beats.append(at)
                self._last_loud = at
            self.samples += len(sound)


@contextmanager
def _recorder() -> Iterator[_Recorder]:
    process = subprocess.Popen(
        [*_RECORDER, "--raw", "--latency-msec=200"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    recorder = _Recorder(process.stdout)
    recorder.wait_for(RATE_HZ // 10)
    try:
        yield recorder
    finally:
        process.terminate()
        process.wait(5)
        recorder.close()


def _render_cost_s(blocks: int = 2000) -> float:
    voice: Samples = np.full(blocks * BLOCK, 0.1, np.float32)
    beats = [Sound(place * BEAT, tones.tone("tick"), Layer.BEAT) for place in range(blocks * BLOCK // BEAT)]
    mixer = Mixer()
    mixer.play(1, [Sound(0, voice, Layer.VOICE), *beats], len(voice))
    begin = time.perf_counter()
    for _ in range(blocks):
        mixer.render(BLOCK)
    return (time.perf_counter() - begin) / blocks
