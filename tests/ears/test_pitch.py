"""A voice is told from noises, however loud they are."""

import numpy as np
import pytest

from player.bench.hearing.noises import kitchen
from player.ears.pitch import evenness, voiced
from tests.ears.speech import spoken

RATE = 16_000


def pcm(sound) -> bytes:
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("word", ["stop", "next", "pause", "repeat", "continue"])
@pytest.mark.parametrize("noise_db", [-60, -10])
def test_there_is_a_voice_in_every_word(word, noise_db):
    clip = spoken(word).astype(float)
    noise = (
        np.random.default_rng(1).normal(size=len(clip)) * np.sqrt(np.mean(clip**2)) * 10 ** (noise_db / 20)
    )
    assert voiced(pcm(clip + noise))


def test_there_is_none_in_water_and_dishes():
    sound = kitchen(60 * RATE, np.random.default_rng(3))
    sound *= 6000 / np.sqrt(np.mean(sound**2))
    parts = sound[: len(sound) // RATE * RATE].reshape(-1, RATE)
    assert not [index for index, part in enumerate(parts) if voiced(pcm(part))]


def test_silence_a_moment_and_white_noise_have_none():
    assert evenness(bytes(2 * RATE)) == 0.0
    assert evenness(bytes(200)) == 0.0
    assert not voiced(pcm(np.random.default_rng(2).normal(0, 3000, RATE)))


def test_a_tone_is_as_even_as_can_be():
    assert evenness(pcm(8000 * np.sin(2 * np.pi * 150 * np.arange(RATE) / RATE))) > 0.99
