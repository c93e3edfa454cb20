"""Takes of words: features, comparing, and the join with a recogniser."""

from functools import cache

import numpy as np
import pytest

from player.core.decision import Hypothesis, strength
from player.ears.enrolment import score_fusion
from player.ears.enrolment.features import (
    FAR,
    WIDTH,
    Stack,
    Take,
    Templates,
    _no_less_than_usual,
    features,
    from_text,
    impostors,
    standing,
    take_of,
    to_text,
)
from player.ears.enrolment.score_fusion import TunedRecogniser
from tests.ears.people import Person
from tests.ears.scripted import ScriptedRecogniser

USER = Person("espeak", "en-us+m3", 50)
OTHER = Person("espeak", "en+f5", 60)
WORDS = ("next", "repeat", "stop", "how long", "quieter", "no")


@cache
def said(person: Person, text: str, time: int) -> bytes:
    room = np.random.default_rng(time).normal(0, 10**-3.3, 40_000)
    clip = person.say(text, time)
    room[4_000 : 4_000 + len(clip)] += clip
    return (np.clip(room[: len(clip) + 8_000], -1, 1) * 32767).astype("<i2").tobytes()


@cache
def takes_of(person: Person, times=(1, 2, 3)) -> dict[str, list[Take]]:
    return {word: [take_of(said(person, word, time)) for time in times] for word in WORDS}


@cache
def templates() -> Templates:
    return Templates(takes_of(USER), impostors())


def test_features_survive_text():
    sound = features(said(USER, "repeat", 1))
    again = from_text(to_text(sound))
    assert again.shape == sound.shape == (len(sound), WIDTH)
    assert np.abs(again - sound).max() < 0.01


@pytest.mark.parametrize(
    "text", ["", "AAAA", "no base 64!", to_text(np.full((1, WIDTH), np.inf, np.float32))]
)
def test_text_that_holds_no_features_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)


@pytest.mark.parametrize("pcm", [b"", b"\0\0", bytes(64_000), b"\xff\x7f" * 16_000])
def test_any_sound_has_features(pcm):
    sound = features(pcm)
    assert len(sound) >= 8
    assert np.isfinite(sound).all()


def test_loudness_does_not_matter():
    pcm = np.frombuffer(said(USER, "stop", 1), "<i2")
    softer = (pcm // 4).astype("<i2").tobytes()
    assert Stack([features(pcm.tobytes())]).costs(features(softer))[0] < 0.3


def test_warping_follows_tempo_but_not_more_than_twofold():
    steady = np.repeat(np.random.default_rng(1).normal(size=(12, WIDTH)), 2, axis=0).astype(np.float32)
    stack = Stack([steady])
    assert stack.costs(np.repeat(steady[::2], 3, axis=0))[0] < 0.05
    assert stack.costs(steady)[0] == pytest.approx(0, abs=1e-3)
    assert stack.costs(steady[::8])[0] == FAR


def test_a_take_is_found_inside_longer_sound():
    word, rest = features(said(USER, "next", 1)), features(said(OTHER, "how long", 1))
    cost = Stack([word]).costs(np.concatenate([rest, word, rest]))[0]
    assert cost == pytest.approx(0, abs=1e-2)


def test_each_of_several_takes_gets_the_cost_that_it_gets_alone():
    several = [features(said(USER, word, 1)) for word in WORDS]
    sound = features(said(USER, "repeat", 5))
    alone = [Stack([one]).costs(sound)[0] for one in several]
    assert np.allclose(Stack(several).costs(sound), alone, atol=1e-4)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("time", [7, 8])
def test_the_nearest_takes_are_those_of_the_word(word, time):
    likeness = templates().compare(features(said(USER, word, time)))
    assert max(likeness, key=lambda phrase: likeness[phrase].nearness) == word
    assert likeness[word].nearness > 3


def test_other_words_of_another_person_are_as_far_as_impostors():
    near = [
        max(like.nearness for like in templates().compare(features(said(OTHER, word, 1))).values())
        for word in ("window", "yesterday", "water", "morning")
    ]
    assert max(near) < 3


def test_no_word_is_near_because_its_impostors_happen_to_be_alike():
    spread = _no_less_than_usual(np.array([0.1, 0.12, 0.001, 0.3]))
    assert spread == pytest.approx([0.166, 0.166, 0.166, 0.3], abs=2e-3)


def test_length_is_told_against_the_takes():
    likeness = templates().compare(features(said(USER, "how long", 7)))
    assert likeness["no"].longer_s > 0.1
    assert abs(likeness["how long"].longer_s) < 0.35  # one person's takes of two syllables differ by as much
    assert likeness["no"].longer_s - likeness["how long"].longer_s > 0.4  # one syllable against two


def test_one_bad_take_of_three_spoils_nothing():
    bad = dict(takes_of(USER))
    bad["repeat"] = [*bad["repeat"][:2], take_of(said(USER, "stop", 9))]
    spoiled = Templates(bad, impostors())
    likeness = spoiled.compare(features(said(USER, "stop", 7)))
    assert max(likeness, key=lambda phrase: likeness[phrase].nearness) == "stop"


def test_a_take_of_another_word_stands_out():
    takes = dict(takes_of(USER))
    takes["repeat"] = [*takes["repeat"][:2], take_of(said(USER, "stop", 9))]
    bad = standing(2, "repeat", takes)
    assert bad.own > bad.other
    assert bad.nearest == "stop"
    good = standing(0, "repeat", takes_of(USER))
    assert good.own < good.other


def test_the_first_word_has_no_other_to_be_compared_with():
    assert standing(0, "next", {"next": takes_of(USER)["next"]}).nearest == ""


# --- the join --------------------------------------------------------------------------------------------


def tuned(*answers, takes=None):
    inner = ScriptedRecogniser(*answers, partials=["no"])
    ear = TunedRecogniser(inner, takes or takes_of(USER))
    ear.expect(WORDS)
    return ear, inner


def answer(ear, pcm):
    ear.begin()
    for at in range(0, len(pcm), 640):
        ear.accept(pcm[at : at + 640])
    return ear.end()


def test_the_recogniser_hears_and_is_told_everything():
    ear, inner = tuned(Hypothesis("stop", 0.0, 0.0))
    answer(ear, said(USER, "stop", 7))
    assert inner.segments[-1] == said(USER, "stop", 7)
    assert inner.expected == WORDS
    assert ear.partial() == "no"
    ear.close()
    assert inner.closed


@pytest.mark.parametrize(
    ("score", "margin", "weighed"), [(20.0, 2.0, 28 / 3), (-6.0, 6.0, 6.0), (3.0, None, 3.0)]
)
def test_score_and_margin_are_weighed_as_the_decision_does(score, margin, weighed):
    """What is fused is held against the limits of the decision, so it stands on the same scale."""
    heard = Hypothesis("stop", score, margin)
    assert score_fusion.sureness(heard) == pytest.approx(weighed)
    assert strength(heard) == pytest.approx(weighed)
    fused = score_fusion.best([score_fusion.Candidate(heard, True, 0.0, 0.0, 0.0)], heard)
    assert strength(fused) == fused.score


def test_a_recogniser_without_figures_leaves_room_for_takes():
    assert score_fusion.sureness(Hypothesis("stop")) == 0.0
    assert strength(Hypothesis("stop")) == 100.0


def test_takes_that_agree_make_a_doubtful_word_sure():
    doubtful = Hypothesis("repeat", -18.0, 0.0)
    ear, _ = tuned(doubtful)
    joined = answer(ear, said(USER, "repeat", 7))
    assert joined.text == "repeat"
    assert score_fusion.sureness(joined) > score_fusion.sureness(doubtful) + 5


def test_what_another_person_says_gains_nothing():
    doubtful = Hypothesis("repeat", -18.0, 0.0)
    ear, _ = tuned(doubtful)
    assert score_fusion.sureness(answer(ear, said(OTHER, "water", 7))) <= score_fusion.sureness(doubtful)


def test_takes_that_contradict_cost_a_bounded_amount():
    sure = Hypothesis("repeat", 0.0, 0.0)
    ear, _ = tuned(sure)
    joined = answer(ear, said(OTHER, "window", 7))
    assert joined.text == "repeat"
    assert -8 <= joined.score < 0


def test_takes_of_somebody_else_are_set_aside_after_a_while():
    sure = Hypothesis("repeat", 2.0, 2.0)
    wrong = {"stop": takes_of(USER)["repeat"], "repeat": takes_of(USER)["stop"]}
    ear, _ = tuned(*[sure] * 4, takes=wrong)
    answers = [answer(ear, said(USER, "repeat", time)) for time in (7, 8, 9, 10)]
    assert answers[0] != sure
    assert answers[-1] == sure


def test_a_phrase_that_is_not_expected_is_never_answered():
    ear, _ = tuned(Hypothesis(""))
    ear.expect(("stop",))
    assert answer(ear, said(USER, "repeat", 7)).text in {"", "stop"}


def test_nothing_heard_or_expected_is_left_to_the_recogniser():
    ear, _ = tuned(Hypothesis(""), Hypothesis(""))
    ear.begin()
    assert ear.end() == Hypothesis("")
    ear.expect(())
    assert answer(ear, said(USER, "stop", 7)) == Hypothesis("")


def test_no_takes_of_a_phrase_leave_it_to_the_recogniser():
    only = {"stop": takes_of(USER)["stop"]}
    heard = Hypothesis("repeat", -3.0, 1.0)
    candidates = score_fusion.candidates(heard, {}, ScriptedRecogniser())
    assert score_fusion.best(candidates, heard) == heard
    ear, _ = tuned(heard, takes=only)
    assert answer(ear, said(USER, "repeat", 7)) == heard
