"""The edges of the player as Protocols: what the session needs, not how it is done.

Each port has contract tests in `tests/contracts/`, run by every real back end and every fake.
Sound inside the player is mono float32 at 48 kHz (`Samples`); what the ears hear is mono s16le at 16 kHz.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from player.core.commands import Command
from player.core.decision import Hypothesis
from player.core.observations import Observation
from player.core.timing import RATE_HZ as RATE_HZ  # noqa: PLC0414 - it is one of ours too

EARS_RATE_HZ = 16_000
BLOCK = 960  # 20 ms at RATE_HZ: one block of the loudspeaker
EARS_BLOCK = 320  # the same 20 ms at EARS_RATE_HZ

Samples = npt.NDArray[np.float32]


class Synthesiser(Protocol):
    """Text to speech. Blocks; never makes a sound; the same text gives the same samples."""

    @property
    def identity(self) -> str:
        """Engine, version, voice, rate, pitch: part of the cache key."""

    def render(self, text: str, *, brisk: bool = False) -> Samples:
        """Return the trimmed, loudness-normalised clip of `text`, `brisk` for counts on a quick beat.

        Raises only `SynthesisError`.
        """

    def close(self) -> None:
        """Free everything; idempotent."""


class Render(Protocol):
    """A synthesiser's `render` alone."""

    def __call__(self, text: str, *, brisk: bool = False) -> Samples:
        """Return the clip of `text`. Raises only `SynthesisError`."""


class Loudspeaker(Protocol):
    """Pulls blocks from a source and makes them audible."""

    def start(self, source: Callable[[int], Samples]) -> None:
        """Begin to call `source(frames)`, from any thread. Raises `AudioDeviceError`."""

    def played(self) -> int:
        """Return the samples that are already audible, counted over the whole session; never falls."""

    def healthy(self) -> bool:
        """Whether sound is still being taken. False after 0.7 s of silence from the device."""

    def close(self) -> None:
        """Fall silent within 100 ms and free the device; idempotent; never blocks for long."""


class Microphone(Protocol):
    """Delivers blocks of `EARS_BLOCK` samples, s16le, mono."""

    def start(self, sink: Callable[[bytes], None]) -> None:
        """Begin to call `sink(pcm)`, from any thread. Raises `AudioDeviceError`."""

    def healthy(self) -> bool:
        """Whether blocks are still coming."""

    def close(self) -> None:
        """Free the device; idempotent."""


class Recogniser(Protocol):
    """Decodes segments; the endpointing is ours and the same for all (`player/ears/`).

    Any chunk size gives the same words. Never opens a device. Raises only `RecognitionError`.
    """

    name: str

    def unknown(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return those phrases that hold a word which this recogniser cannot know."""

    def expect(self, phrases: Sequence[str]) -> None:
        """Only these phrases count from now on. An empty sequence means deaf. Unknown words raise."""

    def begin(self) -> None:
        """Begin a segment; forget the last one."""

    def accept(self, pcm: bytes) -> None:
        """Take s16le mono 16 kHz of the segment under way."""

    def partial(self) -> str:
        """Return the phrase as it looks so far, or ""."""

    def end(self) -> Hypothesis:
        """Decode the segment so far and answer; more sound may follow, and then another end."""

    def close(self) -> None:
        """Free everything; idempotent."""


class Observer(Protocol):
    """Sees all of a session as it happens. Called on the thinking thread: returns quickly, never raises."""

    def observe(self, t_s: float, observation: Observation) -> None:
        """Take what came true at second `t_s` of the session."""


class Ears(Protocol):
    """What a session tells the ears; what they hear comes by its inbox."""

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Only these commands mean something from now on, and these names, each `Command.NAME`."""

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""


class NullEars:
    """Nobody listens; the keys still work."""

    clear = False  # nothing is heard

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Ignore it."""

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class RecogniserNeeds:
    """What a recogniser is made with."""

    others: Sequence[str] = ()  # near-sounding and common words, which win where they were said
    heeded: Sequence[str] = ()  # phrases that must not be lost in talk
    model: str = ""  # what `RecogniserKind.find` found


@dataclass(frozen=True, slots=True)
class RecogniserKind:
    """A recogniser that can be chosen by a name of `player/registry.py`.

    `find` returns the model that it needs from this machine, "" for none; it raises `BackendUnavailable` with
    the reason why this recogniser cannot listen here, and the cure. It loads nothing.
    `check` is the doctor's, where making one (the usual check) could end the process: it returns what works.
    `aside` is set where it pays to decode the sound after noise suppression: it is what the recogniser makes
    of the sound as it was.
    """

    title: str  # for the documents and the doctor
    make: Callable[[RecogniserNeeds], Recogniser]  # raises `BackendUnavailable`, `RecognitionError`
    find: Callable[[], str] = str
    check: Callable[[RecogniserNeeds], str] | None = None
    aside: Callable[[Any, bytes], str] | None = None


@dataclass(frozen=True, slots=True)
class VoiceEngine:
    """An engine of pyttsx3 that a voice profile can name: a name of `player/registry.py`.

    `driver` makes ours one of pyttsx3's drivers and returns its name there; None: the system's own. It raises
    `BackendUnavailable` with the reason why it cannot speak here, and the cure.
    `version` names what makes it sound as it does, part of the key of every clip; it loads nothing.
    """

    title: str  # for the documents and the doctor
    driver: Callable[[], str | None]
    version: Callable[[], str]
    properties: frozenset[str]  # by pyttsx3's names: rate, voice, pitch, pitch_range, word_gap, lexicon
