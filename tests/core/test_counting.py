"""Counts on the beat: by their voice, brisk where they must be."""

from hypothesis import given
from hypothesis import strategies as st

from player.core.counting import fitted
from player.core.place import Part, Place
from player.core.plan import CountAloud, Hold, Strokes
from player.core.score import RATE_HZ, Manner, Role, Score, compose
from tests.core.histories import measure, step


def counted(text: str, brisk: bool) -> tuple[int, int]:
    """Half a second, of which 90 ms are breath; brisk four tenths, of which 70."""
    return (RATE_HZ * 2 // 5, RATE_HZ * 7 // 100) if brisk else (RATE_HZ // 2, RATE_HZ * 9 // 100)


def scored(work: Strokes, place: Place = Place(0, Part.STROKES), pace: float = 1.0) -> Score:  # noqa: B008
    return compose(step("spot", work), place, (), measure, Manner(pace, measure_count=counted))


def voices(score: Score) -> list[int]:
    """Where the voices of the counts begin."""
    counts = [speech for speech in score.speech if speech.role is Role.COUNT]
    return [speech.at + counted(speech.text, speech.brisk)[1] for speech in counts]


@given(st.floats(40, 119), st.integers(1, 20), st.sampled_from((0.7, 1.0)))
def test_the_voice_of_every_count_begins_exactly_on_its_beat(bpm: float, reps: int, pace: float) -> None:
    score = scored(Strokes(reps, bpm, count_aloud=CountAloud.EACH), pace=pace)
    assert voices(score) == [beat.at for beat in score.beats]


def test_the_first_count_of_all_has_room_for_its_breath() -> None:
    score = scored(Strokes(3, 60, count_aloud=CountAloud.EACH))
    assert score.speech[0].at == 0
    assert score.beats[0].at == RATE_HZ * 9 // 100
    assert scored(Strokes(5, 60)).beats[0].at == 0  # the first of these is not counted


def test_counts_of_a_hold_are_on_its_beats() -> None:
    score = scored(Strokes(1, 60, hold=Hold(4, 60)), Place(0, Part.HOLD))
    marks = [mark.at for mark in score.marks if mark.place.part is Part.HOLD]
    assert voices(score) == marks


def test_a_count_is_brisk_only_where_it_is_longer_than_a_beat() -> None:
    def brisk(bpm: float) -> set[bool]:
        return {speech.brisk for speech in scored(Strokes(15, bpm)).speech}

    assert brisk(119) == {False}
    assert brisk(121) == {True}
    assert fitted("5", RATE_HZ / 2, counted).length == RATE_HZ // 2
    assert fitted("5", RATE_HZ / 2 - 1, counted).length == RATE_HZ * 2 // 5


def test_a_count_never_begins_in_what_is_still_said() -> None:
    def long(_text: str, _brisk: bool) -> tuple[int, int]:
        return RATE_HZ * 3 // 2, 0

    work = Strokes(4, 60, count_aloud=CountAloud.EACH)
    score = compose(step("spot", work), Place(0, Part.STROKES), (), measure, Manner(measure_count=long))
    assert [speech.text for speech in score.speech] == ["1", "3"]
