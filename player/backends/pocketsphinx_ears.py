"""The ear that a fresh machine has: PocketSphinx, with the English model inside its wheel.

Two decodes for one segment. The first answers with words: phrases, words that sound nearly like them, and
common words compete, and only a phrase that is the whole answer counts. The second weighs that phrase against
free speech and against the other words, with every sound of the model scored (`compallsen`): otherwise the
scores of two searches cannot be compared.
"""

import math
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from player.backends import sphinx_words
from player.core.decision import Hypothesis, among
from player.errors import BackendUnavailable, RecognitionError
from player.ports import EARS_RATE_HZ, RecogniserKind

_NO_WHEEL = "with Python 3.11 or 3.13 it comes along; without it, `player models get` brings an ear (vosk)"
_FRAME_S = 0.03
_UNIT = 1e-4  # the decoder counts scores in logarithms to the base 1.0001
_PEAK = 0.5
_MOST_GAIN = 30.0
_HISS = 60.0  # of 32768, 49 dB under the peak: digital silence around a word misleads the model
_NEVER = -1e6
_WORDS, _MEAN = "_default", "mean"  # searches of the first decoder; the library names the first
# Mean cepstrum to begin with, between that of people and that of synthetic voices: without all thirteen
# values the first words of a session are missed.
_FIRST_MEAN = (44.0, -3.3, 0.2, 9.4, -3.0, -1.7, -2.2, -5.4, -4.0, -2.9, -1.6, -2.0, 0.8)
_LIBRARY_WEIGHT = 500  # frames that the library gives to the mean it had before
_PRIOR_WEIGHT = 100  # frames: how much the mean so far counts against this segment's own
_MOVED = 1.1  # so much longer a segment needs its mean taken anew
_HISTORY_WEIGHT = 300  # frames: how slowly the mean so far follows the speaker
_WIDE = {"beam": 1e-50, "pbeam": 1e-50, "wbeam": 1e-35, "lw": 1.0, "bestpath": False, "compallsen": True}


def _library() -> Any:
    try:
        import pocketsphinx
    except ModuleNotFoundError as error:
        raise BackendUnavailable("PocketSphinx is not installed", _NO_WHEEL) from error
    except (ImportError, OSError) as error:
        raise BackendUnavailable(f"PocketSphinx cannot be loaded: {error}", "reinstall the player") from error
    return pocketsphinx


def voice_activity(mode: int = 1) -> Callable[[bytes], bool]:
    """Return a judge of 30 ms frames: does it sound like speech? 0 takes most, 3 least."""
    detector = _library().Vad(mode, EARS_RATE_HZ, _FRAME_S)
    return lambda frame: bool(detector.is_speech(frame))


def pronunciations(phrases: Sequence[str]) -> dict[str, list[sphinx_words.Phones]]:
    """Return every way to say each phrase; none for one with a word that the dictionary lacks.

    Raises `BackendUnavailable` where there is no dictionary.
    """
    words = frozenset(word for phrase in phrases for word in phrase.lower().split())
    dictionary = _read_dictionary(_library(), words)
    known = {phrase: all(word in dictionary for word in phrase.lower().split()) for phrase in phrases}
    return {phrase: sphinx_words.ways(phrase, dictionary) if known[phrase] else [] for phrase in phrases}


def _read_dictionary(library: Any, words: frozenset[str]) -> sphinx_words.Dictionary:
    path = Path(library.get_model_path("en-us/cmudict-en-us.dict"))
    with path.open(encoding="utf-8") as lines:
        return sphinx_words.read_dictionary(lines, words)


class PocketsphinxRecogniser:
    """Recogniser port. `others`: near-sounding and common words, which win where they were said.

    `heeded`: phrases that are doubted, not lost, where they are one of a few words.
    """

    name = "pocketsphinx"

    def __init__(self, others: Sequence[str], heeded: Sequence[str] = ()) -> None:
        self._library = _library()
        self._others = others
        self._heeded = heeded
        self.words: tuple[str, ...] = ()  # of the last answer
        self._phrases: dict[str, str] = {}
        self._looked_up: frozenset[str] = frozenset()  # words
        self._dictionary: sphinx_words.Dictionary = {}  # what there is of them
        self._built: tuple[str, ...] = ()  # the phrases that there are searches for
        self._heard = bytearray()
        self._mean = np.array(_FIRST_MEAN)  # of the segments before this one
        self._next_mean = self._mean
        self._own = (0, "")  # bytes heard when the mean for this segment was taken, and that mean

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return those phrases that have a word which this ear cannot know."""
        known = self._pronounced(phrases)
        return tuple(p for p in phrases if not p.split() or any(w not in known for w in p.lower().split()))

    def _pronounced(self, phrases: Sequence[str]) -> sphinx_words.Dictionary:
        """Return what the library's dictionary has of all that may be said; all of it would take 45 MB."""
        words = frozenset(word for text in (*phrases, *self._others) for word in text.lower().split())
        if not words <= self._looked_up:  # it takes a quarter of a second to look through
            words |= self._looked_up
            self._dictionary = _read_dictionary(self._library, words)
            self._looked_up = words
        return self._dictionary

    def expect(self, phrases: Sequence[str]) -> None:
        """Forget all speakers; build the searches. Raises `RecognitionError` for a word that is not known."""
        self._phrases = {sphinx_words.token(phrase): phrase for phrase in phrases}
        self._mean = self._next_mean = np.array(_FIRST_MEAN)
        if phrases and tuple(phrases) != self._built:
            self._build(tuple(phrases))

    def _build(self, phrases: tuple[str, ...]) -> None:
        dictionary = self._pronounced(phrases)
        others = sphinx_words.fillers(self._others, phrases, dictionary)
        with tempfile.TemporaryDirectory(prefix="player-ears-") as folder:
            words, model = Path(folder, "words.dict"), Path(folder, "words.arpa")
            words.write_text(sphinx_words.dictionary_text(phrases, others, dictionary), encoding="utf-8")
            model.write_text(sphinx_words.language_model(phrases, others), encoding="utf-8")
            common = {"dict": str(words), "featparams": str(self._feature_parameters(Path(folder)))}
            self._answers = self._decoder(lm=str(model), **common)
            self._weighs = self._decoder(lm=None, **common, **_WIDE)
        self._answers.add_jsgf_string(_MEAN, sphinx_words.grammar(phrases[:1]))
        self._weighs.add_allphone_file("free", self._library.get_model_path("en-us/en-us-phone.lm.bin"))
        self._weighs.add_jsgf_string("others", sphinx_words.grammar(others))
        for phrase in phrases:
            self._weighs.add_jsgf_string(sphinx_words.token(phrase), sphinx_words.grammar([phrase]))
        self._built = phrases

    def _feature_parameters(self, folder: Path) -> Path:
        """Write the model's own parameters with a running mean: one word is too short to take its mean from.

        The model's file overrides the decoder's options, so the change has to be in the file.
        """
        shipped = Path(self._library.get_model_path("en-us/en-us/feat.params")).read_text(encoding="utf-8")
        changed = Path(folder, "feat.params")
        lines = [line for line in shipped.splitlines() if not line.startswith("-cmn")]
        changed.write_text("\n".join([*lines, "-cmn live", ""]), encoding="utf-8")
        return changed

    def _decoder(self, **options: object) -> Any:
        model = self._library.get_model_path("en-us/en-us")
        try:
            return self._library.Decoder(hmm=model, samprate=EARS_RATE_HZ, loglevel="FATAL", **options)
        except (RuntimeError, ValueError) as error:
            raise RecognitionError(f"PocketSphinx cannot start: {error}", "reinstall the player") from error

    def begin(self) -> None:
        """Forget the last segment, but not how its speaker sounded."""
        self._heard.clear()
        self._own = (0, "")
        self._mean = self._next_mean

    def accept(self, pcm: bytes) -> None:
        """Keep the sound until it is asked about."""
        self._heard += pcm

    def partial(self) -> str:
        """Decode all that was heard for its words alone."""
        if not self._phrases or not self._heard:
            return ""
        pcm = _level(bytes(self._heard))
        return self._text(self._answer(pcm, self._follow_speaker(pcm)))

    def aside(self, pcm: bytes) -> str:
        """Answer what another sound says for its words alone, and learn nothing from it."""
        kept, levelled = self._next_mean, _level(pcm)
        name = self._answer(levelled, self._mean_of(levelled))
        self._next_mean = kept
        return self._text(name)

    def _text(self, name: str | None) -> str:
        return "" if name is None else self._phrases[name]

    def end(self) -> Hypothesis:
        """Decode all that was heard."""
        if not self._phrases or not self._heard:
            return Hypothesis("")
        pcm = _level(bytes(self._heard))
        mean = self._follow_speaker(pcm)
        name = self._answer(pcm, mean)
        return among(self.words, self._heeded) if name is None else self._weigh(name, pcm, mean)

    def _follow_speaker(self, pcm: bytes) -> str:
        """Return the mean cepstrum for this segment; a few frames more do not move it."""
        taken, mean = self._own
        if not taken <= len(pcm) < _MOVED * taken:
            mean = self._mean_of(pcm)
            self._own = (len(pcm), mean)
        return mean

    def _mean_of(self, pcm: bytes) -> str:
        """Return a mean cepstrum between the segment's own and that of those before it."""
        _search(self._answers, _MEAN, ",".join("0" * len(_FIRST_MEAN)), pcm)  # only its features count
        frames = max(1, self._answers.n_frames())
        moved = np.array([float(value) for value in self._answers.get_cmn(False).split(",")])
        own = moved * (_LIBRARY_WEIGHT + frames) / frames
        mean = (_PRIOR_WEIGHT * self._mean + frames * own) / (_PRIOR_WEIGHT + frames)
        self._next_mean = (_HISTORY_WEIGHT * self._mean + frames * own) / (_HISTORY_WEIGHT + frames)
        return ",".join(f"{value:.4f}" for value in mean)

    def _answer(self, pcm: bytes, mean: str) -> str | None:
        _search(self._answers, _WORDS, mean, pcm)
        parts = self._answers.seg() or []
        self.words = tuple(_plain(part.word) for part in parts if part.word[0] not in "<[")
        return self.words[0] if len(self.words) == 1 and self.words[0] in self._phrases else None

    def weigh(self, phrase: str) -> Hypothesis:
        """Weigh a phrase that was expected but is not the answer for what was heard."""
        pcm = _level(bytes(self._heard))
        return self._weigh(sphinx_words.token(phrase), pcm, self._follow_speaker(pcm))

    def _weigh(self, name: str, pcm: bytes, mean: str) -> Hypothesis:
        phrase = self._score(name, pcm, mean)
        frames = self._spoken_frames(name)
        score = (phrase - self._score("free", pcm, mean)) / frames
        margin = (phrase - self._score("others", pcm, mean)) / frames
        return Hypothesis(self._phrases[name], round(score, 3), round(margin, 3))

    def _score(self, search: str, pcm: bytes, mean: str) -> float:
        _search(self._weighs, search, mean, pcm)
        found = self._weighs.hyp()
        return math.log(found.score) / _UNIT if found is not None and found.score > 0 else _NEVER

    def _spoken_frames(self, name: str) -> int:
        parts = [part for part in self._weighs.seg() or [] if _plain(part.word) == name]
        return max(1, sum(int(part.end_frame - part.start_frame) + 1 for part in parts))

    def close(self) -> None:
        """Free everything."""
        self._phrases = {}
        self._heard.clear()


def _search(decoder: Any, name: str, mean: str, pcm: bytes) -> None:
    """Decode a segment; every search sees the same features, whatever the decoder heard before."""
    decoder.reinit_feat()  # or it would remove the noise that it heard last
    decoder.activate_search(name)
    decoder.set_cmn(mean)
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _plain(word: str) -> str:
    return word.partition("(")[0]


def _level(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, np.int16).astype(np.float64) / 32768
    gain = min(_PEAK / (np.abs(samples).max() + 1e-6), _MOST_GAIN)
    hiss = np.random.default_rng(0).normal(0.0, _HISS, len(samples))  # the same every time
    return bytes((samples * gain * 32000 + hiss).astype("<i2").tobytes())


def _find() -> str:
    if find_spec("pocketsphinx") is None:
        raise BackendUnavailable("PocketSphinx is not installed", _NO_WHEEL)
    return ""


RECOGNISER = RecogniserKind(
    title="PocketSphinx alone, with its own English model",
    make=lambda needs: PocketsphinxRecogniser(needs.others, needs.heeded),
    find=_find,
    aside=PocketsphinxRecogniser.aside,
)
