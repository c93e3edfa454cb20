"""PocketSphinx and Moonshine as one ear; what each says is weighed against what the other hears."""

import pytest

from player.backends.moonshine_ears import MoonshineRecogniser
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.core.hearing import Hypothesis, strength
from player.ears.second import SecondOpinion
from tests.contracts.recogniser import RecogniserContract
from tests.ears.listening import needs_moonshine
from tests.ears.speech import others, words


@pytest.fixture(scope="module")
def recogniser():
    return SecondOpinion(PocketsphinxRecogniser(others()), MoonshineRecogniser())


@pytest.fixture
def clips():
    return words("continue", "repeat", "stop", "previous")


@needs_moonshine
class TestBoth(RecogniserContract):
    pass


class Ear:
    """One that answers with what it is told."""

    def __init__(self, text: str = "", score: float = 0.0, *, sure: bool = False) -> None:
        self.text, self.score, self.sure = text, score, sure

    def end(self) -> Hypothesis:
        return Hypothesis(self.text, self.score) if self.text else Hypothesis("")

    def partial(self) -> str:
        return self.text

    def certain(self, *, but: str) -> bool:
        return self.sure and but != self.text


def both(first: Ear, second: Ear) -> Hypothesis:
    return SecondOpinion(first, second).end()


def test_what_both_say_is_surer_than_either():
    agreed = both(Ear("stop", -6.0), Ear("stop", -9.0))
    assert agreed.text == "stop"
    assert strength(agreed) > -6.0


def test_what_only_one_says_counts_but_for_less():
    alone = both(Ear("stop", 3.0), Ear())
    assert alone.text == "stop"
    assert -8.0 < strength(alone) < 3.0
    assert both(Ear(), Ear("next", 2.0)) == Hypothesis("next", 2.0)


def test_what_the_other_clearly_denies_is_hardly_believed():
    denied, undenied = both(Ear("stop", 3.0), Ear(sure=True)), both(Ear("stop", 3.0), Ear())
    assert strength(denied) < strength(undenied) - 8


def test_of_two_answers_the_surer_one_counts():
    assert both(Ear("next", -9.0), Ear("help", 5.0, sure=True)).text == "help"
    assert both(Ear("next", 5.0), Ear("help", -15.0)).text == "next"


def test_nothing_from_both_is_nothing():
    assert both(Ear(), Ear()) == Hypothesis("")


def test_the_first_look_takes_either():
    assert SecondOpinion(Ear("stop"), Ear()).partial() == "stop"
    assert SecondOpinion(Ear(), Ear("next")).partial() == "next"
