"""The soft tones."""

import numpy as np
import pytest

from player.core.orders import Tone
from player.ports import RATE_HZ, Samples
from player.sound import tones

SOUNDS = {name: tones.tone(name) for name in tones._TONES} | {"hum": tones.hum(2.0)}
ALL = pytest.mark.parametrize("name", SOUNDS)


def share_above(sound: Samples, hz: float) -> float:
    power = np.abs(np.fft.rfft(sound, 2 * RATE_HZ)) ** 2
    return float(power[int(hz * 2) :].sum() / power.sum())


@ALL
def test_begins_and_ends_in_silence_and_never_jumps(name: str) -> None:
    sound = SOUNDS[name]
    assert sound.dtype == np.float32
    assert abs(sound[0]) < 1e-4
    assert abs(sound[-1]) < 1e-4
    assert np.abs(np.diff(sound)).max() < 0.03


@ALL
def test_is_quieter_than_the_voice_and_yet_audible(name: str) -> None:
    softest = 0.015 if name == "life" else 0.05  # it must wake nobody
    assert softest < np.abs(SOUNDS[name]).max() < 0.25


@ALL
def test_has_nothing_high(name: str) -> None:
    assert share_above(SOUNDS[name], 1800) < 0.01


@ALL
def test_cannot_be_changed_by_whoever_plays_it(name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        SOUNDS[name][0] = 1


@pytest.mark.parametrize("name", [tone.value for tone in Tone])
def test_every_tone_of_the_engine_exists(name: str) -> None:
    assert tones.tone(name).any()


def test_left_and_right_differ_in_pitch() -> None:
    def pitch(name: str) -> int:
        return int(np.abs(np.fft.rfft(tones.tone(name), RATE_HZ)).argmax())

    assert pitch("tick_right") - pitch("tick_left") > 150


@pytest.mark.parametrize("seconds", [0.0, 0.1, 3.0])
def test_a_hum_lasts_as_long_as_asked(seconds: float) -> None:
    assert len(tones.hum(seconds)) == round(seconds * RATE_HZ)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        tones.tone("gong")
