"""An offset and hum are taken out before anything is measured; without them the sound stays as it is."""

import numpy as np
import pytest

from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.core.commands import Command
from player.core.decision import Accepted
from player.ears.rumble import Rumble
from tests.ears.listening import chain_of, feed, heard
from tests.ears.speech import chunks, others, stream

_T = np.arange(16_000 * 8) / 16_000
RUMBLES = {
    "an offset": np.full(len(_T), 6000.0),
    "hum of 50 Hz": 5000 * np.sin(2 * np.pi * 50 * _T),
    "hum of 60 Hz, from 1 s on": 4000 * np.sin(2 * np.pi * 60 * _T) * (_T > 1),
    "an offset and hum": 3000 + 3000 * np.sin(2 * np.pi * 50 * _T),
}


def under(pcm: bytes, rumble: np.ndarray) -> bytes:
    sound = np.frombuffer(pcm, np.int16).astype(float)
    return np.clip(sound + rumble[: len(sound)], -32768, 32767).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def ear() -> PocketsphinxRecogniser:
    return PocketsphinxRecogniser(others())


@pytest.mark.parametrize("name", RUMBLES)
def test_words_are_understood_over_it(ear: PocketsphinxRecogniser, name: str) -> None:
    pcm = under(stream(2.5, "stop", 1.0, "repeat", 1.0, noise_db=-62), RUMBLES[name])
    chain = chain_of(ear)
    verdicts = [one.verdict for one in heard(feed(chain, pcm))]
    assert [one for one in verdicts if isinstance(one, Accepted)] == [
        Accepted(Command.STOP),
        Accepted(Command.REPEAT),
    ]
    assert chain.floor_db < -45


def test_without_it_the_sound_stays_as_it_is() -> None:
    rumble = Rumble()
    pcm = stream(1.0, "where", 0.3, "how long", 1.0, noise_db=-60)
    assert b"".join(rumble.accept(chunk) for chunk in chunks(pcm)) == pcm
