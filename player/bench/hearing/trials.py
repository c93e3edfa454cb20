"""Words, talk and noise fed to the ears as in a session, and what became of them."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
_AT_ONCE = 24  # words in one stream
_PAUSES_S = (0.4, 1.5)  # between sentences
_APART_S = (3.0, 3.0)  # between words that are no commands
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


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What was heard where no command was said."""

    kind: str  # speech, other, narration, noise
    condition: str
    seconds: float
    false: tuple[tuple[str, str, float], ...]  # speaker, command, how far over its limit
    below: tuple[float, ...]  # the same of those that were not obeyed
    hushes: int  # how often a voice that speaks all the time would have gone down


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


def say_words(outcome: Outcome, make: MakeEars, corpus: Corpus, condition: Condition) -> None:
    """Say every word once; "stop" a second time at once, as somebody does who is not obeyed."""
    for speaker in dict.fromkeys(clip.speaker for clip in corpus.words):
        clips = [clip for clip in corpus.words if clip.speaker == speaker]
        answers = [clip for clip in clips if clip.command in ANSWERS]
        usual = [clip for clip in clips if clip.command not in ANSWERS]
        for several, listen in ((usual, _USUAL), (answers, _ASKED)):
            for at in range(0, len(several), _AT_ONCE):
                ears = make()
                ears.listen(listen)
                _say(outcome, ears, corpus, condition, several[at : at + _AT_ONCE])


def _say(
    outcome: Outcome, ears: MeasuredEars, corpus: Corpus, condition: Condition, clips: Sequence[Clip]
) -> None:
    pieces: list[Sound] = [np.zeros(int(_LEAD_S * EARS_RATE_HZ))]
    placed: list[tuple[Clip, float, float, bool]] = []
    at = len(pieces[0])
    for clip, second in _with_second_tries(clips):
        sound = reach(clip.pcm, condition)
        first, last = bounds(clip.pcm)
        placed.append((clip, (at + first) / EARS_RATE_HZ, (at + last) / EARS_RATE_HZ, second))
        gap_s = _AGAIN_S if clip.command is Command.STOP and not second else _GAP_S
        pieces += [sound, np.zeros(int(gap_s * EARS_RATE_HZ))]
        at += len(sound) + len(pieces[-1])
    noted = _listen(outcome, ears, _mixed(pieces, condition, corpus))
    ends_s = [start_s for _, start_s, _, _ in placed[1:]] + [at / EARS_RATE_HZ]
    for (clip, start_s, end_s, second), until_s in zip(placed, ends_s, strict=True):
        near = [one for one in noted if start_s - 0.3 < one.told_s <= until_s]
        outcome.trials.append(_judged(clip, condition, near, (start_s, end_s), second=second))


def _with_second_tries(clips: Sequence[Clip]) -> Iterator[tuple[Clip, bool]]:
    for clip in clips:
        yield clip, False
        if clip.command is Command.STOP:
            yield clip, True


def _judged(
    clip: Clip, condition: Condition, near: Sequence[_Noted], span: tuple[float, float], *, second: bool
) -> Trial:
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
        second=second,
        delay_s=round(right[0] - span[1], 3) if right else None,
        onset_s=round(onsets[0] - span[0], 3) if onsets else None,
        sureness=max(sure) if sure else None,
    )


def say_nothing(outcome: Outcome, make: MakeEars, corpus: Corpus, kind: str, condition: Condition) -> None:
    """Feed talk in which there is no command: "speech", "other" or "narration"."""
    clips: list[Clip] = getattr(corpus, kind)
    pauses = _APART_S if kind == "other" else _PAUSES_S
    for speaker in dict.fromkeys(clip.speaker for clip in clips):
        rng = np.random.default_rng(2)
        pieces: list[Sound] = [np.zeros(EARS_RATE_HZ)]
        for clip in (clip for clip in clips if clip.speaker == speaker):
            pieces += [reach(clip.pcm, condition), np.zeros(int(rng.uniform(*pauses) * EARS_RATE_HZ))]
        ears = make()
        ears.listen(_USUAL)
        ears.own_voice(audible=kind == "narration")
        noted = _listen(outcome, ears, _mixed(pieces, condition, corpus))
        outcome.watches.append(_watched(kind, condition, sum(map(len, pieces)), speaker, noted))


def make_noise(outcome: Outcome, make: MakeEars, corpus: Corpus, condition: Condition, length: int) -> None:
    """Feed noise alone."""
    ears = make()
    ears.listen(_USUAL)
    noted = _listen(outcome, ears, _mixed([np.zeros(length)], condition, corpus))
    outcome.watches.append(_watched("noise", condition, length, condition.noise, noted))


def _watched(
    kind: str, condition: Condition, length: int, speaker: str, noted: Sequence[_Noted]
) -> FalseAlarms:
    heard = [one.hearing for one in noted if isinstance(one.hearing, Recognition) and one.hearing.command]
    false = [one for one in heard if isinstance(one.verdict, Accepted)]
    below = [one.sureness for one in heard if not isinstance(one.verdict, Accepted)]
    return FalseAlarms(
        kind=kind,
        condition=condition.name,
        seconds=length / EARS_RATE_HZ,
        false=tuple(
            (speaker, one.verdict.command.value, one.sureness)
            for one in false
            if isinstance(one.verdict, Accepted)
        ),
        below=tuple(below),
        hushes=_hushes(noted),
    )


def _hushes(noted: Sequence[_Noted]) -> int:
    now, count = ducking.Ducking(), 0
    for one in noted:
        before = ducking.passed(now, one.told_s)
        if isinstance(one.hearing, Onset):
            now = ducking.begun(before, one.told_s, audible=True)
        else:
            now = ducking.known(before, command=isinstance(one.hearing.verdict, Accepted))
        count += before.since_s is None and now.since_s is not None
    return count


def _mixed(pieces: Sequence[Sound], condition: Condition, corpus: Corpus) -> bytes:
    sound = np.concatenate(pieces)
    rng: Random = np.random.default_rng(len(sound))  # another stream, other noise; the same every time
    sound = sound + noise_under(len(sound), condition, corpus.makes, rng)
    return bytes(np.clip(sound, -32768, 32767).astype("<i2").tobytes())


def _listen(outcome: Outcome, ears: MeasuredEars, pcm: bytes) -> list[_Noted]:
    noted: list[_Noted] = []
    begun_s, block = time.process_time(), 2 * EARS_BLOCK
    for at in range(0, len(pcm), block):
        told_s = (at // 2 + EARS_BLOCK) / EARS_RATE_HZ
        noted += [_Noted(hearing, told_s) for hearing in ears.accept(pcm[at : at + block])]
    outcome.cpu_s += time.process_time() - begun_s
    outcome.heard_s += len(pcm) / 2 / EARS_RATE_HZ
    return noted
