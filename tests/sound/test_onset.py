"""The voiced onset, against the part of hibari's graph that makes the voice and nothing of the breath."""

from dataclasses import replace

import numpy as np
import pytest

from player.backends.hibari_driver import HibariSettings, synthesise, voice_alone
from player.bench.diction import first_loud
from player.files import voices
from player.ports import RATE_HZ
from player.sound.onset import voiced_onset
from player.sound.shaping import resample
from player.voice.delivery import BRISK, properties

COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTS += ("fifteen", "twenty", "thirty")


def settings_of(profile: str, pace: float) -> HibariSettings:
    settings = HibariSettings(**properties(voices.find(profile)))
    return replace(settings, rate=round(settings.rate * pace))


@pytest.mark.parametrize("pace", [1.0, BRISK])
@pytest.mark.parametrize("profile", ["calm", "low", "slow"])
@pytest.mark.parametrize("count", COUNTS)
def test_the_onset_of_a_count_is_found_within_10_ms(count: str, profile: str, pace: float) -> None:
    settings = settings_of(profile, pace)
    pcm, rate_hz = synthesise(count, settings)
    sound = resample(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768, rate_hz)
    voice = resample(voice_alone(count, settings), rate_hz)
    assert voiced_onset(sound) == pytest.approx(first_loud(voice), abs=RATE_HZ // 100)


def test_breath_before_the_voice_is_not_taken_for_it() -> None:
    rng = np.random.default_rng(2)
    hiss = np.diff(rng.normal(0, 0.2, 9601)).astype(np.float32)  # 0.2 s, high
    tone = 0.3 * np.sin(np.arange(24_000) * 2 * np.pi * 180 / RATE_HZ).astype(np.float32)
    assert voiced_onset(np.concatenate([hiss, tone])) == pytest.approx(9600, abs=RATE_HZ // 100)


@pytest.mark.parametrize("size", [0, 10, 1000, 48_000])
def test_without_any_voice_it_is_the_start(size: int) -> None:
    assert voiced_onset(np.zeros(size, np.float32)) == 0
