"""Whether the ears take what a voice says for a command: every sentence of the library, one after the other.

The hardest case: no echo canceller, no reference, all commands expected at any time, as if somebody else in a
quiet room read the routines out in the player's voice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from player.app.ears import listening_chain
from player.core.commands import Command
from player.core.decision import Accepted
from player.core.wording import Language
from player.files import languages
from player.ports import EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Samples, Synthesiser
from player.routine.catalogue import list_routines
from player.routine.compile.compose import load_plan
from player.session.texts import spoken
from player.sound.shaping import resample, to_s16

_LEAD_S, _GAP_S = 3.0, 1.2  # of a quiet room, before the first sentence and after each
_AT_ONCE = 24
_LEVEL = 0.25  # of full scale as the microphone hears it
_NOISE = 0.0005


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


def taken_for_commands(voice: Synthesiser, ears: str, texts: Sequence[str]) -> Iterator[TakenForCommand]:
    """Yield what is obeyed of `texts`, said by `voice` to ears of this name. Raises `PlayerError`."""
    language = languages.load("en")
    for at in range(0, len(texts), _AT_ONCE):
        yield from _heard(voice, ears, texts[at : at + _AT_ONCE], language)


def _heard(
    voice: Synthesiser, ears: str, texts: Sequence[str], language: Language
) -> Iterator[TakenForCommand]:
    chain = listening_chain(ears, language)
    chain.listen(Command)
    sound, ends = _room([resample(voice.render(text), RATE_HZ, EARS_RATE_HZ) for text in texts])
    pcm = to_s16(sound)
    for block in range(0, len(pcm) - 2 * EARS_BLOCK + 1, 2 * EARS_BLOCK):
        for hearing in chain.accept(pcm[block : block + 2 * EARS_BLOCK]):
            if isinstance(hearing, Accepted):
                index = min(int(np.searchsorted(ends, block // 2)), len(texts) - 1)
                yield TakenForCommand(texts[index], hearing.command)


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
