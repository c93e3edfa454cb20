"""What the ears of a tuning say of a take: how surely a session would obey it."""

import pytest

from player.backends.vad import VoiceActivity
from player.core.decision import Hypothesis
from player.ears.enrolment.capture import TakingChain
from player.ears.protocol import Taken, hearing_line, read_hearing
from player.workers.protocol import read
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import phrases, stream


def taken(answer: Hypothesis) -> Taken:
    chain = TakingChain(ScriptedRecogniser(answer), phrases(), VoiceActivity())
    chain.accept(stream(2.0))
    chain.take(wanted=True)
    (found,) = chain.accept(stream("repeat", 1.0))
    assert isinstance(found, Taken)
    return found


def test_a_sure_answer_is_told_with_how_far_it_is_over_its_limit() -> None:
    said = taken(Hypothesis("repeat", 12.0))
    assert (said.text, said.sureness) == ("repeat", pytest.approx(12.0 + 8.0 + 5.0))  # limit, quiet room


@pytest.mark.parametrize(
    "answer",
    [
        Hypothesis(""),
        Hypothesis("repeat", -15.0),  # to be said twice
        Hypothesis("repeat", -90.0),
        Hypothesis("repeat", 12.0, disputed=True),
    ],
)
def test_what_a_session_would_not_obey_at_once_is_not_sure(answer: Hypothesis) -> None:
    assert taken(answer).sureness is None


@pytest.mark.parametrize("score", [12.0, -90.0])
def test_it_arrives_as_it_was_sent(score: float) -> None:
    said = taken(Hypothesis("repeat", score))
    assert read_hearing(read(hearing_line(said).encode())) == said
