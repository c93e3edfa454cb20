"""What the player hears while it speaks: echo taken away, commands said over it, its own voice taken for one.

Everything goes through the chain of a session, in rooms that do not exist (`player/bench/echo_room.py`), with
voices that nothing was tuned on, in a closed loop (`player/bench/echo_session.py`).
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import cycle, islice, repeat

import numpy as np

from player.app.choices import DEFAULT_VOICE
from player.app.ears import setup
from player.bench.echo_figures import judged
from player.bench.echo_narration import routines, sessions
from player.bench.echo_room import EchoRoom, active
from player.bench.echo_session import EchoOutcome, EchoSession, Word, accepted
from player.bench.processes import ended, started
from player.bench.voices import HELD_OUT, Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.decision import Recognition, meanings
from player.ears.aec.canceller import EchoCanceller
from player.ears.pipeline import ListeningChain
from player.ears.worker import listening_chain, recogniser
from player.files import languages, voices
from player.ports import EARS_BLOCK, EARS_RATE_HZ, Samples
from player.sound.shaping import from_s16, to_s16, trim

Rows = Iterator[tuple[str, str]]
Clips = Sequence[tuple[Command, Samples]]
MakeEars = Callable[[EchoCanceller | None], ListeningChain]

ROUTINE = "daily-full"
USER_DB = -30.0  # full scale
SLACK_MS = 20.0
ROOMS = {
    "mild": EchoRoom(),
    "poor": EchoRoom(poor=True),
    "changing": EchoRoom(changing=True),
    "50 ppm": EchoRoom(drift_ppm=50),
    "poor, changing, 50 ppm": EchoRoom(poor=True, changing=True, drift_ppm=50),
}
_SETTLED_S = 12.0  # words begin
_EVERY_S = 5.0
_OVER_IT = 0.6  # of a word must be said while the player speaks
_FIRST_S = 5.0


def run(hours: float = 0.0, voice: str = "") -> Rows:
    """Yield rows of (what, figure). With `hours`: only so much of the player's own narration, nobody else.

    Without a `voice` words are said over the usual one, and the narration alone is in those of its engine.
    """
    if hours:
        yield from alone(hours, voice)
        return
    narration = next(sessions((ROUTINE,), voice or DEFAULT_VOICE))
    yield from cancelled(narration)
    yield from over_it(narration)
    yield from alone(0.5, voice)


# --- how much is taken away


def cancelled(narration: Samples) -> Rows:
    """Yield the echo removed from the narration alone, with what the canceller found out."""
    played = narration[: 60 * EARS_RATE_HZ]
    for delay_ms in (30.0, 120.0, 300.0):
        for drift_ppm in (0.0, 20.0, 50.0):
            yield _removed(EchoRoom(delay_ms, drift_ppm), played)
    for room in (EchoRoom(poor=True), EchoRoom(changing=True)):
        yield _removed(room, played)


def _removed(room: EchoRoom, played: Samples) -> tuple[str, str]:
    heard = room.heard(played, USER_DB) + room.noise(len(played))
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    after = from_s16(b"".join(canceller.accept(*block) for block in _both(heard, played)))
    parts = [_erle_db(heard, after, *part) for part in ((0, 5), (5, 10), (10, 60))]
    kind = ", poor" * room.poor + ", changing" * room.changing
    name = f"echo removed: {room.delay_ms:.0f} ms, {room.drift_ppm:.0f} ppm{kind}"
    found = f"drift found {canceller.figures.drift_ppm or 0:.1f} ppm"
    return name, "0-5 s {:.0f} dB, 5-10 s {:.0f}, then {:.0f}; ".format(*parts) + found


def _both(heard: Samples, played: Samples) -> Iterator[tuple[bytes, bytes]]:
    microphone, reference = to_s16(heard), to_s16(played)
    for at in range(0, len(microphone) - 2 * EARS_BLOCK + 1, 2 * EARS_BLOCK):
        yield microphone[at : at + 2 * EARS_BLOCK], reference[at : at + 2 * EARS_BLOCK]


def _erle_db(before: Samples, after: Samples, from_s: int, to_s: int) -> float:
    part = slice(from_s * EARS_RATE_HZ, min(to_s * EARS_RATE_HZ, len(after)))
    return float(10 * np.log10(np.mean(before[part] ** 2) / np.mean(after[part] ** 2)))


# --- words over it


def over_it(narration: Samples, users: Sequence[Voice] = HELD_OUT) -> Rows:
    """Yield what becomes of words said over the narration, the echo under, equal to and over them."""
    clips, make = commands(users), shipped()
    yield "silent room", str(judged(*listened(make, None, clips, narration, 0.0)))
    for over_db in (-10.0, 0.0, 10.0):
        for name, room in ROOMS.items():
            told = listened(make, room, clips, narration, over_db)
            yield f"echo {over_db:+.0f} dB, {name}", str(judged(*told))
    for delay_ms in (30.0, 300.0):
        told = listened(make, EchoRoom(delay_ms), clips, narration, 0.0)
        yield f"echo +0 dB, {delay_ms:.0f} ms", str(judged(*told))
    told = listened(make, EchoRoom(), clips, narration, 0.0, cancel=False)
    yield "echo +0 dB, no canceller", str(judged(*told))


def commands(users: Sequence[Voice]) -> Clips:
    """Return the first phrase of each command in every voice that this machine has."""
    phrases = languages.load("en").phrases
    meaning = meanings({command: several[:1] for command, several in phrases.items()})
    clips: list[tuple[Command, Samples]] = []
    for voice in filter(usable, users):
        spoken = map(levelled, render(voice, [f"{phrase}." for phrase in meaning]))
        clips += zip(meaning.values(), spoken, strict=True)
    return clips


def levelled(clip: Pcm) -> Samples:
    """Return a word without the quiet around it, as loud as words are here."""
    sound = trim(from_s16(clip.tobytes()), EARS_RATE_HZ)
    return np.asarray(sound * (10 ** (USER_DB / 20) / active(sound)), np.float32)


def shipped() -> MakeEars:
    """Return what makes the ears of a session; the recogniser is loaded once."""
    chosen = setup("auto", languages.load("en"))
    return partial(listening_chain, chosen, ear=recogniser(chosen))


def listened(
    make: MakeEars,
    room: EchoRoom | None,
    clips: Clips,
    narration: Samples,
    over_db: float,
    *,
    cancel: bool = True,
    speaks: bool = True,
) -> tuple[EchoOutcome, list[Word]]:
    """Lead one session, `over_db` the echo over the words; without a room the player is silent.

    What is played is not its voice where it does not speak.
    """
    length = round((_SETTLED_S + (_EVERY_S + 1) * len(clips) + 60) * EARS_RATE_HZ)
    played = np.resize(narration, length)
    words = list(_placed(clips, played))
    played = played[: words[-1].at + 6 * EARS_RATE_HZ] if words else played
    canceller = EchoCanceller(slack_ms=SLACK_MS) if cancel and room is not None else None
    return session(make, room, played, over_db, canceller, speaks=speaks).lead(words), words


def session(
    make: MakeEars,
    room: EchoRoom | None,
    played: Samples,
    over_db: float,
    canceller: EchoCanceller | None,
    *,
    speaks: bool = True,
) -> EchoSession:
    """Return a session in which every command is listened for."""
    chain = make(canceller)
    chain.listen(Command)
    chain.own_voice(audible=speaks and room is not None)
    gain = 1.0 if room is None else room.gain(played[: 60 * EARS_RATE_HZ], USER_DB + over_db)
    return EchoSession(chain, canceller, room, played, gain)


def _placed(clips: Clips, played: Samples) -> Iterator[Word]:
    """Say each word where the player speaks; two are some seconds apart."""
    loud = _loud(played)
    at = round(_SETTLED_S * EARS_RATE_HZ)
    for command, sound in clips:
        while loud[at : at + len(sound)].mean() < _OVER_IT:
            at += EARS_RATE_HZ // 10
        yield Word(command, sound, at)
        at += round(_EVERY_S * EARS_RATE_HZ)


def _loud(played: Samples) -> Samples:
    size = len(played) // EARS_BLOCK * EARS_BLOCK
    levels = np.sqrt(np.mean(played[:size].reshape(-1, EARS_BLOCK) ** 2, axis=1))
    return np.repeat(levels > 0.1 * active(played), EARS_BLOCK).astype(np.float32)


# --- the narration alone


@dataclass(frozen=True, slots=True)
class Alone:
    """What the player heard of itself."""

    sessions: int = 0
    seconds: float = 0.0
    commands: tuple[str, ...] = ()
    hushes: int = 0
    early: int = 0  # hushes in the first seconds after it converged
    converged_s: tuple[float, ...] = ()  # after so long, session by session; those that never did have none

    def __add__(self, other: "Alone") -> "Alone":
        return Alone(*(getattr(self, one) + getattr(other, one) for one in self.__slots__))


def alone(hours: float, voice: str = "") -> Rows:
    """Yield what becomes of that much narration, the hours shared by the rooms, and those by the cores."""
    total = Alone()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(_apart, ROOMS, repeat(hours / len(ROOMS)), repeat(voice))
        for name, one in zip(ROOMS, found, strict=True):
            total += one
            yield f"alone: {name}", _of_itself(one)
    yield "alone: all", _of_itself(total)


def _apart(room: str, hours: float, voice: str) -> Alone:
    """Let a process of its own measure one room."""
    found = json.loads(ended(started("echo", room, str(hours), voice)))
    return Alone(**found | {name: tuple(found[name]) for name in ("commands", "converged_s")})


def alone_in(room: str, hours: float, voice: str) -> Alone:
    """Return what becomes of that much narration in one room."""
    found, make = Alone(), shipped()
    for number, played in enumerate(_narrations(room, hours * 3600, voice)):
        found += by_itself(make, replace(ROOMS[room], seed=1 + number), played)
    return found


def by_itself(make: MakeEars, room: EchoRoom, played: Samples) -> Alone:
    """Lead one session in which nobody speaks but the player."""
    told = session(make, room, played, 0.0, EchoCanceller(slack_ms=SLACK_MS)).lead([])
    triggers = tuple(one.text for _, one in told.hearings if isinstance(one, Recognition) and accepted(one))
    early = sum(at_s < (told.converged_s or 0.0) + _FIRST_S for at_s in told.ducked)
    converged_s = () if told.converged_s is None else (told.converged_s,)
    return Alone(
        sessions=1,
        seconds=told.seconds,
        commands=triggers,
        hushes=len(told.ducked),
        early=early,
        converged_s=converged_s,
    )


def _narrations(room: str, seconds: float, voice: str) -> Iterator[Samples]:
    """Yield sessions of all routines, each room beginning elsewhere, every voice in its turn."""
    several = routines()
    speaking = [voice] if voice else [one.name for one in voices.like(voices.find(DEFAULT_VOICE))]
    first = list(ROOMS).index(room) * len(several) // len(ROOMS)
    several = several[first:] + several[:first]
    turns = len(speaking)
    streams = [sessions(islice(cycle(several), n, None, turns), one) for n, one in enumerate(speaking)]
    for stream in cycle(streams):
        played = next(stream)
        yield played[: round(seconds * EARS_RATE_HZ)]
        seconds -= len(played) / EARS_RATE_HZ
        if seconds <= 0:
            return


def _of_itself(found: Alone) -> str:
    hours = found.seconds / 3600
    commands = f"{len(found.commands)} commands {' '.join(found.commands)}".strip()
    return (
        f"{commands}, {found.hushes} hushes ({found.early} in the first {_FIRST_S:.0f} s)"
        f" in {hours:.2f} h, {found.sessions} sessions, converged {_seconds(found.converged_s)}"
    )


def _seconds(times: Sequence[float]) -> str:
    return f"after {np.median(times):.1f} s in the median, {max(times):.1f} at most" if times else "never"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(alone_in(sys.argv[1], float(sys.argv[2]), sys.argv[3]))))
