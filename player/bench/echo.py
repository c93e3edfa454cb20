"""What the player hears while it speaks: echo taken away, commands said over it, its own voice taken for one.

Everything goes through the chain of a session, in rooms that do not exist (`player/bench/echo_room.py`), with
voices that nothing was tuned on. The player speaks all the time; a command begins every few seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from player.backends.pocketsphinx_ears import PocketsphinxRecogniser, voice_activity
from player.bench.echo_room import EchoRoom, active
from player.bench.voices import Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.hearing import Accepted, Heard, Hearing, Onset, meanings
from player.ears.cancel.canceller import EchoCanceller
from player.ears.chain import ListeningChain
from player.files import languages
from player.ports import EARS_BLOCK, EARS_RATE_HZ, Samples
from player.routine.compose import load_plan
from player.sound.shaping import from_s16, to_s16

Rows = list[tuple[str, str]]

ROUTINE = "daily-full"
NARRATOR = Voice("espeak", "en-us", 150)
USERS = (Voice("flite", "slt"), Voice("flite", "kal16"))
_ECHO_DB = -30.0
_SLACK_MS = 20.0
_GAP_S = 0.8
_EVERY_S = 3.5
_SETTLED_S = 12.0  # commands begin
_NEAR_S = 0.4
_BLOCK = 2 * EARS_BLOCK


@dataclass(frozen=True, slots=True)
class Said:
    """A command in the stream."""

    command: Command
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one session: counts, and onsets while nobody spoke after the first five seconds."""

    said: int
    right: int
    wrong: int
    false: int
    onsets: int
    seconds: float


def run() -> Rows:
    """Return rows of (what, figure)."""
    played = narration(60.0)
    rows: Rows = []
    for delay_ms in (30.0, 120.0, 200.0):
        for drift_ppm in (0.0, 20.0, 50.0):
            rows.append(_removed(EchoRoom(delay_ms, drift_ppm), played))
    rows += [_removed(room, played) for room in (EchoRoom(poor=True), EchoRoom(changing=True))]
    rows += over_narration()
    rows += own_narration(300.0)
    return rows


def over_narration() -> Rows:
    """Commands said over the narration, the echo under, equal to and over the word, with and without."""
    rooms = {"": EchoRoom(), ", 50 ppm": EchoRoom(drift_ppm=50), ", poor": EchoRoom(poor=True)}
    clips = commands()
    rows = [_row("silent room", listened(None, clips, 0.0))]
    for over_db in (-10.0, 0.0, 10.0):
        for name, room in rooms.items():
            what = f"echo {over_db:+.0f} dB{name}"
            rows.append(_row(what, listened(room, clips, over_db)))
        rows.append(
            _row(f"echo {over_db:+.0f} dB, no canceller", listened(EchoRoom(), clips, over_db, cancel=False))
        )
    return rows


def own_narration(seconds: float) -> Rows:
    """Nobody speaks but the player."""
    rooms = {
        "mild": EchoRoom(),
        "poor, changing, 50 ppm": EchoRoom(drift_ppm=50, poor=True, changing=True),
    }
    rows = [(f"alone: {name}", listened(room, [], 0.0, seconds=seconds)) for name, room in rooms.items()]
    rows.append(("alone: no canceller", listened(EchoRoom(), [], 0.0, cancel=False, seconds=seconds)))
    return [_row(*row) for row in rows]


@cache
def narration(seconds: float) -> Samples:
    """Return what the player says, 16 kHz."""
    gap = np.zeros(round(_GAP_S * EARS_RATE_HZ), np.int16)
    once = [piece for clip in _sentences() for piece in (clip, gap)]
    pieces: list[Pcm] = []
    while sum(map(len, pieces)) < seconds * EARS_RATE_HZ:
        pieces += once
    return from_s16(np.concatenate(pieces)[: round(seconds * EARS_RATE_HZ)].tobytes()) * np.float32(0.7)


@cache
def _sentences() -> list[Pcm]:
    return render(NARRATOR, list(dict.fromkeys(step.say for step in load_plan(ROUTINE).steps if step.say)))


def commands(users: Sequence[Voice] = USERS) -> list[tuple[Command, Samples]]:
    """Return the first phrase of each command in every voice that this machine has."""
    phrases = languages.load("en").phrases
    meaning = meanings({command: several[:1] for command, several in phrases.items()})
    clips: list[tuple[Command, Samples]] = []
    for voice in filter(usable, users):
        spoken = render(voice, [f"{phrase}." for phrase in meaning])
        clips += [(c, from_s16(clip.tobytes())) for c, clip in zip(meaning.values(), spoken, strict=True)]
    return clips


def listened(
    room: EchoRoom | None,
    clips: Sequence[tuple[Command, Samples]],
    over_db: float,
    *,
    cancel: bool = True,
    seconds: float = 0.0,
) -> Outcome:
    """Lead one session: `over_db` is the echo over the word. Without a room the player is silent."""
    played = narration(seconds or _SETTLED_S + _EVERY_S * len(clips) + 2)
    user, said = _placed(clips, len(played), _ECHO_DB - over_db)
    heard = user + (room or EchoRoom()).noise(len(played))
    if room is not None:
        heard += room.heard(played, _ECHO_DB)
    chain = _chain(cancel=cancel and room is not None)
    chain.own_voice(audible=room is not None)
    hearings: list[Hearing] = []
    for block in _blocks(heard, played):
        hearings += chain.accept(*block)
    return _judged(hearings, said, len(played) / EARS_RATE_HZ)


def _chain(*, cancel: bool) -> ListeningChain:
    canceller = EchoCanceller(slack_ms=_SLACK_MS) if cancel else None
    recogniser = PocketsphinxRecogniser(languages.other_words("en"))
    chain = ListeningChain(recogniser, languages.load("en").phrases, voice_activity(), canceller)
    chain.listen(Command)
    return chain


def _placed(
    clips: Sequence[tuple[Command, Samples]], length: int, level_db: float
) -> tuple[Samples, list[Said]]:
    user, said = np.zeros(length, np.float32), []
    for number, (command, clip) in enumerate(clips):
        at = round((_SETTLED_S + _EVERY_S * number) * EARS_RATE_HZ)
        user[at : at + len(clip)] += clip * np.float32(10 ** (level_db / 20) / active(clip))
        said.append(Said(command, at / EARS_RATE_HZ, (at + len(clip)) / EARS_RATE_HZ))
    return user, said


def _judged(hearings: Sequence[Hearing], said: Sequence[Said], seconds: float) -> Outcome:
    heard = [one for one in hearings if isinstance(one, Heard) and isinstance(one.verdict, Accepted)]
    near = [[one for one in heard if _near(one.start_s, one.end_s, word)] for word in said]
    right = sum(
        any(one.command is word.command for one in some) for word, some in zip(said, near, strict=True)
    )
    wrong = sum(
        any(one.command is not word.command for one in some) for word, some in zip(said, near, strict=True)
    )
    false = sum(not any(_near(one.start_s, one.end_s, word) for word in said) for one in heard)
    onsets = [one.at_s for one in hearings if isinstance(one, Onset) and one.at_s > 5]
    alone = sum(not any(_near(at_s, at_s, word) for word in said) for at_s in onsets)
    return Outcome(len(said), right, wrong, false, alone, seconds)


def _near(start_s: float, end_s: float, word: Said) -> bool:
    return start_s < word.end_s + _NEAR_S and end_s > word.start_s - _NEAR_S


def _removed(room: EchoRoom, played: Samples) -> tuple[str, str]:
    heard = room.heard(played, _ECHO_DB) + room.noise(len(played))
    canceller = EchoCanceller(slack_ms=_SLACK_MS)
    after = from_s16(b"".join(canceller.accept(*block) for block in _blocks(heard, played)))
    parts = [_erle_db(heard, after, *part) for part in ((0, 5), (5, 10), (10, 60))]
    figures = canceller.figures
    kind = ", poor" * room.poor + ", changing" * room.changing
    name = f"echo removed: {room.delay_ms:.0f} ms, {room.drift_ppm:.0f} ppm{kind}"
    found = f"drift found {figures.drift_ppm or 0:.1f} ppm"
    return name, "0-5 s {:.0f} dB, 5-10 s {:.0f}, then {:.0f}; ".format(*parts) + found


def _erle_db(before: Samples, after: Samples, from_s: int, to_s: int) -> float:
    part = slice(from_s * EARS_RATE_HZ, min(to_s * EARS_RATE_HZ, len(after)))
    return float(10 * np.log10(np.mean(before[part] ** 2) / np.mean(after[part] ** 2)))


def _row(what: str, outcome: Outcome) -> tuple[str, str]:
    hours = outcome.seconds / 3600
    heard = f"{outcome.right} of {outcome.said} right, {outcome.wrong} wrong, " if outcome.said else ""
    return what, f"{heard}{outcome.false} false, {outcome.onsets} onsets of its own in {hours:.2f} h"


def _blocks(heard: Samples, played: Samples) -> Iterator[tuple[bytes, bytes]]:
    """Yield what the microphone and the loudspeaker have in each block of the ears."""
    microphone, reference = to_s16(heard), to_s16(played)
    for at in range(0, len(microphone) - _BLOCK + 1, _BLOCK):
        yield microphone[at : at + _BLOCK], reference[at : at + _BLOCK]
