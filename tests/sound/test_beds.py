"""Beds: no seam, the right level, the same every time; and what the mixer does with them."""

import numpy as np
import pytest

from player.ports import BLOCK, RATE_HZ, Samples
from player.sound import beds
from player.sound.loudness import TARGET_LUFS, loudness
from player.sound.mixer import BED_UNDER_SPEECH, Layer, Mixer, Sound

ALL = pytest.mark.parametrize("name", beds.NAMES)


def at_level() -> float:
    return TARGET_LUFS - beds.UNDER_VOICE_DB


@ALL
def test_a_bed_lies_under_the_voice(name: str) -> None:
    assert loudness(beds.bed(name)) == pytest.approx(at_level(), abs=0.1)


@ALL
def test_a_bed_is_the_same_every_time(name: str) -> None:
    once = beds.bed(name).copy()
    beds.bed.cache_clear()
    np.testing.assert_array_equal(once, beds.bed(name))


@ALL
def test_the_end_of_a_bed_meets_its_beginning(name: str) -> None:
    sound = beds.bed(name)
    steps = np.abs(np.diff(sound))
    assert abs(float(sound[0] - sound[-1])) <= np.percentile(steps, 99.9)


@ALL
def test_a_bed_does_not_swell_at_its_seam(name: str) -> None:
    sound = beds.bed(name)
    around = np.concatenate([sound[-RATE_HZ:], sound[:RATE_HZ]])
    assert abs(loudness(around) - loudness(sound)) < 5.0


def test_a_sound_of_ones_own_loops_and_lies_under_the_voice() -> None:
    time = np.arange(RATE_HZ * 10) / RATE_HZ
    own = (0.5 * np.sin(2 * np.pi * 220.3 * time)).astype(np.float32)
    loop = beds.looped(own)
    assert len(loop) == RATE_HZ * 10 - int(RATE_HZ * beds.CROSS_FADE_S)
    assert loudness(loop) == pytest.approx(at_level(), abs=0.1)
    assert abs(float(loop[0] - loop[-1])) < 2 * np.abs(np.diff(loop)).max()


def test_the_gain_that_bends_down_a_peak_goes_on_over_the_seam() -> None:
    time = np.arange(RATE_HZ * 10) / RATE_HZ
    own = (0.02 * np.cos(2 * np.pi * 100 * time)).astype(np.float32)
    seam = RATE_HZ * 10 - int(RATE_HZ * beds.CROSS_FADE_S)
    own[seam - 200 : seam - 2] *= 40
    loop = beds.looped(own)
    step = np.abs(np.diff(loop[RATE_HZ * 3 : RATE_HZ * 4])).max()
    assert abs(float(loop[0] - loop[-1])) < 2 * step


def test_of_a_long_sound_only_the_beginning_is_kept() -> None:
    own = np.tile(np.linspace(-0.5, 0.5, 480, dtype=np.float32), 100 * 400)
    assert len(beds.looped(own)) <= RATE_HZ * beds.MOST_S


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (np.ones(RATE_HZ, np.float32), "seconds"),
        (np.zeros(RATE_HZ * 20, np.float32), "silent"),
        (np.zeros(0, np.float32), "seconds"),
    ],
)
def test_what_cannot_be_a_bed_says_why(own: Samples, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        beds.looped(own)


# --- in the mixer -------------------------------------------------------------------------------------


def level(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def rendered(mixer: Mixer, seconds: float) -> Samples:
    return np.concatenate([mixer.render(BLOCK) for _ in range(round(seconds * RATE_HZ / BLOCK))])


def steady() -> Samples:
    time = np.arange(RATE_HZ * 5) / RATE_HZ
    return (0.01 * np.sin(2 * np.pi * 100 * time)).astype(np.float32)


def with_bed() -> Mixer:
    mixer = Mixer()
    mixer.bed(steady())
    mixer.fade_bed(1.0, 0.1)
    rendered(mixer, 1.0)
    return mixer


def test_a_bed_is_silent_until_it_is_faded_in_and_goes_round() -> None:
    mixer = Mixer()
    mixer.bed(steady())
    assert not rendered(mixer, 0.5).any()
    mixer.fade_bed(1.0, 0.5)
    rendered(mixer, 0.5)
    assert level(rendered(mixer, 12)) == pytest.approx(level(steady()), rel=0.01)


def test_a_bed_is_supplied_when_it_is_first_wanted_and_fades_in_however_late_it_comes() -> None:
    mixer, asked = Mixer(), []
    mixer.supply = lambda: asked.append("a bed")
    mixer.fade_bed(0.0, 0.1)
    assert asked == []
    mixer.fade_bed(1.0, 0.5)
    mixer.fade_bed(1.0, 0.5)
    assert asked == ["a bed"]
    rendered(mixer, 2.0)  # it takes longer to make than its fade
    mixer.bed(steady())
    assert level(rendered(mixer, 0.1)) < level(steady()) / 4
    rendered(mixer, 0.5)
    assert level(rendered(mixer, 1.0)) == pytest.approx(level(steady()), rel=0.01)


def test_a_bed_goes_round_whole() -> None:
    loop = beds.BedLoop(np.arange(1000, dtype=np.float32))
    np.testing.assert_array_equal(
        np.concatenate([loop.next(300) for _ in range(10)]), np.tile(np.arange(1000), 3)
    )


def test_a_bed_falls_silent_within_its_fade() -> None:
    mixer = with_bed()
    mixer.fade_bed(0.0, 0.06)
    rendered(mixer, 0.08)
    assert not rendered(mixer, 0.5).any()


def test_a_bed_goes_under_speech_and_comes_back_slowly() -> None:
    mixer = with_bed()
    quiet = level(steady())
    speech = Sound(0, np.zeros(RATE_HZ * 3, np.float32), Layer.VOICE)
    mixer.play(1, [speech], RATE_HZ * 20)
    rendered(mixer, 1.0)
    assert level(rendered(mixer, 1.0)) == pytest.approx(quiet * BED_UNDER_SPEECH, rel=0.02)
    rendered(mixer, 1.0)
    assert level(rendered(mixer, 0.5)) < quiet * 0.8  # not at once: what comes back quickly pumps
    rendered(mixer, 4.0)
    assert level(rendered(mixer, 1.0)) == pytest.approx(quiet, rel=0.02)


def test_ticks_do_not_move_a_bed() -> None:
    mixer = with_bed()
    mixer.play(1, [Sound(0, np.zeros(RATE_HZ * 3, np.float32), Layer.BEAT)], RATE_HZ * 20)
    rendered(mixer, 1.0)
    assert level(rendered(mixer, 1.0)) == pytest.approx(level(steady()), rel=0.01)


def test_without_a_bed_fading_changes_nothing() -> None:
    mixer = Mixer()
    mixer.fade_bed(1.0, 0.1)
    assert not rendered(mixer, 0.5).any()
