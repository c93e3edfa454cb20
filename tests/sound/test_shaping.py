import numpy as np
import pytest

from player.ports import RATE_HZ, Samples
from player.sound.shaping import fade_ends, from_s16, resample, to_s16, trim


def tone(seconds: float, rate_hz: int = RATE_HZ, peak: float = 0.5) -> Samples:
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    return (peak * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def silence(seconds: float, rate_hz: int = RATE_HZ) -> Samples:
    return np.zeros(int(seconds * rate_hz), np.float32)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, RATE_HZ])
def test_silence_around_is_trimmed_and_silence_inside_is_kept(rate_hz: int) -> None:
    inside = np.concatenate((tone(0.5, rate_hz), silence(0.7, rate_hz), tone(0.5, rate_hz)))
    sound = np.concatenate((silence(0.4, rate_hz), inside, silence(0.6, rate_hz)))
    assert trim(sound, rate_hz).size / rate_hz == pytest.approx(1.7 + 0.05, abs=0.011)


def test_a_soft_consonant_at_the_end_survives() -> None:
    hiss = 0.004 * np.random.default_rng(1).standard_normal(RATE_HZ // 10).astype(np.float32)
    sound = np.concatenate((tone(0.5), hiss, silence(0.5)))
    assert trim(sound).size >= (0.5 + 0.1) * RATE_HZ


@pytest.mark.parametrize("sound", [silence(0), silence(1)])
def test_nothing_but_silence_is_empty(sound: Samples) -> None:
    assert trim(sound).size == 0


@pytest.mark.parametrize("size", [0, 1, 2, 100, RATE_HZ])
def test_ends_are_zero_and_the_middle_is_untouched(size: int) -> None:
    sound = np.full(size, 0.5, np.float32)
    faded = fade_ends(sound)
    assert faded.size == size
    assert not faded[:1].any()
    assert not faded[-1:].any()
    assert np.abs(np.diff(faded)).max(initial=0) < 0.005 or size < 1000
    assert sound.tobytes() == np.full(size, 0.5, np.float32).tobytes()
    if size == RATE_HZ:
        assert (faded[RATE_HZ // 10 : -RATE_HZ // 10] == 0.5).all()


def test_resampling_keeps_pitch_length_and_level() -> None:
    sound = resample(tone(1, 22_050), 22_050)
    assert sound.dtype == np.float32
    assert sound.size == RATE_HZ
    middle = sound[RATE_HZ // 10 : -RATE_HZ // 10]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.001)
    assert np.abs(middle - tone(1)[RATE_HZ // 10 : -RATE_HZ // 10]).max() < 0.001


def test_s16_goes_there_and_back_without_change() -> None:
    pcm = np.arange(-32767, 32768, dtype="<i2").tobytes()
    assert to_s16(from_s16(pcm)) == pcm
    assert to_s16(np.array([2.0, -2.0], np.float32)) == np.array([32767, -32767], "<i2").tobytes()
