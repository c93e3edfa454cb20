"""A synthetic person before a virtual microphone, who answers when asked, and makes mistakes."""

import re
from collections.abc import Mapping

import numpy as np

from player.core.observations import SpeechStarted
from player.ports import EARS_BLOCK
from tests.ears.people import Person

ANSWER_S = 0.45
NOISE_DB = -62.0


class User:
    """Hears what the stage says, and answers a tick after `ANSWER_S`.

    `mistakes` maps (phrase, how many times it was asked for so far) to what comes instead: another text,
    "" for silence, "noise" for a crash.
    """

    def __init__(self, person: Person, mistakes: Mapping[tuple[str, int], str] | None = None) -> None:
        self._person = person
        self._mistakes = mistakes or {}
        self._asked: dict[str, int] = {}
        self._phrase = ""
        self._waiting: list[np.ndarray] = []
        self._silence = 0
        self._rng = np.random.default_rng(5)
        self.sentences: list[str] = []
        self.said: list[str] = []
        self.leaves_after = 10_000  # asks

    def observe(self, t_s, observation):
        if isinstance(observation, SpeechStarted):
            self.sentences.append(observation.text)
            if found := re.search(r": ([a-z' ]+)\.$", observation.text):
                self._phrase = found[1]

    def asked(self):
        """The tick sounded: answer."""
        count = self._asked[self._phrase] = self._asked.get(self._phrase, 0) + 1
        text = self._mistakes.get((self._phrase, count), self._phrase)
        self.said.append(text)
        if text and sum(self._asked.values()) <= self.leaves_after:
            self._waiting = [np.zeros(round(ANSWER_S * 16_000)), self._sound(text, 100 + count)]

    def _sound(self, text, time):
        if text == "noise":
            return self._rng.normal(0, 0.2, 1_600) * np.hanning(1_600)
        return self._person.say(text, time)

    def next_block(self):
        """20 ms of the room."""
        block = self._rng.normal(0, 10 ** (NOISE_DB / 20), EARS_BLOCK)
        if self._waiting:
            sound = np.concatenate(self._waiting)
            part, rest = sound[:EARS_BLOCK], sound[EARS_BLOCK:]
            block[: len(part)] += part
            self._waiting = [rest] if len(rest) else []
        return (np.clip(block, -1, 1) * 32767).astype("<i2").tobytes()
