"""What is known of a recording beside its sound: title, chapters, captions, cover.

In: observations of a session in virtual time; out: chapters and captions at seconds of the sound.
"""

from dataclasses import dataclass, field

from player.core.events import Device
from player.core.observations import (
    DeviceLost,
    Observation,
    SessionFinished,
    SpeechEnded,
    SpeechStarted,
    StepStarted,
)
from player.core.plan import Plan
from player.core.states import Ending

ALBUM = "Hands-free player"
GENRE = "Speech"


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A chapter begins at `at_s`; it ends with the next one."""

    at_s: float
    title: str


@dataclass(frozen=True, slots=True)
class Caption:
    """A text is heard from `at_s` to `end_s`."""

    at_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """All that a file says of itself. `cover` is a PNG, empty where there is none."""

    title: str
    chapters: tuple[ChapterMark, ...]
    length_s: float
    cover: bytes = b""

    def spans(self) -> tuple[tuple[int, int, str], ...]:
        """Return begin and end of each chapter in milliseconds, and its title."""
        begins = [round(1000 * one.at_s) for one in self.chapters]
        ends = [*begins[1:], round(1000 * self.length_s)]
        titles = [one.title for one in self.chapters]
        return tuple(zip(begins, ends, titles, strict=True))


@dataclass(slots=True)
class Recorder:
    """An observer that keeps chapters and captions.

    The steps of care are one chapter, called `before`: "next chapter" never lands in the middle of them.
    """

    plan: Plan
    before: str
    chapters: list[ChapterMark] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    voiceless: bool = False
    ending: Ending | None = None
    _care: bool = False
    _spoken: tuple[float, str] | None = None

    def observe(self, t_s: float, observation: Observation) -> None:
        """Keep where a step or a sentence begins and ends."""
        match observation:
            case StepStarted(index=index, label=label):
                self._begin(t_s, label, care=self.plan.steps[index].care)
            case SpeechStarted(text=text):
                self._spoken = t_s, text
            case SpeechEnded() if self._spoken is not None:
                at_s, text = self._spoken
                self.captions.append(Caption(at_s, t_s, " ".join(text.split())))
                self._spoken = None
            case SessionFinished(ending=ending):
                self.ending = ending
            case DeviceLost(device=Device.VOICE):
                self.voiceless = True

    def _begin(self, t_s: float, label: str, *, care: bool) -> None:
        goes_on, self._care = care and self._care, care
        if not goes_on:
            at_s = t_s if self.chapters else 0.0  # nothing of the file is outside of its chapters
            title = self.before if care else label[:1].upper() + label[1:]
            self.chapters.append(ChapterMark(at_s, title))
