"""One session in a room with an echo, block by block in audio time: what is heard changes what is played.

The player speaks all the time; from an onset on its voice is down, as `player/core/ducking.py` has it, and so
is its echo. Somebody who is not obeyed says the word a second time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from player.bench.echo_room import Air, EchoRoom
from player.core import ducking
from player.core.commands import Command
from player.core.decision import Accepted, Hearing, Recognition
from player.ears.aec.canceller import EchoCanceller
from player.ears.aec.report import EchoReport
from player.ears.pipeline import ListeningChain
from player.ports import EARS_BLOCK, EARS_RATE_HZ, Samples
from player.sound.shaping import to_s16

BLOCK_S = EARS_BLOCK / EARS_RATE_HZ
_REPORT_EVERY = round(1 / BLOCK_S)
_FALL, _RISE = BLOCK_S / 0.05, BLOCK_S / 0.4  # of the gain, per block; as the mixer does it
_GIVEN_UP_S = 0.6  # after the word; who has not been obeyed by then says it again
_AGAIN_S = 1.2  # after the word
_NEAR_S = 0.4
_SILENCE: Samples = np.zeros(EARS_BLOCK, np.float32)


@dataclass(frozen=True, slots=True)
class Word:
    """A command said at sample `at`."""

    command: Command
    sound: Samples
    at: int

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self.at / EARS_RATE_HZ

    @property
    def end_s(self) -> float:
        """When it is over."""
        return (self.at + len(self.sound)) / EARS_RATE_HZ


@dataclass(slots=True)
class EchoOutcome:
    """What a session came to, with the second at which it was known."""

    hearings: list[tuple[float, Hearing]] = field(default_factory=list)
    ducked: list[float] = field(default_factory=list)
    again: dict[int, Word] = field(default_factory=dict)  # second tries, by where the first began
    converged_s: float | None = None
    seconds: float = 0.0


class EchoSession:
    """`canceller` None: the player is silent or is not cancelled; without a room it is silent."""

    def __init__(
        self,
        chain: ListeningChain,
        canceller: EchoCanceller | None,
        room: EchoRoom | None,
        narration: Samples,
        gain: float,
    ) -> None:
        self._chain, self._canceller = chain, canceller
        self._air = None if room is None else Air(room, gain)
        self._narration = _blocks(narration)
        self._noise = (room or EchoRoom()).noise(len(narration))
        self._report = EchoReport()
        self._clear = room is None
        self._ducking = ducking.Ducking()
        self._gain = 1.0
        self.told = EchoOutcome()

    def lead(self, words: Sequence[Word]) -> EchoOutcome:
        """Say these words over it, in order; return what became of it."""
        said = np.zeros(len(self._noise), np.float32)
        waiting = list(words)
        for word in words:
            _say(word, said, word.at)
        for number, at in enumerate(range(0, len(said) - EARS_BLOCK + 1, EARS_BLOCK)):
            now_s = (at + EARS_BLOCK) / EARS_RATE_HZ
            self._step(self._noise[at : at + EARS_BLOCK] + said[at : at + EARS_BLOCK], now_s)
            if self._canceller is not None and number % _REPORT_EVERY == 0:
                self._look(self._canceller, now_s)
            if waiting and now_s > waiting[0].end_s + _GIVEN_UP_S:
                self._insist(waiting.pop(0), said)
        self.told.seconds = len(said) / EARS_RATE_HZ
        return self.told

    def _step(self, others: Samples, now_s: float) -> None:
        played = b""
        echo = _SILENCE
        if self._air is not None:
            while self._air.silent:
                played += self._play(self._air)
            echo = self._air.take()
        for hearing in self._chain.accept(to_s16(others + echo), played):
            self.told.hearings.append((now_s, hearing))
            self._hush(hearing, now_s)
        self._duck(ducking.passed(self._ducking, now_s), now_s)

    def _play(self, air: Air) -> bytes:
        block = self._ducked(next(self._narration, _SILENCE))
        air.play(block)
        return to_s16(block)

    def _ducked(self, block: Samples) -> Samples:
        target = ducking.GAIN if self._ducking.since_s is not None else 1.0
        before = self._gain
        if before == target == 1:
            return block
        self._gain = min(max(target, before - _FALL), before + _RISE)
        return block * np.linspace(before, self._gain, EARS_BLOCK, dtype=np.float32)

    def _hush(self, hearing: Hearing, now_s: float) -> None:
        if self._clear or isinstance(hearing, Recognition):
            self._duck(ducking.heard(self._ducking, hearing, now_s, audible=True), now_s)

    def _duck(self, ducking: ducking.Ducking, now_s: float) -> None:
        if ducking.since_s is not None and self._ducking.since_s is None:
            self.told.ducked.append(now_s)
        self._ducking = ducking

    def _look(self, canceller: EchoCanceller, now_s: float) -> None:
        news = self._report.look(canceller)
        if news is None:
            return
        self._clear = news.converged
        if news.converged and self.told.converged_s is None:
            self.told.converged_s = now_s

    def _insist(self, word: Word, said: Samples) -> None:
        """Say it once more unless it has been obeyed."""
        if any(obeyed(one, word) for _, one in self.told.hearings[-8:]):
            return
        again = Word(word.command, word.sound, round((word.end_s + _AGAIN_S) * EARS_RATE_HZ))
        _say(again, said, again.at)
        self.told.again[word.at] = again


def near(hearing: Recognition, word: Word) -> bool:
    """Whether that was heard where the word was said."""
    return hearing.start_s < word.end_s + _NEAR_S and hearing.end_s > word.start_s - _NEAR_S


def accepted(hearing: Hearing) -> bool:
    """Whether it is a command that will be obeyed."""
    return isinstance(hearing, Recognition) and isinstance(hearing.verdict, Accepted)


def obeyed(hearing: Hearing, word: Word) -> bool:
    """Whether it is the word's own command, heard where it was said."""
    return (
        isinstance(hearing, Recognition)
        and accepted(hearing)
        and hearing.command is word.command
        and near(hearing, word)
    )


def _say(word: Word, said: Samples, at: int) -> None:
    part = said[at : at + len(word.sound)]
    part += word.sound[: len(part)]


def _blocks(sound: Samples) -> Iterator[Samples]:
    for at in range(0, len(sound) - EARS_BLOCK + 1, EARS_BLOCK):
        yield sound[at : at + EARS_BLOCK]
