"""The real Moonshine model from its wheel."""

import numpy as np
import pytest

from player.app import ears
from player.backends import moonshine_ears, pocketsphinx_ears, vosk_ears
from player.backends.moonshine_ears import MoonshineRecogniser
from player.core.commands import Command
from player.core.decision import Accepted
from player.errors import BackendUnavailable
from player.files import languages
from player.models import store
from tests.contracts.recogniser import RecogniserContract, hear
from tests.ears.listening import chain_of, feed, heard, needs_moonshine
from tests.ears.speech import phrases, stream, words

pytestmark = needs_moonshine


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def recogniser():
    return MoonshineRecogniser()


@pytest.fixture
def clips():
    return words("continue", "next", "stop", "previous")


class TestMoonshine(RecogniserContract):
    pass


def test_every_phrase_of_the_language_is_known(recogniser):
    every = [phrase for several in phrases().values() for phrase in several]
    assert recogniser.unknown(every) == ()


def test_a_phrase_of_several_words_is_one_answer(recogniser):
    recogniser.expect(["continue", "how much longer"])
    assert hear(recogniser, stream(0.2, "how much longer", 0.2)) == "how much longer"


def test_a_right_word_is_nearly_certain_and_a_near_one_is_not(recogniser):
    recogniser.expect(["stop", "next"])
    answers = []
    for word in ("stop", "stock"):
        recogniser.begin()
        recogniser.accept(stream(0.2, word, 0.2))
        answers.append(recogniser.weigh("stop"))
    right, near = (one.score for one in answers)
    assert right > 0
    assert near < right - 8


def test_it_is_sure_of_a_clear_word_and_not_of_noise(recogniser):
    recogniser.expect(["stop", "next"])
    rush = np.random.default_rng(3).normal(0, 900, 16_000).astype("<i2").tobytes()
    for sound, surely in ((stream(0.2, "continue", 0.2), "continue"), (rush, "")):
        recogniser.begin()
        recogniser.accept(sound)
        assert recogniser.surely() == surely


def test_a_phrase_that_it_seldom_writes_is_not_doubted_for_that(recogniser, monkeypatch):
    recogniser.expect(["undo", "stop"])

    def weighed(said: str, phrase: str) -> float:
        recogniser.begin()
        recogniser.accept(stream(0.2, said, 0.2))
        return recogniser.weigh(phrase).score

    helped = weighed("into", "undo"), weighed("stock", "stop")
    assert weighed("stop", "stop") <= 8.0  # certain
    monkeypatch.setattr(moonshine_ears, "_GIVEN_BACK", 0.0)
    assert helped[0] > weighed("into", "undo") + 50
    assert helped[1] < weighed("stock", "stop") + 8


def test_talk_is_no_command(recogniser):
    recogniser.expect([phrase for several in phrases().values() for phrase in several])
    talk = ("hello there", "where did you put the towel", "stop it now please", "the next one is mine")
    for said in (*talk, "stop. that is enough", "help! he said"):
        assert hear(recogniser, stream(0.2, said, 0.2)) == "", said


def test_loudness_makes_no_difference(recogniser):
    recogniser.expect(["continue", "stop"])
    pcm = stream(0.2, "continue", 0.2)
    softer = (memoryview(pcm).cast("h")[index] // 100 for index in range(len(pcm) // 2))
    soft = b"".join(sample.to_bytes(2, "little", signed=True) for sample in softer)
    assert hear(recogniser, soft) == "continue"


def test_a_word_is_decided_a_tenth_of_a_second_after_it(recogniser):
    found = heard(feed(chain_of(recogniser), stream(1.0, "previous", 1.0, "how long", 1.0, noise_db=-60)))
    assert [one.verdict for one in found] == [Accepted(Command.PREVIOUS), Accepted(Command.HOW_LONG)]
    assert [one.decided_s - one.end_s < 0.12 for one in found] == [True, False]


def test_a_fresh_machine_listens_with_it(home):
    language = languages.load("en")
    assert ears.setup("auto", language).ears == "moonshine"
    assert ears.setup("pocketsphinx", language).ears == "pocketsphinx"


def test_where_its_wheel_does_not_fit_pocketsphinx_listens(home, monkeypatch):
    monkeypatch.setattr(moonshine_ears, "model_path", lambda: None)
    assert ears.setup("auto", languages.load("en")).ears == "pocketsphinx"
    with pytest.raises(BackendUnavailable, match="not installed") as caught:
        MoonshineRecogniser()
    assert "pocketsphinx" in caught.value.hint


@pytest.mark.parametrize(
    ("version", "glibc", "words"),
    [
        ((3, 11), ("glibc", "2.31"), "wants glibc 2.34, here is 2.31"),
        ((3, 11), ("glibc", "2.36"), "pipx install"),
        ((3, 11), ("", ""), "pipx install"),  # macOS, Windows
        ((3, 14), ("glibc", "2.36"), "3.13"),
    ],
)
def test_why_it_is_not_there_is_told_with_the_cure(home, monkeypatch, version, glibc, words):
    monkeypatch.setattr(moonshine_ears, "model_path", lambda: None)
    monkeypatch.setattr(moonshine_ears.platform, "libc_ver", lambda: glibc)
    monkeypatch.setattr(moonshine_ears.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(moonshine_ears.sys, "version_info", version)
    with pytest.raises(BackendUnavailable) as caught:
        MoonshineRecogniser()
    assert words in caught.value.hint


@pytest.mark.parametrize(
    ("missing", "chosen"),
    [("vosk", "moonshine"), ("pocketsphinx", "pocketsphinx")],  # moonshine is never alone
)
def test_what_is_not_installed_is_not_chosen(home, monkeypatch, tmp_path, missing, chosen):
    module = {"vosk": vosk_ears, "pocketsphinx": pocketsphinx_ears}[missing]
    if missing == "vosk":
        monkeypatch.setattr(store, "model_path", lambda: tmp_path)
        assert ears.setup("auto", languages.load("en")).ears == "vosk"
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    assert ears.setup("auto", languages.load("en")).ears == chosen
    with pytest.raises(BackendUnavailable, match="not installed"):
        ears.setup(missing, languages.load("en"))


def test_a_model_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (tmp_path / name).write_bytes(b"no model")
    (tmp_path / "tokenizer.bin").write_bytes(b"".join(b"\x01" + mark for mark in (b".", b"?", b"!")))
    monkeypatch.setattr(moonshine_ears, "model_path", lambda: tmp_path)
    with pytest.raises(BackendUnavailable, match=r"encoder_model\.ort: not a model that can be read"):
        MoonshineRecogniser()


def test_word_pieces_are_read_behind_their_lengths():
    assert moonshine_ears.tokens(b"\x02ab\x00\x01c\x82\x01" + b"d" * 130) == [b"ab", b"", b"c", b"d" * 130]
