"""What is rendered ahead: all that a session says by itself, in the order of need."""

from dataclasses import replace

from player.core.plan import CountAloud, Hold, Parting, Plan, Step, Strokes
from player.files import languages
from player.session.texts import brisk_counts, spoken

ENGLISH = languages.load("en")


def plan(*works: Strokes) -> Plan:
    steps = tuple(
        Step(f"s{n}", f"place {n}", f"Sentence {n}. More {n}.", work) for n, work in enumerate(works)
    )
    return Plan("p", "A title", "en", steps)


def test_what_comes_first_is_first_and_what_may_be_asked_at_any_moment_before_the_third_step() -> None:
    said = list(spoken(plan(Strokes(5), Strokes(5), Strokes(5)), ENGLISH))
    assert said[:3] == ["A title.", "Sentence 0.", "More 0."]
    assert said.index("More 1.") < said.index("As it was.") < said.index("Sentence 2.")
    assert said.index("Place 0.") < said.index("As it was.")


def test_where_a_course_stands_is_there_before_it_is_said() -> None:
    told = replace(plan(Strokes(5)), course=("The first.",), partings=(Parting("The end. So be it."),))
    said = list(spoken(told, ENGLISH))
    assert said[:2] == ["A title.", "The first."]
    assert {"The end.", "So be it."} < set(said)


def test_the_answers_to_how_long_are_there() -> None:
    said = set(spoken(plan(*[Strokes(15, 60)] * 20), ENGLISH))
    assert {"14 to go.", "One to go.", "About 7 minutes in all.", "About a minute in all."} <= said


def test_counts_that_may_have_to_be_brisk_are_those_on_quick_beats() -> None:
    each = CountAloud.EACH
    assert brisk_counts(plan(Strokes(3, 60, count_aloud=each))) == frozenset()
    assert brisk_counts(plan(Strokes(3, 61, count_aloud=each))) == {"1", "2", "3"}
    assert brisk_counts(plan(Strokes(15, 120))) == {"5", "10", "15"}
    assert brisk_counts(plan(Strokes(1, 120, count_aloud=CountAloud.NONE, hold=Hold(2, 60)))) == {"1", "2"}
