"""A recogniser that says what it is told to, for what depends on answers alone; it keeps to the contract."""

from collections.abc import Sequence

from player.core.decision import Hypothesis
from player.errors import RecognitionError
from tests.contracts.recogniser import NO_WORD


class ScriptedRecogniser:
    """Gives `answers` in turn (`again`: from the first once more), `partials` likewise.

    Nothing is what it says to silence, and in place of a phrase that is not expected.
    """

    name = "scripted"

    def __init__(
        self,
        *answers: Hypothesis,
        partials: Sequence[str] = (),
        again: bool = False,
        unknown: Sequence[str] = (NO_WORD,),
    ) -> None:
        self.answers = list(answers)
        self.partials = list(partials)
        self.segments: list[bytes] = []
        self.expected: tuple[str, ...] = ()
        self.closed = False
        self._again = again
        self._unknown = unknown

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            phrase
            for phrase in phrases
            if phrase in self._unknown or set(phrase.split()) & set(self._unknown)
        )

    def expect(self, phrases: Sequence[str]) -> None:
        if missing := self.unknown(phrases):
            raise RecognitionError(f"not in the script: {', '.join(missing)}", "choose other words")
        self.expected = tuple(phrases)

    def begin(self) -> None:
        self.segments.append(b"")

    def accept(self, pcm: bytes) -> None:
        self.segments[-1] += pcm

    def partial(self) -> str:
        text = self.partials.pop(0) if self.partials else ""
        return text if text in self.expected else ""

    def end(self) -> Hypothesis:
        answer = self.answers.pop(0)
        if self._again:
            self.answers.append(answer)
        return answer if answer.text in self.expected and any(self.segments[-1]) else Hypothesis("")

    def close(self) -> None:
        self.closed = True
