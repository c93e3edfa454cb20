"""A floor that no ear hears and every loudspeaker takes for sound."""

import numpy as np

from player.ports import BLOCK, RATE_HZ
from player.sound.floor import AHEAD_S, Floor
from player.sound.mixer import Layer, Mixer, Sound


def sounding(mixer: Mixer, seconds: float):
    return np.concatenate([mixer.render(BLOCK) for _ in range(round(seconds * RATE_HZ / BLOCK))])


def level_db(samples) -> float:
    return float(20 * np.log10(np.abs(samples).max()))


def test_there_is_no_digital_silence_while_nothing_is_said():
    sound = sounding(Mixer(Floor()), 10.0)
    as_sent = np.rint(sound * 32767).astype(np.int16)
    silent = np.flatnonzero(as_sent.reshape(-1, 48).any(axis=1) == 0)  # milliseconds of nothing
    assert silent.size == 0
    assert level_db(sound) < -75.0


def test_it_is_there_at_any_volume_and_under_everything():
    mixer = Mixer(Floor())
    mixer.volume(0.0)
    mixer.play(1, [Sound(0, np.full(RATE_HZ, 0.5, np.float32), Layer.VOICE)], RATE_HZ)
    sound = sounding(mixer, 1.0)[RATE_HZ // 2 :]
    assert -90.0 < level_db(sound) < -75.0


def test_a_session_without_a_floor_is_silent_to_the_bit():
    assert not sounding(Mixer(), 1.0).any()


def test_it_is_the_same_for_the_same_samples_however_they_are_cut():
    whole, pieces = sounding(Mixer(Floor()), 6.0), Mixer(Floor())
    parts = [pieces.render(size) for size in (1, 959, 4800, 48_000, 200_000)]
    assert np.array_equal(np.concatenate(parts), whole[: sum(map(len, parts))])


def test_a_loudspeaker_has_half_a_second_to_wake_up():
    assert AHEAD_S >= 0.5
