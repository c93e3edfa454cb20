"""What a fault is: what breaks, how it is mended, and what the player has to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.led import Led

VOICE, EARS = "player.voice.worker", "player.ears.worker"
Act = Callable[[Led], object]


def nothing(_led: Led) -> None:
    return


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. `device` is what is told of as lost and found; "" when nothing needs to be said."""

    name: str
    device: str
    break_: Act
    mend: Act = nothing
    ears: str = "keyboard"
    lasts_s: float = 2.0
    prepare: Callable[[Path], object] = lambda _home: None
    asks: str = ""  # a key whose answer needs the helper that is broken
    by_itself: bool = False  # the player mends it, nobody else
    goes_on: bool = False  # the session goes on although it is broken
    checks: bool = False  # the check of the microphone is on, and the room not dead silent
    wordless: bool = False  # that it works again is not told
    short: bool = False  # part of the short form
