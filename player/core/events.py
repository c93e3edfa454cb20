"""What the engine is told: facts, in the past tense."""

from dataclasses import dataclass
from enum import StrEnum

from player.core.commands import Command
from player.core.place import Place


class Device(StrEnum):
    """What can be lost and found again; the last six are what a microphone needs to be of use."""

    MICROPHONE = "microphone"
    VOICE = "voice"
    LOUDSPEAKER = "loudspeaker"
    DISK = "disk"
    SIGNAL = "signal"  # it gives nothing but zeros
    QUIET = "quiet"  # the room is too loud
    HEADROOM = "headroom"  # it is overdriven
    LEVEL = "level"  # it is turned down so far that nobody can be heard
    DISTANCE = "distance"  # the loudspeaker is too loud in it
    ECHO = "echo"  # the player's own voice cannot be taken out of it


@dataclass(frozen=True, slots=True)
class Started:
    """The session began; `place` is where an interrupted one goes on, after asking when it is `offered`.

    `changed`: the step of that place asks for something else than before.
    """

    place: Place | None = None
    offered: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """The listener gave a command, by voice or key; `place` is where the session was when its word began.

    `number`: of the performance that sounded then; None: the one under way. `name`: what `Command.NAME` is.
    """

    command: Command
    place: Place
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Doubted:
    """Something like a command was heard, too doubtful to act on."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Somebody said something that is no command, or began to: it is no silence."""


@dataclass(frozen=True, slots=True)
class Alarmed:
    """What may have been "stop" was heard, too doubtful to end for it; `place` as in `Heard`, now."""

    place: Place


@dataclass(frozen=True, slots=True)
class Performed:
    """Performance `number` came to its end."""

    number: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A device or helper failed; `place` is where the session was."""

    device: Device
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """A lost device or helper works again."""

    device: Device
    place: Place


Event = Started | Heard | Doubted | Unclear | Alarmed | Performed | Lost | Found
