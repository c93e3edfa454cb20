"""The ear of a fresh machine where its wheel fits: Moonshine Tiny, a small neural recogniser (MIT licence).

It writes down whatever is said in a segment, so talk is heard as talk. Each phrase that may have been said is
then held against that: how likely are its words for this sound, and how much less than the words it would
write by itself? Only the model's files are used, not the code of the package that brings them.
"""

import importlib.util
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from player.backends.word_pieces import tokens
from player.core.decision import Hypothesis
from player.errors import BackendUnavailable, RecognitionError

_CURE = "reinstall the player, or use `--ears pocketsphinx`"
_WITHOUT = "`--ears pocketsphinx` does without"
_PACKAGE = "moonshine_voice"
_OLDEST_GLIBC = {"x86_64": (2, 34), "aarch64": (2, 31)}  # what its wheels want
_FOLDER = Path("assets", "tiny-en")
_FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
_START, _END = 1, 2
_MARKS = (".", "?", "!")  # a phrase may end with one of these, or with nothing
_BLANK = "\N{LOWER ONE EIGHTH BLOCK}"  # how the model writes the beginning of a word
_HEADS, _HEAD_SIZE = 8, 36
_AROUND = 3200  # samples of silence before and after: 0.2 s
_SHORTEST = 1600
_MOST_TOKENS = 8  # of what is written freely; no phrase is longer, and talk need not be read to its end
_LONGEST_TOKENS = 120  # of a sentence that is written down as a whole
_TALK = 5  # words
_CANDIDATES = 4  # phrases that are held against the sound
_ALIKE = 2  # of them at most that begin alike

# In the limits of `core/decision.py`: 8 a unit of log-likelihood, and 8 for a phrase of which it is certain.
_UNIT, _CERTAIN = 8.0, 8.0
SURELY = -1.45  # likelier than this it has understood a word
_NEVER = -4.5  # less likely than this it is not what was said
# What it seldom writes it finds unlikely for any sound: of what a phrase is under the usual likelihood for
# silence, seven tenths of what that costs is given back when it is weighed.
_SILENCE = bytes(24_000)  # 0.75 s
_USUAL, _GIVEN_BACK = -13.0, 1.4

LogLikelihoods = npt.NDArray[np.float64]


def model_path() -> Path | None:
    """Return the folder of the model, or None where the package is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    places = found.submodule_search_locations if found else None
    folders = [Path(place) / _FOLDER for place in places or ()]
    return next((one for one in folders if all((one / file).is_file() for file in _FILES)), None)


def find() -> Path:
    """Return the folder of the model. Raises `BackendUnavailable` where it is not installed."""
    folder = model_path()
    if folder is None:
        raise BackendUnavailable("the Moonshine model is not installed", _how_to_have_it())
    return folder


def _how_to_have_it() -> str:
    """Return the cure, or why there is none here."""
    wanted = _OLDEST_GLIBC.get(platform.machine(), (0, 0))
    name, version = platform.libc_ver()
    if sys.version_info >= (3, 14):
        return "there is none for this Python: 3.13 has it"
    if name == "glibc" and tuple(map(int, version.split("."))) < wanted:
        return f"its wheel wants glibc {wanted[0]}.{wanted[1]}, here is {version}: {_WITHOUT}"
    return f"`pipx install '.[moonshine]'`, or in a checkout `make play`, brings it; {_WITHOUT}"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model would write by itself: the words without their mark, and its log-likelihood."""

    text: str
    likelihood: float
    first: LogLikelihoods  # of every token as the first one


class MoonshineRecogniser:
    """Recogniser port over the model. Raises `BackendUnavailable` when it is not there."""

    name = "moonshine"

    def __init__(self) -> None:
        folder = find()
        self._tokens = tokens((folder / "tokenizer.bin").read_bytes())
        self._numbers = {token: number for number, token in enumerate(self._tokens)}
        self._marks = [self._numbers[mark.encode()] for mark in _MARKS]
        self._encoder, self._decoder = (_session(folder / file) for file in _FILES[:2])
        names = [one.name for one in self._decoder.get_inputs() if one.name.startswith("past")]
        self._past = dict.fromkeys(names, np.zeros((1, _HEADS, 0, _HEAD_SIZE), np.float32))
        self._phrases: dict[str, list[int]] = {}
        self._unheard: dict[str, float] = {}  # how likely each phrase is when nothing was said
        self._nothing = ""  # what it writes then
        self._heard = bytearray()
        self._sound: dict[str, object] = {}  # the segment as the model hears it
        self._said: _Said | None = None  # what it would write for that

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return those phrases that hold what is no word: more pieces than half its letters."""
        return tuple(
            phrase for phrase in phrases if not phrase.split() or not all(map(self._knows, phrase.split()))
        )

    def _knows(self, word: str) -> bool:
        return word.replace("'", "").isalpha() and len(self._pieces(word)) <= max(2, len(word) // 2)

    def expect(self, phrases: Sequence[str]) -> None:
        """Take the phrases apart. Raises `RecognitionError` for what is no word."""
        if missing := self.unknown(phrases):
            raise RecognitionError(
                f"Moonshine does not know: {', '.join(missing)}", "choose other words for these commands"
            )
        self._phrases = {phrase: self._pieces(phrase) for phrase in phrases}
        if new := [phrase for phrase in phrases if phrase not in self._unheard]:
            self.begin()
            self.accept(_SILENCE)
            self._nothing = self._listen().text
            self._unheard |= {phrase: self._likelihood(phrase, self._listen()) for phrase in new}
            self.begin()

    def _pieces(self, phrase: str) -> list[int]:
        """Return the fewest tokens that spell a phrase, as the first words of a sentence."""
        text = (_BLANK + phrase[0].upper() + phrase[1:].lower().replace(" ", _BLANK)).encode()
        best: dict[int, list[int]] = {0: []}
        for begin in range(len(text)):
            for end in range(begin + 1, len(text) + 1):
                number = self._numbers.get(text[begin:end])
                if begin in best and number is not None and len(best[begin]) + 1 < len(best.get(end, text)):
                    best[end] = [*best[begin], number]
        return best.get(len(text), [_END] * len(text))

    def begin(self) -> None:
        """Forget the last segment."""
        self._heard.clear()
        self._said = None

    def accept(self, pcm: bytes) -> None:
        """Keep the sound until it is asked about."""
        self._heard += pcm
        self._said = None

    def partial(self) -> str:
        """Return the phrase when it is what the model would write by itself."""
        return self._phrase(self._listen().text) if self._may_answer() else ""

    def end(self) -> Hypothesis:
        """Answer with the likeliest phrase, unless something else is far likelier."""
        if not self._may_answer():
            return Hypothesis("")
        said = self._listen()
        likely = {phrase: self._likelihood(phrase, said) for phrase in self._worth_asking(said)}
        best = max(likely, key=lambda phrase: likely[phrase])
        sure = _sure(likely[best], said)
        return Hypothesis(best, round(_UNIT * sure + _CERTAIN, 3)) if sure > _NEVER else Hypothesis("")

    def weigh(self, phrase: str) -> Hypothesis:
        """Weigh a phrase that was expected but is not the answer for what was heard."""
        said = self._listen()
        given_back = _GIVEN_BACK * max(0.0, _USUAL - self._unheard[phrase])
        sure = min(0.0, _sure(self._likelihood(phrase, said), said) + given_back)
        return Hypothesis(phrase, round(_UNIT * sure + _CERTAIN, 3))

    def surely(self, least: float = SURELY) -> str:
        """Return the words that it would write, as a phrase spells them, if likelier than `least`."""
        said = self._listen()
        sure = said.likelihood > least and said.text != self._nothing
        return (self._phrase(said.text) or said.text) if sure else ""

    def talk(self) -> bool:
        """Return whether it would write more words than any phrase has."""
        return self._may_answer() and len(self._listen().text.split()) >= _TALK

    def transcribe(self, pcm: bytes) -> str:
        """Return what it writes for a whole sentence (s16le, 16 kHz), whatever is expected."""
        self.begin()
        self.accept(pcm)
        return self._write(_LONGEST_TOKENS).text

    def _may_answer(self) -> bool:
        return bool(self._phrases) and len(self._heard) >= 2 * _SHORTEST

    def _phrase(self, text: str) -> str:
        together = text.replace(" ", "")  # "every day" is how it spells "everyday"
        return next((one for one in self._phrases if one.lower().replace(" ", "") == together), "")

    def _worth_asking(self, said: _Said) -> list[str]:
        """Return what the model would write, and the phrases whose beginnings are the likeliest.

        Of those that begin alike, the ones of about as many words as it would write.
        """
        count = len(said.text.split())
        likely: list[str] = []
        begun: list[int] = []
        for phrase in sorted(self._phrases, key=lambda phrase: abs(len(phrase.split()) - count)):
            if begun.count(first := self._phrases[phrase][0]) < _ALIKE:
                begun.append(first)
                likely.append(phrase)
        likely.sort(key=lambda phrase: -said.first[self._phrases[phrase][0]])
        written = self._phrase(said.text)
        return list(dict.fromkeys([*([written] if written else []), *likely[:_CANDIDATES]]))

    def words(self) -> tuple[str, ...]:
        """Return the words that it would write."""
        return tuple(self._listen().text.split()) if self._may_answer() else ()

    def _likelihood(self, phrase: str, said: _Said) -> float:
        """Return how likely the phrase is, with any mark behind it and nothing more."""
        pieces = self._phrases[phrase]
        after = self._after([_START, *pieces, self._marks[0]])
        words = float(sum(after[place, piece] for place, piece in enumerate(pieces)))
        marked = float(np.logaddexp.reduce(after[-2, self._marks])) + float(after[-1, _END])
        whole = words + float(np.logaddexp(after[-2, _END], marked))
        return (
            max(whole, said.likelihood) if phrase == self._phrase(said.text) else whole
        )  # it may spell it otherwise

    # --- the model

    def _listen(self) -> _Said:
        """Return what the model would write for the segment; it is asked once for the same sound."""
        if self._said is None:
            self._said = self._write()
        return self._said

    def _write(self, most: int = _MOST_TOKENS) -> _Said:
        """Let the model write down the segment, word piece by word piece."""
        sound = _between_silences(bytes(self._heard))
        heard = np.ones((1, len(sound)), np.int64)
        (hidden,) = self._encoder.run(None, {"input_values": sound[None], "attention_mask": heard})
        self._sound = {"encoder_hidden_states": hidden, "encoder_attention_mask": heard}
        written, likelihood = [_START], 0.0
        first = after = self._after(written)[-1]
        while (piece := int(after.argmax())) != _END and len(written) <= most:
            written.append(piece)
            likelihood += float(after[piece])
            after = self._after(written)[-1]
        spelt = b"".join(self._tokens[piece] for piece in written[1:]).decode(errors="replace")
        text = spelt.replace(_BLANK, " ").strip(" " + "".join(_MARKS)).replace(",", "").lower()
        return _Said(text, likelihood + float(after[_END]), first)

    def _after(self, written: Sequence[int]) -> LogLikelihoods:
        """Return the log-likelihood of every token after each of those written."""
        asked: Mapping[str, object] = {
            "input_ids": np.array([written], np.int64),
            "use_cache_branch": np.array([False]),
        }
        (logits,) = self._decoder.run(["logits"], {**self._sound, **self._past, **asked})
        values = logits[0].astype(np.float64)
        values -= values.max(axis=-1, keepdims=True)
        return np.asarray(values - np.log(np.exp(values).sum(axis=-1, keepdims=True)))

    def close(self) -> None:
        """Free everything."""
        self._phrases = {}
        self._heard.clear()
        self._sound = {}


def _sure(likelihood: float, said: _Said) -> float:
    """Return how likely a phrase is, and how much less than what the model would write; 0 is certain."""
    return likelihood + min(0.0, likelihood - said.likelihood)


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        raise BackendUnavailable(f"onnxruntime cannot be loaded: {error}", _CURE) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # it would keep 23 MB that it seldom needs
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own, without a common root
        raise BackendUnavailable(f"{path.name}: not a model that can be read: {error}", _CURE) from error


def _between_silences(pcm: bytes) -> npt.NDArray[np.float32]:
    """Return full-scale samples; how loud they are makes no difference to the model."""
    silence = np.zeros(_AROUND, np.float32)
    return np.concatenate([silence, np.frombuffer(pcm, np.int16).astype(np.float32) / 32768, silence])
