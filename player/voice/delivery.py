"""From a text to a finished clip: spoken sentence by sentence, with the pauses and level of the player."""

import re
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from player import registry
from player.core.spoken_form import spoken_form
from player.errors import SynthesisError
from player.files import speech
from player.files.voices import VoiceProfile
from player.ports import RATE_HZ, Samples
from player.sound.loudness import hold_true_peaks, normalise
from player.sound.shaping import fade_ends, resample, to_s16, trim

VERSION = "4"  # raise it whenever the same text would sound different

BRISK = 17 / 14  # 170 words a minute where the rest has 140

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-z])")  # noqa: RUF001  # real quotation marks


class Speaker(Protocol):
    """An engine that speaks into memory."""

    def speak(self, text: str, pace: float = 1.0) -> tuple[Samples, int]:
        """Return mono samples at `pace` times the usual speed, and their rate. Raises `SynthesisError`."""


def sentences(text: str) -> list[str]:
    """Split a text where a voice should take a breath; closing quotes fall away, they have no sound."""
    return [part for part in _SENTENCE_END.split(text) if any(map(str.isalnum, part))]


def deliver(speaker: Speaker, profile: VoiceProfile, text: str, *, brisk: bool = False) -> bytes:
    """Return the clip of a text as s16le, mono, 48 kHz; empty when the text has nothing to say.

    `brisk` is for counts on a quick beat. Raises `SynthesisError`, also when a text with words stays silent.
    """
    forms = speech.load(profile.language).forms
    written = [text] if profile.sentence_pause_s is None else sentences(text)
    parts = [spoken for part in written if (spoken := spoken_form(part, forms))]
    if not parts:
        return b""
    pace = BRISK if brisk else 1.0
    sound = _joined([_spoken(speaker, part, pace) for part in parts], profile.sentence_pause_s or 0.0)
    return to_s16(sound * np.float32(profile.volume))


def properties(profile: VoiceProfile) -> Mapping[str, object]:
    """Return a profile as properties of pyttsx3, as far as its engine knows them."""
    every = {
        "rate": profile.rate_wpm,
        "pitch": profile.pitch,
        "pitch_range": profile.pitch_range,
        "word_gap": profile.word_gap_ms // 10,
        "lexicon": speech.load(profile.language).lexicons.get(profile.engine, {}),
        **({"voice": profile.voice} if profile.voice else {}),
    }
    known = registry.voice_engine(profile.engine).properties
    return {name: value for name, value in every.items() if name in known}


def _spoken(speaker: Speaker, text: str, pace: float) -> Samples:
    sound, rate_hz = speaker.speak(text, pace)
    trimmed = trim(sound, rate_hz)
    if not trimmed.size:
        raise SynthesisError(f"the voice said nothing for `{text[:40]}`", "try another --voice")
    level = normalise(resample(trimmed, rate_hz))  # each by itself: sentences are equally loud
    return fade_ends(hold_true_peaks(level))


def _joined(parts: list[Samples], pause_s: float) -> Samples:
    silence = np.zeros(int(pause_s * RATE_HZ), dtype=np.float32)
    pieces = [piece for part in parts for piece in (silence, part)]
    return np.concatenate(pieces[1:])
