from dataclasses import replace

import numpy as np
import pytest

from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.bench.diction import true_peak_db
from player.errors import SynthesisError
from player.files import speech, voices
from player.files.voices import VoiceProfile
from player.ports import RATE_HZ, Samples
from player.sound.loudness import loudness
from player.sound.shaping import from_s16
from player.voice.delivery import deliver, properties, sentences

PROFILE = VoiceProfile("test", "Test", "en", sentence_pause_s=0.6)


class Tones:
    """Half a second of tone for every text, with silence around it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, text: str, pace: float = 1.0) -> tuple[Samples, int]:
        self.said.append(text)
        tone = 0.2 * np.sin(np.arange(11_025) * 0.1)
        return np.concatenate((np.zeros(5000), tone, np.zeros(9000))).astype(np.float32), 22_050


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Close your eyes.", ["Close your eyes."]),
        ("Sit well. Close your eyes.  Rest!", ["Sit well.", "Close your eyes.", "Rest!"]),
        ("About 1.5 cm up. 15 circles.", ["About 1.5 cm up.", "15 circles."]),
        ("Press, e.g. with a thumb.", ["Press, e.g. with a thumb."]),
        ('Say "go." Then wait… Ready?', ['Say "go.', "Then wait…", "Ready?"]),
        ("Закройте глаза. Дышите.", ["Закройте глаза.", "Дышите."]),
        ("One.\nTwo.", ["One.", "Two."]),
        ("Rest. ... Good.", ["Rest.", "Good."]),
        ("", []),
        ("...", []),
    ],
)
def test_a_text_is_split_where_a_voice_takes_a_breath(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_pause_between_sentences_is_as_long_as_the_profile_says() -> None:
    voice = Tones()
    clip = from_s16(deliver(voice, PROFILE, "One. Two. Three."))
    assert voice.said == ["One.", "Two.", "Three."]
    heard = np.flatnonzero(np.abs(clip) > 0.001)
    gaps = np.diff(heard)
    pauses = gaps[gaps > RATE_HZ // 10] / RATE_HZ
    assert pauses == pytest.approx([0.65, 0.65], abs=0.02)  # 0.6 and the soft edges that stay around a sound


def test_without_a_pause_the_engine_gets_the_text_whole() -> None:
    voice = Tones()
    deliver(voice, VoiceProfile("x", "X", "en", sentence_pause_s=None), "One. Two.")
    assert voice.said == ["One. Two."]


def test_the_level_is_the_standard_one_times_the_volume() -> None:
    full = from_s16(deliver(Tones(), PROFILE, "One."))
    soft = from_s16(deliver(Tones(), VoiceProfile("x", "X", "en", volume=0.5), "One."))
    assert loudness(full) == pytest.approx(-20, abs=0.3)
    assert loudness(soft) == pytest.approx(-26, abs=0.3)


def test_each_sentence_of_a_text_has_the_standard_level() -> None:
    class Uneven(Tones):
        def speak(self, text: str, pace: float = 1.0) -> tuple[Samples, int]:
            sound, rate_hz = super().speak(text)
            return sound * np.float32(0.2 if "soft" in text else 1.0), rate_hz

    clip = from_s16(deliver(Uneven(), PROFILE, "Loud. A soft one."))
    loud, soft = clip[: clip.size // 2], clip[clip.size // 2 :]
    assert np.abs(loud).max() == pytest.approx(np.abs(soft).max(), rel=0.01)


def test_a_voice_that_begins_and_ends_abruptly_does_not_click() -> None:
    class Abrupt:
        def speak(self, _text: str, _pace: float = 1.0) -> tuple[Samples, int]:
            return np.full(22_050, 0.5, np.float32) * np.cos(np.arange(22_050) * 0.02).astype(
                np.float32
            ), 22_050

    clip = from_s16(deliver(Abrupt(), PROFILE, "One. Two."))
    assert clip[0] == clip[-1] == 0.0
    assert np.abs(np.diff(clip)).max() < 0.01


def test_words_that_stay_silent_are_an_error() -> None:
    class Mute:
        def speak(self, _text: str, _pace: float = 1.0) -> tuple[Samples, int]:
            return np.zeros(1000, np.float32), 22_050

    with pytest.raises(SynthesisError, match=r"said nothing for `Rest\.`"):
        deliver(Mute(), PROFILE, "Rest.")


def test_only_what_the_engine_knows_becomes_a_property() -> None:
    tuned = VoiceProfile(
        name="x", title="X", language="en", voice="en-us", pitch=40, pitch_range=30, word_gap_ms=50
    )
    lexicons = speech.load("en").lexicons
    tone = {"voice": "en-us", "rate": 140, "pitch": 40, "pitch_range": 30}
    assert properties(tuned) == {**tone, "word_gap": 5, "lexicon": lexicons["espeak"]}
    neural = replace(tuned, engine="hibari", voice="heart")
    assert properties(neural) == {**tone, "voice": "heart", "lexicon": lexicons["hibari"]}
    assert properties(replace(tuned, language="xx"))["lexicon"] == {}
    assert properties(VoiceProfile("s", "S", "en", engine="system", rate_wpm=150)) == {"rate": 150}


def test_a_real_voice_speaks_at_an_even_level_without_clicks() -> None:
    voice = Pyttsx3Voice("espeak", properties(PROFILE))
    for text in ("Five.", "Ten.", "Small circles there, moving the skin over the bone. Rest.", "Pause."):
        clip = from_s16(deliver(voice, PROFILE, text))
        assert loudness(clip) == pytest.approx(-20, abs=0.7)
        assert np.abs(clip).max() <= 10 ** (-3 / 20) + 1e-4
        assert not clip[:1].any()
        assert not clip[-1:].any()
        assert np.abs(clip[: RATE_HZ // 1000]).max() < 0.01  # the first and the last millisecond
        assert np.abs(clip[-RATE_HZ // 1000 :]).max() < 0.01


@pytest.mark.parametrize("text", ["Tap lightly, all the way round.", "Rest your hands in your lap."])
def test_between_its_samples_too_no_peak_of_the_voice_comes_near_full_scale(text: str) -> None:
    calm = voices.find("calm")
    clip = from_s16(deliver(Pyttsx3Voice(calm.engine, properties(calm)), calm, text))
    assert true_peak_db(clip) <= -2.45


@pytest.mark.parametrize("name", voices.names())
def test_every_voice_that_comes_with_the_player_speaks_calmly(name: str) -> None:
    profile = voices.find(name)
    text = "Slide out to the tails of the brows, into the little dip at the end. Small circles."
    clip = from_s16(deliver(Pyttsx3Voice(profile.engine, properties(profile)), profile, text))
    words_per_minute = len(text.split()) / (clip.size / RATE_HZ / 60)
    assert 90 < words_per_minute < 170
