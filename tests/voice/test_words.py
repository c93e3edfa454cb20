"""How wrong words are counted, and the meters of the voice's bench."""

import numpy as np
import pytest

from player.bench.diction import count_error_ms, true_peak_db
from player.bench.words import share_wrong, words_of, wrong_words
from player.files import speech
from player.ports import RATE_HZ, Samples

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


class Beeps:
    """A voice whose counts begin with 80 ms of nothing; brisk ones are shorter."""

    identity = "beeps"

    def render(self, text: str, *, brisk: bool = False) -> Samples:
        tone = 0.3 * np.sin(np.arange(RATE_HZ * (2 if brisk else 3) // 6) * 2 * np.pi * 200 / RATE_HZ)
        return np.concatenate([np.zeros(RATE_HZ * 8 // 100), tone]).astype(np.float32)

    def close(self) -> None: ...


def test_counts_are_measured_where_they_lie() -> None:
    assert count_error_ms(Beeps()) <= 1
