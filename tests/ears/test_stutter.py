"""A stuttered beginning of a word is that word; what only sounds a little so is left as it is."""

import numpy as np
import pytest

from player.bench.hearing import conditions
from player.bench.voices import TUNING
from player.core.commands import Command
from player.core.decision import ANSWERS, Hypothesis
from player.ears.stutter import Restarting, beginnings
from player.files import languages
from tests.ears import in_need
from tests.ears.in_need import answer, chain_maker, clips
from tests.ears.listening import needs_moonshine
from tests.ears.people import FITTED, Person
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import spoken

ROOM = np.random.default_rng(3).normal(0, 10.0, 48_000)


def in_room(clip: np.ndarray) -> bytes:
    """The clip with a fifth of a second of a quiet room around it."""
    sound = np.pad(clip.astype(float), 3_200)
    return (sound + ROOM[: len(sound)]).astype("<i2").tobytes()


def before_the_word(clip: np.ndarray) -> int:
    """How much longer a word is with a stutter before it, samples, and the room."""
    return len(in_need.stuttered(clip)) - len(clip[conditions.bounds(clip)[0] :]) + 3_200


def otherwise(person: Person, word: str) -> np.ndarray:
    """The word with the beginning of another time before it, which is never quite the same."""
    once, again = ((np.clip(person.say(word, time), -1, 1) * 32767).astype(np.int16) for time in (1, 2))
    first, _ = conditions.bounds(once)
    return np.concatenate([once[first : first + 1_600], np.zeros(1_000, np.int16), again])


@pytest.mark.parametrize("word", ["pause", "repeat", "continue", "help", "slower"])
def test_what_comes_before_the_word_is_found(word: str) -> None:
    clip = spoken(word)
    assert beginnings(in_room(in_need.stuttered(clip)))[1] == pytest.approx(before_the_word(clip), abs=800)


@pytest.mark.parametrize("word", ["pause", "repeat", "a pause", "the next", "how long", "oh no"])
def test_a_word_said_plainly_begins_at_its_beginning(word: str) -> None:
    assert beginnings(in_room(spoken(word))) == []


def test_a_beginning_need_not_be_the_same_to_the_bit() -> None:
    found = [
        bool(beginnings(in_room(otherwise(FITTED[3], word))))
        for word in ("pause", "repeat", "continue", "yes")
    ]
    assert sum(found) >= 2, found


@pytest.mark.parametrize("pcm", [b"", bytes(640), bytes(32_000)])
def test_where_nothing_is_said_nothing_is_stuttered(pcm: bytes) -> None:
    assert beginnings(pcm) == []


def restarted(*answers: Hypothesis, clip: np.ndarray) -> tuple[Hypothesis, ScriptedRecogniser]:
    ear = ScriptedRecogniser(*answers)
    ears = Restarting(ear)
    ears.expect(["pause", "pause pause"])
    ears.begin()
    ears.accept(in_room(clip))
    return ears.end(), ear


STUTTER = in_need.stuttered(spoken("pause"))


def test_the_surer_answer_counts_and_the_whole_is_kept_in_case_it_goes_on() -> None:
    answers = [Hypothesis("pause pause", -50.0), Hypothesis("pause", -9.0), Hypothesis("pause", 9.0)]
    heard, ear = restarted(*answers, clip=STUTTER)
    assert heard == answers[2]
    whole, longer, rest, kept = ear.segments
    assert whole.endswith(longer)
    assert longer.endswith(rest)
    assert len(rest) < len(longer) < len(whole) == len(kept)


def test_of_the_rest_only_a_sure_answer_counts() -> None:
    whole = Hypothesis("pause pause", -5.0)
    assert restarted(whole, *2 * [Hypothesis("pause", -1.0)], clip=STUTTER)[0] == whole
    assert restarted(Hypothesis(""), *2 * [Hypothesis("pause", -1.0)], clip=STUTTER)[0] == Hypothesis("")


def test_what_is_left_out_is_not_looked_for_so() -> None:
    sure = Hypothesis("pause", 9.0)
    ears = Restarting(ScriptedRecogniser(Hypothesis(""), sure, sure), besides=["pause"])
    ears.expect(["pause"])
    ears.begin()
    ears.accept(in_room(STUTTER))
    assert ears.end() == Hypothesis("")


def test_what_comes_after_something_soft_is_no_beginning() -> None:
    late = np.concatenate([spoken("the") // 30, STUTTER])
    assert beginnings(in_room(STUTTER))
    assert beginnings(in_room(late)) == []


@pytest.mark.parametrize(
    ("first", "clip"), [(Hypothesis("pause", 9.0), STUTTER), (Hypothesis(""), spoken("pause"))]
)
def test_a_sure_answer_and_a_plain_word_cost_no_second_look(first: Hypothesis, clip: np.ndarray) -> None:
    heard, ear = restarted(first, clip=clip)
    assert heard == first
    assert len(ear.segments) == 1


@needs_moonshine
def test_stuttered_words_are_obeyed() -> None:
    make = chain_maker("moonshine", languages.load("en"))
    words = {"pause": "pause", "repeat": "repeat", "continue": "resume"}
    for word, clip in zip(words, clips(TUNING[2], list(words)), strict=True):
        chain = make()
        chain.listen(frozenset(Command) - ANSWERS)
        assert answer(chain, in_need.stuttered(clip)) == words[word]
