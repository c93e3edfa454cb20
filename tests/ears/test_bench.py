"""The yardstick itself: ears that are always right or always wrong must give the figures they should."""

import numpy as np
import pytest

from player.backends.pocketsphinx_ears import voice_activity
from player.bench import hearing
from player.bench.voices import Voice
from player.core.commands import Command
from player.core.hearing import Hypothesis
from player.ears.chain import ListeningChain
from tests.ears.speech import spoken

PHRASES = {Command.PREVIOUS: ("previous",), Command.RESUME: ("continue",)}
VOICES = (Voice("espeak", "en-us+m5"),)


class Oracle:
    """Gives prepared answers, in turn."""

    name = "oracle"

    def __init__(self, answers):
        self._answers = answers
        self._next = 0

    def unknown(self, phrases):
        return ()

    def expect(self, phrases):
        pass

    def begin(self):
        pass

    def accept(self, pcm):
        pass

    def partial(self):
        return ""

    def end(self):
        self._next += 1
        return Hypothesis(self._answers[(self._next - 1) % len(self._answers)])

    def close(self):
        pass


def measure(*answers, talk=()):
    def make():
        return ListeningChain(Oracle(answers), PHRASES, voice_activity())

    return hearing.measure_hearing(make, PHRASES, talk, VOICES)


def test_ears_that_are_always_right():
    figures = measure("previous", "continue")
    assert [trial.right for trial in figures.trials] == [True] * 4
    assert not any(trial.wrong for trial in figures.trials)
    assert all(0.15 < trial.delay_s < 0.5 for trial in figures.trials)
    assert figures.false == []


def test_ears_that_are_always_wrong():
    figures = measure("continue", "previous")
    assert [(trial.right, trial.wrong) for trial in figures.trials] == [(False, True)] * 4


def test_deaf_ears_are_neither():
    figures = measure("")
    assert [(trial.right, trial.wrong, trial.delay_s) for trial in figures.trials] == [
        (False, False, None)
    ] * 4


def test_a_command_heard_in_running_speech_is_false():
    figures = measure("previous", "continue", talk=("circles",))
    assert {command for _, command in figures.false} == {"previous"}
    assert len(figures.false) == len(hearing.NOISES_DB)
    assert figures.talk_s > 2


def test_a_stream_says_where_its_words_are():
    clip = spoken("continue")
    pcm, [first, second] = hearing.stream([("a", clip), ("b", clip)], None)
    sound = np.frombuffer(pcm, np.int16)
    assert first.start_s == 1.0
    assert second.start_s == pytest.approx(1.0 + len(clip) / 16000 + 1.0, abs=0.001)
    assert not sound[: int(first.start_s * 16000)].any()
    loud = np.sqrt(np.mean(sound[16000 : int(first.end_s * 16000)].astype(float) ** 2)) / 32768
    assert 20 * np.log10(loud) == pytest.approx(-26, abs=2)


def test_the_report_counts():
    rows = dict(hearing.report(measure("previous")))
    assert rows["all phrases"] == "2 of 4 right, 0 doubtful, 2 wrong"
    assert rows["previous"] == "2 of 2 right, 0 doubtful, 0 wrong"
    assert rows["continue"] == "0 of 2 right, 0 doubtful, 2 wrong"
