"""Every recogniser of the registry, the one with the listener's own takes, and the fake of the tests."""

import re
import textwrap
from pathlib import Path

import pytest

from player import registry
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.core.decision import Hypothesis
from player.ears.enrolment.features import take_of
from player.ears.enrolment.score_fusion import TunedRecogniser
from player.ports import Recogniser, RecogniserNeeds
from tests.contracts.recogniser import RecogniserContract, RecogniserRules, hear
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import others, words
from tests.ears.test_vosk import MODEL

ROOT = Path(__file__).parents[2]
WORDS = ("continue", "next", "stop", "previous", "slower")
MODELS = {"vosk": str(MODEL)}  # a model for the tests, where none can be found on a fresh machine


@pytest.fixture(scope="module")
def clips():
    return words(*WORDS)


@pytest.fixture(scope="module", params=registry.RECOGNISERS)
def registered(request):
    """One of the registry, as it is made on this machine."""
    kind = registry.recogniser(request.param)
    return kind.make(RecogniserNeeds(others(), model=MODELS.get(request.param) or kind.find()))


@pytest.fixture(scope="module")
def tuned(clips):
    takes = {phrase: [take_of(pcm)] * 3 for phrase, pcm in clips.items()}
    return TunedRecogniser(PocketsphinxRecogniser(others()), takes)


class TestRegistered(RecogniserRules):
    """Each of the registry, with those of the words that it can know."""

    @pytest.fixture
    def recogniser(self, registered):
        return registered

    @pytest.fixture
    def clips(self, registered, clips):
        unknown = registered.unknown(list(clips))
        return {phrase: pcm for phrase, pcm in clips.items() if phrase not in unknown}


def from_the_documents() -> Recogniser:
    """Return the recogniser that `docs/contributing.md` has as its example."""
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- example: \S+ -->\n   ```python\n(.*?)   ```", text, re.DOTALL)
    module = {"__name__": "player.backends.next_ears"}
    exec(textwrap.dedent(block[1]), module)
    return module["RECOGNISER"].make(RecogniserNeeds())


class TestExample(RecogniserRules):
    @pytest.fixture
    def recogniser(self):
        return from_the_documents()

    @pytest.fixture
    def clips(self, clips):
        return {"next": clips["next"]}

    def test_any_sound_is_next_when_that_may_be_said(self, recogniser, clips):
        recogniser.expect(["next"])
        assert hear(recogniser, words("pause")["pause"]) == "next"


class TestTuned(RecogniserContract):
    @pytest.fixture
    def recogniser(self, tuned):
        return tuned


class TestScripted(RecogniserRules):
    @pytest.fixture
    def recogniser(self):
        return ScriptedRecogniser(Hypothesis("next"), again=True)
