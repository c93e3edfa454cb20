"""From an order to what is performed: its score, with the clip or the tone of everything in it.

The lengths of a score are those of its clips, so it is made when they are there. A voice may take its time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from player.core.notation import Score, samples
from player.core.orders import Perform
from player.core.plan import Advance, Plan, Step
from player.core.score import Manner, Measure, announce, compose
from player.core.timing import speech_s
from player.core.wording import Language
from player.errors import SynthesisError
from player.ports import RATE_HZ, Samples
from player.session.reconnecting_voice import ClipPending
from player.session.texts import spoken_preface
from player.sound import tones
from player.sound.mixer import Layer, Sound


@dataclass(frozen=True, slots=True)
class Arranged:
    """One performance, ready to be played."""

    order: Perform
    score: Score
    sounds: tuple[Sound, ...]


class Arranger:
    """Arranges one order at a time.

    `render` gives the clip of a text. It raises `ClipPending` for one that is still to come, and
    `SynthesisError` for one that cannot be had: then the silence in which its caption can be read takes its
    place, and `failed` is set.
    """

    def __init__(self, plan: Plan, language: Language, render: Callable[[str], Samples]) -> None:
        self._plan = plan
        self._language = language
        self._render = render
        self._order: Perform | None = None
        self._clips: dict[str, Samples] = {}
        self.signs_of_life = True  # a soft tone a minute in a long silence
        self.failed = False
        self.texts: tuple[str, ...] = ()  # of the order that is waited for

    def take(self, order: Perform | None) -> None:
        """Arrange this from now on, and no longer what was asked for before."""
        self._order, self._clips = order, {}
        self.texts = () if order is None else _texts(partial(self._score, order))

    def arranged(self) -> Arranged | None:
        """Return the performance once all its clips are there; each is returned once."""
        if self._order is None or not self._fetched():
            return None
        order, clips = self._order, self._clips
        score = self._score(order, lambda text: len(clips[text]))
        arranged = Arranged(order, score, tuple(_sounds(score, clips)))
        self.take(None)
        return arranged

    def _fetched(self) -> bool:
        """Fetch what is there by now; return whether nothing is waited for any more."""
        for text in self.texts:
            if text not in self._clips:
                try:
                    self._clips[text] = self._render(text)
                except ClipPending:
                    continue
                except SynthesisError:
                    self.failed = True
                    self._clips[text] = np.zeros(samples(speech_s(text)), np.float32)
        return len(self._clips) == len(self.texts)

    def _score(self, order: Perform, measure: Measure) -> Score:
        preface = spoken_preface(self._language, order)
        if order.place is None:
            return announce(preface, measure, Manner(signs_of_life=self.signs_of_life), order.listen_s)
        step = self._plan.steps[order.place.step]
        manner = Manner(order.pace, order.brief, self._reminder(step), self.signs_of_life)
        return compose(step, order.place, preface, measure, manner)

    def _reminder(self, step: Step) -> str:
        keys = {Advance.WAIT: "remind_next", Advance.ANSWER: "will_wait"}
        return self._language.sentence(keys[step.advance]) if step.advance in keys else ""


def _texts(score: Callable[[Measure], Score]) -> tuple[str, ...]:
    """Return every text that a score may hold, whatever their lengths."""
    texts: dict[str, None] = {}

    def measure(text: str) -> int:
        texts[text] = None
        return 0

    score(measure)
    return tuple(texts)


def _sounds(score: Score, clips: dict[str, Samples]) -> Iterator[Sound]:
    for speech in score.speech:
        yield Sound(speech.at, clips[speech.text], Layer.VOICE)
    for beat in score.beats:
        sound = tones.hum(beat.length / RATE_HZ) if beat.tone == "hum" else tones.tone(beat.tone)
        yield Sound(beat.at, sound, Layer.BEAT)
