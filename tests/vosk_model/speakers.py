"""The synthetic speakers: text in, samples with timed phones out.

espeak-ng comes from the `espeakng-loader` wheel, flite and festival from Debian. espeak-ng and flite tell
when each phone begins and ends, so training needs no alignment; festival only speaks for the evaluation.
"""

import ctypes
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import espeakng_loader
import numpy as np
import numpy.typing as npt
from phones import SILENCE, from_espeak, from_flite


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone, or silence; times in seconds from the beginning of the utterance."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """`samples` are s16 at `rate_hz`; `phones` are in order and without gaps (empty: not known).

    `words` holds for each word of `text` the index of its first phone (empty: not known).
    """

    text: str
    speaker: str
    samples: npt.NDArray[np.int16]
    rate_hz: int
    phones: tuple[Phone, ...] = ()
    words: tuple[int, ...] = ()


class _Name(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_WORD, _END, _PHONEME = 1, 5, 7
_RETRIEVAL, _PHONEME_EVENTS, _UTF8 = 1, 1, 1
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7


class Espeak:
    """espeak-ng in this process. Take it from `espeak`: begun twice, the library hangs."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate_hz: int = self._library.espeak_Initialize(_RETRIEVAL, 0, data, _PHONEME_EVENTS)
        self._chunks: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[int, float, str]] = []
        self._callback = _Callback(self._take)  # kept alive: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def say(
        self, text: str, voice: str, *, rate: int = 160, pitch: int = 50, range_: int = 50, gap: int = 0
    ) -> Utterance | None:
        """Return `text` in `voice` ("gmw/en-US+f3"); None if a sound is not among our phones."""
        self._chunks.clear()
        self._events.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, range_), (_WORD_GAP, gap)):
            self._library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._chunks)
        timed = _timed(self._events, voice, len(samples) / self.rate_hz)
        return timed and Utterance(text, f"espeak:{voice}", samples, self.rate_hz, *timed)

    def _take(self, samples, count: int, events) -> int:  # type: ignore[no-untyped-def]
        if samples and count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while (kind := events[index].type) != 0:
            if kind in (_WORD, _END, _PHONEME):
                name = bytes(events[index].id.string).decode() if kind == _PHONEME else ""
                self._events.append((kind, events[index].audio_position_ms / 1000, name))
            index += 1
        return 0


@cache
def espeak() -> Espeak:
    """Return the one espeak-ng of this process."""
    return Espeak()


def _timed(
    events: list[tuple[int, float, str]], voice: str, total_s: float
) -> tuple[tuple[Phone, ...], tuple[int, ...]] | None:
    """Turn espeak-ng's events into phones without gaps and the first phone of each word."""
    phones: list[Phone] = []
    words: list[int] = []
    sounds = [(at_s, name) for kind, at_s, name in events if kind == _PHONEME]
    ends = [at_s for at_s, _ in sounds[1:]] + [total_s]
    position = 0
    for kind, _, _ in events:
        if kind == _WORD:
            words.append(len(phones))
        if kind != _PHONEME:
            continue
        (start_s, name), end_s = sounds[position], ends[position]
        position += 1
        ours = from_espeak(name, voice)
        if ours is None:
            return None
        edges = np.linspace(start_s, end_s, len(ours) + 1)
        phones += [Phone(p, float(edges[i]), float(edges[i + 1])) for i, p in enumerate(ours)]
        if not ours and phones:
            phones[-1] = Phone(phones[-1].name, phones[-1].start_s, end_s)
    return tuple(phones), tuple(words)


def flite(text: str, voice: str, *, stretch: float = 1.0, pitch_hz: float = 0.0) -> Utterance | None:
    """Return `text` in flite's `voice`; None if a sound is not among our phones."""
    tuning = ["--setf", f"duration_stretch={stretch:.2f}"]
    tuning += ["--setf", f"int_f0_target_mean={pitch_hz:.0f}"] if pitch_hz else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = ["flite", "-voice", voice, *tuning, "-t", text, "-o", str(path), "-psdur"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        samples, rate_hz = _read(path)
    phones: list[Phone] = []
    for item in told.split():
        name, end_s = item.split(":")
        ours = from_flite(name)
        if ours is None:
            return None
        phones.append(Phone(ours, phones[-1].end_s if phones else 0.0, float(end_s)))
    return Utterance(text, f"flite:{voice}", samples, rate_hz, tuple(phones))


def flite_phone_count(word: str) -> int:
    """Return how many phones flite makes of `word`."""
    command = ["flite", "-t", word, "-o", "none", "-ps"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(from_flite(name) not in (SILENCE, None) for name in told.split())


def festival(texts: list[str], voice: str, stretches: list[float]) -> list[Utterance]:
    """Return all `texts` in festival's `voice`, without phones."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice})"]
        for i, (text, stretch) in enumerate(zip(texts, stretches, strict=True)):
            lines += [
                f"(Parameter.set 'Duration_Stretch {stretch:.2f})",
                f'(set! said (utt.synth (Utterance Text "{text}")))',
                f'(utt.save.wave said "{folder}/{i}.wav" \'riff)',
            ]
        script = Path(folder) / "say.scm"
        script.write_text("\n".join(lines))
        subprocess.run(["festival", "--batch", str(script)], capture_output=True, check=True)
        said = [_read(Path(folder) / f"{i}.wav") for i in range(len(texts))]
    return [
        Utterance(t, f"festival:{voice}", s, rate_hz) for t, (s, rate_hz) in zip(texts, said, strict=True)
    ]


def _read(path: Path) -> tuple[npt.NDArray[np.int16], int]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()
