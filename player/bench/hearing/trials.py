"""Words, talk and noise fed to the ears as in a session, and what became of them."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Protocol

import numpy as np

from player.bench.echo_figures import EchoFigures
from player.bench.hearing.conditions import Condition, bounds, noise_under, reach
from player.bench.hearing.corpus import Clip, Corpus
from player.bench.hearing.noises import Random, Sound
from player.core import ducking
from player.core.commands import Command
from player.core.decision import ANSWERS, Accepted, Doubtful, Hearing, Onset, Recognition
from player.core.engine import commands_in
from player.core.place import Place
from player.core.states import Asking
from player.ports import EARS_BLOCK, EARS_RATE_HZ

_LEAD_S, _GAP_S = 6.0, 2.5  # a room is heard for some seconds before somebody speaks in it
_AGAIN_S = 1.2  # before somebody says it a second time
_AT_ONCE = 24  # clips whose sound is made at once
_PAUSES_S = (0.4, 1.5)  # between sentences
_APART_S = (3.0, 3.0)  # between words that are no commands
_BEFORE_S = 0.3  # something told so long before a word is of that word
_USUAL = frozenset(Command) - ANSWERS
_ASKED = commands_in(Asking(Place(0)))  # while a question is open


class MeasuredEars(Protocol):
    """What is measured: a listening chain."""

    def listen(self, commands: Iterable[Command]) -> None:
        """Only these commands mean something from now on."""

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""

    def accept(self, pcm: bytes) -> tuple[Hearing, ...]:
        """Take a block."""


MakeEars = Callable[[], MeasuredEars]


class Bystander(Protocol):
    """Hears the same stream as the ears, to tell afterwards where a word was lost."""

    def accept(self, pcm: bytes) -> None:
        """Take a block."""

    def missed(self, command: Command, span_s: tuple[float, float]) -> str:
        """Tell where a word was lost; ask when nothing more will be heard."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one spoken phrase: "right", "wrong", "doubtful" or "missed". Times are audio time."""

    condition: str
    speaker: str
    phrase: str
    command: str
    result: str
    second: bool = False  # said a second time, because the first was not obeyed
    delay_s: float | None = None  # from the end of the word to the command
    onset_s: float | None = None  # from its beginning to the first sign of it
    sureness: float | None = None  # how far over its limit the command was
    lost: str = ""  # where, if it was missed


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What was heard where no command was said."""

    kind: str  # speech, other, near, narration, noise
    condition: str
    seconds: float
    false: tuple[tuple[str, str, float], ...]  # what was said, command, how far over its limit
    below: tuple[float, ...]  # the same of those that were not obeyed
    hushes: int  # how often a voice that speaks all the time would have gone down
    clips: int = 0


@dataclass(slots=True)
class Outcome:
    """All that was measured. `over`: words said while the player speaks, by room."""

    trials: list[Trial] = field(default_factory=list)
    watches: list[FalseAlarms] = field(default_factory=list)
    over: dict[str, EchoFigures] = field(default_factory=dict)
    cpu_s: float = 0.0
    heard_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Noted:
    """Something heard, and the audio time at which it was told."""

    hearing: Hearing
    told_s: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clip in a stream: where it begins and ends, and where the next one does."""

    clip: Clip
    second: bool
    start_s: float
    end_s: float
    until_s: float


class _Stream:
    """One pair of ears that hears clip after clip in one room."""

    def __init__(self, outcome: Outcome, ears: MeasuredEars, corpus: Corpus, condition: Condition) -> None:
        self.noted: list[_Noted] = []
        self.placed: list[_Placed] = []
        self.at = 0  # samples so far
        self.ears = ears
        self._outcome, self._corpus, self._condition = outcome, corpus, condition

    def quiet(self, length: int, bystander: Bystander | None = None) -> None:
        """Let the room be heard, and nobody in it."""
        self._hear([np.zeros(length)], bystander)

    def say(self, clips: Iterable[tuple[Clip, bool, float]], bystander: Bystander | None = None) -> None:
        """Say each clip, whether it is a second try, and how long it is quiet afterwards."""
        waiting = iter(clips)
        while several := list(islice(waiting, _AT_ONCE)):
            self._hear(list(self._pieces(several)), bystander)

    def _pieces(self, clips: Sequence[tuple[Clip, bool, float]]) -> Iterator[Sound]:
        at = self.at
        for clip, second, gap_s in clips:
            sound, quiet = reach(clip.pcm, self._condition), np.zeros(int(gap_s * EARS_RATE_HZ))
            start_s, end_s = ((at + place) / EARS_RATE_HZ for place in bounds(clip.pcm))
            at += len(sound) + len(quiet)
            self.placed.append(_Placed(clip, second, start_s, end_s, at / EARS_RATE_HZ))
            yield sound
            yield quiet

    def _hear(self, pieces: Sequence[Sound], bystander: Bystander | None) -> None:
        sound = np.concatenate(pieces)
        rng: Random = np.random.default_rng([len(sound), self.at])  # the same every time
        sound = sound + noise_under(len(sound), self._condition, self._corpus.makes, rng)
        pcm = bytes(np.clip(sound, -32768, 32767).astype("<i2").tobytes())
        begun_s, block = time.process_time(), 2 * EARS_BLOCK
        for at in range(0, len(pcm), block):
            told_s = (self.at + at // 2 + EARS_BLOCK) / EARS_RATE_HZ
            self.noted += [_Noted(one, told_s) for one in self.ears.accept(pcm[at : at + block])]
        self._outcome.cpu_s += time.process_time() - begun_s
        self._outcome.heard_s += len(sound) / EARS_RATE_HZ
        self.at += len(sound)
        if bystander is not None:
            bystander.accept(pcm)

    def near(self, word: _Placed) -> list[_Noted]:
        """Return what was told of a word."""
        return [one for one in self.noted if word.start_s - _BEFORE_S < one.told_s <= word.until_s]

    def said(self, told_s: float) -> str:
        """Return what was said when something was told, and by whom."""
        said = next((one.clip for one in self.placed if told_s <= one.until_s), None)
        return f"{said.text} ({said.speaker})" if said else "nothing"


def say_words(
    outcome: Outcome,
    make: MakeEars,
    corpus: Corpus,
    condition: Condition,
    bystander: Bystander | None = None,
) -> None:
    """Say every word in one stream; "stop" a second time at once, as somebody does who is not obeyed.

    The second time is another take of the same speaker, where there is one.
    """
    stream = _Stream(outcome, make(), corpus, condition)
    clips = sorted(corpus.words, key=lambda clip: clip.command in ANSWERS)
    for asked, several in groupby(clips, key=lambda clip: clip.command in ANSWERS):
        stream.ears.listen(_ASKED if asked else _USUAL)
        if not stream.at:
            stream.quiet(int(_LEAD_S * EARS_RATE_HZ), bystander)
        stream.say(_with_second_tries(several), bystander)
    for word in stream.placed:
        trial = _judged(word, condition, stream.near(word))
        if bystander and word.clip.command and trial.result in {"missed", "doubtful"}:
            trial = replace(trial, lost=bystander.missed(word.clip.command, (word.start_s, word.end_s)))
        outcome.trials.append(trial)


def _with_second_tries(clips: Iterable[Clip]) -> Iterator[tuple[Clip, bool, float]]:
    several = list(clips)
    again = _other_takes(several)
    for clip in several:
        stop = clip.command is Command.STOP
        yield clip, False, _AGAIN_S if stop else _GAP_S
        if stop:
            yield again[id(clip)], True, _GAP_S


def _other_takes(clips: Sequence[Clip]) -> dict[int, Clip]:
    """Return the next "stop" of the same speaker for each, by its identity; the only one follows itself."""
    takes: dict[str, list[Clip]] = {}
    for clip in clips:
        if clip.command is Command.STOP:
            takes.setdefault(clip.speaker, []).append(clip)
    several = [(one, same[(at + 1) % len(same)]) for same in takes.values() for at, one in enumerate(same)]
    return {id(one): other for one, other in several}


def _judged(word: _Placed, condition: Condition, near: Sequence[_Noted]) -> Trial:
    clip = word.clip
    heard = [(one.hearing, one.told_s) for one in near if isinstance(one.hearing, Recognition)]
    right = [told_s for one, told_s in heard if one.verdict == Accepted(clip.command or Command.STOP)]
    wrong = any(isinstance(one.verdict, Accepted) and one.command != clip.command for one, _ in heard)
    doubtful = any(isinstance(one.verdict, Doubtful) and one.command == clip.command for one, _ in heard)
    onsets = [one.told_s for one in near if isinstance(one.hearing, Onset)]
    sure = [one.sureness for one, _ in heard if one.command == clip.command]
    return Trial(
        condition=condition.name,
        speaker=clip.speaker,
        phrase=clip.text,
        command=clip.command.value if clip.command else "",
        result="wrong" if wrong else "right" if right else "doubtful" if doubtful else "missed",
        second=word.second,
        delay_s=round(right[0] - word.end_s, 3) if right else None,
        onset_s=round(onsets[0] - word.start_s, 3) if onsets else None,
        sureness=max(sure) if sure else None,
    )


def say_nothing(outcome: Outcome, make: MakeEars, corpus: Corpus, kind: str, condition: Condition) -> None:
    """Feed that in which there is no command, in one stream: "speech", "other", "near" or "narration"."""
    clips: list[Clip] = getattr(corpus, kind)
    if not clips:
        return
    rng = np.random.default_rng(2)
    pauses = _PAUSES_S if kind in {"speech", "narration"} else _APART_S
    stream = _Stream(outcome, make(), corpus, condition)
    stream.ears.listen(_USUAL)
    stream.ears.own_voice(audible=kind == "narration")
    stream.quiet(EARS_RATE_HZ)
    stream.say((clip, False, float(rng.uniform(*pauses))) for clip in clips)
    outcome.watches.append(_watched(kind, condition, stream))


def make_noise(outcome: Outcome, make: MakeEars, corpus: Corpus, condition: Condition, length: int) -> None:
    """Feed noise alone."""
    stream = _Stream(outcome, make(), corpus, condition)
    stream.ears.listen(_USUAL)
    stream.quiet(length)
    outcome.watches.append(_watched("noise", condition, stream))


def _watched(kind: str, condition: Condition, stream: _Stream) -> FalseAlarms:
    heard = [
        (one.hearing, one.told_s)
        for one in stream.noted
        if isinstance(one.hearing, Recognition) and one.hearing.command
    ]
    return FalseAlarms(
        kind=kind,
        condition=condition.name,
        seconds=stream.at / EARS_RATE_HZ,
        false=tuple(
            (stream.said(told_s), one.verdict.command.value, one.sureness)
            for one, told_s in heard
            if isinstance(one.verdict, Accepted)
        ),
        below=tuple(one.sureness for one, _ in heard if not isinstance(one.verdict, Accepted)),
        hushes=_hushes(stream.noted),
        clips=len(stream.placed),
    )


def _hushes(noted: Sequence[_Noted]) -> int:
    now, count = ducking.Ducking(), 0
    for one in noted:
        before = ducking.passed(now, one.told_s)
        now = ducking.heard(before, one.hearing, one.told_s, audible=True)
        count += before.since_s is None and now.since_s is not None
    return count
