"""A "no" to a question of care is never taken for "undo", which would take back the answer before."""

import numpy as np
import pytest
import soxr

from player.app import ears
from player.backends.hibari_driver import HibariSettings, synthesise
from player.core.commands import Command
from player.core.decision import Accepted, Recognition, opens
from player.core.engine import commands_in
from player.core.place import Place
from player.core.states import Asking
from player.files import languages
from player.ports import EARS_RATE_HZ, Samples
from tests.ears.listening import feed, heard, needs_moonshine
from tests.ears.people import FITTED, HELD_OUT

PEOPLE = [person for person in (*FITTED, *HELD_OUT) if person.engine != "festival"]
ROOM_DB = -62.0


def neural(text: str, rate: int) -> Samples:
    pcm, rate_hz = synthesise(text + ".", HibariSettings(rate=rate))
    voice = soxr.resample(np.frombuffer(pcm, "<i2").astype(float) / 32768, rate_hz, EARS_RATE_HZ)
    return voice / np.abs(voice).max() * 0.25


def room(*clips: Samples) -> bytes:
    """Each word alone, with a second of quiet before and after it."""
    silence = np.zeros(EARS_RATE_HZ)
    sound = np.concatenate([part for clip in clips for part in (silence, clip)] + [silence])
    sound = sound + np.random.default_rng(3).normal(0, 10 ** (ROOM_DB / 20), len(sound))
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("name", ["pocketsphinx", pytest.param("moonshine", marks=needs_moonshine)])
def test_no_is_never_taken_for_undo_and_is_heard_by_itself(name: str) -> None:
    chain = ears.listening_chain(name, languages.load("en"))
    chain.listen(commands_in(Asking(Place(0))))
    clips = [*(person.say("no", 2) for person in PEOPLE), neural("no", 140)]
    found = heard(feed(chain, room(*clips)))
    assert not [one for one in found if _obeyed(one, Command.UNDO)]
    assert len([one for one in found if _obeyed(one, Command.NO)]) > len(clips) / 4


def _obeyed(one: Recognition, command: Command) -> bool:
    """Whether it is obeyed while a question of care is open, said once."""
    return one.verdict == Accepted(command) and opens(one, None)
