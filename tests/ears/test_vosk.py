"""Real Vosk with the tiny model that the project makes for its tests."""

import shutil
from pathlib import Path

import pytest

from player.backends.vosk_ears import VoskRecogniser
from player.core.commands import Command
from player.core.decision import Accepted
from player.errors import BackendUnavailable
from tests.contracts.recogniser import RecogniserContract
from tests.ears.listening import chain_of, feed, heard
from tests.ears.speech import stream, words

MODEL = Path(__file__).parents[1] / "vosk_model" / "model"

pytestmark = pytest.mark.skipif(not MODEL.is_dir(), reason="tests/vosk_model/model is not made yet")


@pytest.fixture
def recogniser():
    return VoskRecogniser(MODEL, ("hello", "text"))


@pytest.fixture
def clips():
    return words("previous", "slower", "undo")


class TestVosk(RecogniserContract):
    pass


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BackendUnavailable, match="no such model folder"):
        VoskRecogniser(tmp_path / "absent")


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(BackendUnavailable, match="cannot read this model"):
        VoskRecogniser(tmp_path)


def test_a_model_with_a_broken_setting_is_told(tmp_path):
    broken = shutil.copytree(MODEL, tmp_path / "model")
    (broken / "conf" / "model.conf").write_text("--no-such-option=1\n", encoding="utf-8")
    with pytest.raises(BackendUnavailable, match="cannot read this model") as caught:
        VoskRecogniser(broken)
    assert "player models get" in caught.value.hint


def test_a_word_is_decided_a_tenth_of_a_second_after_it(recogniser):
    found = heard(feed(chain_of(recogniser), stream(1.0, "previous", 1.0, "undo", 1.0, noise_db=-60)))
    assert [one.verdict for one in found] == [Accepted(Command.PREVIOUS), Accepted(Command.UNDO)]
    assert [one.decided_s - one.end_s < 0.12 for one in found] == [True, False]
