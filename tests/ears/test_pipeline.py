"""From a microphone stream to decisions, with the real voice activity and the real recogniser."""

import numpy as np
import pytest

from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.backends.vad import VoiceActivity
from player.core.commands import Command
from player.core.decision import (
    Accepted,
    Doubtful,
    Hypothesis,
    Onset,
    Reason,
    Rejected,
    hasty,
    meanings,
)
from player.ears.denoise import Suppressor
from player.ears.pipeline import ListeningChain
from player.ears.segmenter import FRAME, level_db
from tests.ears.listening import chain_of, feed, heard
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import others, phrases, stream


@pytest.fixture(scope="module")
def sphinx():
    return PocketsphinxRecogniser(others())


class Cancelling:
    """A canceller that leaves all or nothing."""

    def __init__(self, *, keep=True, converged=True, someone=True, likeness=-1.0):
        self.keep, self.converged, self.taken = keep, converged, []
        self.someone = someone
        self.likeness, self.asked = likeness, []

    def own(self, start, end):
        self.asked.append((start, end))
        return self.likeness

    def accept(self, heard, played):
        self.taken.append((heard, played))
        return heard if self.keep else bytes(len(heard))


def while_it_is_said(before, after):
    """Say "continue" while what means something changes from `before` to `after`; return what is decided."""
    chain = chain_of(ScriptedRecogniser(Hypothesis("continue", 50.0, 50.0)))
    chain.listen(before)
    sound = stream(1.0, "continue", 1.0)
    changed = 2 * 16_000 * 12 // 10 // 640 * 640  # in the middle of the word
    events = feed(chain, sound[:changed])
    chain.listen(after)
    return [event.verdict for event in heard(events + feed(chain, sound[changed:]))]


def test_a_word_may_be_one_that_meant_something_when_it_began():
    assert while_it_is_said([Command.RESUME], [Command.NEXT]) == [Accepted(Command.RESUME)]
    assert while_it_is_said([Command.RESUME], []) == [Accepted(Command.RESUME)]
    assert while_it_is_said([Command.NEXT], [Command.NEXT]) == [Rejected(Reason.NOT_NOW)]


def test_what_meant_something_long_ago_means_nothing():
    chain = chain_of(ScriptedRecogniser(Hypothesis("continue", 50.0, 50.0)))
    chain.listen([Command.RESUME])
    feed(chain, stream(0.5))
    chain.listen([Command.NEXT])
    assert [event.verdict for event in heard(feed(chain, stream(1.0, "continue", 1.0)))] == [
        Rejected(Reason.NOT_NOW)
    ]


STREAM = (1.0, "previous", 1.0, "continue", 1.0, "repeat", 1.0, "stop", 1.0)


@pytest.mark.parametrize("noise_db", [None, -60])
def test_words_become_exactly_their_commands_in_time(sphinx, noise_db):
    found = heard(feed(chain_of(sphinx), stream(*STREAM, noise_db=noise_db)))
    wanted = (Command.PREVIOUS, Command.RESUME, Command.REPEAT, Command.STOP)
    assert [event.verdict for event in found] == [Accepted(command) for command in wanted]
    assert all(event.decided_s - event.end_s <= 0.4 for event in found)
    assert all(event.start_s < event.end_s < event.decided_s for event in found)


def test_the_same_sound_gives_the_same_events_in_any_chunks():
    found = []
    for size in (320, 640, 32_000):
        chain = chain_of(PocketsphinxRecogniser(others()))
        found.append(feed(chain, stream(*STREAM, noise_db=-60), size))
    assert found[0] == found[1] == found[2]


def test_a_clear_word_is_decided_a_tenth_of_a_second_after_it(sphinx):
    found = heard(feed(chain_of(sphinx), stream(*STREAM, noise_db=-60)))
    assert [event.decided_s - event.end_s for event in found] == [pytest.approx(0.09, abs=0.01)] * 4


def early(answer, *answers, partials):
    """Say "continue" once; return what was decided and how long after its end."""
    recogniser = ScriptedRecogniser(answer, *answers, partials=partials)
    found = heard(feed(chain_of(recogniser), stream(1.0, "continue", 1.0)))
    return [(event.text, event.decided_s - event.end_s < 0.12) for event in found], recogniser


def test_two_looks_that_agree_decide_once_and_the_end_says_nothing_more():
    found, recogniser = early(Hypothesis("continue", 1.0, 1.0), partials=["continue"])
    assert found == [("continue", True)]
    assert recogniser.answers == []


@pytest.mark.parametrize(
    ("phrase", "strength", "waits"), [("slower", -5.0, True), ("stop", -11.0, False), ("stop", -15.0, True)]
)
def test_what_is_only_just_sure_waits_for_the_end_and_stop_needs_less_for_it(phrase, strength, waits):
    sure = Hypothesis(phrase, strength)
    found, _ = early(sure, sure, partials=[phrase])
    assert found == [(phrase, not waits)]


def test_two_looks_that_differ_wait_for_the_end():
    found, _ = early(Hypothesis("stop", 1.0, 1.0), Hypothesis("pause", 1.0, 1.0), partials=["continue"])
    assert found == [("pause", False)]


def test_a_doubtful_look_waits_for_the_end():
    found, _ = early(Hypothesis("next", -12.0, -6.0), Hypothesis("next", 1.0, 1.0), partials=["next"])
    assert found == [("next", False)]


@pytest.mark.parametrize("phrase", ["undo", "where", "how long"])
def test_what_is_costly_waits_for_the_end_even_when_it_is_sure(phrase):
    found, _ = early(Hypothesis(phrase, 9.0, 9.0), partials=[phrase])
    assert found == [(phrase, False)]


@pytest.mark.parametrize(("first", "again_early"), [(50.0, False), (-15.0, True)])
def test_in_noise_what_is_no_louder_than_before_waits_unless_it_was_doubted(first, again_early):
    recogniser = ScriptedRecogniser(
        *[Hypothesis("continue", first, first / 2)] * 3, Hypothesis("continue", 50.0, 50.0)
    )
    recogniser.partials = ["continue"] * 2
    sound = stream(3.0, "continue", 1.0, "continue", 1.0, noise_db=-45)
    delays = [event.decided_s - event.end_s for event in heard(feed(chain_of(recogniser), sound))]
    assert [delay < 0.12 for delay in delays] == [first > 0, again_early]


@pytest.mark.parametrize(
    ("word", "second", "noise_db", "obeyed"),
    [
        ("continue", "previous", -45, False),
        ("continue", "continue", -45, True),
        ("continue", "", -45, True),
        ("continue", "previous", -70, True),  # in quiet there is nothing that suppression could have changed
        ("stop", "previous", -45, True),
    ],
)
def test_in_noise_the_sound_as_it_was_must_not_give_another_command(word, second, noise_db, obeyed):
    recogniser = ScriptedRecogniser(*[Hypothesis(word, 50.0, 50.0)] * 2)
    asked = []

    def aside(pcm):
        asked.append(pcm)
        return second

    sound = stream(3.0, "continue", 1.0, noise_db=noise_db)
    found = heard(feed(chain_of(recogniser, suppressor=Suppressor(), aside=aside), sound))
    assert all(pcm in sound for pcm in asked)
    verdict = Accepted(meanings(phrases())[word]) if obeyed else Rejected(Reason.UNSURE)
    assert [event.verdict for event in found] == [verdict]


def test_what_is_decoded_is_without_the_noise_but_where_the_own_voice_sounds():
    powers = []
    for audible in (False, True):
        recogniser = ScriptedRecogniser(Hypothesis(""))
        chain = chain_of(recogniser, suppressor=Suppressor())
        chain.own_voice(audible=audible)
        feed(chain, stream(3.0, "continue", 1.0, noise_db=-45))
        powers.append(level_db(np.frombuffer(recogniser.segments[-1][-4000:], np.int16)))
    assert powers[0] < powers[1] - 6


@pytest.mark.parametrize(
    ("noise_db", "audible", "looks"),
    [(-45, False, 2), (-70, False, 1), (-45, True, 1)],  # in noise; in quiet; while the player speaks
)
def test_in_noise_what_is_not_understood_is_heard_once_more_from_a_little_earlier(noise_db, audible, looks):
    recogniser = ScriptedRecogniser(Hypothesis(""), Hypothesis("stop", 50.0, 50.0))
    chain = chain_of(recogniser, canceller=Cancelling())
    chain.own_voice(audible=audible)
    (found,) = heard(feed(chain, stream(3.0, "continue", 1.0, noise_db=noise_db)))
    assert len(recogniser.segments) == looks
    assert (found.verdict == Accepted(Command.STOP)) is (looks == 2)
    if looks == 2:
        first, second = recogniser.segments
        assert second.endswith(first)
        assert len(second) - len(first) == 2 * 5 * FRAME


def test_what_is_obeyed_in_noise_needs_no_other_look():
    recogniser = ScriptedRecogniser(Hypothesis("continue", 50.0, 50.0))
    (found,) = heard(feed(chain_of(recogniser), stream(3.0, "continue", 1.0, noise_db=-45)))
    assert found.verdict == Accepted(Command.RESUME)


def test_what_may_become_another_commands_phrase_waits():
    meaning = {"go": Command.NEXT, "go on": Command.RESUME, "go now": Command.NEXT, "stop": Command.STOP}
    assert hasty(meaning) == {"go on", "go now", "stop"}


def test_running_speech_is_no_command(sphinx):
    talk = "place one middle fingertip between your eyebrows and stop where the bone dips a little"
    events = heard(feed(chain_of(sphinx), stream(1.0, talk, 1.0, "and then we continue with the next", 1.0)))
    assert not [event for event in events if isinstance(event.verdict, Accepted)]


def test_an_onset_is_told_before_the_word_is_decided():
    chain = chain_of(ScriptedRecogniser(Hypothesis("continue", 1.0, 1.0)))
    onset, word = feed(chain, stream(1.0, "continue", 1.0))
    assert isinstance(onset, Onset)
    assert onset.at_s == word.start_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("gap_s", "verdict"), [(1.5, Accepted), (4.5, Doubtful)])
def test_a_doubtful_command_said_again_soon_is_obeyed(gap_s, verdict):
    doubtful = Hypothesis("next", -12.0, -6.0)
    chain = chain_of(ScriptedRecogniser(doubtful, doubtful))
    first, second = heard(feed(chain, stream(1.0, "next", gap_s, "next", 1.0)))
    assert first.verdict == Doubtful(Command.NEXT)
    assert second.verdict == verdict(Command.NEXT)


def test_another_command_in_between_makes_it_doubtful_again():
    doubtful, other = Hypothesis("next", -12.0, -6.0), Hypothesis("pause", 9.0, 9.0)
    chain = chain_of(ScriptedRecogniser(doubtful, other, doubtful))
    found = heard(feed(chain, stream(1.0, "next", 0.5, "pause", 0.5, "next", 1.0)))
    assert found[-1].verdict == Doubtful(Command.NEXT)


def test_a_word_that_began_over_the_own_voice_counts_as_over_it():
    chain = chain_of(ScriptedRecogniser(*[Hypothesis("next", 9.0, 9.0)] * 2))
    pcm = stream(1.0, "next", 1.0)
    middle = 2 * int(1.2 * 16_000)
    chain.own_voice(audible=True)
    events = feed(chain, pcm[:middle])
    chain.own_voice(audible=False)
    events += feed(chain, pcm[middle:])
    assert [event.verdict for event in heard(events)] == [Rejected(Reason.OWN_VOICE)]
    assert [event.verdict for event in heard(feed(chain, pcm))] == [Accepted(Command.NEXT)]


def test_nothing_is_decoded_while_nothing_is_listened_for():
    chain = chain_of(ScriptedRecogniser(), listen=())
    assert heard(feed(chain, stream(1.0, "next", 1.0))) == []


def test_long_talk_is_not_even_decoded():
    chain = chain_of(ScriptedRecogniser())
    assert (
        heard(feed(chain, stream(1.0, "round and round and round and round and round and round", 1.0))) == []
    )


def test_what_the_recogniser_cannot_know_is_left_out_and_told():
    recogniser = ScriptedRecogniser(unknown=["quieter"])
    chain = chain_of(recogniser)
    assert chain.unknown == ("quieter",)
    assert "quieter" not in recogniser.expected
    assert "louder" in recogniser.expected


def test_a_canceller_stands_before_everything_else():
    canceller = Cancelling(keep=False)
    chain = chain_of(ScriptedRecogniser(), canceller=canceller)
    pcm = stream(1.0, "next", 1.0)
    assert chain.accept(pcm, reference=pcm) == ()
    assert canceller.taken == [(pcm, pcm)]


def test_remains_of_the_echo_are_nobody():
    chain = chain_of(ScriptedRecogniser(), canceller=Cancelling(someone=False))
    assert feed(chain, stream(1.0, "next", 1.0)) == []


@pytest.mark.parametrize("converged", [False, True])
def test_over_the_own_voice_everything_is_taken_only_while_it_is_cancelled(converged):
    canceller = Cancelling(converged=converged)
    chain = chain_of(ScriptedRecogniser(Hypothesis("next", 9.0, 9.0)), canceller=canceller)
    chain.own_voice(audible=True)
    (word,) = heard(feed(chain, stream(1.0, "next", 1.0)))
    assert word.verdict == (Accepted(Command.NEXT) if converged else Rejected(Reason.OWN_VOICE))


@pytest.mark.parametrize("audible", [False, True])
def test_a_phrase_may_be_short_over_the_own_voice_which_hides_its_ends(audible):
    chain = chain_of(ScriptedRecogniser(Hypothesis("how much longer", 4.0, 4.0)), canceller=Cancelling())
    chain.own_voice(audible=audible)
    (word,) = heard(feed(chain, stream(1.0, "next", 1.0)))
    assert word.verdict == (Accepted(Command.HOW_LONG) if audible else Rejected(Reason.UNSURE))


@pytest.mark.parametrize("phrase", ["pause", "pause and pause"])
def test_a_phrase_has_its_letters_while_the_own_voice_is_not_cancelled(phrase):
    """A piece of the player's own sentence is no command."""
    chain = ListeningChain(
        ScriptedRecogniser(Hypothesis(phrase, -2.0, -2.0)),
        {Command.PAUSE: [phrase]},
        VoiceActivity(),
        Cancelling(converged=False),
    )
    chain.listen(Command)
    chain.own_voice(audible=True)
    (word,) = heard(feed(chain, stream(1.0, "next", 1.0)))
    assert word.verdict == (Accepted(Command.PAUSE) if phrase == "pause" else Rejected(Reason.UNSURE))


@pytest.mark.parametrize(("phrase", "waits"), [("previous step", True), ("go on", False)])
def test_what_is_too_short_for_its_letters_waits_for_the_end(phrase, waits):
    recogniser = ScriptedRecogniser(*[Hypothesis(phrase, 90.0, 90.0)] * 2)
    recogniser.partials = [phrase]
    chain = chain_of(recogniser, canceller=Cancelling())
    chain.own_voice(audible=True)
    (word,) = heard(feed(chain, stream(1.0, "next", 1.0)))
    assert isinstance(word.verdict, Accepted)
    assert (word.decided_s - word.end_s > 0.2) == waits


@pytest.mark.parametrize(("likeness", "obeyed"), [(-0.5, True), (0.1, False)])
def test_a_word_that_is_like_the_own_voice_is_not_obeyed(likeness, obeyed):
    canceller = Cancelling(likeness=likeness)
    chain = chain_of(ScriptedRecogniser(Hypothesis("stop", 90.0, 90.0)), canceller=canceller)
    told = feed(chain, stream(1.0, "stop", 1.0))
    (word,) = heard(told)
    assert word.verdict == (Accepted(Command.STOP) if obeyed else Rejected(Reason.OWN_VOICE))
    assert any(isinstance(one, Onset) for one in told) == obeyed
    start, end = canceller.asked[-1]
    assert (start / 16_000, end / 16_000) == pytest.approx((word.start_s, word.end_s), abs=0.03)


def test_levels_follow_the_sound():
    chain = chain_of(ScriptedRecogniser())
    noise = stream(2.0, noise_db=-40)
    feed(chain, noise)
    assert chain.level_db == pytest.approx(-40, abs=1.5)
    assert chain.floor_db == pytest.approx(-40, abs=1.5)
    assert level_db(memoryview(noise).cast("h")) == pytest.approx(-40, abs=0.5)


@pytest.mark.parametrize(("gain_db", "audible"), [(-40.0, False), (-10.0, True)])
def test_how_long_there_was_speech_too_soft_to_be_heard_and_loud_enough(gain_db, audible):
    loud = np.frombuffer(stream(1.0, "how much longer", 1.0, "how long", 1.0), np.int16)
    soft = np.rint(loud * 10 ** (gain_db / 20)).astype("<i2").tobytes()
    chain = chain_of(ScriptedRecogniser(Hypothesis(""), again=True))
    feed(chain, soft)
    faint_s, spoken_s = chain.voices_s()
    assert (spoken_s > 0.3) is audible
    assert (faint_s > 0.3) is not audible
    assert chain.voices_s() == (0.0, 0.0)
    chain.own_voice(audible=True)  # it may be the player itself
    feed(chain, soft)
    assert chain.voices_s() == (0.0, 0.0)
