"""Where a word was lost: no stretch, a wrong stretch, an ear that did not have it, or the limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from player.backends.vad import VoiceActivity
from player.core.commands import Command
from player.ears.rumble import Rumble
from player.ears.segmenter import Closed, Grew, Segmenter, SegmentOpened, Stretch, seconds
from player.ports import Recogniser

NO_STRETCH, NOT_ALONE, BADLY_CUT = "no stretch", "stretch not alone", "cut off by more than 0.35 s"
NO_EAR, LIMIT, TALK = "no ear has it", "limit", "heard as talk"
_OFF_S = 0.35


@runtime_checkable
class SeveralEars(Protocol):
    """A recogniser of several, each of which can be asked by itself."""

    def opinions(self) -> Mapping[str, str]:
        """Return by name what each makes of the segment."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stretch: Stretch
    sound: bytes


class Losses:
    """Follows the stream with a segmenter of its own; `ear`: who is asked, when the stream is over."""

    def __init__(self, ear: Recogniser, meanings: Mapping[str, Command]) -> None:
        self._ear, self._meanings = ear, meanings
        self._rumble, self._segmenter = Rumble(), Segmenter(VoiceActivity())
        self._sound = bytearray()
        self._kept: list[_Kept] = []

    def accept(self, pcm: bytes) -> None:
        """Keep the stretches of it."""
        for change in self._segmenter.accept(self._rumble.accept(pcm)):
            match change:
                case SegmentOpened(pcm=sound):
                    self._sound = bytearray(sound)
                case Grew(sound):
                    self._sound += sound
                case Closed():
                    self._kept.append(_Kept(change, bytes(self._sound)))

    def missed(self, command: Command, span_s: tuple[float, float]) -> str:
        """Tell where a word was lost that was said from one second to another."""
        start_s, end_s = span_s
        there = [one for one in self._kept if _overlap_s(one.stretch, span_s) > 0]
        if not there:
            return NO_STRETCH
        kept = max(there, key=lambda one: _overlap_s(one.stretch, span_s))
        begin_s, over_s = seconds(kept.stretch.start), seconds(kept.stretch.end)
        if max(abs(begin_s - start_s), abs(over_s - end_s)) > _OFF_S:
            return BADLY_CUT
        return self._unheard(command, kept.sound) if kept.stretch.alone else NOT_ALONE

    def _unheard(self, command: Command, sound: bytes) -> str:
        self._ear.begin()
        self._ear.accept(sound)
        opinions = (
            self._ear.opinions() if isinstance(self._ear, SeveralEars) else {"ear": self._ear.end().text}
        )
        have = [name for name, text in opinions.items() if self._meanings.get(text) is command]
        if len(have) == len(opinions):
            return LIMIT
        if "talk" in opinions.values():
            return TALK
        return f"{have[0]} alone has it" if have else NO_EAR


def _overlap_s(stretch: Stretch, span_s: tuple[float, float]) -> float:
    return min(seconds(stretch.end), span_s[1]) - max(seconds(stretch.start), span_s[0])
