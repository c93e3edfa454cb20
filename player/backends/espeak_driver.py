"""A synchronous espeak-ng driver for pyttsx3.

Two rules of espeak-ng (1.51, 1.52) shape it:

- It keeps state between utterances (where its flutter and its glottal wave are), so the same text sounds a
  little different each time, even after `espeak_Terminate`. Each utterance therefore gets a library fresh
  from the disk cache: load, speak, unload, about 2 ms. The same text then gives the same bytes.
- Character 1 in a text starts a command (speed, pitch); markup is read only when asked for. Texts are made
  of characters that can be spoken, and markup is never asked for.
"""

import _ctypes
import ctypes
import ctypes.util
import sys
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from player.backends.pronunciation import pronounced
from player.backends.wav_driver import WavDriver, version_of
from player.ports import VoiceEngine

NAME = "espeak_synchronous"

_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: the callback gets the samples before espeak_Synth returns
_DONT_EXIT = 0x8000  # report missing data; the default is to end the process
_UTF8, _END_PAUSE = 1, 0x1000
_CHARACTERS = 1  # espeak_POSITION_TYPE
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_NEVER_SPOKEN = frozenset({"Cc", "Cs", "Co", "Cn"})

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class EspeakSettings:
    """How to speak; ranges are espeak's own: rate 80 to 450, pitch and pitch_range 0 to 99."""

    voice: str = "en-us"
    rate: int = 140
    volume: float = 0.6  # leaves espeak's 16 bits headroom: some voices clip at 1.0
    pitch: int = 50
    pitch_range: int = 50
    word_gap: int = 0  # extra silence between words in units of 10 ms
    lexicon: Mapping[str, str] = field(
        default_factory=dict
    )  # words in small letters, and what to say instead


def library() -> tuple[str, str | None]:
    """Return the path of espeak-ng's library and of its data (None: it knows). Raises `OSError`."""
    try:
        import espeakng_loader
    except ImportError:
        found = ctypes.util.find_library("espeak-ng")
        if found is None:
            raise OSError("espeak-ng is not installed") from None
        return found, None
    return str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path())


def speakable(text: str) -> str:
    """Return `text` with a space for every character that no text holds (controls, halves of pairs)."""
    return "".join(" " if unicodedata.category(c) in _NEVER_SPOKEN else c for c in text)


def synthesise(text: str, settings: EspeakSettings) -> tuple[bytes, int]:
    """Speak into memory: s16 mono samples and their rate in Hz. Raises `OSError`, `ValueError`."""
    path, data = library()
    espeak = ctypes.CDLL(path)
    try:
        return _speak(espeak, data, speakable(text).encode(), settings)
    finally:
        espeak.espeak_Terminate()
        _ctypes.dlclose(espeak._handle)  # noqa: SLF001  # ctypes has no public way to unload


def _speak(espeak: ctypes.CDLL, data: str | None, text: bytes, settings: EspeakSettings) -> tuple[bytes, int]:
    espeak.espeak_Initialize.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int)
    espeak.espeak_Synth.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
        *(ctypes.c_void_p, ctypes.c_void_p),
    )
    rate_hz = espeak.espeak_Initialize(_SYNCHRONOUS, 0, data.encode() if data else None, _DONT_EXIT)
    if rate_hz <= 0:
        raise OSError(f"espeak-ng finds no voice data in {data or 'its own folder'}")
    _apply(espeak, settings)
    _seed(espeak)
    samples = bytearray()
    callback = _collect(samples)
    espeak.espeak_SetSynthCallback(callback)
    size = len(text) + 1
    if espeak.espeak_Synth(text, size, 0, _CHARACTERS, 0, _UTF8 | _END_PAUSE, None, None) != 0:
        raise OSError("espeak-ng refused the text")
    return bytes(samples), rate_hz


def _apply(espeak: ctypes.CDLL, settings: EspeakSettings) -> None:
    if espeak.espeak_SetVoiceByName(settings.voice.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice `{settings.voice}`")
    for parameter, value in (
        (_RATE, settings.rate),
        (_VOLUME, round(100 * settings.volume)),
        (_PITCH, settings.pitch),
        (_RANGE, settings.pitch_range),
        (_WORD_GAP, settings.word_gap),
    ):
        espeak.espeak_SetParameter(parameter, value, 0)


def _seed(espeak: ctypes.CDLL) -> None:
    """Breath is noise, and espeak-ng seeds it by the clock: without this no text sounds the same twice."""
    for library, name in ((espeak, "espeak_ng_SetRandSeed"), (ctypes.CDLL(None), "srand")):
        with suppress(AttributeError):  # older libraries have only the second
            seed = getattr(library, name)
            seed.argtypes = (ctypes.c_long,)
            seed(1)


def _collect(samples: bytearray) -> Any:
    def on_samples(pcm: Any, count: int, _events: int | None) -> int:
        if pcm and count > 0:
            samples.extend(ctypes.string_at(pcm, 2 * count))
        return 0

    return _Callback(on_samples)


_one_at_a_time = Lock()  # the dynamic loader counts: a library in use twice would not come fresh


class EspeakDriver(WavDriver):
    """espeak-ng as a driver of pyttsx3."""

    name = NAME

    def __init__(self, proxy: Any) -> None:
        super().__init__(proxy, EspeakSettings())

    def synthesise(self, text: str, settings: EspeakSettings) -> tuple[bytes, int]:
        """Speak into memory."""
        with _one_at_a_time:
            return synthesise(pronounced(text, settings.lexicon, lambda _word, said: said), settings)


buildDriver: Callable[[Any], EspeakDriver] = EspeakDriver  # noqa: N816  # the name pyttsx3 looks for


def register() -> str:
    """Make this module one of pyttsx3's drivers and return its name there."""
    sys.modules[f"pyttsx3.drivers.{NAME}"] = sys.modules[__name__]
    return NAME


def version() -> str:
    """Name the library that speaks, without loading it."""
    return version_of("espeakng-loader") or "espeak-ng of the system"


VOICE_ENGINE = VoiceEngine(
    title="espeak-ng, the same on every machine that has it",
    driver=register,
    version=version,
    properties=frozenset({"rate", "voice", "pitch", "pitch_range", "word_gap", "lexicon"}),
)
