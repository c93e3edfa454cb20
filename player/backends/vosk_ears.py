"""Vosk, where the user has a model, held to a grammar.

A grammar forces whatever is said onto its words, so the words that sound like a phrase, common words and
`[unk]` are in it too; only a phrase that is the whole answer counts. Vosk gives no usable figure for how sure
it is. A model with a piece missing can abort the whole process: in a session it runs in the ears process.
"""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from player.core.decision import Hypothesis
from player.errors import BackendUnavailable, RecognitionError
from player.models import store
from player.ports import EARS_RATE_HZ, RecogniserKind, RecogniserNeeds

_WHEELS = "its wheels are for 64-bit Linux, macOS and Windows; `--ears pocketsphinx` does without it"
_ABSENT = -1
_UNKNOWN = "[unk]"
_QUIET = b"\0" * (2 * EARS_RATE_HZ // 5)  # 0.2 s: the last sound of a word needs something after it


def _library() -> Any:
    """Return the package. Raises `BackendUnavailable`."""
    try:
        import vosk
    except ModuleNotFoundError as error:
        raise BackendUnavailable("Vosk is not installed", _WHEELS) from error
    except RuntimeError as error:  # it looks for a home folder, for models that we never ask for by name
        raise BackendUnavailable("Vosk wants to know where your home folder is", "set HOME") from error
    except (ImportError, OSError) as error:
        raise BackendUnavailable(f"Vosk cannot be loaded: {error}", "reinstall the player") from error
    vosk.SetLogLevel(-1)
    return vosk


class VoskRecogniser:
    """Recogniser port over one model folder. Raises `BackendUnavailable` when it is no model."""

    name = "vosk"

    def __init__(self, model: str | Path, others: Sequence[str] = ()) -> None:
        self._library = _library()
        if not Path(model).is_dir():
            raise BackendUnavailable(f"{model}: there is no such model folder", "see `player models list`")
        try:
            # by path only: by language it would download
            self._model = self._library.Model(model_path=str(model))
        except Exception as error:  # Vosk raises a bare Exception
            raise BackendUnavailable(
                f"{model}: Vosk cannot read this model ({error})", "fetch it again: `player models get`"
            ) from error
        self._others = others
        self._phrases: dict[str, str] = {}  # as the model writes it: as it was given
        self._decoder: Any = None
        self._texts: list[str] = []
        self._heard = bytearray()  # the segment
        self._ended = False  # an answer ends Vosk's own segment: more sound needs all of it again

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return those phrases that hold a word which the model does not have."""
        return tuple(phrase for phrase in phrases if not self._knows(phrase))

    def expect(self, phrases: Sequence[str]) -> None:
        """Compile the grammar. Raises `RecognitionError` for a phrase that the model cannot know."""
        if missing := self.unknown(phrases):
            raise RecognitionError(
                f"the Vosk model does not know: {', '.join(missing)}", "choose other words for these commands"
            )
        self._phrases = {phrase.lower(): phrase for phrase in phrases}
        if phrases:
            others = [word for word in self._others if word not in self._phrases and self._knows(word)]
            words = json.dumps([*sorted(self._phrases), *dict.fromkeys(others), _UNKNOWN])
            self._decoder = self._library.KaldiRecognizer(self._model, EARS_RATE_HZ, words)

    def _knows(self, phrase: str) -> bool:
        words = phrase.lower().split()
        return bool(words) and all(self._model.vosk_model_find_word(word) != _ABSENT for word in words)

    def begin(self) -> None:
        """Forget the last segment."""
        self._heard.clear()
        self._restart()

    def _restart(self) -> None:
        self._texts, self._ended = [], False
        if self._decoder is not None:
            self._decoder.FinalResult()  # `Reset` would keep what has not been decoded yet

    def accept(self, pcm: bytes) -> None:
        """Decode on; Vosk's own endpoints only cut the answer into parts."""
        self._heard += pcm
        if self._ended:
            self._restart()
            pcm = bytes(self._heard)
        self._decode(pcm)

    def _decode(self, pcm: bytes) -> None:
        if self._phrases and self._decoder.AcceptWaveform(pcm):
            self._texts.append(_text(self._decoder.Result()))

    def partial(self) -> str:
        """Return the whole answer: Vosk's own partial one lags by 0.2 s and changes at the end."""
        return self.end().text

    def end(self) -> Hypothesis:
        """Answer with the phrase when it is all that was said."""
        if not self._phrases:
            return Hypothesis("")
        if not self._ended:
            self._decode(_QUIET)
            self._texts.append(_text(self._decoder.FinalResult()))
            self._ended = True
        return Hypothesis(self._phrase(self._texts))

    def _phrase(self, texts: Sequence[str]) -> str:
        said = " ".join(text for text in texts if text)
        return self._phrases.get(said, "")

    def close(self) -> None:
        """Free the model."""
        self._decoder = self._model = None
        self._phrases = {}


def _text(result: str) -> str:
    return str(json.loads(result)["text"])


def _find() -> str:
    if find_spec("vosk") is None:
        raise BackendUnavailable("Vosk is not installed", _WHEELS)
    return str(store.model_path())


def _check(needs: RecogniserNeeds) -> str:
    """Load the library alone: a model with a piece missing could end the process."""
    version = getattr(_library(), "__version__", "")
    return f"vosk {version}".strip() + f", model {Path(needs.model).name}"


RECOGNISER = RecogniserKind(
    title="Vosk, where a model is installed (`player models get`)",
    make=lambda needs: VoskRecogniser(needs.model, needs.others),
    find=_find,
    check=_check,
)
