"""Loudness is checked against pyloudnorm, an independent implementation of the same standard."""

import math

import numpy as np
import pyloudnorm
import pytest
import soxr

from player.ports import RATE_HZ, Samples
from player.sound.loudness import (
    PEAK_DBFS,
    TARGET_LUFS,
    TRUE_PEAK_DBFS,
    _weighted,
    hold_true_peaks,
    limit,
    loudness,
    normalise,
)

CEILING = 10 ** (PEAK_DBFS / 20)


def tone(hz: float, seconds: float, peak: float = 0.5) -> Samples:
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (peak * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Samples:
    return (level * np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ))).astype(np.float32)


def speechlike(seconds: float, seed: int = 1) -> Samples:
    """Bursts of coloured noise with pauses between them: the gates have work to do."""
    sound = np.convolve(noise(seconds, seed=seed), np.hanning(30) / 5, mode="same")
    beat = (np.sin(2 * np.pi * 0.7 * np.arange(sound.size) / RATE_HZ) > -0.3) + 0.002
    return (sound * beat).astype(np.float32)


CASES = {
    "1 kHz": tone(1000, 3),
    "deep tone": tone(30, 3),
    "high tone": tone(9000, 3),
    "noise": noise(5),
    "just one block": noise(0.4),
    "bursts": speechlike(10),
    "bursts over many stretches": speechlike(47, seed=2),
    "silence around": np.concatenate(
        (np.zeros(RATE_HZ * 4, np.float32), speechlike(4), np.zeros(RATE_HZ * 4, np.float32))
    ),
    "offset": noise(3) + np.float32(0.3),
}


@pytest.mark.parametrize("case", CASES)
def test_loudness_agrees_with_pyloudnorm(case: str) -> None:
    theirs = pyloudnorm.Meter(RATE_HZ).integrated_loudness(CASES[case].astype(np.float64))
    assert loudness(CASES[case]) == pytest.approx(theirs, abs=0.1)


def test_the_standard_s_own_example() -> None:
    # BS.1770: a 997 Hz sine at full scale in one channel reads -3.01.
    assert loudness(tone(997, 5, peak=1.0)) == pytest.approx(-3.01, abs=0.02)


def test_a_short_clip_is_measured_as_a_whole() -> None:
    assert loudness(tone(1000, 0.15)) == pytest.approx(loudness(tone(1000, 3)), abs=0.3)


@pytest.mark.parametrize(
    "sound", [np.zeros(0, np.float32), np.zeros(100, np.float32), np.zeros(RATE_HZ, np.float32)]
)
def test_silence_has_no_loudness_and_stays_silence(sound: Samples) -> None:
    assert loudness(sound) == -math.inf
    assert normalise(sound).tobytes() == sound.tobytes()


@pytest.mark.parametrize("level", [0.005, 0.05, 1.0])
@pytest.mark.parametrize("seconds", [0.2, 1, 20])
def test_normalising_reaches_the_target_under_the_ceiling(level: float, seconds: float) -> None:
    sound = normalise(speechlike(seconds) * np.float32(level))
    theirs = loudness(sound)
    assert theirs == pytest.approx(TARGET_LUFS, abs=0.5)
    assert np.abs(sound).max() <= CEILING + 1e-6


def test_a_voice_with_high_peaks_is_as_loud_as_others() -> None:
    sound = normalise(noise(3) ** 3)
    assert loudness(sound) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert np.abs(sound).max() <= CEILING + 1e-6


def test_a_click_in_a_long_silence_stays_under_the_ceiling() -> None:
    sound = np.zeros(RATE_HZ * 60, np.float32)
    sound[1000] = 0.2
    assert 0.1 < np.abs(normalise(sound)).max() <= CEILING + 1e-6


def test_the_limiter_holds_every_peak_and_leaves_the_rest_alone() -> None:
    sound = tone(200, 1, peak=0.3)
    sound[RATE_HZ // 2 : RATE_HZ // 2 + 100] *= 3
    limited = limit(sound, 0.5)
    assert np.abs(sound).max() > 0.8
    assert np.abs(limited).max() <= 0.5
    near = RATE_HZ // 50  # 20 ms
    before, after = slice(0, RATE_HZ // 2 - near), slice(RATE_HZ // 2 + near, None)
    assert limited[before].tobytes() == sound[before].tobytes()
    assert limited[after].tobytes() == sound[after].tobytes()


def test_the_limiter_bends_and_never_cuts_off() -> None:
    loud = tone(200, 1, peak=0.9)
    limited = limit(loud, 0.5)
    # A sine that is turned down is still a sine; a clipped one has overtones.
    spectrum = np.abs(np.fft.rfft(limited[RATE_HZ // 4 : -RATE_HZ // 4] * np.hanning(RATE_HZ // 2)))
    assert spectrum[295:305].max() < spectrum[95:105].max() / 300


def between_samples(seconds: float, peak: float) -> Samples:
    """A tone whose samples all lie at 0.707 of its peak, with soft ends."""
    count = int(seconds * RATE_HZ)
    tone = peak * np.cos(np.arange(count) * np.pi / 2 + np.pi / 4) * np.hanning(count)
    return tone.astype(np.float32)


def test_a_peak_between_samples_is_bent_down_and_the_rest_is_left_alone() -> None:
    loud = between_samples(0.1, 0.9)
    sound = np.concatenate([tone(200, 0.5, peak=0.3), loud, tone(200, 0.5, peak=0.3)])
    assert np.abs(sound).max() < CEILING < true_peak(sound)
    held = hold_true_peaks(sound)
    assert true_peak(held) == pytest.approx(10 ** (TRUE_PEAK_DBFS / 20), rel=0.01)
    near = RATE_HZ // 2 - RATE_HZ // 50
    assert held[:near].tobytes() == sound[:near].tobytes()
    assert held[-near:].tobytes() == sound[-near:].tobytes()


@pytest.mark.parametrize("sound", [between_samples(0.5, 0.7), np.zeros(0, np.float32), noise(0.001)])
def test_a_clip_without_such_peaks_stays_the_same(sound: Samples) -> None:
    assert hold_true_peaks(sound).tobytes() == sound.tobytes()


def true_peak(sound: Samples) -> float:
    return float(np.abs(soxr.resample(sound, 1, 4)).max())


@pytest.mark.parametrize("size", [1, 47, 48, 49, 4799])
def test_the_limiter_takes_any_length(size: int) -> None:
    sound = noise(1, level=1.0)[:size]
    limited = limit(sound, 0.01)
    assert limited.shape == sound.shape
    assert limited.dtype == np.float32
    assert np.abs(limited).max() <= 0.01


def test_long_sounds_are_weighted_without_seams() -> None:
    sound = speechlike(3)
    expected = sound.astype(np.float64)
    for stage in pyloudnorm.Meter(RATE_HZ)._filters.values():
        expected = stage.apply_filter(expected)
    assert np.abs(_weighted(sound) - expected).max() < 0.005 * np.abs(expected).max()
