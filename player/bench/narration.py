"""Whether the ears take what a voice says for a command: every text of the library, whole and in pieces.

The hardest case: no echo canceller, no reference, all commands expected at any time, as if somebody else in a
quiet room read the routines out in the player's voice. A session knows when it speaks: until its echo is
cancelled only "stop" and "pause" count then, so these are counted apart. In pieces, what stands between two
pauses of a text is said alone: so would a listener's word be, and so is what is left of a text that is cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from player.app.choices import DEFAULT_VOICE
from player.app.ears import setup
from player.bench.voice import without_clips
from player.core.commands import Command
from player.core.decision import OVER_OWN_VOICE, Accepted, Recognition
from player.ears.pipeline import ListeningChain
from player.ears.worker import listening_chain, recogniser
from player.files import languages, voices
from player.ports import EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Samples
from player.routine.catalogue import list_routines
from player.routine.compile.compose import load_plan
from player.session.texts import spoken
from player.sound.shaping import resample, to_s16

EARS = ("moonshine", "pocketsphinx")
_QUICK = 20  # every so many texts
_LEAD_S, _GAP_S = 3.0, 1.2  # of a quiet room, before the first sentence and after each
_AT_ONCE = 24
_LEVEL = 0.25  # of full scale as the microphone hears it
_NOISE = 0.0005
_FRAME = EARS_RATE_HZ // 100
_PAUSE_FRAMES = 8  # so much is heard as a pause; a stop consonant closes the mouth for less
_PAUSE_DB = 40.0  # under the loudest frame of the text


@dataclass(frozen=True, slots=True)
class TakenForCommand:
    """A sentence of the player's that its ears obeyed."""

    text: str
    command: Command


def library_texts() -> list[str]:
    """Return everything that a session of any routine is known to say, once each."""
    language = languages.load("en")
    plans = (load_plan(one.id) for one in list_routines() if not one.fault and one.steps)
    return list(dict.fromkeys(text for plan in plans for text in spoken(plan, language)))


def run(*, quick: bool = False, voice: str = "") -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure); `quick`: every twentieth text. Raises `PlayerError`."""
    profile = voices.find(voice or DEFAULT_VOICE)
    texts = [text for text in library_texts() if not text.isdecimal()][:: _QUICK if quick else 1]
    with without_clips(profile) as worker:
        whole = [SpokenText(text, resample(worker.render(text), RATE_HZ, EARS_RATE_HZ)) for text in texts]
    cut = [SpokenText(one.text, piece) for one in whole for piece in pieces(one.sound)]
    yield "voice", profile.title
    for ears in EARS:
        for what, said in (("texts", whole), ("pieces between pauses", cut)):
            yield from _counted(f"{what}, {ears}", ears, said)


def _counted(what: str, ears: str, said: "Sequence[SpokenText]") -> Iterator[tuple[str, str]]:
    """Yield a row for each that is taken for a command, as it is found, and how many they are."""
    taken = []
    for one in taken_for_commands(ears, said):
        taken.append(one)
        yield what, f"{one.text!r} as {one.command}"
    over = sum(one.command in OVER_OWN_VOICE for one in taken)
    yield (
        what,
        f"{len(taken)} of {len(said)} taken for a command, {over} for one that counts over the own voice",
    )


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A text, and the sound of it or of a piece of it: mono, at the rate of the ears."""

    text: str
    sound: Samples


def pieces(sound: Samples) -> list[Samples]:
    """Return what stands between the pauses of a sound (mono, at the rate of the ears), in order."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    loud = np.flatnonzero(power > power.max(initial=0.0) * 10 ** (-_PAUSE_DB / 10))
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > _PAUSE_FRAMES) + 1)
    return [sound[run[0] * _FRAME : (run[-1] + 1) * _FRAME] for run in runs if run.size]


def taken_for_commands(ears: str, said: Sequence[SpokenText]) -> Iterator[TakenForCommand]:
    """Yield what ears of this name obey of what is said. Raises `PlayerError`."""
    chosen = setup(ears, languages.load("en"))
    ear = recogniser(chosen)
    for at in range(0, len(said), _AT_ONCE):
        yield from _heard(listening_chain(chosen, ear=ear), said[at : at + _AT_ONCE])


def _heard(chain: ListeningChain, said: Sequence[SpokenText]) -> Iterator[TakenForCommand]:
    chain.listen(Command)
    sound, ends = _room(one.sound for one in said)
    pcm = to_s16(sound)
    for block in range(0, len(pcm) - 2 * EARS_BLOCK + 1, 2 * EARS_BLOCK):
        for hearing in chain.accept(pcm[block : block + 2 * EARS_BLOCK]):
            if isinstance(hearing, Recognition) and isinstance(hearing.verdict, Accepted):
                index = min(int(np.searchsorted(ends, block // 2)), len(said) - 1)
                yield TakenForCommand(said[index].text, hearing.verdict.command)


def _room(clips: Iterable[Samples]) -> tuple[Samples, list[int]]:
    """Return the sentences in a quiet room, and where the gap behind each ends."""
    gap = np.zeros(int(_GAP_S * EARS_RATE_HZ), np.float32)
    pieces: list[Samples] = [np.zeros(int(_LEAD_S * EARS_RATE_HZ), np.float32)]
    ends: list[int] = []
    at = pieces[0].size
    for clip in clips:
        pieces += [clip * np.float32(_LEVEL), gap]
        at += clip.size + gap.size
        ends.append(at)
    sound = np.concatenate(pieces)
    noise = np.random.default_rng(1).normal(0, _NOISE, sound.size).astype(np.float32)
    return sound + noise, ends
