"""How fast the voice is: engine, whole chain, first clip of a cold child, cached clip."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.files import voices
from player.files.clips import Clips
from player.files.voices import VoiceProfile
from player.ports import RATE_HZ, Samples
from player.voice.client import VoiceWorker
from player.voice.delivery import deliver, properties

_TEXT = (
    "Place one middle fingertip between your eyebrows, where the bone dips a little. "
    "Make small circles there, moving the skin over the bone."
)
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """Speeds are in seconds of speech per second; medians, with the slowest beside them."""

    engine_x: float
    engine_slowest_x: float
    chain_x: float
    chain_slowest_x: float
    cold_s: float
    next_s: float
    cached_s: float


@contextmanager
def without_clips(profile: VoiceProfile) -> Iterator[VoiceWorker]:
    """Speak with an empty cache of its own, and leave nothing behind."""
    with (
        tempfile.TemporaryDirectory(prefix="player-bench-") as folder,
        VoiceWorker(profile, Clips(Path(folder))) as worker,
    ):
        yield worker


def measure_voice(voice: str = "calm") -> VoiceFigures:
    """Measure one voice on this machine, with an empty cache of its own."""
    profile = voices.find(voice)
    engine = Pyttsx3Voice(profile.engine, properties(profile))
    engine_x = _speeds(lambda: _seconds(*engine.speak(_TEXT)))
    chain_x = _speeds(lambda: len(deliver(engine, profile, _TEXT)) / 2 / RATE_HZ)
    with without_clips(profile) as worker:
        cold_s = _took(lambda: worker.render(_TEXT))
        following = [_took(partial(worker.render, f"{_TEXT} {n}.")) for n in range(_ROUNDS)]
        cached = [_took(lambda: worker.render(_TEXT)) for _ in range(_ROUNDS)]
    return VoiceFigures(
        *(median(engine_x), min(engine_x), median(chain_x), min(chain_x)),
        *(cold_s, median(following), median(cached)),
    )


def run() -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    figures = measure_voice()
    return [
        (
            "speech engine alone",
            f"{figures.engine_x:.0f} x real time (slowest {figures.engine_slowest_x:.0f})",
        ),
        (
            "text to finished clip",
            f"{figures.chain_x:.0f} x real time (slowest {figures.chain_slowest_x:.0f})",
        ),
        ("first clip, voice worker cold", f"{figures.cold_s * 1000:.0f} ms"),
        ("next clip of 9 s, worker warm", f"{figures.next_s * 1000:.0f} ms"),
        ("cached clip of 9 s", f"{figures.cached_s * 1000:.2f} ms"),
    ]


def _speeds(speak: Callable[[], float]) -> list[float]:
    speak()
    speeds = []
    for _ in range(_ROUNDS):
        begin = perf_counter()
        speeds.append(speak() / (perf_counter() - begin))
    return speeds


def _seconds(sound: Samples, rate_hz: int) -> float:
    return sound.size / rate_hz


def _took(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin
