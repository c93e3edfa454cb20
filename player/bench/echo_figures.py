"""What the sessions of the echo bench came to: words obeyed, their times, hushes, commands out of nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from player.bench.counts import Share
from player.bench.echo_session import EchoOutcome, Word, accepted, near, obeyed
from player.core.decision import Recognition


@dataclass(frozen=True, slots=True)
class EchoFigures:
    """Words said and what became of them; times in seconds of audio.

    `right`: obeyed the first time; `in_two`: the first or the second time; `wrong`: words where another
    command was obeyed; `false`: commands where nobody spoke. `to_hush`: from a word's start until the voice
    goes down, for the first tries in which it does; `hushes` go down where nobody speaks.
    """

    said: int
    right: int
    in_two: int
    wrong: int
    false: int
    to_hush: tuple[float, ...]
    to_action: tuple[float, ...]
    hushes: int
    hours: float

    def __add__(self, other: "EchoFigures") -> "EchoFigures":
        return EchoFigures(*(getattr(self, one) + getattr(other, one) for one in self.__slots__))

    def __str__(self) -> str:
        return (
            f"{Share(self.right, self.said)} right, {self.in_two} in two tries, {self.wrong} wrong,"
            f" {self.false} false; hush {_times(self.to_hush)} ({len(self.to_hush)});"
            f" action {_times(self.to_action)}; {self.hushes} false hushes in {self.hours:.2f} h"
        )


def judged(told: EchoOutcome, words: Sequence[Word]) -> EchoFigures:
    """Judge one session."""
    heard = [(at_s, one) for at_s, one in told.hearings if isinstance(one, Recognition) and accepted(one)]
    commands = [one for _, one in heard]
    first = [_obeyed(word, commands) for word in words]
    in_two = [_obeyed(word, commands) or _obeyed(told.again.get(word.at), commands) for word in words]
    every = [*words, *told.again.values()]
    return EchoFigures(
        said=len(words),
        right=sum(first),
        in_two=sum(in_two),
        wrong=sum(
            any(near(one, word) and one.command is not word.command for one in commands) for word in every
        ),
        false=sum(not any(near(one, word) for word in every) for one in commands),
        to_hush=tuple(filter(None, (_to_hush(word, told.ducked) for word in words))),
        to_action=tuple(at_s - word.end_s for word in words for at_s, one in heard if obeyed(one, word)),
        hushes=sum(
            not any(word.start_s - 0.1 < at_s < word.end_s + 0.5 for word in every) for at_s in told.ducked
        ),
        hours=told.seconds / 3600,
    )


def _obeyed(word: Word | None, commands: Sequence[Recognition]) -> bool:
    return word is not None and any(obeyed(one, word) for one in commands)


def _to_hush(word: Word, ducked: Sequence[float]) -> float | None:
    return next((at_s - word.start_s for at_s in ducked if word.start_s < at_s < word.end_s + 0.5), None)


def _times(seconds: Sequence[float]) -> str:
    if not seconds:
        return "-"
    return f"{np.median(seconds):.2f} / {np.percentile(seconds, 95):.2f} s"
