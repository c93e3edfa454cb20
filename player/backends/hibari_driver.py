"""A pyttsx3 driver for hibari-tts: a neural voice of 8 MB (Apache-2.0) that runs on onnxruntime, offline.

Rules of hibari 0.2.1 shape it:

- Every voice but `heart` would be downloaded: no other is ever named, and the model is taken from the wheel
  when its SHA-256 is that of the wheel's own register.
- Breath is noise: with one seed for each text the same text gives the same bytes, whatever was said before.
- Memory grows with the square of what is spoken at once (400 words without a comma: 1.1 GB): a clause is cut
  at 280 phonemes.
- `[word](/phonemes/)` is a pronunciation. Only those of our list are: brackets of a text are made round.
- The graph gives the pitch curve before the wave is made: a lower or calmer voice is exact and costs nothing.
"""

import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from player.backends.pronunciation import pronounced
from player.backends.wav_driver import WavDriver, version_of
from player.ports import Samples, VoiceEngine

NAME = "hibari_synchronous"
VOICE = "heart"
RATE_HZ = 24_000
AT_ONCE = 280  # phonemes in one run
OWN_WPM = 200  # the rate that is hibari's speed 1.0

_SPEEDS = (0.5, 2.0)  # what hibari was trained for
_BRACKETS = str.maketrans("[]", "()")
_VOICED_HZ = 40.0  # in the pitch curve less means: no voice
_GONE = 30.0  # nepers taken from a part of the sound of which nothing is to be left
_SEMITONES = 0.125  # for each step of `pitch`
_CLAUSE = re.compile(r"(?<=[,;:—] )|(?<= )")

_Curve = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HibariSettings:
    """How to speak.

    `rate` in words a minute (140 is speed 0.70); `pitch` 0 to 99 in eighths of a semitone, 50 as the voice
    is; `pitch_range` 0 to 99 is 0.5 to 1.49 times its liveliness, 50 as it is; `lexicon` maps words in
    small letters to phonemes in hibari's alphabet.
    """

    voice: str = VOICE
    rate: int = 140
    pitch: int = 50
    pitch_range: int = 50
    volume: float = 1.0
    seed: int = 1
    lexicon: Mapping[str, str] = field(default_factory=dict)

    @property
    def speed(self) -> float:
        """What hibari calls the rate."""
        return min(max(self.rate / OWN_WPM, _SPEEDS[0]), _SPEEDS[1])


@cache
def model() -> Any:
    """Return the one model of this process. Raises `OSError` in one line when it cannot be loaded."""
    try:
        with _without_scipy():
            from hibari import Hibari
            from hibari.voices import VOICES, voice_path
    except Exception as error:  # a broken wheel raises whatever its own imports do
        raise OSError(f"hibari-tts cannot be loaded: {_line(error)}") from error
    path = Path(voice_path(VOICE, download_missing=False))
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != VOICES[VOICE]["sha256"]:
        raise OSError(f"hibari's model {path} is damaged or missing: install hibari-tts again")
    try:
        return Hibari(voice=VOICE, threads=1)  # a second thread makes it slower
    except Exception as error:  # onnxruntime raises classes of its own, by what it finds
        raise OSError(f"hibari's model cannot be loaded: {_line(error)}") from error


@contextmanager
def _without_scipy() -> Iterator[None]:
    """Let hibari use numpy alone: as quick, loaded far sooner, and the same sound on every machine."""
    before = {name: one for name, one in sys.modules.items() if name.partition(".")[0] == "scipy"}
    hidden: dict[str, Any] = {"scipy": None, "scipy.fft": None}
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        sys.modules.update(before)


def synthesise(text: str, settings: HibariSettings) -> tuple[bytes, int]:
    """Speak into memory: s16le mono samples and their rate in Hz. Raises `OSError`, `ValueError`.

    A text of which hibari knows no character gives no samples.
    """
    _refuse_other(settings.voice)
    marked = pronounced(text.translate(_BRACKETS), settings.lexicon, "[{}](/{}/)".format)
    noise = np.random.default_rng(settings.seed)
    parts = [
        _spoken(piece, settings, noise)
        for phonemes in model().phonemize(marked)
        for piece in pieces(phonemes)
    ]
    sound = np.concatenate([np.zeros(0, np.float32), *parts])
    pcm = np.rint(np.clip(sound * np.float32(settings.volume), -1.0, 1.0) * 32767).astype("<i2")
    return pcm.tobytes(), RATE_HZ


def pieces(phonemes: str) -> Iterator[str]:
    """Cut the phonemes of a sentence into at most `AT_ONCE`: after a comma, a word, or anywhere."""
    while len(phonemes) > AT_ONCE:
        ends = [match.start() for match in _CLAUSE.finditer(phonemes, 0, AT_ONCE)]
        clauses = [end for end in ends if phonemes[end - 2] in ",;:—"]
        end = (clauses or ends or [AT_ONCE])[-1]
        yield phonemes[:end]
        phonemes = phonemes[end:]
    yield phonemes


def toned(f0: _Curve, settings: HibariSettings) -> _Curve:
    """Return the pitch curve in Hz, moved and flattened as the settings ask; unvoiced frames stay."""
    voiced = f0 > _VOICED_HZ
    if (settings.pitch, settings.pitch_range) == (50, 50) or not voiced.any():
        return f0
    middle = float(np.exp(np.log(f0[voiced]).mean()))
    spread = (np.maximum(f0, _VOICED_HZ) / middle) ** (0.5 + settings.pitch_range / 100)
    shift = 2 ** ((settings.pitch - 50) * _SEMITONES / 12)
    return np.where(voiced, middle * shift * spread, f0).astype(np.float32)


def voice_alone(word: str, settings: HibariSettings) -> Samples:
    """Return what the graph makes of a short text as voice, without its breath and hiss, at `RATE_HZ`.

    It lies sample by sample where `synthesise` has it, so it shows where the voice begins.
    """
    from hibari import dsp

    (phonemes,) = model().phonemize(word)
    harmonic, phase, breath, hiss, turn, f0 = _drawn(model().ids(phonemes), settings)
    sound: Samples = dsp.synth(
        *(harmonic, phase, breath - _GONE, hiss - _GONE, turn, f0), np.random.default_rng(settings.seed)
    )
    return sound


def _spoken(phonemes: str, settings: HibariSettings, noise: np.random.Generator) -> Samples:
    from hibari import dsp

    ids = model().ids(phonemes)
    if len(ids) < 3:  # nothing between the pads
        return np.zeros(0, np.float32)
    sound: Samples = dsp.synth(*_drawn(ids, settings), noise)
    return sound


def _drawn(ids: Sequence[int], settings: HibariSettings) -> tuple[_Curve, ...]:
    """Return what the graph says of some phonemes: five spectra, then the pitch, toned."""
    feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([settings.speed], np.float32)}
    *spectra, f0 = (output[0] for output in model().sess.run(None, feed))
    return (*spectra, toned(f0, settings))


def _refuse_other(voice: str) -> None:
    if voice != VOICE:
        raise ValueError(f"hibari has no voice `{voice}` here, only `{VOICE}`: any other would be downloaded")


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


class HibariDriver(WavDriver):
    """hibari as a driver of pyttsx3."""

    name = NAME

    def __init__(self, proxy: Any) -> None:
        super().__init__(proxy, HibariSettings())
        model()  # what cannot run says so now

    def synthesise(self, text: str, settings: HibariSettings) -> tuple[bytes, int]:
        """Speak into memory."""
        return synthesise(text, settings)


buildDriver: Callable[[Any], HibariDriver] = HibariDriver  # noqa: N816  # the name pyttsx3 looks for


def register() -> str:
    """Make this module one of pyttsx3's drivers and return its name there."""
    sys.modules[f"pyttsx3.drivers.{NAME}"] = sys.modules[__name__]
    return NAME


def _version() -> str:
    """Name what makes the sound; libraries of Fourier transforms differ in the last bit."""
    return f"{version_of('hibari-tts')} {version_of('onnxruntime')} transforms {version_of('numpy')}"


VOICE_ENGINE = VoiceEngine(
    title="hibari, a neural voice, the same on every machine with onnxruntime",
    driver=register,
    version=_version,
    properties=frozenset({"rate", "voice", "pitch", "pitch_range", "lexicon"}),
)
