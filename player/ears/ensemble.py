"""Two recognisers that fail at different words, as one.

The first knows phrases by their sounds, the second writes down what is said. What both say is surer than
either alone; what only the first says counts as far as the second can take the sound for it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from player.backends import moonshine_ears, pocketsphinx_ears
from player.backends.moonshine_ears import SURELY, MoonshineRecogniser
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.core.decision import Hypothesis, among, strength
from player.ports import RecogniserKind, RecogniserNeeds

# In the limits of `core/decision.py`. What only the first says moves by a part of what the second gives it.
_AGREED = 8.0
_FIRST_ALONE, _PART = 20.0, 1 / 3
_SECOND_ALONE = 8.0
# What only the first says is disputed where the second writes another word likelier than the one, and finds
# the phrase less likely than the other.
_ANOTHER, _UNLIKELY = -2.4, -28.0
_REFUSED = -30.0  # so little can the first take a sound for a phrase, where it hears one other word
# A heeded phrase with which neither answered is obeyed where both together can take the sound for it so well.
_THIRD_LOOK, _SECOND_LEAST, _BOTH_LEAST = -8.0, -65.0, -75.0


class SecondOpinion:
    """Recogniser port over both. `heeded`: phrases that count even where the second hears talk."""

    name = "moonshine"

    def __init__(
        self, first: PocketsphinxRecogniser, second: MoonshineRecogniser, heeded: Sequence[str] = ()
    ) -> None:
        self._first, self._second, self._heeded = first, second, heeded
        self._both = (first, second)
        self._looked_for = ""  # what must not be lost when neither answers with it

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return those phrases that one of them cannot know."""
        unknown = {phrase for ear in self._both for phrase in ear.unknown(phrases)}
        return tuple(phrase for phrase in phrases if phrase in unknown)

    def expect(self, phrases: Sequence[str]) -> None:
        """Expect them with both. Raises `RecognitionError`."""
        for ear in self._both:
            ear.expect(phrases)
        self._looked_for = next((phrase for phrase in self._heeded if phrase in phrases), "")

    def begin(self) -> None:
        """Forget the last segment."""
        for ear in self._both:
            ear.begin()

    def accept(self, pcm: bytes) -> None:
        """Let both hear it."""
        for ear in self._both:
            ear.accept(pcm)

    def partial(self) -> str:
        """Return what the quicker one writes, or what the other takes it for."""
        return self._second.partial() or ("" if self._second.talk() else self._first.partial())

    def end(self) -> Hypothesis:
        """Answer with what both say, or what one says and the other finds likely enough."""
        if self._second.talk():
            heeded = self._first.partial() in self._heeded
            return self._alone(self._first.end()) if heeded else Hypothesis("")
        first, second = self._first.end(), self._second.end()
        if akin(first.text, second.text):
            return _moved(max(first, second, key=strength), _AGREED)
        return self._disputed(self._surest(first, second), first)

    def _surest(self, first: Hypothesis, second: Hypothesis) -> Hypothesis:
        """Return the surer of two that are not the same, or what must not be lost."""
        answers = [self._alone(first)] if first.text else []
        answers += [_moved(second, _SECOND_ALONE)]
        if self._heeded:
            answers += [among({*self._first.words, *self._second.words()}, self._heeded)]
            answers += [self._third_look()]
        return max((one for one in answers if one.text), key=strength, default=Hypothesis(""))

    def _disputed(self, answer: Hypothesis, first: Hypothesis) -> Hypothesis:
        """Tell whether one of them hears other words than what only the other says."""
        if not answer.text:
            return answer
        if answer.text == first.text:
            disputed = self._writes_another(answer.text, _ANOTHER) and self._unlikely(answer.text)
        else:
            refused = not first.text and self._refused(answer.text)
            disputed = refused or self._writes_another(answer.text, SURELY)
        return replace(answer, disputed=disputed)

    def _writes_another(self, phrase: str, least: float) -> bool:
        """Whether the second writes, likelier than `least`, what does not hold the whole phrase."""
        surely = self._second.surely(least)
        return bool(surely) and not set(phrase.split()) <= set(surely.split())

    def _unlikely(self, phrase: str) -> bool:
        """Whether the second can hardly take the sound for this phrase: "quarter" for "quieter"."""
        return strength(self._second.weigh(phrase)) < _UNLIKELY

    def _refused(self, phrase: str) -> bool:
        """Whether the first hears one word that is no phrase, and this phrase not at all: "banana"."""
        lone = bool(phrase) and len(self._first.words) == 1
        return lone and strength(self._first.weigh(phrase)) < _REFUSED

    def _third_look(self) -> Hypothesis:
        """Return what must not be lost if both can take the sound for it, whatever they answer."""
        second = strength(self._second.weigh(self._looked_for)) if self._looked_for else -math.inf
        if second < _SECOND_LEAST or second + strength(self._first.weigh(self._looked_for)) < _BOTH_LEAST:
            return Hypothesis("")
        return Hypothesis(self._looked_for, _THIRD_LOOK)

    def opinions(self) -> Mapping[str, str]:
        """Return by name what each makes of it; "talk" is more words than any phrase has."""
        second = "talk" if self._second.talk() else self._second.end().text
        return {self._first.name: self._first.end().text, self._second.name: second}

    def _alone(self, first: Hypothesis) -> Hypothesis:
        """Return what only the first says, moved by how far the second can take the sound for it."""
        return _moved(first, _FIRST_ALONE + _PART * strength(self._second.weigh(first.text)))

    def weigh(self, phrase: str) -> Hypothesis:
        """Weigh a phrase that neither answered with: the surer of both."""
        return max(self._first.weigh(phrase), self._second.weigh(phrase), key=strength)

    def close(self) -> None:
        """Free both."""
        for ear in self._both:
            ear.close()


def akin(first: str, second: str) -> bool:
    """Return whether two phrases are one, said more often or with words around it: "please stop", "stop"."""
    one, other = set(first.split()), set(second.split())
    return bool(one and other) and (one <= other or other <= one)


def _moved(hypothesis: Hypothesis, by: float) -> Hypothesis:
    """Return it as one figure, so much surer."""
    return (
        replace(hypothesis, score=round(strength(hypothesis) + by, 3), margin=None)
        if hypothesis.text
        else hypothesis
    )


def _both(needs: RecogniserNeeds) -> SecondOpinion:
    return SecondOpinion(PocketsphinxRecogniser(needs.others), MoonshineRecogniser(), needs.heeded)


def _find() -> str:
    """Return the model of the second one, which is never alone. Raises `BackendUnavailable`."""
    pocketsphinx_ears.RECOGNISER.find()
    return str(moonshine_ears.find())


RECOGNISER = RecogniserKind(
    title="PocketSphinx, and Moonshine beside it for a second opinion",
    make=_both,
    find=_find,
)
