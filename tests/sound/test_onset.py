"""The voiced onset, against the part of hibari's graph that makes the voice and nothing of the breath."""

import numpy as np
import pytest

from player.backends.hibari_driver import HibariSettings, model, synthesise
from player.ports import RATE_HZ, Samples
from player.sound.onset import voiced_onset
from player.sound.shaping import resample

COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTS += ("fifteen", "twenty", "thirty")


def voice_and_breath(text: str, rate: int) -> tuple[Samples, Samples]:
    """The whole sound of a word, and the same without its noise, both at 48 kHz."""
    hibari = model()  # before what it is made of: it leaves SciPy out
    from hibari import dsp

    ids = np.asarray([hibari.ids(hibari.phonemize(text)[0])], np.int64)
    speed = np.asarray([HibariSettings(rate=rate).speed], np.float32)
    harmonic, phase, noise, rest, turn, f0 = (
        out[0] for out in hibari.sess.run(None, {"ids": ids, "speed": speed})
    )
    voice = dsp.synth(harmonic, phase, noise - 30, rest - 30, turn, f0, np.random.default_rng(1))
    pcm, rate_hz = synthesise(text, HibariSettings(rate=rate))
    return resample(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768, rate_hz), resample(voice, rate_hz)


def first_loud(voice: Samples) -> int:
    """Where a sound without noise comes within 18 dB of its loudest for good: its true onset."""
    frame = RATE_HZ // 125
    power = np.convolve(np.square(voice), np.ones(frame), mode="valid")
    loud = power > power.max() * 10**-1.8
    lasting = np.convolve(loud, np.ones(RATE_HZ // 50), mode="valid") > RATE_HZ // 50 - 1
    return int(lasting.argmax()) + frame // 2


@pytest.mark.parametrize("rate", [140, 170])
@pytest.mark.parametrize("count", COUNTS)
def test_the_onset_of_a_count_is_found_within_10_ms(count: str, rate: int) -> None:
    sound, voice = voice_and_breath(count, rate)
    assert voiced_onset(sound) == pytest.approx(first_loud(voice), abs=RATE_HZ // 100)


def test_breath_before_the_voice_is_not_taken_for_it() -> None:
    rng = np.random.default_rng(2)
    hiss = np.diff(rng.normal(0, 0.2, 9601)).astype(np.float32)  # 0.2 s, high
    tone = 0.3 * np.sin(np.arange(24_000) * 2 * np.pi * 180 / RATE_HZ).astype(np.float32)
    assert voiced_onset(np.concatenate([hiss, tone])) == pytest.approx(9600, abs=RATE_HZ // 100)


@pytest.mark.parametrize("size", [0, 10, 1000, 48_000])
def test_without_any_voice_it_is_the_start(size: int) -> None:
    assert voiced_onset(np.zeros(size, np.float32)) == 0
