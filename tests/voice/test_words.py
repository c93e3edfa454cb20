"""How wrong words are counted, and the meters of the voice's bench."""

import numpy as np
import pytest

from player.bench.diction import count_error_ms, counts, true_peak_db
from player.bench.narration import SpokenText, pieces, taken_for_commands
from player.bench.words import share_wrong, words_of, wrong_words
from player.core.commands import Command
from player.files import speech, voices
from player.files.clips import Clips
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples
from player.sound.shaping import resample
from player.voice.client import VoiceWorker

ENGLISH = speech.load("en").forms


@pytest.mark.parametrize(
    ("said", "written", "wrong"),
    [
        ("close your eyes", "close your eyes", 0),
        ("close your eyes", "clothes your eyes", 1),
        ("close your eyes", "close eyes", 1),
        ("close your eyes", "close all of your eyes", 2),
        ("close your eyes", "", 3),
        ("", "a b", 2),
        ("both fingertips here", "both finger tips here", 0),
        ("one finger tip", "one fingertip", 0),
        ("lay hands", "layhands", 0),
    ],
)
def test_words_wrong(said: str, written: str, wrong: int) -> None:
    assert wrong_words(said.split(), written.split()) == wrong


def test_what_is_written_in_figures_is_the_same_as_what_is_said() -> None:
    assert words_of("10-15 circles, mid-brow.", ENGLISH) == ["ten", "to", "fifteen", "circles", "mid", "brow"]
    assert share_wrong([("Fifteen small circles.", "15 small circles"), ("Rest.", "Breast.")], ENGLISH) == (
        1,
        4,
    )


def test_the_true_peak_lies_between_the_samples() -> None:
    turned = np.cos(np.arange(4800) * np.pi / 2 + np.pi / 4).astype(
        np.float32
    )  # samples at 0.707 of its peak
    soft = turned * np.hanning(turned.size).astype(np.float32)  # ends that make no peak of their own
    assert np.abs(soft).max() == pytest.approx(0.707, abs=1e-3)
    assert true_peak_db(soft) == pytest.approx(0.0, abs=0.1)


def test_a_command_in_the_players_own_voice_is_found_and_a_sentence_is_none(tmp_path) -> None:
    texts = ("Rest your hands in your lap.", "Stop.", "Breathe out slowly, and wait.")
    with VoiceWorker(voices.find("calm"), Clips(tmp_path)) as voice:
        said = [SpokenText(text, resample(voice.render(text), RATE_HZ, EARS_RATE_HZ)) for text in texts]
    assert [(one.text, one.command) for one in taken_for_commands("pocketsphinx", said)] == [
        ("Stop.", Command.STOP)
    ]
    assert len(pieces(said[2].sound)) >= 2


def test_pieces_are_what_stands_between_pauses() -> None:
    beep = np.full(EARS_RATE_HZ // 4, 0.5, np.float32)
    pause, breath = np.zeros(EARS_RATE_HZ // 5, np.float32), np.zeros(EARS_RATE_HZ // 20, np.float32)
    found = pieces(np.concatenate([pause, beep, breath, beep, pause, beep, pause]))
    assert [piece.size for piece in found] == [2 * beep.size + breath.size, beep.size]
    assert pieces(np.zeros(EARS_RATE_HZ, np.float32)) == []


class Beeps:
    """A voice whose counts begin with 80 ms of nothing; brisk ones are shorter."""

    identity = "beeps"

    def render(self, text: str, *, brisk: bool = False) -> Samples:
        tone = 0.3 * np.sin(np.arange(RATE_HZ * (2 if brisk else 3) // 6) * 2 * np.pi * 200 / RATE_HZ)
        return np.concatenate([np.zeros(RATE_HZ * 8 // 100), tone]).astype(np.float32)

    def close(self) -> None: ...


def test_counts_are_measured_where_they_lie() -> None:
    assert count_error_ms(Beeps()) <= 1


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        *(
            (name, "the part of hibari's graph that makes the voice alone")
            for name in ("calm", "low", "slow")
        ),
        ("espeak-calm", "the measure that laid them there itself"),
    ],
)
def test_counts_are_measured_by_something_else_than_what_laid_them_there(name, measure, tmp_path) -> None:
    with VoiceWorker(voices.find(name), Clips(tmp_path)) as voice:
        told = counts(voice)
    error_ms = float(told.split()[3])
    assert told.endswith(f" ms, by {measure}")
    assert (0 < error_ms <= 10) if "hibari" in measure else error_ms == 0
