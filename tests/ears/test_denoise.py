"""Steady noise goes, words stay; nothing is moved but by the delay that is told."""

import numpy as np
import pytest

from player.ears.denoise import DELAY, Suppressor
from tests.ears.speech import chunks, stream

NOISE_DB = -45.0
SECONDS = 4.0


def cleaned(pcm, size=640, **options):
    suppressor = Suppressor()
    for chunk in chunks(pcm, size):
        suppressor.accept(chunk, **options)
    return samples(suppressor.between(DELAY, len(pcm) // 2))


def samples(pcm):
    return np.frombuffer(pcm, "<i2").astype(float)


def power_db(sound):
    return 10 * np.log10(np.mean(sound**2) + 1e-9)


def test_steady_noise_falls_by_what_is_allowed_and_no_more():
    noise = stream(SECONDS, noise_db=NOISE_DB)
    fall_db = power_db(samples(noise)[32_000:]) - power_db(cleaned(noise)[32_000:])
    assert 9 < fall_db < 12.5


def test_a_word_in_noise_comes_nearer_to_the_word_alone():
    alone, noisy = samples(stream(2.0, "continue", 0.5)), stream(2.0, "continue", 0.5, noise_db=NOISE_DB)
    word = slice(32_000, len(alone) - 8_000)
    before = samples(noisy)[word] - alone[word]
    after = cleaned(noisy)[word] - alone[word]
    assert power_db(before) - power_db(after) > 3


def test_a_word_in_quiet_is_left_as_it_is():
    quiet = stream(2.0, "continue", 0.5, noise_db=-75)
    word = slice(32_000, len(quiet) // 2 - 8_000)
    changed = cleaned(quiet)[word] - samples(quiet)[word]
    assert power_db(samples(quiet)[word]) - power_db(changed) > 20


def test_untouched_it_only_learns_the_noise():
    noise = stream(SECONDS, noise_db=NOISE_DB)
    left = cleaned(noise, untouched=True)
    assert np.abs(left - samples(noise)[: len(left)]).max() <= 1
    suppressor = Suppressor()
    suppressor.accept(noise, untouched=True)
    suppressor.accept(noise[:32_000])
    end = len(noise) // 2 + 16_000
    after = samples(suppressor.between(end - 8_000, end))
    assert power_db(samples(noise)) - power_db(after) > 9


@pytest.mark.parametrize("size", [2, 480, 1_000, 64_000])
def test_any_chunks_give_the_same(size):
    sound = stream(1.0, "stop", 0.5, noise_db=NOISE_DB)
    assert np.array_equal(cleaned(sound, size), cleaned(sound))


def test_only_the_last_seconds_are_kept():
    suppressor = Suppressor()
    for _ in range(10):
        suppressor.accept(stream(1.0, noise_db=NOISE_DB))
    assert suppressor.between(0, 16_000) == b""
    assert len(suppressor.between(9 * 16_000, 10 * 16_000 - DELAY)) == 2 * (16_000 - DELAY)
