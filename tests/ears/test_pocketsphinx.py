"""The real PocketSphinx with the model from its wheel."""

import pytest

from player.backends import sphinx_words
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.errors import RecognitionError
from tests.contracts.recogniser import RecogniserContract, hear
from tests.ears.speech import others, phrases, stream, words


@pytest.fixture(scope="module")
def recogniser():
    return PocketsphinxRecogniser(others())


@pytest.fixture
def clips():
    return words("continue", "repeat", "stop", "previous")


class TestPocketsphinx(RecogniserContract):
    pass


def test_every_phrase_of_the_language_is_known(recogniser):
    every = [phrase for several in phrases().values() for phrase in several]
    assert recogniser.unknown(every) == ()
    recogniser.expect(every)


def test_a_phrase_of_several_words_is_one_answer(recogniser):
    recogniser.expect(["continue", "how much longer"])
    assert hear(recogniser, stream(0.2, "how much longer", 0.2)) == "how much longer"


def test_a_right_word_scores_over_a_near_one(recogniser):
    recogniser.expect(["stop"])
    recogniser.begin()
    recogniser.accept(stream(0.2, "stop", 0.2))
    answer = recogniser.end()
    near = PocketsphinxRecogniser(("hello",))
    near.expect(["stop"])
    near.begin()
    near.accept(stream(0.2, "stock", 0.2))
    other = near.end()
    assert answer.score is not None
    assert other.score is not None
    assert (answer.text, other.text) == ("stop", "stop")
    assert answer.score > other.score + 2


def test_a_near_word_is_told_apart_when_it_is_among_the_others():
    clip = stream(0.2, "receipt", 0.2)
    deaf, sharp = PocketsphinxRecogniser(("hello",)), PocketsphinxRecogniser(("hello", "receipt"))
    for one in (deaf, sharp):
        one.expect(["repeat", "stop"])
    assert hear(deaf, clip) == "repeat"
    assert hear(sharp, clip) == ""


def test_the_same_segment_has_the_same_scores_however_often_it_is_asked(recogniser):
    recogniser.expect(["continue", "stop"])
    recogniser.begin()
    recogniser.accept(stream("continue", noise_db=-45))
    assert recogniser.end() == recogniser.end()


def test_loudness_makes_no_difference(recogniser):
    recogniser.expect(["continue", "stop"])
    pcm = stream(0.2, "continue", 0.2)
    softer = (memoryview(pcm).cast("h")[index] // 12 for index in range(len(pcm) // 2))
    soft = b"".join(sample.to_bytes(2, "little", signed=True) for sample in softer)
    assert hear(recogniser, soft) == "continue"


LINES = ("pause P AO Z", "paws P AO Z", "how HH AW", "long L AO NG", "long(2) L AA NG", "cause K AO Z")
DICTIONARY = sphinx_words.read_dictionary(LINES, {"pause", "paws", "how", "long", "cause"})


def test_only_the_words_that_are_asked_for_are_read():
    assert sphinx_words.read_dictionary(LINES, {"long", "what"}) == {"long": ["L AO NG", "L AA NG"]}


def test_alternatives_multiply_over_the_words_of_a_phrase():
    assert sphinx_words.ways("How long", DICTIONARY) == [
        "HH AW L AO NG",
        "HH AW L AA NG",
    ]


def test_a_word_that_sounds_exactly_like_a_phrase_cannot_stand_against_it():
    assert sphinx_words.fillers(["paws", "cause", "what"], ["pause"], DICTIONARY) == ["cause"]


@pytest.mark.parametrize("phrase", ["", "pause button"])
def test_a_phrase_that_cannot_be_pronounced_is_refused(phrase):
    with pytest.raises(RecognitionError, match="does not know"):
        sphinx_words.ways(phrase, DICTIONARY)


def test_language_model_is_a_proper_arpa_file():
    lines = sphinx_words.language_model(["how long", "pause"], ["cause"]).splitlines()
    assert lines[1:3] == ["ngram 1=5", "ngram 2=5"]
    start = sum(10 ** float(line.split()[0]) for line in lines if " <s> " in line and line[0] == "-")
    assert start == pytest.approx(0.98, abs=0.01)


def test_another_sound_is_answered_aside_and_nothing_is_learned_from_it():
    answers = []
    for aside in (False, True):
        recogniser = PocketsphinxRecogniser(others())
        recogniser.expect([phrase for several in phrases().values() for phrase in several])
        for word in ("continue", "previous"):
            recogniser.begin()
            recogniser.accept(words(word)[word])
            if aside:
                assert recogniser.aside(words("stop")["stop"]) == "stop"
                assert recogniser.aside(stream(0.5)) == ""
            answers.append(recogniser.end())
    assert [answer.text for answer in answers] == ["continue", "previous"] * 2
    for without, after in zip(answers[:2], answers[2:], strict=True):
        assert after.score == pytest.approx(without.score, abs=1)  # the decoder's own noise estimate goes on
