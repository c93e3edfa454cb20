"""What the ears process and its client say to each other: in the lines of `player/workers/protocol.py`.

To the process: setup (once, first), listen, own_voice, reference (what the loudspeaker was given: base64 of
s16le at 16 kHz, when there is a canceller); while tuning: take, measure. The end of the stream means: end.
From it: ready, onset, heard, levels (once a second), alive (four times a second), opening (a device: no sign
of life for some seconds), echo, lost, found, error; while tuning: taken, measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from player.core.commands import Command
from player.core.decision import (
    Accepted,
    Doubtful,
    Hearing,
    Onset,
    Reason,
    Recognition,
    Rejected,
    Verdict,
)
from player.errors import AudioDeviceError, BackendError, BackendUnavailable, RecognitionError
from player.workers.protocol import Message, line, pcm_text, read_pcm

_ERRORS = {error.__name__: error for error in (AudioDeviceError, BackendUnavailable, RecognitionError)}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a pair of ears needs to know to begin."""

    ears: str  # a name of `player/registry.py`
    phrases: Mapping[Command, Sequence[str]]
    others: Sequence[str] = ()  # near-sounding and common words
    model: str = ""  # that these ears need, where they need one
    device: str | None = None  # name of the microphone; None: the system's own choice
    takes: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)  # phrase: clean, noisy
    tuning: bool = False  # takes samples and measures instead of obeying
    cancel: bool = False  # takes the loudspeaker's sound out of the microphone's
    drift_ppm: float = 0.0  # of their two clocks, as it was the last time


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud it is, in dB full scale, and how far the ears are behind."""

    level_db: float
    floor_db: float
    behind_s: float = 0.0
    peak: float = 0.0  # the loudest sample since the last time, 0 to 1; exactly 0: a dead microphone
    faint_s: float = 0.0  # of speech that is too soft to be heard, since the last time
    spoken_s: float = 0.0  # of speech that is not


@dataclass(frozen=True, slots=True)
class EchoMeasured:
    """How well the player's own voice is cancelled: told when it is, or when it is clear that it fails."""

    converged: bool
    erle_db: float
    delay_ms: float | None
    drift_ppm: float | None


@dataclass(frozen=True, slots=True)
class Taken:
    """One word said when asked: its features as text, and what the recogniser makes of it."""

    clean: str
    noisy: str
    text: str
    score: float | None
    margin: float | None
    length_s: float
    alone: bool  # of a word's length, with quiet before it
    clear_db: float  # over the quiet of the room
    clipped: float  # share of samples at the limit
    sureness: float | None  # how far over its command's limit; None: a session would not obey it at once


@dataclass(frozen=True, slots=True)
class Measured:
    """What a stretch of the room is like. Levels in dB full scale, times from its beginning."""

    floor_db: float
    clipped: float  # share of samples at the limit
    tone_s: float | None  # when the tone came; None: it did not
    tone_db: float | None


def setup_line(setup: Setup) -> str:
    """Write the first message."""
    return line("setup", **asdict(setup))


def read_setup(message: Message) -> Setup:
    """Read the first message."""
    phrases = {Command(command): tuple(several) for command, several in message["phrases"].items()}
    return Setup(
        ears=message["ears"],
        phrases=phrases,
        others=tuple(message["others"]),
        model=message["model"],
        device=message["device"],
        takes={
            phrase: [(clean, noisy) for clean, noisy in several]
            for phrase, several in message["takes"].items()
        },
        tuning=message["tuning"],
        cancel=message["cancel"],
        drift_ppm=message["drift_ppm"],
    )


def reference_line(pcm: bytes) -> str:
    """Write what the loudspeaker was given."""
    return line("reference", pcm=pcm_text(pcm))


def read_reference(message: Message) -> bytes:
    """Read what the loudspeaker was given."""
    return read_pcm(message) or b""


def hearing_line(hearing: Hearing | Taken | Measured) -> str:
    """Write what was heard."""
    if isinstance(hearing, Taken | Measured):
        return line(type(hearing).__name__.lower(), **asdict(hearing))
    if isinstance(hearing, Onset):
        return line("onset", at_s=hearing.at_s)
    values = asdict(hearing) | {"verdict": _verdict_words(hearing.verdict)}
    return line("heard", **values)


def read_hearing(message: Message) -> Hearing | Taken | Measured:
    """Read what was heard."""
    values = {key: value for key, value in message.items() if key != "kind"}
    if message["kind"] in {"taken", "measured"}:
        return Taken(**values) if message["kind"] == "taken" else Measured(**values)
    if message["kind"] == "onset":
        return Onset(**values)
    command = values["command"] and Command(values["command"])
    return Recognition(**values | {"command": command, "verdict": _read_verdict(*values["verdict"])})


def read_echo(message: Message) -> EchoMeasured:
    """Read how well the own voice is cancelled."""
    return EchoMeasured(**{key: value for key, value in message.items() if key != "kind"})


def read_error(message: Message) -> BackendError:
    """Read why the ears cannot go on."""
    return _ERRORS.get(message["error"], BackendError)(message["message"], message["hint"])


def _verdict_words(verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case Accepted(command):
            return "accepted", command.value
        case Doubtful(command):
            return "doubtful", command.value
        case Rejected(reason):
            return "rejected", reason.value


def _read_verdict(kind: str, word: str) -> Verdict:
    match kind:
        case "accepted":
            return Accepted(Command(word))
        case "doubtful":
            return Doubtful(Command(word))
        case _:
            return Rejected(Reason(word))
