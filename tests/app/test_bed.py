"""The sound under a session: what can be had, and one line for what cannot."""

import numpy as np
import pytest
import soundfile

from player.app import bed
from player.core.session import Session
from player.files import settings
from player.ports import RATE_HZ
from player.sound import beds
from player.sound.loudness import PEAK_DBFS, TARGET_LUFS, loudness


@pytest.fixture
def told():
    return []


def chosen(name, told, *, headphones=False):
    return bed.chosen(str(name), headphones=headphones, tell=lambda *line: told.append(line))


@pytest.mark.parametrize("name", ["brown", "drone"])
def test_the_players_own_beds(name, told):
    np.testing.assert_array_equal(chosen(name, told)(), beds.bed(name))
    assert told == []


@pytest.mark.parametrize("name", ["", "none"])
def test_none_is_none(name, told):
    assert chosen(name, told) is None
    assert told == []


def test_rain_wants_headphones(told):
    assert chosen("rain", told) is None
    ((key, reason, hint),) = told
    assert (key, "--headphones" in hint) == ("no_bed", True)
    assert "rain" in reason
    assert chosen("rain", told, headphones=True) is not None


def test_an_unknown_name_says_what_there_is(told):
    assert chosen("bronw", told) is None
    ((_, reason, hint),) = told
    assert "did you mean `brown`" in reason
    assert "drone" in hint


def test_a_file_of_ones_own_at_another_rate_and_in_stereo(tmp_path, told):
    time = np.arange(44_100 * 8) / 44_100
    both = np.stack([0.3 * np.sin(2 * np.pi * 200 * time), 0.1 * np.sin(2 * np.pi * 300 * time)], axis=1)
    soundfile.write(tmp_path / "own.flac", both, 44_100)
    sound = chosen(tmp_path / "own.flac", told)()
    assert told == []
    assert len(sound) == pytest.approx((8 - beds.CROSS_FADE_S) * RATE_HZ, abs=10)


def test_of_a_file_that_is_hours_long_only_the_beginning_is_read(tmp_path, told):
    path = tmp_path / "own.wav"
    soundfile.write(path, np.tile(np.sin(np.arange(8_000) / 9), 10) * 0.3, 8_000)
    header = bytearray(path.read_bytes()[:44])
    hours = 5 * 3600 * 16_000
    header[4:8], header[40:44] = (hours + 36).to_bytes(4, "little"), hours.to_bytes(4, "little")
    with path.open("r+b") as file:
        file.write(header)
        file.truncate(44 + hours)  # holes: nothing of it lies on the disk
    assert soundfile.info(path).duration == 5 * 3600
    sound = chosen(path, told)()
    assert told == []
    assert len(sound) == pytest.approx((beds.MOST_S - beds.CROSS_FADE_S) * RATE_HZ, abs=10)


def a_pop_in_hiss():
    sound = np.random.default_rng(1).normal(0, 1e-4, RATE_HZ * 10)
    sound[RATE_HZ * 5 : RATE_HZ * 5 + 20] = 1.0
    return sound


def a_pop_in_rain():
    sound = np.random.default_rng(1).normal(0, 0.003, RATE_HZ * 10)
    sound[RATE_HZ * 5 : RATE_HZ * 5 + 20] = 1.0
    return sound


def a_click_in_silence():
    sound = np.zeros(RATE_HZ * 5)
    sound[RATE_HZ * 2] = 1.0
    return sound


def one_sample_beyond_all_measure():
    sound = np.random.default_rng(1).normal(0, 0.1, (RATE_HZ * 10, 2))
    sound[RATE_HZ] = 3e38
    return sound


def a_clock_that_ticks():
    sound = np.zeros(RATE_HZ * 10)
    for at in range(0, sound.size, RATE_HZ):
        sound[at : at + 480] = 0.9 * np.sin(np.arange(480) * 0.3) * np.exp(-np.arange(480) / 60)
    return sound


@pytest.mark.parametrize(
    "made",
    [a_pop_in_hiss, a_pop_in_rain, a_click_in_silence, one_sample_beyond_all_measure, a_clock_that_ticks],
)
def test_no_peak_of_a_file_comes_near_the_voice(tmp_path, told, made):
    soundfile.write(tmp_path / "own.wav", made().astype(np.float32), RATE_HZ, subtype="FLOAT")
    sound = chosen(tmp_path / "own.wav", told)()
    assert told == []
    most_db = TARGET_LUFS - beds.UNDER_VOICE_DB + beds.PEAKS_OVER_DB
    assert 20 * np.log10(np.abs(sound).max()) <= most_db + 0.01
    assert most_db <= PEAK_DBFS - 20
    assert loudness(sound) <= TARGET_LUFS - beds.UNDER_VOICE_DB + 0.1


def test_a_pop_does_not_make_the_rain_around_it_softer(tmp_path, told):
    soundfile.write(tmp_path / "own.wav", a_pop_in_rain(), RATE_HZ, subtype="FLOAT")
    sound = chosen(tmp_path / "own.wav", told)()
    assert loudness(sound[RATE_HZ * 6 :]) == pytest.approx(TARGET_LUFS - beds.UNDER_VOICE_DB, abs=0.5)


def test_an_offset_is_taken_out_of_a_file(tmp_path, told):
    rain = np.random.default_rng(1).normal(0, 0.01, RATE_HZ * 10)
    soundfile.write(tmp_path / "own.wav", rain + 0.5, RATE_HZ, subtype="FLOAT")
    soundfile.write(tmp_path / "plain.wav", rain, RATE_HZ, subtype="FLOAT")
    sound, plain = (chosen(tmp_path / name, told)() for name in ("own.wav", "plain.wav"))
    np.testing.assert_allclose(sound, plain, atol=1e-4)


NOTHING_TO_HEAR = {
    "an offset": (np.full(RATE_HZ * 10, 0.5), RATE_HZ, "it is silent"),
    "an offset at another rate": (np.full(44_100 * 10, 0.5), 44_100, "it is silent"),
    "a click at the very end": (np.append(np.zeros(RATE_HZ * 5 - 1), 1.0), RATE_HZ, "it is silent"),
    "a rate of 1 Hz": (np.random.default_rng(1).normal(0, 0.1, 100), 1, "1 samples a second"),
    "a rate of 500 MHz": (np.random.default_rng(1).normal(0, 0.1, 100), 500_000_000, "samples a second"),
    "silence first": (
        np.append(np.zeros(8_000 * 180), np.sin(np.arange(80_000) / 9)),
        8_000,
        "its first 3 minutes are silent, and no more is used: cut the silence off",
    ),
    "silence throughout": (np.zeros(8_000 * 190), 8_000, "its first 3 minutes are silent"),
    "too short": (np.full(900, 0.5), RATE_HZ, "it has 0.0 seconds; a bed needs 4 at least"),
}


@pytest.mark.parametrize("what", NOTHING_TO_HEAR)
def test_a_file_with_nothing_to_hear_is_one_true_line(tmp_path, told, what):
    content, rate_hz, said = NOTHING_TO_HEAR[what]
    soundfile.write(tmp_path / "own.wav", content.astype(np.float32), rate_hz, subtype="FLOAT")
    assert chosen(tmp_path / "own.wav", told) is None
    ((_, reason, hint),) = told
    assert said in reason
    assert "\n" not in reason
    assert "--bed" in hint


@pytest.mark.parametrize("content", ["broken", "short", "silent", "missing"])
def test_what_cannot_be_a_bed_is_one_line_and_the_session_goes_on(tmp_path, told, content):
    path = tmp_path / "own.wav"
    if content == "broken":
        path.write_bytes(b"RIFF no")
    elif content == "short":
        soundfile.write(path, np.full(900, 0.5), RATE_HZ)
    elif content == "silent":
        soundfile.write(path, np.zeros(RATE_HZ * 10), RATE_HZ)
    assert chosen(path, told) is None
    ((_, reason, _hint),) = told
    assert str(path) in reason
    assert "\n" not in reason


def test_what_was_asked_for_is_kept_and_what_cannot_be_had_is_not(tmp_path, monkeypatch, told):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))

    assert not asked("", told).on
    assert asked("drone", told).on
    assert not asked("bronw", told).on
    assert settings.load().bed == "drone"
    np.testing.assert_array_equal(asked("", told).loop(), beds.bed("drone"))
    assert not asked("none", told).on
    assert not asked("", told).on
    assert len(told) == 1


def asked(name, told):
    return bed.under(name, settings.load(), headphones=False, tell=lambda *line: told.append(line))


def says(told, *, on):
    bed.keep_choice(Session(sounds=not on), Session(sounds=on), lambda *line: told.append(line))


def test_what_was_said_last_is_kept_and_which_sound_it_was_too(tmp_path, monkeypatch, told):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    says(told, on=True)
    assert settings.load().bed == bed.USUAL  # none had been chosen
    asked("drone", told)
    says(told, on=False)
    assert (settings.load().bed, settings.load().sound) == ("drone", False)
    under = asked("", told)
    assert not under.on
    np.testing.assert_array_equal(under.loop(), beds.bed("drone"))  # should it be wanted after all
    says(told, on=True)
    assert asked("", told).on
    says(told, on=False)
    assert asked("drone", told).on  # asked for by name, it is wanted again
    assert settings.load().sound
    bed.keep_choice(Session(sounds=True), Session(sounds=True), pytest.fail)
    assert told == []


@pytest.mark.parametrize("kept", ["rain", "gone.wav"])
def test_what_cannot_be_had_any_more_is_the_usual_one_when_it_is_asked_for(tmp_path, monkeypatch, kept, told):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    settings.remember_bed(kept)
    under = asked("", told)
    assert not under.on
    np.testing.assert_array_equal(under.loop(), beds.bed(bed.USUAL))
    assert len(told) == 1


@pytest.mark.parametrize("kind", ["ogg", "flac", "mp3"])
@pytest.mark.parametrize("share", [0.004, 0.3, 0.97])
def test_a_file_that_was_cut_off_is_a_bed_or_one_line(tmp_path, told, kind, share):
    whole, cut = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}"
    soundfile.write(whole, np.random.default_rng(1).normal(0, 0.1, RATE_HZ * 10), RATE_HZ)
    content = whole.read_bytes()
    cut.write_bytes(content[: round(share * len(content))])
    sound = chosen(cut, told)
    assert (sound is None) is (len(told) == 1)
    assert all(str(cut) in reason and "\n" not in reason for _, reason, _ in told)
