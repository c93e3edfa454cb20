"""What the engine asks for: orders, in the imperative."""

from dataclasses import dataclass
from enum import StrEnum

from player.core.commands import Command
from player.core.place import Place
from player.core.states import Ending


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the player's own: a key of the language file and its values."""

    key: str
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Perform:
    """Say and sound the preface, then lead the plan from `place` on (None: only the preface).

    Whatever was being performed ends. `number` comes back in `Performed`.
    """

    number: int
    place: Place | None
    preface: tuple["Phrase | Tone", ...] = ()
    pace: float = 1.0
    brief: bool = False
    listen_s: float = 0.0  # of silence after a preface that stands alone


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent at once; what was being performed is dropped."""


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on these commands mean something, and these names."""

    commands: frozenset[Command]
    names: tuple[str, ...] = ()


class Tone(StrEnum):
    """The soft tones that answer without a word."""

    UNSURE = "unsure"
    DONE = "done"
    PAUSED = "paused"
    CHIME = "chime"
    BELL = "bell"  # opens and closes a session and a long rest


@dataclass(frozen=True, slots=True)
class Cue:
    """Sound one soft tone, at once, over whatever is playing."""

    tone: Tone


@dataclass(frozen=True, slots=True)
class Volume:
    """Play everything at this gain from now on, in dB over the usual loudness."""

    gain_db: float


@dataclass(frozen=True, slots=True)
class Bed:
    """Bring the sound under the session, where one was chosen, in or out within `fade_s`."""

    on: bool
    fade_s: float


@dataclass(frozen=True, slots=True)
class End:
    """The session is over."""

    ending: Ending


Order = Perform | Hush | Listen | Cue | Volume | Bed | End
