"""The same words while the player speaks: its own echo in the room, in a closed loop."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from player.bench.echo import MakeEars, levelled, listened
from player.bench.echo_figures import judged
from player.bench.echo_narration import sessions
from player.bench.echo_room import EchoRoom
from player.bench.hearing.corpus import Clip
from player.bench.hearing.trials import Outcome
from player.ports import Samples

_ROUTINE = "quick-facial-acupressure"
_VOICE = "calm"
# What the room is like, and how many dB its echo is over the word. None: the player is silent.
ROOMS: Mapping[str, tuple[EchoRoom | None, float]] = MappingProxyType(
    {
        "silent room": (None, 0.0),
        "echo -10 dB": (EchoRoom(), -10.0),
        "echo +0 dB": (EchoRoom(), 0.0),
        "echo +10 dB": (EchoRoom(), 10.0),
        "echo +0 dB, 30 ms": (EchoRoom(30.0), 0.0),
        "echo +0 dB, 300 ms": (EchoRoom(300.0), 0.0),
        "echo +0 dB, poor loudspeaker": (EchoRoom(poor=True), 0.0),
        "echo +0 dB, changing": (EchoRoom(changing=True), 0.0),
        "echo +0 dB, 50 ppm": (EchoRoom(drift_ppm=50.0), 0.0),
    }
)


def narrated() -> Samples:
    """Return what the player says in a routine, 16 kHz. Raises `PlayerError`."""
    return next(sessions((_ROUTINE,), _VOICE))


def say_over(outcome: Outcome, make: MakeEars, words: Sequence[Clip], narration: Samples, name: str) -> None:
    """Say the words over the narration in one of the rooms."""
    room, over_db = ROOMS[name]
    clips = [(word.command, levelled(word.pcm)) for word in words if word.command]
    outcome.over[name] = judged(*listened(make, room, clips, narration, over_db))
