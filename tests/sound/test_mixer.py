"""The mixer, to the sample."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.ports import BLOCK, RATE_HZ, Samples
from player.sound.gain import PEAK
from player.sound.mixer import BEAT_UNDER_VOICE, Layer, Mixer, Sound

FADE = RATE_HZ * 60 // 1000


def level(value: float, length: int) -> Samples:
    return np.full(length, value, np.float32)


def voice(at: int, value: float, length: int) -> Sound:
    return Sound(at, level(value, length), Layer.VOICE)


def render(mixer: Mixer, blocks: int) -> Samples:
    return np.concatenate([mixer.render(BLOCK) for _ in range(blocks)])


def test_silence_when_nothing_plays() -> None:
    mixer = Mixer()
    assert not render(mixer, 3).any()
    assert mixer.rendered == 3 * BLOCK
    assert mixer.heard(2000) == (0, 0)


@given(
    starts=st.lists(st.integers(0, 5000), min_size=1, max_size=5),
    frames=st.lists(st.integers(1, 2000), min_size=1, max_size=12),
)
def test_a_clip_begins_at_its_sample_whatever_the_blocks(starts: list[int], frames: list[int]) -> None:
    expected = np.zeros(sum(frames) + 6000, np.float32)
    sounds = []
    for place, at in enumerate(starts):
        clip = np.linspace(0.01, 0.02 + place / 100, 700, dtype=np.float32)
        sounds.append(Sound(at, clip, Layer.VOICE))
    for sound in sorted(sounds, key=lambda sound: sound.at):
        expected[sound.at : sound.end] += sound.samples
    mixer = Mixer()
    mixer.play(1, sounds, 6000)
    got = np.concatenate([mixer.render(count) for count in frames])
    np.testing.assert_array_equal(got, expected[: len(got)])


def test_a_new_program_begins_at_the_next_block_while_the_old_one_fades() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, RATE_HZ)], RATE_HZ)
    render(mixer, 2)
    mixer.play(2, [voice(10, 0.25, 100)], RATE_HZ)
    sound = render(mixer, 5)
    assert sound[0] == pytest.approx(0.5, abs=1e-4)
    assert sound[10] == pytest.approx(0.75, abs=1e-3)
    assert not sound[FADE:].any()
    assert sound[FADE - 200] > 0
    assert np.abs(np.diff(sound[200:])).max() < 0.001


def test_hush_fades_and_freezes_the_position() -> None:
    mixer = Mixer()
    mixer.play(7, [voice(0, 0.5, RATE_HZ)], RATE_HZ)
    render(mixer, 2)
    mixer.hush()
    faded = render(mixer, 3)
    assert faded[0] > 0.49
    assert np.all(np.diff(faded) <= 0)
    assert faded[-1] == pytest.approx(0, abs=1e-6)
    assert not render(mixer, 10).any()
    assert mixer.heard(2 * BLOCK - 1) == (7, 2 * BLOCK - 1)
    assert mixer.heard(mixer.rendered) == (7, 2 * BLOCK)


def test_hush_twice_and_hush_of_nothing_change_nothing() -> None:
    mixer = Mixer()
    mixer.hush()
    render(mixer, 1)
    assert mixer.heard(BLOCK) == (0, 0)
    mixer.play(1, [voice(0, 0.5, 5000)], 5000)
    render(mixer, 1)
    mixer.hush()
    render(mixer, 2)
    mixer.hush()
    render(mixer, 2)
    assert mixer.heard(mixer.rendered) == (1, BLOCK)


def test_heard_follows_the_programs_through_pauses() -> None:
    mixer = Mixer()
    render(mixer, 3)
    mixer.play(1, [], 10 * BLOCK)
    render(mixer, 4)
    mixer.hush()
    render(mixer, 50)
    mixer.play(2, [], 2 * BLOCK)
    render(mixer, 5)
    assert mixer.heard(3 * BLOCK - 1) == (0, 0)
    assert mixer.heard(3 * BLOCK) == (1, 0)
    assert mixer.heard(7 * BLOCK - 1) == (1, 4 * BLOCK - 1)
    assert mixer.heard(20 * BLOCK) == (1, 4 * BLOCK)
    assert mixer.heard(57 * BLOCK - 1) == (1, 4 * BLOCK)
    assert mixer.heard(57 * BLOCK + 5) == (2, 5)
    assert mixer.heard(62 * BLOCK) == (2, 2 * BLOCK)


def test_a_clip_longer_than_its_program_rings_on() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, 3000)], 1000)
    assert np.count_nonzero(render(mixer, 5)) == 3000
    assert mixer.heard(mixer.rendered) == (1, 1000)


def test_the_last_of_several_commands_in_one_block_wins() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, 5000)], 5000)
    mixer.play(2, [voice(0, 0.25, 5000)], 5000)
    mixer.hush()
    assert not render(mixer, 10).any()
    assert mixer.heard(mixer.rendered) == (2, 0)


def test_beats_go_down_under_a_voice_without_a_step() -> None:
    mixer = Mixer()
    start, end = 10 * BLOCK, 20 * BLOCK
    beat = Sound(0, level(0.5, 30 * BLOCK), Layer.BEAT)
    mixer.play(1, [beat, voice(start, 0.0, end - start)], 30 * BLOCK)
    sound = render(mixer, 30)
    np.testing.assert_allclose(sound[start:end], 0.5 * BEAT_UNDER_VOICE, atol=1e-6)
    assert sound[start - 1000] == sound[end + 1000] == 0.5
    assert np.abs(np.diff(sound)).max() < 0.001


def test_beats_stay_down_under_voices_that_overlap() -> None:
    mixer = Mixer()
    beat = Sound(0, level(0.5, 30 * BLOCK), Layer.BEAT)
    voices = [voice(5000, 0.0, 8000), voice(6000, 0.0, 1000), voice(13500, 0.0, 2000)]
    mixer.play(1, [beat, *voices], 30 * BLOCK)
    sound = render(mixer, 30)
    np.testing.assert_allclose(sound[5000:15500], 0.5 * BEAT_UNDER_VOICE, atol=1e-6)
    assert sound[15500 + 1000] == 0.5


def test_a_cue_sounds_over_a_hushed_and_ducked_program() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, 5000)], 5000)
    render(mixer, 1)
    mixer.duck(0.0)
    mixer.hush()
    render(mixer, 5)
    mixer.cue(level(0.25, 1500))
    sound = render(mixer, 3)
    np.testing.assert_array_equal(sound, np.concatenate([level(0.25, 1500), level(0, 1380)]))
    assert mixer.heard(mixer.rendered) == (1, BLOCK)


def test_duck_is_quick_down_and_slow_back_and_exact() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, 2 * RATE_HZ)], 2 * RATE_HZ)
    render(mixer, 1)
    mixer.duck(0.2)
    down = render(mixer, 10)
    assert np.argmax(np.isclose(down, 0.1, atol=1e-6)) == pytest.approx(0.05 * RATE_HZ, abs=3)
    assert np.all(down[2500:] == np.float32(0.5) * np.float32(0.2))
    mixer.duck(1.0)
    up = render(mixer, 30)
    assert np.argmax(np.isclose(up, 0.5, atol=1e-6)) == pytest.approx(0.4 * RATE_HZ, abs=20)
    assert np.all(up[20000:] == 0.5)
    assert np.abs(np.diff(np.concatenate([down, up]))).max() < 0.001


def test_volume_moves_everything_and_never_clicks() -> None:
    mixer = Mixer()
    mixer.play(1, [voice(0, 0.5, RATE_HZ)], RATE_HZ)
    render(mixer, 1)
    mixer.cue(level(0.1, RATE_HZ))
    render(mixer, 1)
    mixer.volume(0.5)
    sound = render(mixer, 10)
    assert np.abs(np.diff(sound)).max() < 0.001
    np.testing.assert_allclose(sound[-100:], 0.3, atol=1e-6)


def test_nothing_is_louder_than_the_peak_and_quiet_sound_is_untouched() -> None:
    mixer = Mixer()
    loud = np.linspace(-3, 3, 6000, dtype=np.float32)
    mixer.play(1, [Sound(0, loud, Layer.VOICE)], 6000)
    sound = render(mixer, 7)[:6000]
    assert np.abs(sound).max() <= PEAK
    assert np.all(np.diff(sound) >= 0)
    quiet = np.abs(loud) < 0.79
    np.testing.assert_array_equal(sound[quiet], loud[quiet])


def test_the_tap_gets_what_is_really_played() -> None:
    mixer = Mixer()
    seen: list[tuple[int, Samples]] = []
    mixer.tap = lambda at, block: seen.append((at, block))
    mixer.play(1, [voice(0, 0.5, 2000)], 2000)
    mixer.volume(0.5)
    sound = render(mixer, 4)
    assert [at for at, _ in seen] == [0, BLOCK, 2 * BLOCK, 3 * BLOCK]
    np.testing.assert_array_equal(np.concatenate([block for _, block in seen]), sound)


def test_a_broken_tap_does_not_silence_the_session() -> None:
    def broken(at: int, block: Samples) -> None:
        raise OSError(at, len(block))

    mixer = Mixer()
    mixer.tap = broken
    mixer.play(1, [voice(0, 0.5, 2000)], 2000)
    assert render(mixer, 2).any()


def test_commands_from_other_threads_while_rendering() -> None:
    mixer = Mixer()
    failures: list[Exception] = []

    def command() -> None:
        for number in range(1, 500):
            mixer.play(number, [voice(3, 0.2, 500)], 5000)
            mixer.hush()
            try:
                mixer.heard(mixer.rendered)
            except RuntimeError as failure:
                failures.append(failure)

    threads = [threading.Thread(target=command) for _ in range(2)]
    for thread in threads:
        thread.start()
    sound = render(mixer, 50)
    for thread in threads:
        thread.join()
    assert not failures
    assert np.isfinite(sound).all()
