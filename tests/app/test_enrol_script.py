"""What is asked for in a tuning, by what the ears make of the answers: without sound, in no time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from player.app.enrol_asks import ListenForWord, Measure, Say
from player.app.enrol_script import Result, Tuning
from player.core.commands import Command
from player.ears.enrolment.features import WIDTH, to_text
from player.ears.protocol import Measured, Taken

PHRASES = {
    Command.STOP: ("stop",),
    Command.NEXT: ("next", "next step"),
    Command.RESUME: ("continue", "resume", "go on"),
    Command.UNDO: ("undo",),
}
FIRST_PHRASES = {command: several[:1] for command, several in PHRASES.items()}
Answer = Callable[[str, int], Taken | None]


def taken(phrase: str, time: int, text: str = "", sureness: float | None = 20.0) -> Taken:
    """`phrase` said, by features that are like those of its other times; heard as `text`."""
    word = np.random.default_rng([*phrase.encode()]).normal(0, 1, (20, WIDTH))
    said = to_text((word + np.random.default_rng(time).normal(0, 0.2, word.shape)).astype(np.float32))
    return Taken(
        clean=said,
        noisy=said,
        text=text or phrase,
        score=50.0,
        margin=None,
        length_s=0.5,
        alone=True,
        clear_db=30.0,
        clipped=0.0,
        sureness=sureness,
    )


def hard(*several: str) -> Answer:
    """Answer with what was asked for; these phrases are heard, but never surely enough."""
    return lambda phrase, time: taken(phrase, time, sureness=None if phrase in several else 20.0)


class Dialogue:
    """A tuning led to its end: what was asked for how often, which sentences were said, what is kept."""

    def __init__(
        self,
        answer: Answer,
        phrases: Mapping[Command, Sequence[str]] = PHRASES,
        forms: Mapping[Command, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        tuning = Tuning(phrases, forms=forms)
        self.asked: Counter[str] = Counter()
        self.sentences: list[str] = []
        phrase, script, reply = "", tuning.script(), None
        try:
            while True:
                match script.send(reply):
                    case Say(several):
                        self.sentences += [one.key for one in several]
                        phrase = str(dict(several[0].values).get("phrase", phrase))
                        reply = None
                    case Measure():
                        reply = Measured(-60.0, 0.0, None, None)
                    case ListenForWord():
                        self.asked[phrase] += 1
                        reply = answer(phrase, self.asked[phrase])
        except StopIteration:
            self.result: Result = tuning.result

    def takes(self) -> dict[str, int]:
        return {phrase: len(several) for phrase, several in self.result.takes.items()}


def test_what_is_heard_well_is_asked_for_once() -> None:
    done = Dialogue(hard())
    assert done.asked == {"stop": 1, "next": 1, "continue": 1, "undo": 1}
    assert done.takes() == done.asked
    assert done.result.weak == {}
    assert "tune_palms" not in done.sentences
    assert "tune_once_more" not in done.sentences


def test_only_what_is_not_heard_well_is_taken_three_times_and_with_palms() -> None:
    done = Dialogue(hard("stop", "undo"), FIRST_PHRASES)
    assert done.asked == {"stop": 4, "next": 1, "continue": 1, "undo": 3}
    assert [one.palms for one in done.result.takes["stop"]] == [False, False, False, True]


@pytest.mark.parametrize("sureness", [None, 0.0, 4.9])
def test_hardly_heard_is_not_heard_well(sureness: float | None) -> None:
    done = Dialogue(lambda phrase, time: taken(phrase, time, sureness=sureness), FIRST_PHRASES)
    assert set(done.takes().values()) == {3, 4}


def test_heard_as_another_word_is_not_heard_well() -> None:
    done = Dialogue(
        lambda phrase, time: taken(phrase, time, "stop" if phrase == "undo" else ""), FIRST_PHRASES
    )
    assert "tune_end" in done.sentences
    assert "undo" not in done.result.takes


def test_one_take_that_is_heard_well_makes_a_word_no_longer_weak() -> None:
    done = Dialogue(lambda phrase, time: taken(phrase, time, sureness=20.0 if time == 3 else None))
    assert done.result.weak == {}
    assert "tune_instead" not in done.sentences


def test_for_a_weak_word_another_is_proposed_if_it_is_heard_better() -> None:
    done = Dialogue(hard("next"))
    assert done.sentences.count("tune_better") == 1
    assert done.takes()["next step"] == 1
    assert list(done.result.weak) == ["next"]


def test_what_is_no_better_is_not_proposed_and_the_next_one_is_tried() -> None:
    done = Dialogue(hard("continue", "resume"))
    assert list(done.asked) == ["stop", "next", "continue", "resume", "go on", "undo"]
    assert done.sentences.count("tune_better") == 1
    done = Dialogue(hard("continue", "resume", "go on"))
    assert "tune_better" not in done.sentences
    assert list(done.result.weak) == ["resume", "go on"]
    assert "tune_weak" not in done.sentences  # its takes are told from the others'


def test_stop_in_any_of_its_forms_ends_it() -> None:
    forms = {Command.STOP: ("please stop",)}
    said = Dialogue(
        lambda _phrase, time: taken("stop", time, "please stop"),
        {Command.STOP: ("stop",), Command.NEXT: ("next",)},
        forms,
    )
    assert said.result.ended_early == "you ended it"


def test_stop_said_twice_ends_it_wherever_it_is() -> None:
    for at in ("next", "next step", "continue"):
        done = Dialogue(
            lambda phrase, time, at=at: (
                taken("stop", time) if phrase == at else replace(taken(phrase, time), sureness=None)
            )
        )
        assert done.result.ended_early == "you ended it"
        assert done.asked[at] == 2
