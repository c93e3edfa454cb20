"""How words are said in need: a form of a word is that word, and what sounds so is asked about at most."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from player.bench.hearing import conditions
from player.bench.voices import TUNING
from player.core.commands import Command
from player.core.decision import ANSWERS, Accepted, Doubtful, Hypothesis, Recognition, among
from player.core.engine import commands_in
from player.core.place import Place
from player.core.states import Asking
from player.ears.ensemble import akin
from player.ears.pipeline import ListeningChain
from player.files import languages
from tests.ears.in_need import FORMS, answer, chain_maker, clips, stuttered
from tests.ears.listening import chain_of, feed, heard, needs_moonshine
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import spoken, stream

VOICE = TUNING[2]


@pytest.fixture(scope="module")
def ears() -> Callable[[], ListeningChain]:
    make = chain_maker("moonshine", languages.load("en"))

    def listening() -> ListeningChain:
        chain = make()
        chain.listen(frozenset(Command) - ANSWERS)
        return chain

    return listening


@needs_moonshine
@pytest.mark.parametrize("command", [Command.STOP, Command.PAUSE])
def test_repeats_and_short_polite_forms_of_a_word_are_that_word(
    ears: Callable[[], ListeningChain], command: Command
) -> None:
    said = zip(FORMS[command], clips(VOICE, FORMS[command]), strict=True)
    assert {form: answer(ears(), clip) for form, clip in said} == dict.fromkeys(FORMS[command], command.value)


@needs_moonshine
def test_yeah_is_yes_while_a_question_is_open(ears: Callable[[], ListeningChain]) -> None:
    chain = ears()
    chain.listen(commands_in(Asking(Place(0))))
    assert [answer(chain, clip) for clip in clips(VOICE, ["yeah"])] == ["yes"]


@needs_moonshine
def test_a_stuttered_stop_is_obeyed_or_asked_about(ears: Callable[[], ListeningChain]) -> None:
    (clip,) = clips(VOICE, ["stop"])
    assert answer(ears(), stuttered(clip)) in {"stop", "stop?"}


@needs_moonshine
def test_what_is_said_otherwise_never_ends_a_session(ears: Callable[[], ListeningChain]) -> None:
    otherwise = ("top it up", "please", "no", "okay", "it is a shop", "pleased")
    for text, clip in zip(otherwise, clips(VOICE, otherwise), strict=True):
        assert answer(ears(), clip) not in {"stop", "stop?"}, text


def test_forms_are_understood_and_named_nowhere() -> None:
    english = languages.load("en")
    assert "please stop" in english.understood[Command.STOP]
    assert english.phrases[Command.STOP] == ("stop",)
    meant = [phrase for several in english.understood.values() for phrase in several]
    assert len(meant) == len(set(meant))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("stop", "stop stop", True),
        ("please stop", "stop", True),
        ("stop", "stock it", False),
        ("please stop", "please pause", False),
        ("", "", False),
        ("stop", "", False),
    ],
)
def test_which_phrases_are_one(one: str, other: str, same: bool) -> None:
    assert akin(one, other) is akin(other, one) is same


def test_stop_among_a_few_words_is_asked_about_and_obeyed_the_second_time() -> None:
    assert among(["the", "bus", "stop"], ["stop"]).text == "stop"
    assert among(["that", "is", "where", "they", "stop"], ["stop"]) == Hypothesis("")
    assert among(["the", "shop"], ["stop"]) == Hypothesis("")
    doubtful = among(["bus", "stop"], ["stop"])
    chain = chain_of(ScriptedRecogniser(doubtful, doubtful))
    first, second = heard(feed(chain, stream(1.0, "stop", 1.0, "stop", 1.0)))
    assert first.verdict == Doubtful(Command.STOP)
    assert second.verdict == Accepted(Command.STOP)


def two_in_one_breath(text: str) -> list[Recognition]:
    """What is decided of two short words in one breath, the second heard as `text`."""
    answers = [Hypothesis(""), Hypothesis(text, 50.0), Hypothesis(text, 50.0)]
    quiet = np.zeros(16_000, np.int16)
    first, second = (spoken(word)[slice(*conditions.bounds(spoken(word)))] for word in ("no", "stop"))
    sound = np.concatenate([quiet, first, quiet[:4_400], second, quiet]).tobytes()
    return heard(feed(chain_of(ScriptedRecogniser(*answers)), sound))


def test_of_a_word_right_behind_another_only_stop_counts() -> None:
    assert any(one.verdict == Accepted(Command.STOP) for one in two_in_one_breath("stop"))
    assert not any(isinstance(one.verdict, Accepted) for one in two_in_one_breath("next"))


def test_a_stutter_begins_as_the_word_does() -> None:
    (clip,) = clips(VOICE, ["stop"])
    loud = np.flatnonzero(np.abs(stuttered(clip).astype(int)) > 500)
    assert sum(b - a > 600 for a, b in pairwise(loud)) >= 2
