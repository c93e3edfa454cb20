"""PocketSphinx and Moonshine as one ear; what each says is weighed against what the other hears."""

import pytest

from player.backends.moonshine_ears import SURELY, MoonshineRecogniser
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.bench.voices import Voice, render
from player.core.commands import Command
from player.core.decision import ANSWERS, Accepted, Context, Hypothesis, Reason, Rejected, decide, strength
from player.ears import protocol, worker
from player.ears.ensemble import SecondOpinion
from player.files import languages
from tests.contracts.recogniser import RecogniserContract
from tests.ears.in_need import answer, chain_maker
from tests.ears.listening import needs_moonshine
from tests.ears.speech import others, phrases, words

NOISE = Context(frozenset(Command), over_floor_db=10.0, over_before_db=0.0)


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

    words = ()

    def __init__(
        self,
        text: str = "",
        score: float = 0.0,
        *,
        other: float = -80.0,
        talks: bool = False,
        writes: str = "",
        likelihood: float = -1.0,
    ) -> None:
        self.text, self.score, self.other, self.talks, self.writes = text, score, other, talks, writes
        self.likelihood = likelihood

    def expect(self, phrases) -> None:
        pass

    def talk(self) -> bool:
        return self.talks

    def surely(self, least: float = SURELY) -> str:
        return self.writes if self.likelihood > least else ""

    def end(self) -> Hypothesis:
        return Hypothesis(self.text, self.score) if self.text else Hypothesis("")

    def partial(self) -> str:
        return self.text

    def weigh(self, phrase: str) -> Hypothesis:
        return Hypothesis(phrase, self.score if phrase == self.text else self.other)


class Writer(Ear):
    """One that writes down what it hears."""

    def words(self) -> tuple[str, ...]:
        return ()


def both(first: Ear, second: Ear) -> Hypothesis:
    return SecondOpinion(first, second).end()


def test_what_both_say_is_surer_than_either():
    agreed = both(Ear("stop", -6.0), Ear("stop", -9.0))
    assert agreed.text == "stop"
    assert strength(agreed) > -6.0


def test_what_only_the_first_says_counts_as_far_as_the_second_can_take_it_for_that():
    likely, unlikely, never = (
        strength(both(Ear("stop", 3.0), Ear(other=other))) for other in (-40.0, -120.0, -900.0)
    )
    assert 3.0 < likely < strength(both(Ear("stop", 3.0), Ear("stop", -40.0)))
    assert unlikely < likely - 4
    assert never < unlikely - 4


def test_what_only_the_second_says_is_surer_than_what_only_the_first_says():
    alone = both(Ear(), Ear("next", 2.0))
    assert alone.text == "next"
    assert strength(alone) > strength(both(Ear("next", 2.0), Ear()))


def test_of_two_answers_the_surer_one_counts():
    assert both(Ear("next", -9.0), Ear("help", 5.0)).text == "help"
    assert both(Ear("next", 5.0), Ear("help", -15.0)).text == "next"


def test_nothing_from_both_is_nothing():
    assert both(Ear(), Ear()) == Hypothesis("")


def test_what_the_second_hears_as_talk_is_no_phrase():
    assert both(Ear("stop", 30.0), Ear(talks=True)) == Hypothesis("")
    assert SecondOpinion(Ear("stop"), Ear(talks=True)).partial() == ""


def test_in_what_the_second_hears_as_talk_only_a_heeded_phrase_counts():
    talk = Ear(talks=True, other=-40.0)
    heeding = SecondOpinion(Ear("stop", 3.0), talk, ["stop"])
    assert heeding.end() == both(Ear("stop", 3.0), Ear(other=-40.0))
    assert SecondOpinion(Ear("next", 3.0), talk, ["stop"]).end() == Hypothesis("")


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [(-25.0, -48.0, "stop"), (-25.0, -52.0, ""), (-5.0, -67.0, ""), (-80.0, -38.0, "")],
)
def test_stop_is_looked_for_where_neither_answers_with_it(first, second, answer):
    ear = SecondOpinion(Ear(other=first), Writer(other=second), ["stop"])
    assert ear.end() == Hypothesis("")  # it is not expected
    ear.expect(["next", "stop"])
    assert ear.end().text == answer
    assert decide(ear.end(), Command.STOP if answer else None, NOISE) == (
        Accepted(Command.STOP) if answer else Rejected(Reason.NO_COMMAND)
    )
    sure = SecondOpinion(Ear("next", 5.0, other=first), Writer(other=second), ["stop"])
    sure.expect(["next", "stop"])
    assert sure.end().text == "next"


def test_who_surely_hears_another_word_disputes_what_only_one_says():
    for writes, disputed in (("receipt", True), ("repeat", False), ("please repeat", False), ("", False)):
        assert both(Ear("repeat", 9.0), Ear(writes=writes)).disputed is disputed
        assert both(Ear(), Ear("repeat", 9.0, writes=writes)).disputed is disputed
        assert not both(Ear("repeat", 9.0), Ear("repeat", 5.0, writes=writes)).disputed
    assert both(Ear(), Ear(writes="receipt")) == Hypothesis("")


def test_what_only_the_first_says_is_disputed_by_another_word_where_it_is_unlikely():
    for likelihood, unlikely, disputed in ((-2.0, -80.0, True), (-2.0, 8.0, False), (-3.0, -80.0, False)):
        writer = Ear(other=unlikely, writes="receipt", likelihood=likelihood)
        assert both(Ear("repeat", 30.0), writer).disputed is disputed
    assert not both(Ear(), Ear("where", 9.0, writes="wow", likelihood=-2.0)).disputed


def test_who_surely_hears_a_part_of_a_phrase_disputes_the_whole():
    for writes, disputed in (("go", True), ("go on", False), ("let us go on", False)):
        assert both(Ear("go on", 9.0), Ear(writes=writes)).disputed is disputed


@pytest.mark.parametrize(
    ("words", "other", "disputed"),
    [(("banana",), -38.0, True), (("minute",), -20.0, False), (("new", "it"), -38.0, False)],
)
def test_one_other_word_that_the_first_hears_disputes_what_it_finds_unlikely(words, other, disputed):
    first = Ear(other=other)
    first.words = words
    assert both(first, Ear("again", 6.0)).disputed is disputed
    first.text, first.score = "next", -9.0  # a phrase: of two the surer one counts
    assert not both(first, Ear("again", 6.0)).disputed


@needs_moonshine
@pytest.mark.parametrize("voice", [Voice("flite", "slt"), Voice("espeak", "en-us+Annie")], ids=str)
def test_a_banana_is_not_again(voice):
    chain = chain_maker("moonshine", languages.load("en"))()
    chain.listen(frozenset(Command) - ANSWERS)
    banana, again = render(voice, ["banana.", "again."])
    assert answer(chain, banana) == "-"
    assert answer(chain, again) == "repeat"


@needs_moonshine
def test_stop_counts_in_what_is_heard_as_talk(monkeypatch):
    monkeypatch.setattr(MoonshineRecogniser, "talk", lambda self: True)
    ear = worker.recogniser(protocol.Setup(ears="moonshine", phrases=phrases(), others=others()))
    ear.expect([phrase for several in phrases().values() for phrase in several])
    assert [_answer(ear, word) for word in ("stop", "continue")] == ["stop", ""]


def _answer(ear, word: str) -> str:
    ear.begin()
    ear.accept(words(word)[word])
    return ear.end().text


def test_the_first_look_takes_either():
    assert SecondOpinion(Ear("stop"), Ear()).partial() == "stop"
    assert SecondOpinion(Ear(), Ear("next")).partial() == "next"
