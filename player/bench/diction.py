"""How a voice comes over: words that recognisers get wrong, loudness, peaks, counts on the beat, costs.

Every voice says the same texts of the library. Nothing here can tell how it sounds to people.
"""

from collections.abc import Iterator, Sequence
from time import perf_counter, process_time

import numpy as np
import soxr

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
from player.files import speech, voices
from player.files.voices import VoiceProfile
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples, Synthesiser
from player.sound.loudness import loudness
from player.sound.onset import voiced_onset
from player.sound.shaping import resample, to_s16
from player.voice.delivery import deliver, properties

VOICES = ("calm", "low", "slow", "espeak-calm")
_YARDSTICK = "espeak-calm"  # whose cost the others are compared with
_QUICK = 20  # every so many texts
_AROUND = bytes(int(0.3 * EARS_RATE_HZ) * 2)
_COLD = "Place one middle fingertip between your eyebrows."
_WARM = "Both middle fingertips to the inner ends of your eyebrows."
_LONG_S = 1.5  # a sentence; what is shorter has no steady loudness


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
        yield "counts on the beat", f"voices begin within {count_error_ms(voice):.1f} ms"


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


def count_error_ms(voice: Synthesiser) -> float:
    """Return how far the voice of any count from 1 to 15 begins from its beat, at 60 and at 120 a minute."""
    return max(abs(error) for bpm in (60, 120) for error in _errors_ms(voice, bpm))


def _errors_ms(voice: Synthesiser, bpm: float) -> Iterator[float]:
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
        onset = said.at + voiced_onset(track[said.at : said.end])
        yield float(np.abs(beats - onset).min()) / RATE_HZ * 1000
