"""What can be observed of a session while it runs: one frozen dataclass each, in the words of the field.

`ports.Observer.observe` is given one of these and the second of the session at which it came true: of the
loudspeaker's sample counter, rounded to a millisecond. The log, the screen and whatever shows a session read
these; their JSON form is made by `files/observation_json.py` alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from player.core.commands import Command
from player.core.decision import Reason
from player.core.events import Device
from player.core.notation import Role
from player.core.orders import Tone
from player.core.place import Place
from player.core.states import Ending


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """The session is about to begin: id and title of its routine."""

    routine: str
    title: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins: its id, its index of `of` steps (from 0), and what its place is called."""

    step: str
    index: int
    of: int
    label: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A text became audible."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """That text came to its end, or was cut off."""

    text: str


@dataclass(frozen=True, slots=True)
class StrokeStarted:
    """The session came to this stroke, count or part of a step; `of` strokes in the set, 0 where none are."""

    place: Place
    of: int


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Something was announced in timed work: its text, "" for a chime."""

    text: str


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The recogniser's text of one segment.

    `score` and `margin` as `decision.Hypothesis` has them; times are seconds of the microphone.
    """

    text: str
    score: float | None
    margin: float | None
    start_s: float
    end_s: float


class Origin(StrEnum):
    """How a command was given."""

    VOICE = "voice"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class CommandObeyed:
    """A command means something now and is obeyed; `name`: what `Command.NAME` names."""

    command: Command
    by: Origin
    name: str = ""


@dataclass(frozen=True, slots=True)
class UtteranceRejected:
    """What was said or pressed is not obeyed: its text, and why; "doubtful" may be said again."""

    text: str
    reason: Reason | Literal["doubtful"]


@dataclass(frozen=True, slots=True)
class SessionPaused:
    """The session is silent until told to go on."""


@dataclass(frozen=True, slots=True)
class SessionResumed:
    """It goes on."""


@dataclass(frozen=True, slots=True)
class ListeningChanged:
    """From now on these commands mean something, in alphabetical order, and these names."""

    commands: tuple[Command, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device or helper failed."""

    device: Device


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """It works again."""

    device: Device


@dataclass(frozen=True, slots=True)
class TonePlayed:
    """A soft tone answered."""

    tone: Tone


@dataclass(frozen=True, slots=True)
class VoiceDucked:
    """The voice went down because somebody speaks (`down`), or came back."""

    down: bool


@dataclass(frozen=True, slots=True)
class EchoStatus:
    """How well the player's own voice is cancelled. None: not known.

    ERLE (echo return loss enhancement) in dB, delay in ms, drift of the two clocks in parts per million.
    """

    converged: bool
    erle_db: float
    delay_ms: float | None
    drift_ppm: float | None


@dataclass(frozen=True, slots=True)
class PrivacyChanged:
    """What follows concerns the listener's health (`private`: no log may hold it), or no longer does."""

    private: bool


@dataclass(frozen=True, slots=True)
class SessionFinished:
    """The session is over."""

    ending: Ending


Observation = (
    SessionStarted
    | StepStarted
    | SpeechStarted
    | SpeechEnded
    | StrokeStarted
    | NoticeGiven
    | Transcribed
    | CommandObeyed
    | UtteranceRejected
    | SessionPaused
    | SessionResumed
    | ListeningChanged
    | DeviceLost
    | DeviceFound
    | TonePlayed
    | VoiceDucked
    | EchoStatus
    | PrivacyChanged
    | SessionFinished
)
