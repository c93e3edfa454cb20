"""The edges of the player as Protocols: what the session needs, not how it is done.

Each port has contract tests in `tests/contracts/`, run by every real back end and every fake.
Sound inside the player is mono float32 at 48 kHz (`Samples`); what the ears hear is mono s16le at 16 kHz.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from player.core import score
from player.core.decision import Hypothesis

RATE_HZ = score.RATE_HZ
EARS_RATE_HZ = 16_000
BLOCK = 960  # 20 ms at RATE_HZ: one block of the loudspeaker
EARS_BLOCK = 320  # the same 20 ms at EARS_RATE_HZ

Samples = npt.NDArray[np.float32]


class Synthesiser(Protocol):
    """Text to speech. Blocks; never makes a sound; the same text gives the same samples."""

    identity: str  # engine, version, voice, rate, pitch: part of the cache key

    def render(self, text: str) -> Samples:
        """Return the trimmed, loudness-normalised clip of `text`. Raises only `SynthesisError`."""

    def close(self) -> None:
        """Free everything; idempotent."""


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
