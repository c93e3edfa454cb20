"""A whole tuning in virtual time, with a synthetic person who answers when asked and makes mistakes."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from player.app.enrol import Scene, tuned
from player.app.enrol_script import Result, Tuning
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.backends.vad import VoiceActivity
from player.backends.wav import WavLoudspeaker
from player.core.commands import Command
from player.ears.client import EarsLost
from player.ears.enrolment.capture import TakingChain
from player.ears.protocol import Taken
from player.errors import RecognitionError
from player.files import enrolment, languages, voices
from player.ports import RATE_HZ
from player.session.inbox import Pressed
from player.sound.mixer import Mixer
from player.voice.client import VoiceWorker
from tests.app.synthetic_user import User
from tests.ears.people import Person

PERSON = Person("espeak", "en-us+m3", 50)
CLEAR = Person("espeak", "en-us", 50)  # whom the recogniser never takes for saying something else
LANGUAGE = languages.load("en")
FEW = {c: LANGUAGE.phrases[c][:1] for c in (Command.STOP, Command.NEXT, Command.REPEAT, Command.PAUSE)}


@cache
def recogniser():
    return PocketsphinxRecogniser(languages.other_words("en"))


@pytest.fixture(scope="module")
def voice():
    with VoiceWorker(voices.find("calm")) as voice:
        yield voice


@dataclass
class Ears:
    """The chain that takes samples, and the person before it."""

    chain: TakingChain
    user: User
    hard: bool  # nothing is heard well
    asked: int = 0

    def take(self, *, wanted):
        self.chain.take(wanted=wanted)
        if wanted:
            self.asked += 1
            self.user.asked()

    def accept(self, pcm):
        heard = self.chain.accept(pcm)
        return [replace(one, sureness=None) if self.hard and isinstance(one, Taken) else one for one in heard]

    def measure(self, length_s, tone_hz):
        self.chain.measure(length_s, tone_hz)


@dataclass
class Tuned:
    result: Result
    user: User
    length_s: float
    enrolment: object = field(default=None)


@pytest.fixture
def tune(voice, tmp_path: Path):
    def run(user, phrases=FEW, words=(), news=lambda _asked: (), *, hard=True):
        ears = Ears(TakingChain(recogniser(), phrases, VoiceActivity()), user, hard)
        mixer, out = Mixer(), WavLoudspeaker(tmp_path / "out.wav")
        tuning = Tuning(phrases, words)
        out.start(mixer.render)

        def step():
            out.advance()
            return (*ears.accept(user.next_block()), *news(ears.asked))

        scene = Scene(LANGUAGE, voice.render, (user,))
        try:
            scene.conductor(mixer, out.played, ears, step).conduct(tuning.script())
        finally:
            out.close()
        return Tuned(tuning.result, user, out.played() / RATE_HZ)

    return run


def counts(done):
    return {phrase: len(kept) for phrase, kept in done.result.takes.items()}


WHOLE = {"stop": 4, "next": 4, "pause": 4, "repeat": 4}


def test_a_word_that_is_not_heard_well_is_taken_three_times_and_once_with_palms(tune):
    done = tune(User(CLEAR))
    palms = {phrase: sum(t.palms for t in kept) for phrase, kept in done.result.takes.items()}
    assert {phrase: several - palms[phrase] for phrase, several in counts(done).items()} == dict.fromkeys(
        WHOLE, 3
    )
    assert sum(palms.values()) >= 3  # what fails is passed over
    assert done.user.said == [w for w in WHOLE for _ in range(3)] + list(WHOLE)
    assert done.result.weak == {}


def test_a_word_that_is_heard_well_is_taken_once(tune):
    done = tune(User(CLEAR), hard=False)
    assert set(counts(done)) == set(WHOLE)
    assert sum(several == 1 for several in counts(done).values()) >= 2
    assert done.user.said.count("stop") == counts(done)["stop"]


def test_all_commands_take_some_minutes(tune):
    done = tune(User(CLEAR), LANGUAGE.phrases, hard=False)
    words = set(Command) - {Command.NAME}
    assert len(done.result.takes) + len(done.result.weak) >= len(words)
    assert 60 < done.length_s < 320  # at worst each word and each other phrase its ten seconds


def test_the_room_is_measured(tune):
    done = tune(User(PERSON))
    assert done.result.room.floor_db == pytest.approx(-62, abs=3)
    assert done.result.room.echo_db is None  # nothing of the loudspeaker reaches this microphone


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("", "I heard nothing"),
        ("noise", "I heard nothing"),
        ("repeat", "That sounded different"),
        ("and then we went down to the river", "Only the word"),
    ],
)
def test_a_mistake_is_noticed_told_and_mended(tune, mistake, said):
    done = tune(User(CLEAR, {("next", 2): mistake}))
    assert counts(done).keys() == WHOLE.keys()
    assert counts(done)["next"] >= 3
    assert sum(said in sentence for sentence in done.user.sentences) == 1
    assert done.user.said[3:6] == ["next", mistake, "next"]


def test_a_word_that_the_recogniser_cannot_name_is_found_by_the_takes(tune):
    done = tune(User(PERSON, {("repeat", 3): "window"}))
    assert counts(done) == WHOLE
    assert "That sounded different. Please say: repeat." in done.user.sentences


def test_nobody_is_asked_for_one_word_more_than_twice_over(tune):
    done = tune(User(PERSON, {("next", n): "" for n in range(1, 9)}))
    assert [said for said in done.user.said[3:] if said == ""][:4] == [""] * 3
    assert "next" not in done.result.takes
    assert list(done.result.weak) == ["next"]


def test_another_phrase_is_tried_for_a_word_that_stays_weak(tune):
    phrases = {**FEW, Command.NEXT: LANGUAGE.phrases[Command.NEXT]}
    done = tune(User(CLEAR, {("next", n): "" for n in range(1, 9)}), phrases, hard=False)
    assert "That word is hard for me. There is another one for it." in done.user.sentences
    assert "next" in done.result.weak
    assert "next step" in done.result.takes


def test_who_has_gone_is_not_waited_for(tune):
    user = User(PERSON)
    user.leaves_after = 4
    done = tune(user)
    assert counts(done) == {"stop": 3}
    assert len(done.user.said) <= 4 + 6
    assert (
        "Thank you. Now I know how you say your words." in done.user.sentences[-1] + done.user.sentences[-2]
    )


def test_nothing_said_at_all_keeps_nothing(tune):
    user = User(PERSON)
    user.leaves_after = 0
    done = tune(user)
    assert tuned(done.result, LANGUAGE, "") is None
    assert done.user.sentences[-1].startswith("I could not hear you")


def test_stop_said_twice_ends_it(tune):
    done = tune(User(PERSON, {("next", n): "stop" for n in range(1, 9)}))
    assert "To leave this, say stop once more. Otherwise say: next." in done.user.sentences
    assert counts(done) == {"stop": 3}


def test_stop_said_once_does_not(tune):
    done = tune(User(PERSON, {("next", 2): "stop"}))
    assert counts(done).keys() == WHOLE.keys()


def test_the_key_stops_at_once(tune):
    done = tune(User(PERSON), news=lambda asked: (Pressed(Command.STOP),) if asked == 4 else ())
    assert counts(done) == {"stop": 3}


def test_ears_that_are_lost_are_an_error(tune):
    with pytest.raises(RecognitionError, match="fell silent"):
        tune(User(PERSON), news=lambda asked: (EarsLost("it fell silent"),) if asked else ())


def test_only_the_words_that_are_asked_for_are_taken(tune):
    phrases = {**FEW, Command.NEXT: ("onward",)}
    done = tune(User(PERSON), phrases, words=["onward", "stop"])
    assert counts(done) == {"onward": 4, "stop": 4}


def test_words_tuned_alone_join_what_was_kept(tune):
    first = tuned(tune(User(PERSON)).result, LANGUAGE, "desk")
    second = tune(User(PERSON), words=["stop"]).result
    kept = tuned(second, LANGUAGE, "desk", first)
    assert set(kept.takes) == set(WHOLE)
    assert kept.takes["stop"] == tuple(second.takes["stop"])
    assert kept.takes["next"] == first.takes["next"]
    assert set(tuned(second, LANGUAGE, "another", first).takes) == {"stop"}


def test_what_is_kept_survives_the_disk_and_holds_no_sound(tune, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    done = tune(User(PERSON))
    kept = tuned(done.result, LANGUAGE, "desk")
    path = enrolment.save(kept)
    assert enrolment.load() == kept
    assert path.stat().st_size < 200_000


def test_no_sentence_of_tuning_holds_a_command():
    import re

    text = (Path(languages.__file__).parents[1] / "lang" / "en_tune.yaml").read_text(encoding="utf-8")
    sentences = yaml.load(re.sub(r"{\w+}", "…", text), Loader=yaml.BaseLoader)["sentences"]
    phrases = [phrase for several in LANGUAGE.phrases.values() for phrase in several]
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, phrases)) + r")\b", re.IGNORECASE)
    assert not [sentence for sentence in sentences.values() if pattern.search(sentence)]
    assert max(len(part.split()) for text in sentences.values() for part in re.split(r"[.?!]", text)) <= 20
