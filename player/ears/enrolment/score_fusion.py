"""A recogniser that also knows the listener's own takes: both opinions fused into one score.

In: a `Recogniser` and takes (features by phrase); s16le mono 16 kHz of one segment. Out: a `Hypothesis` whose
score is on the scale of `core.decision`'s limits and whose margin is None: it is in the score already.

The fusion is one logistic, fitted with the takes missing as a case: what the takes say is a bonus on the
recogniser's strength as `core.decision.strength` weighs it, the one place where score and margin are put
together. Without takes the bonus is nothing, so limits and figures of the untuned player hold. The bonus is
bounded: takes of another person or another room cost at most one repetition, and when they keep contradicting
a sure recogniser they are set aside.

The constants come from `python -m tests.ears.fit_takes constants`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from player.core.decision import Hypothesis, strength
from player.ears.enrolment.features import Likeness, Take, Templates, features, impostors
from player.ports import Recogniser

_SURENESS = (-60.0, 10.0)  # what is outside says no more
_NEARNESS = (-4.0, 6.0)
_LEAD = (-4.0, 4.0)
_MOST_LONGER_S = 0.6
_UNSCORED = 0.0  # how sure a recogniser without figures is of its answer
_UNHEARD = -40.0  # how sure it is of a phrase that it did not answer with
_CONTRADICTED = -2.0  # lead under which takes contradict a sure recogniser
_SURE = 0.0
_WORTH = 1.0  # nearness under which takes never win: the recogniser need not be asked
_PATIENCE = 3  # contradictions in a row after which takes are set aside


@dataclass(frozen=True, slots=True)
class Weights:
    """What each figure of the takes adds, in the recogniser's units; the sum is bounded."""

    always: float
    agrees: float  # the recogniser answered with the same phrase
    nearness: float
    lead: float  # over the next phrase
    longer: float  # per second
    shorter: float
    most: float = 12.0  # takes alone make no command: the recogniser must find it half likely
    least: float = -8.0  # a sure command becomes doubtful, never deaf


WEIGHTS = Weights(always=-120.0, agrees=6.0, nearness=37.6, lead=26.6, longer=-123.4, shorter=-115.6)


@runtime_checkable
class Weighs(Protocol):
    """A recogniser that can say how sure it is of a phrase which it did not answer with."""

    def weigh(self, phrase: str) -> Hypothesis:
        """Weigh `phrase` for the segment that `end` answered for."""


class TunedRecogniser:
    """Recogniser port over another one and a person's takes."""

    def __init__(self, recogniser: Recogniser, takes: Mapping[str, Sequence[Take]]) -> None:
        self.name = recogniser.name
        self._recogniser = recogniser
        self._templates = Templates(takes, impostors())
        self._expected: frozenset[str] = frozenset()
        self._heard = bytearray()
        self._contradictions = 0
        self._noticed = False  # this segment's have been counted

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return what the recogniser cannot know."""
        return self._recogniser.unknown(phrases)

    def expect(self, phrases: Sequence[str]) -> None:
        """Pass on."""
        self._expected = frozenset(phrases)
        self._recogniser.expect(phrases)

    def begin(self) -> None:
        """Begin a segment."""
        self._heard.clear()
        self._noticed = False
        self._recogniser.begin()

    def accept(self, pcm: bytes) -> None:
        """Take sound for both."""
        self._heard += pcm
        self._recogniser.accept(pcm)

    def partial(self) -> str:
        """Return what the recogniser has so far."""
        return self._recogniser.partial()

    def end(self) -> Hypothesis:
        """Answer with the phrase on which both agree best."""
        answer = self._recogniser.end()
        if not self._heard or not self._expected or self._contradictions >= _PATIENCE:
            return answer
        likeness = self._templates.compare(features(bytes(self._heard)))
        likeness = {phrase: like for phrase, like in likeness.items() if phrase in self._expected}
        self._notice(answer, likeness)
        return best(list(candidates(answer, likeness, self._recogniser)), answer)

    def close(self) -> None:
        """Free everything."""
        self._heard.clear()
        self._recogniser.close()

    def _notice(self, answer: Hypothesis, likeness: Mapping[str, Likeness]) -> None:
        """Count how often the takes contradict a recogniser that is sure."""
        if answer.text in likeness and sureness(answer) >= _SURE and not self._noticed:
            self._noticed = True
            contradicted = _lead(answer.text, likeness) < _CONTRADICTED
            self._contradictions = self._contradictions + 1 if contradicted else 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may have been said, and what speaks for it."""

    hypothesis: Hypothesis  # of the recogniser
    agrees: bool
    nearness: float
    lead: float
    longer_s: float


def candidates(
    answer: Hypothesis, likeness: Mapping[str, Likeness], recogniser: object
) -> "tuple[Candidate, ...]":
    """Return the recogniser's phrase, and the one whose takes are nearest; none without takes."""
    if not likeness:
        return ()
    nearest = max(likeness, key=lambda phrase: likeness[phrase].nearness)
    several = dict.fromkeys(phrase for phrase in (answer.text, nearest) if phrase in likeness)
    found = []
    for phrase in several:
        agrees = phrase == answer.text
        like = likeness[phrase]
        weighed = answer if agrees else _weighed(phrase, like, recogniser)
        found.append(Candidate(weighed, agrees, like.nearness, _lead(phrase, likeness), like.longer_s))
    return tuple(found)


def _weighed(phrase: str, like: Likeness, recogniser: object) -> Hypothesis:
    if isinstance(recogniser, Weighs) and like.nearness >= _WORTH:
        return recogniser.weigh(phrase)
    return Hypothesis(phrase, _UNHEARD)


def _lead(phrase: str, likeness: Mapping[str, Likeness]) -> float:
    others = [like.nearness for name, like in likeness.items() if name != phrase]
    return likeness[phrase].nearness - max(others, default=likeness[phrase].nearness)


def best(several: Sequence[Candidate], answer: Hypothesis, weights: Weights = WEIGHTS) -> Hypothesis:
    """Return the hypothesis of the surest candidate; the recogniser's own answer where there is none."""
    if not several:
        return answer
    scores = [joined(candidate, weights) for candidate in several]
    surest = max(range(len(several)), key=scores.__getitem__)
    without_takes = answer.text and not any(candidate.agrees for candidate in several)
    if without_takes and sureness(answer) >= scores[surest]:
        return answer
    text, score = several[surest].hypothesis.text, scores[surest]
    disputed = answer.disputed and score <= sureness(answer)  # takes for it settle that
    return replace(answer, text=text, score=round(score, 3), margin=None, disputed=disputed)


def joined(candidate: Candidate, weights: Weights = WEIGHTS) -> float:
    """Return how sure both together are, in the recogniser's units."""
    figures = figures_of(candidate)
    terms = (weights.agrees, weights.nearness, weights.lead, weights.longer, weights.shorter)
    bonus = weights.always + sum(w * x for w, x in zip(terms, figures[1:], strict=True))
    return figures[0] + min(max(bonus, weights.least), weights.most)


def figures_of(candidate: Candidate) -> tuple[float, ...]:
    """Return what is weighed: sureness, agrees, nearness, lead, longer, shorter; each bounded."""
    longer = min(max(candidate.longer_s, 0.0), _MOST_LONGER_S)
    shorter = min(max(-candidate.longer_s, 0.0), _MOST_LONGER_S)
    return (
        _bounded(sureness(candidate.hypothesis), _SURENESS),
        float(candidate.agrees),
        _bounded(candidate.nearness, _NEARNESS),
        _bounded(candidate.lead, _LEAD),
        longer,
        shorter,
    )


def sureness(hypothesis: Hypothesis) -> float:
    """Return how sure a recogniser is, as `core.decision` weighs it; without figures takes have room."""
    return _UNSCORED if hypothesis.score is None else strength(hypothesis)


def _bounded(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
