"""Where speech begins and ends, with real voice activity on a real voice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.backends.vad import VoiceActivity
from player.ears.segmenter import FRAME, Closed, Grew, Segmenter, SegmentOpened, level_db
from tests.ears.speech import chunks, stream


def changes(pcm, size=640):
    segmenter = Segmenter(VoiceActivity())
    return [change for chunk in chunks(pcm, size) for change in segmenter.accept(chunk)]


def closed(pcm, size=640):
    return [change for change in changes(pcm, size) if isinstance(change, Closed)]


def loud(pattern):
    """One frame per letter: `#` is loud, `.` is quiet."""
    noise = np.random.default_rng(1).normal(0, 3000, (len(pattern), FRAME))
    mask = np.array([letter == "#" for letter in pattern])
    return (noise * np.where(mask, 1.0, 0.001)[:, None]).astype("<i2").tobytes()


def everything(frame, *, finely):
    """A judge to whom all is speech."""
    return True


def frames_of(pattern):
    """Segments of a pattern when everything loud is speech."""
    segmenter = Segmenter(everything)
    found = [change for change in segmenter.accept(loud(pattern)) if isinstance(change, Closed)]
    return [(change.start // FRAME, change.end // FRAME, change.alone) for change in found]


QUIET = "." * 30
WORD = "#" * 12


def test_a_word_is_found_where_it_is():
    assert frames_of(QUIET + WORD + QUIET) == [(30, 42, True)]


def test_two_words_a_second_apart_are_two():
    apart = "." * 33
    assert frames_of(QUIET + WORD + apart + WORD + QUIET) == [(30, 42, True), (75, 87, True)]


def test_a_gap_within_a_word_does_not_cut_it():
    assert frames_of(QUIET + "######........######" + QUIET) == [(30, 50, True)]


def test_a_steady_noise_that_begins_becomes_the_floor():
    segmenter = Segmenter(everything)
    found = [type(change) for change in segmenter.accept(loud(QUIET + "#" * 100))]
    assert found.count(Closed) == 1
    assert segmenter.floor.db == pytest.approx(segmenter.level_db, abs=1)


@pytest.mark.parametrize(("length", "alone"), [(4, None), (5, True), (67, True), (68, False)])
def test_a_word_is_not_too_short_and_not_too_long(length, alone):
    word = ("#####." * 12)[:length]  # speech has dips; what has none is noise
    found = frames_of(QUIET * 2 + word + QUIET)
    assert [segment[2] for segment in found] == ([] if alone is None else [alone])


def test_what_follows_talk_at_once_is_not_alone():
    talk = "#####." * 9  # with the word more than a word's length
    found = frames_of(QUIET * 2 + talk + "." * 8 + WORD + QUIET)
    assert [segment[2] for segment in found] == [True, False]


def test_what_follows_one_word_at_once_is_told_as_such():
    changes = list(Segmenter(everything).accept(loud(QUIET + WORD + "." * 9 + WORD + "." * 9 + WORD + QUIET)))
    found = [(one.alone, one.apart) for one in changes if isinstance(one, Closed)]
    assert found == [(True, True), (True, False), (False, False)]  # the third follows no lone word


def uneven(length, level_db, spread_db=4.0, seed=3):
    """Frames whose loudness goes up and down, as that of talk."""
    rng = np.random.default_rng(seed)
    gain = 32768 * 10 ** ((level_db + rng.normal(0, spread_db, (length, 1))) / 20)
    return (rng.normal(0, 1, (length, FRAME)) * gain).clip(-32767, 32767).astype("<i2").tobytes()


def lone_ones(pcm, judge=everything):
    changes = list(Segmenter(judge).accept(pcm))
    return [(c.start // FRAME, c.end // FRAME) for c in changes if isinstance(c, Closed) and c.alone]


def vowel_in_noise(frames, over_db, noise_db=-45.0):
    """What stands out of a steady noise for so many frames; all of it is like speech."""
    before, vowel, after = (
        uneven(n, db, 0.0) for n, db in ((40, noise_db), (frames, noise_db + over_db), (40, noise_db))
    )
    return before + vowel + after


@pytest.mark.parametrize(("frames", "over_db", "alone"), [(2, 14, 1), (3, 10, 1), (3, 7, 0), (1, 30, 0)])
def test_in_noise_a_short_vowel_is_a_word_if_it_stands_out_far(frames, over_db, alone):
    assert lone_ones(vowel_in_noise(frames, over_db)) == [(40, 40 + frames)] * alone


def test_in_a_quiet_room_what_is_so_short_is_no_word():
    assert lone_ones(vowel_in_noise(4, 25.0, -70.0)) == []


def test_a_short_vowel_is_no_word_while_the_player_speaks():
    segmenter = Segmenter(everything)
    segmenter.own_voice = True
    assert list(segmenter.accept(vowel_in_noise(3, 14.0))) == []


@pytest.mark.parametrize(("frames", "apart"), [(4, False), (5, True)])
def test_a_vowel_shorter_than_a_word_is_looked_at_for_stop_alone(frames, apart):
    (found,) = (
        c for c in Segmenter(everything).accept(vowel_in_noise(frames, 14.0)) if isinstance(c, Closed)
    )
    assert (found.alone, found.apart) == (True, apart)


def test_what_came_before_a_word_is_kept_for_another_look():
    pcm = vowel_in_noise(3, 10.0)
    (opened,) = (one for one in Segmenter(everything).accept(pcm) if isinstance(one, SegmentOpened))
    assert opened.pcm == pcm[2 * FRAME * 34 : 2 * FRAME * 43]  # from 0.18 s before the vowel
    assert opened.earlier == pcm[2 * FRAME * 29 : 2 * FRAME * 34]


def test_a_word_is_found_where_many_talk_all_the_time():
    syllables = [uneven(6, -45, 0.5), uneven(4, -53, 0.5)]
    talk, word = b"".join(syllables * 30), uneven(15, -33, 2.0)
    assert lone_ones(talk + word + talk) == [(300, 315)]


def test_talk_with_breaths_in_it_is_not_cut_into_words():
    sentence, breath = uneven(90, -30, 6.0), loud("." * 12)
    assert lone_ones((sentence + breath) * 6) == []


def heard_over_television(word, at):
    """Say it at that frame, while one voice talks softly; return the lone stretches around it."""
    syllable, breath = uneven(6, -46, 1.0) + uneven(4, -56, 1.0), uneven(12, -75, 0.5)
    television = (syllable * 9 + breath) * 3
    found = lone_ones(television[: at * 2 * FRAME] + word + television, hears)
    return [(start - at, end - at) for start, end in found if abs(start - at) < 10]


def hears(frame, *, finely):
    """A judge to whom all is speech but silence."""
    return level_db(np.frombuffer(frame, np.int16)) > -65


@pytest.mark.parametrize("at", [260, 297])  # within a sentence, and just after one
def test_a_word_is_found_over_somebody_who_talks_softly(at):
    assert heard_over_television(uneven(15, -26, 2.0), at) == [pytest.approx((0, 15), abs=2)]


@pytest.mark.parametrize("at", [260, 297])
def test_a_word_as_loud_as_the_talk_around_it_is_part_of_it(at):
    word, breath = uneven(15, -46, 1.0), uneven(12, -75, 0.5)
    assert heard_over_television(word + breath, at) == []


def test_where_much_sounds_like_speech_the_finer_look_decides():
    looks = []

    def judge(frame, *, finely):
        looks.append(finely)
        return not finely

    music, word = loud("####....." * 60), loud(WORD)
    lone_ones(loud(QUIET) + word + loud(QUIET * 3), judge)
    assert not any(looks)
    found = lone_ones(loud(QUIET) + music, judge)
    assert any(looks)
    assert all(start < 140 for start, _ in found)  # none any more once the finer one is asked


def test_sound_of_a_stretch_is_all_of_it_and_a_little_before():
    pcm = stream(0.9, "continue", 0.9)
    found = changes(pcm)
    [opened] = [change for change in found if isinstance(change, SegmentOpened)]
    sound = opened.pcm + b"".join(change.pcm for change in found if isinstance(change, Grew))
    at = pcm.index(sound)
    assert 0 < 2 * opened.at - at <= 2 * 6 * FRAME
    [end] = [change.end for change in found if isinstance(change, Closed)]
    assert at + len(sound) >= 2 * end


def test_sound_of_long_talk_is_not_handed_on_for_ever():
    segmenter = Segmenter(everything)
    pattern = QUIET + ("#" * 12 + "....") * 40 + QUIET
    sizes = [len(change.pcm) for change in segmenter.accept(loud(pattern)) if isinstance(change, Grew)]
    assert sum(sizes) < 2 * 16000 * 3


@pytest.mark.parametrize("noise_db", [None, -70, -55, -45])
def test_words_are_found_in_digital_silence_and_in_steady_noise(noise_db):
    found = closed(stream(1.5, "pause", 1.0, "continue", 1.0, "repeat", 1.0, noise_db=noise_db))
    assert [change.alone for change in found] == [True, True, True]


@pytest.mark.parametrize("noise_db", [None, -60, -40, -25])
def test_noise_alone_is_no_word(noise_db):
    assert [change for change in closed(stream(6.0, noise_db=noise_db)) if change.alone] == []


def test_a_knock_is_no_word():
    knock = np.zeros(32000, np.int16)
    knock[16000:16200] = np.random.default_rng(3).integers(-20000, 20000, 200)
    assert closed(knock.tobytes() + bytes(32000)) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 20_000))
def test_any_chunk_size_gives_the_same_changes(size):
    pcm = stream(0.8, "pause", 0.7, "next", 0.6, noise_db=-55)
    assert changes(pcm, 2 * size) == changes(pcm, len(pcm))


def test_level_is_full_scale_for_a_square_wave_and_very_low_for_zeros():
    assert level_db(np.full(480, -32768, np.int16)) == pytest.approx(0, abs=0.01)
    assert level_db(np.zeros(480, np.int16)) == pytest.approx(-100)
