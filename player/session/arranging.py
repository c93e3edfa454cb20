"""From an order to what is performed: its score, with the clip or the tone of everything in it.

The lengths of a score are those of its clips, so it is made when they are there. A voice may take its time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from player.core.notation import Role, Score, samples
from player.core.orders import Perform
from player.core.plan import Advance, Plan, Step
from player.core.score import Manner, announce, compose
from player.core.timing import speech_s
from player.core.wording import Language
from player.errors import SynthesisError
from player.ports import RATE_HZ, Render, Samples
from player.session.reconnecting_voice import ClipPending
from player.session.texts import spoken_preface
from player.sound import tones
from player.sound.mixer import Layer, Sound
from player.sound.onset import voiced_onset

_Clip = tuple[str, bool]  # a text, and whether it is brisk
_NOT_THERE = np.zeros(0, np.float32)


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

    def __init__(self, plan: Plan, language: Language, render: Render) -> None:
        self._plan = plan
        self._language = language
        self._render = render
        self._order: Perform | None = None
        self._clips: dict[_Clip, Samples] = {}
        self._wanted: dict[_Clip, None] = {}
        self.signs_of_life = True  # a soft tone a minute in a long silence
        self.failed = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what the order that is waited for may say."""
        return tuple(dict.fromkeys(text for text, _brisk in self._wanted))

    def take(self, order: Perform | None) -> None:
        """Arrange this from now on, and no longer what was asked for before."""
        self._order, self._clips, self._wanted = order, {}, {}
        if order is not None:
            self._score(order)  # without any length it holds every text

    def arranged(self) -> Arranged | None:
        """Return the performance once all its clips are there; each is returned once."""
        order = self._order
        while order is not None and self._fetched():
            score = self._score(order)
            if len(self._clips) == len(self._wanted):  # else a count is longer than its beat
                sounds = tuple(_sounds(score, self._clips))
                self.take(None)
                return Arranged(order, score, sounds)
        return None

    def _fetched(self) -> bool:
        """Fetch what is there by now; return whether nothing is waited for any more."""
        for text, brisk in self._wanted:
            if (text, brisk) not in self._clips:
                try:
                    self._clips[text, brisk] = self._render(text, brisk=brisk)
                except ClipPending:
                    continue
                except SynthesisError:
                    self.failed = True
                    self._clips[text, brisk] = np.zeros(samples(speech_s(text)), np.float32)
        return len(self._clips) == len(self._wanted)

    def _clip(self, text: str, *, brisk: bool = False) -> Samples:
        """Return a clip by what is there; what is not has no length yet, and is wanted."""
        self._wanted[text, brisk] = None
        return self._clips.get((text, brisk), _NOT_THERE)

    def _measure(self, text: str) -> int:
        return len(self._clip(text))

    def _measure_count(self, text: str, brisk: bool) -> tuple[int, int]:
        clip = self._clip(text, brisk=brisk)
        return len(clip), voiced_onset(clip)

    def _score(self, order: Perform) -> Score:
        preface = spoken_preface(self._language, order)
        if order.place is None:
            manner = Manner(signs_of_life=self.signs_of_life)
            return announce(preface, self._measure, manner, order.listen_s)
        step = self._plan.steps[order.place.step]
        manner = Manner(
            order.pace, order.brief, self._reminder(step), self.signs_of_life, self._measure_count
        )
        return compose(step, order.place, preface, self._measure, manner)

    def _reminder(self, step: Step) -> str:
        keys = {Advance.WAIT: "remind_next", Advance.ANSWER: "will_wait"}
        return self._language.sentence(keys[step.advance]) if step.advance in keys else ""


def _sounds(score: Score, clips: Mapping[_Clip, Samples]) -> Iterator[Sound]:
    for speech in score.speech:
        layer = Layer.COUNT if speech.role is Role.COUNT else Layer.VOICE
        yield Sound(speech.at, clips[speech.text, speech.brisk], layer)
    for beat in score.beats:
        sound = tones.hum(beat.length / RATE_HZ) if beat.tone == "hum" else tones.tone(beat.tone)
        yield Sound(beat.at, sound, Layer.BEAT)
