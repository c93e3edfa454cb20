"""Synthetic people who never say a word twice the same way.

Rate, pitch, tract length, colour, room and level change, so much that two takes of a word differ about as
much as those of real people: the cost between them was set by recordings of people who said words several
times (median 0.67 for real takes, 0.35 without these changes).
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from player.bench.voices import Voice, render
from player.ports import EARS_RATE_HZ


@dataclass(frozen=True, slots=True)
class Person:
    """`pitch` in Hz (flite, festival) or in the synthesizer's units (espeak)."""

    engine: str
    name: str
    pitch: float
    rate_wpm: int = 160

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"

    def say(self, text: str, time: int) -> np.ndarray:
        """One clip, float at 16 kHz, active level -26 dB full scale give or take 3; `time` is its seed."""
        rng = np.random.default_rng([time, *text.encode(), *str(self).encode()])
        clip = self._spoken(text, rng)
        clip = soxr.resample(clip, EARS_RATE_HZ, EARS_RATE_HZ * rng.uniform(0.93, 1.07))
        clip = _roomy(_coloured(_warped(clip, rng), rng), rng)
        loud = clip[np.abs(clip) > np.abs(clip).max() / 30]
        return clip / np.sqrt(np.mean(loud**2)) * 10 ** ((-26 + rng.uniform(-3, 3)) / 20)

    def _spoken(self, text: str, rng: np.random.Generator) -> np.ndarray:
        stretch, pitch = rng.uniform(0.85, 1.18), self.pitch * rng.uniform(0.85, 1.15)
        if self.engine == "espeak":
            voice = Voice("espeak", self.name, round(self.rate_wpm / stretch), round(pitch))
            return render(voice, [text + "."])[0] / 32768
        if self.engine == "flite":
            return self._run_flite(text, stretch, pitch)
        return _stretched(_festival(self.name, text), stretch)

    def _run_flite(self, text: str, stretch: float, pitch: float) -> np.ndarray:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            setting = [
                "--setf",
                f"duration_stretch={stretch:.3f}",
                "--setf",
                f"int_f0_target_mean={pitch:.1f}",
            ]
            command = ["flite", "-voice", self.name, *setting, "-t", text + ".", "-o", file.name]
            subprocess.run(command, check=True, timeout=60)
            sound, rate_hz = soundfile.read(Path(file.name))
        return soxr.resample(sound, rate_hz, EARS_RATE_HZ)


def _warped(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hurry here, linger there: parts of about 0.1 s, each up to a quarter longer or shorter."""
    parts = np.array_split(clip, max(1, round(len(clip) / 1_600)))
    return np.concatenate([_stretched(part, rng.uniform(0.78, 1.28)) for part in parts if len(part) > 480])


def _coloured(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change the spectrum smoothly, and a little from moment to moment."""
    size, hop = 512, 256
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(clip, size), size)[::hop] * np.hanning(size)
    knots, bins = np.linspace(0, size // 2, 9), np.arange(size // 2 + 1)
    steady, moving = rng.normal(0, 2.5, 9), rng.normal(0, 3.0, (len(frames) // 6 + 2, 9))
    out = np.zeros(len(frames) * hop + size)
    for n, frame in enumerate(frames):
        share = n % 6 / 6
        gain_db = steady + (1 - share) * moving[n // 6] + share * moving[n // 6 + 1]
        spectrum = np.fft.rfft(frame) * 10 ** (np.interp(bins, knots, gain_db) / 20)
        out[n * hop : n * hop + size] += np.fft.irfft(spectrum)
    return out[size : size + len(clip)]


def _roomy(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A small room: 0.2 s, the direct sound 6 to 12 dB over it."""
    tail = rng.standard_normal(3_200) * np.exp(-np.arange(3_200) / 460)
    tail *= 10 ** (-rng.uniform(6, 12) / 20) / np.sqrt(np.sum(tail**2))
    return np.convolve(clip, np.append(1.0, tail))[: len(clip) + 1_600]


_FESTIVAL: dict[tuple[str, str], np.ndarray] = {}


def _festival(name: str, text: str) -> np.ndarray:
    if (name, text) not in _FESTIVAL:
        _FESTIVAL[name, text] = render(Voice("festival", name), [text + "."])[0] / 32768
    return _FESTIVAL[name, text]


def _stretched(clip: np.ndarray, by: float) -> np.ndarray:
    """Overlap-add time stretching: festival's voices have no reliable rate."""
    size, hop = 480, 160
    count = max(1, round(len(clip) * by / hop) - 1)
    out, weight = np.zeros((count + 4) * hop), np.full((count + 4) * hop, 1e-6)
    window = np.hanning(size)
    for n in range(count):
        at = _aligned(clip, out, round(n * hop / by), n * hop, size)
        piece = clip[at : at + size]
        out[n * hop : n * hop + len(piece)] += piece * window[: len(piece)]
        weight[n * hop : n * hop + len(piece)] += window[: len(piece)]
    return out / weight


def _aligned(clip: np.ndarray, out: np.ndarray, at: int, to: int, size: int) -> int:
    """Where near `at` the clip goes on best from what has been written."""
    if to == 0:
        return 0
    sought = out[to : to + size // 2]
    tried = range(max(0, at - 120), max(1, min(at + 120, len(clip) - size)), 8)
    return max(tried, key=lambda t: float(clip[t : t + size // 2] @ sought), default=at)


# Everything is fitted on the first list; the second is for the verdict. No speaker is in both, and
# festival is in the second alone.
FITTED = (
    Person("flite", "rms", 95),
    Person("flite", "awb", 120),
    Person("espeak", "en-us", 50),
    Person("espeak", "en+f3", 50, 150),
    Person("espeak", "en-us+m5", 50, 170),
    Person("espeak", "en-gb-scotland+m2", 50, 150),
    Person("espeak", "en+f4", 55, 155),
    Person("espeak", "en-us+m1", 40, 160),
)
HELD_OUT = (
    Person("flite", "slt", 175),
    Person("flite", "kal16", 105),
    Person("festival", "cmu_us_slt_arctic_hts", 0),
    Person("festival", "kal_diphone", 0),
    Person("espeak", "en-us+klatt2", 45, 150),
    Person("espeak", "en-us+Annie", 50, 150),
)
