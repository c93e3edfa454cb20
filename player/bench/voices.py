"""Other people's voices for the bench: synthesizers that the player itself does not speak with.

What is not installed is left out, and the bench says so. All clips are s16le, mono, 16 kHz.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from player.backends.espeak_driver import EspeakSettings, synthesise
from player.errors import PlayerError
from player.ports import EARS_RATE_HZ

_SHORTEST = EARS_RATE_HZ // 10  # samples of a word

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of one synthesizer; `name` is that synthesizer's own name for it."""

    engine: str  # "espeak", "flite" or "festival"
    name: str
    rate_wpm: int = 160  # espeak only
    pitch: int = 50  # espeak only

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


# Everything is chosen on the first list; the second is for the verdict. kal16 and kal_diphone are one
# speaker, so are slt and slt_hts: neither speaker is ever tuned on. No espeak variant is in both.
TUNING = (
    Voice("flite", "rms"),
    Voice("flite", "awb"),
    Voice("espeak", "en-us"),
    Voice("espeak", "en+f3", 150),
    Voice("espeak", "en-us+m5", 170),
    Voice("espeak", "en-gb-scotland+m2", 150),
)
HELD_OUT = (
    Voice("festival", "kal_diphone"),
    Voice("festival", "cmu_us_slt_arctic_hts"),
    Voice("flite", "slt"),
    Voice("flite", "kal16"),
    Voice("espeak", "en-us+klatt2", 150, 45),
    Voice("espeak", "en-gb-x-rp+f2", 165, 55),
    Voice("espeak", "en-us+Annie", 150, 50),
    Voice("espeak", "en-us-nyc+m7", 155, 40),
)


@cache
def usable(voice: Voice) -> bool:
    """Whether this machine has the voice; it says a word to show it, as a synthesizer may lack its voice."""
    if voice.engine != "espeak" and shutil.which(voice.engine) is None:
        return False
    try:
        (clip,) = render(voice, ["yes"])
    except (PlayerError, OSError, subprocess.SubprocessError, soundfile.LibsndfileError):
        return False
    return len(clip) > _SHORTEST and bool(np.any(clip))


def render(voice: Voice, texts: Sequence[str]) -> list[Pcm]:
    """Speak each text. Raises `subprocess.CalledProcessError` when the synthesizer fails."""
    engines = {"espeak": _espeak, "flite": _flite, "festival": _festival}
    return engines[voice.engine](voice, texts)


def _espeak(voice: Voice, texts: Sequence[str]) -> list[Pcm]:
    settings = EspeakSettings(voice.name, rate=voice.rate_wpm, pitch=voice.pitch, volume=1.0)
    return [_espeak_one(text, settings) for text in texts]


def _espeak_one(text: str, settings: EspeakSettings) -> Pcm:
    pcm, rate_hz = synthesise(text, settings)
    return _to_ears(np.frombuffer(pcm, np.int16), rate_hz)


def _flite(voice: Voice, texts: Sequence[str]) -> list[Pcm]:
    if voice.name not in _flite_voices():  # it would speak with another, and not say so
        raise FileNotFoundError(voice.name)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder, "clip.wav")
        return [_flite_one(voice, text, clip) for text in texts]


@cache
def _flite_voices() -> frozenset[str]:
    told = subprocess.run(["flite", "-lv"], check=True, timeout=60, capture_output=True, text=True).stdout
    return frozenset(told.partition(":")[2].split())


def _flite_one(voice: Voice, text: str, clip: Path) -> Pcm:
    subprocess.run(["flite", "-voice", voice.name, "-t", text, "-o", str(clip)], check=True, timeout=60)
    return _read(clip)


def _festival(voice: Voice, texts: Sequence[str]) -> list[Pcm]:
    with tempfile.TemporaryDirectory() as folder:
        clips = [Path(folder, f"{index}.wav") for index in range(len(texts))]
        script = Path(folder, "texts.scm")
        script.write_text("\n".join([f"(voice_{voice.name})", *_saves(texts, clips)]), encoding="utf-8")
        subprocess.run(["festival", "-b", str(script)], check=True, timeout=600, capture_output=True)
        return [_read(clip) for clip in clips]


def _saves(texts: Sequence[str], clips: Sequence[Path]) -> Iterable[str]:
    for text, clip in zip(texts, clips, strict=True):
        words = text.replace('"', "")
        yield f'(utt.save.wave (utt.synth (Utterance Text "{words}")) "{clip}" \'riff)'


def _read(path: Path) -> Pcm:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    return _to_ears(samples, rate_hz)


def _to_ears(samples: Pcm, rate_hz: int) -> Pcm:
    return samples if rate_hz == EARS_RATE_HZ else soxr.resample(samples, rate_hz, EARS_RATE_HZ)
