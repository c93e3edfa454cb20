"""What a tuning asks of whoever leads it: to say something, to listen for a word, to measure the room."""

from collections.abc import Generator
from dataclasses import dataclass

from player.core.orders import Phrase
from player.ears.protocol import Measured, Taken

WAIT_S = 4.0  # for a word


@dataclass(frozen=True, slots=True)
class Say:
    """Say these sentences; answered with None when they are over."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class ListenForWord:
    """Sound a tick and listen for one word; answered with it, or None after `wait_s`."""

    wait_s: float = WAIT_S


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure the room, with a chime or in silence; answered with what it is like, or None."""

    length_s: float
    chime: bool = False


Ask = Say | ListenForWord | Measure
Reply = Taken | Measured | None
Script = Generator[Ask, Reply, None]


def say(key: str, **values: str) -> Say:
    """Return the ask for one sentence."""
    return Say((Phrase(key, tuple(values.items())),))
