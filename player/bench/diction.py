"""How a voice comes over: words that recognisers get wrong, loudness, peaks, counts on the beat, costs.

Every voice says the same texts of the library. Nothing here can tell how it sounds to people.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter, process_time
from typing import Any, cast

import numpy as np
import soxr

from player.backends.hibari_driver import HibariSettings, synthesise, voice_alone
from player.backends.moonshine_ears import MoonshineRecogniser
from player.backends.pocketsphinx_dictation import PocketsphinxDictation
from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.bench import processes
from player.bench.counts import Share
from player.bench.narration import library_texts
from player.bench.voice import without_clips
from player.bench.words import share_wrong
from player.core.place import Part, Place
from player.core.plan import CountAloud, Step, Strokes
from player.core.score import Manner, compose
from player.core.spoken_form import spoken_form
from player.files import speech, voices
from player.files.voices import VoiceProfile
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples, Synthesiser
from player.sound.loudness import loudness
from player.sound.onset import voiced_onset
from player.sound.shaping import resample, to_s16
from player.voice.client import VoiceWorker
from player.voice.delivery import BRISK, deliver, properties

VOICES = ("calm", "low", "slow", "espeak-calm")
_YARDSTICK = "espeak-calm"  # whose cost the others are compared with
_QUICK = 20  # every so many texts
_AROUND = bytes(int(0.3 * EARS_RATE_HZ) * 2)
_COLD = "Place one middle fingertip between your eyebrows."
_FRAME, _LASTING = RATE_HZ // 125, RATE_HZ * 60 // 1000  # looked at; a vowel: an S has voice in it for 40 ms
_WARM = "Both middle fingertips to the inner ends of your eyebrows."
_LONG_S = 1.5  # a sentence; what is shorter has no steady loudness

Begins = Callable[[str, bool, Samples], int]


def run(*, quick: bool = False, voice: str = "") -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure), voice by voice, or of one; `quick`: every twentieth text.

    Raises `PlayerError`.
    """
    texts = [text for text in library_texts() if not text.isdecimal()][:: _QUICK if quick else 1]
    yield "texts", str(len(texts))
    few = texts[:: max(1, len(texts) // 40)]
    yardstick = _cost(voices.find(_YARDSTICK), few)
    for name in [voice] if voice else VOICES:
        times, took_s = _cost(voices.find(name), few)
        yield (
            f"{name}: rendering",
            f"{times:.0f} x real time, {took_s / yardstick[1]:.1f} x the time of {_YARDSTICK}",
        )
        yield from ((f"{name}: {what}", figure) for what, figure in _rows(name, texts))


def _rows(name: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    with without_clips(voices.find(name)) as voice:
        yield "first sentence", _first(voice)
    with without_clips(voices.find(name)) as voice:
        with processes.every_core_busy():
            first = _first(voice)
        yield "first sentence, a busy loop for each core", first
        clips = [voice.render(text) for text in texts]
        yield "memory of the child, at most", f"{processes.peak_bytes(voice.child or 0) / 1e6:.0f} MB"
        yield from _wrong(voice.profile, texts, clips)
        yield "loudness of sentences", _level(clips)
        yield "true peak", f"{max(map(true_peak_db, clips)):.1f} dB"
        yield "counts on the beat", counts(voice)


def _first(voice: Synthesiser) -> str:
    begin = perf_counter()
    voice.render(_COLD)
    cold = perf_counter()
    voice.render(_WARM)
    return f"{cold - begin:.2f} s with a cold child, {perf_counter() - cold:.2f} s warm"


def _cost(profile: VoiceProfile, texts: Sequence[str]) -> tuple[float, float]:
    """Return seconds of sound for each second of processor time, and that time, in this process."""
    engine = Pyttsx3Voice(profile.engine, properties(profile))
    deliver(engine, profile, _COLD)
    begin = process_time()
    sound_s = sum(len(deliver(engine, profile, text)) for text in texts) / 2 / RATE_HZ
    return sound_s / (process_time() - begin), process_time() - begin


def _wrong(
    profile: VoiceProfile, texts: Sequence[str], clips: Sequence[Samples]
) -> Iterator[tuple[str, str]]:
    forms = speech.load(profile.language).forms
    heard = [_AROUND + to_s16(resample(clip, RATE_HZ, EARS_RATE_HZ)) + _AROUND for clip in clips]
    for ear in (MoonshineRecogniser(), PocketsphinxDictation()):
        written = map(ear.transcribe, heard)
        yield f"words wrong, {ear.name}", str(Share(*share_wrong(zip(texts, written, strict=True), forms)))


def _level(clips: Sequence[Samples]) -> str:
    levels = [loudness(clip) for clip in clips if clip.size > _LONG_S * RATE_HZ]
    return f"{np.mean(levels):.2f} LUFS, from {min(levels):.2f} to {max(levels):.2f}"


def true_peak_db(clip: Samples) -> float:
    """Return the peak between the samples, dB full scale, by oversampling four times."""
    return 20 * float(np.log10(np.abs(soxr.resample(clip, 1, 4)).max(initial=1e-9)))


def counts(voice: VoiceWorker) -> str:
    """Return how far the voice of a count begins from its beat at most, and by what that is measured."""
    if voice.profile.engine != "hibari":
        error_ms = count_error_ms(voice)
        return f"voices begin within {error_ms:.1f} ms, by the measure that laid them there itself"
    error_ms = count_error_ms(voice, partial(_begins, voice.profile))
    return f"voices begin within {error_ms:.1f} ms, by the part of hibari's graph that makes the voice alone"


def count_error_ms(
    voice: Synthesiser, begins: Begins = lambda _text, _brisk, clip: voiced_onset(clip)
) -> float:
    """Return how far the voice of any count from 1 to 15 begins from its beat, at 60 and at 120 a minute.

    `begins` says of a count, brisk or not, at which sample of its clip its voice does; without one the
    measure that lays counts on their beats is asked again: it shows only that they lie where it says.
    """
    return max(abs(error) for bpm in (60, 120) for error in _errors_ms(voice, bpm, begins))


def _begins(profile: VoiceProfile, text: str, brisk: bool, clip: Samples) -> int:
    """Return where hibari's voice begins in the clip of a count, by what makes the voice and no breath."""
    word = spoken_form(text, speech.load(profile.language).forms)
    settings = HibariSettings(**cast("Mapping[str, Any]", properties(profile)))
    if brisk:
        settings = replace(settings, rate=round(settings.rate * BRISK))
    pcm, rate_hz = synthesise(word, settings)
    whole = resample(np.frombuffer(pcm, "<i2").astype(np.float32), rate_hz)
    size = whole.size + clip.size
    alike = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(clip, size)), size)
    trimmed = int(alike.argmax())  # what a clip has less at its beginning
    return first_loud(resample(voice_alone(word, settings), rate_hz)) - trimmed


def first_loud(voice: Samples) -> int:
    """Return where a sound without noise comes within 18 dB of its loudest for good: its true onset."""
    power = np.convolve(np.square(voice), np.ones(_FRAME), mode="valid")
    loud = power > power.max() * 10**-1.8
    lasting = np.convolve(loud, np.ones(_LASTING), mode="valid") > _LASTING - 1
    return int(lasting.argmax()) + _FRAME // 2


def _errors_ms(voice: Synthesiser, bpm: float, begins: Begins) -> Iterator[float]:
    def measure(text: str, brisk: bool) -> tuple[int, int]:
        clip = voice.render(text, brisk=brisk)
        return clip.size, voiced_onset(clip)

    step = Step("count", "count", "Count.", Strokes(15, bpm, count_aloud=CountAloud.EACH))
    manner = Manner(measure_count=measure)
    score = compose(step, Place(0, Part.STROKES), (), lambda text: voice.render(text).size, manner)
    track = np.zeros(score.length + RATE_HZ, np.float32)
    for said in score.speech:
        track[said.at : said.end] += voice.render(said.text, brisk=said.brisk)
    beats = np.array([beat.at for beat in score.beats])
    for said in score.speech:
        onset = said.at + begins(said.text, said.brisk, track[said.at : said.end])
        yield float(np.abs(beats - onset).min()) / RATE_HZ * 1000
