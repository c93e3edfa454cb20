"""The score: exact positions, one voice at a time, and the rest from any place is the rest of the whole."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.core.notation import RATE_HZ, Role, Score, Speech, samples
from player.core.orders import Tone
from player.core.place import Part, Place
from player.core.plan import (
    Advance,
    Announcement,
    CountAloud,
    Hold,
    Side,
    Step,
    Strokes,
    Timed,
    Trait,
    Work,
)
from player.core.score import (
    BELL_S,
    LEAD_IN_S,
    PATIENCE_S,
    REMIND_S,
    RING_S,
    Manner,
    announce,
    compose,
    sentences,
)
from player.core.timing import RETURN_GAP_S, SET_GAP_S, STEP_GAP_S
from tests.core.histories import measure, step

SLOW = settings(deadline=None)
PACES = st.sampled_from((0.5, 0.7, 0.9, 1.0, 1.15, 1.5, 2.0))
BPM = st.floats(20, 160)
STROKES = st.builds(
    Strokes,
    reps=st.integers(1, 20),
    bpm=BPM,
    beats=st.integers(1, 4),
    sets=st.integers(1, 3),
    hold=st.one_of(st.none(), st.builds(Hold, st.integers(1, 6), st.floats(40, 80))),
    count_aloud=st.sampled_from(CountAloud),
    alternate=st.booleans(),
    breath=st.booleans(),
)
TIMED = st.builds(
    Timed,
    secs=st.integers(10, 900).map(lambda tenths: tenths / 10),
    bpm=st.one_of(st.none(), BPM),
    beats=st.integers(1, 3),
    sets=st.integers(1, 3),
    announcements=st.lists(
        st.builds(Announcement, st.floats(0, 90), st.sampled_from(("", "Halfway.", "Soon it is over."))),
        max_size=4,
    ).map(tuple),
    hum=st.booleans(),
)
STEPS = st.builds(
    lambda work, trait, advance, *, covered: step(
        "spot", work, trait=trait, advance=advance, ears_covered=covered
    ),
    st.one_of(STROKES, TIMED),
    st.sampled_from(Trait),
    st.sampled_from(Advance),
    covered=st.booleans(),
)
PREFACES = st.lists(st.sampled_from(("As it was.", "The spot, stroke 9 of 15.")), max_size=3).map(tuple)


def whole(one: Step, pace: float = 1.0, **manner: object) -> Score:
    return compose(one, Place(0), (), measure, Manner(pace, **manner))  # type: ignore[arg-type]


def first(score: Score, part: Part) -> int:
    return next(mark.at for mark in score.marks if mark.place.part is part)


def said(score: Score, role: Role) -> list[tuple[int, str]]:
    return [(one.at, one.text) for one in score.speech if one.role is role]


# --- beats --------------------------------------------------------------------------------------------


@SLOW
@given(STROKES, PACES)
def test_beats_lie_at_exact_multiples_however_long_it_takes(work: Strokes, pace: float) -> None:
    work = replace(work, sets=1, hold=None, breath=False)
    score = whole(step("spot", work), pace)
    start = first(score, Part.STROKES)
    exact = [start + n * 60 * RATE_HZ / work.bpm / pace for n in range(work.reps * work.beats)]
    beats = [beat.at for beat in score.beats]
    assert len(beats) == len(exact)
    assert all(abs(beat - at) <= 0.5 + 1e-6 for beat, at in zip(beats, exact, strict=True))


@SLOW
@given(STROKES, PACES)
def test_each_stroke_has_a_mark_on_its_first_beat(work: Strokes, pace: float) -> None:
    work = replace(work, sets=1, breath=False)
    score = whole(step("spot", work), pace)
    marks = [mark for mark in score.marks if mark.place.part is Part.STROKES]
    assert [mark.place.stroke for mark in marks] == list(range(work.reps))
    assert [mark.at for mark in marks] == [beat.at for beat in score.beats][:: work.beats]


def test_a_thousand_strokes_drift_by_nothing() -> None:
    work = Strokes(1000, 73, 1, count_aloud=CountAloud.NONE)
    score = whole(step("spot", work))
    assert score.beats[-1].at - score.beats[0].at == round(999 * 60 * RATE_HZ / 73)


def test_tones_of_a_stroke() -> None:
    def tones(work: Work, **more: object) -> list[str]:
        return [beat.tone for beat in whole(step("spot", work, **more)).beats]

    assert tones(Strokes(3, beats=2)) == ["tick", "tick_soft"] * 3
    assert tones(Strokes(4, alternate=True)) == ["tick_left", "tick_right"] * 2
    assert tones(Strokes(2, 30, 4, breath=True)) == ["breath_in"] * 2
    assert tones(Strokes(3, beats=2), ears_covered=True) == []
    assert tones(Timed(3, bpm=60)) == ["tick"] * 3
    assert tones(Timed(3, bpm=60), ears_covered=True) == []


def test_alternate_ticks_keep_their_side_after_a_pause() -> None:
    one = step("spot", Strokes(6, alternate=True), side=Side.ALTERNATE)
    score = compose(one, Place(0, Part.STROKES, 0, 3), (), measure, Manner())
    assert [beat.tone for beat in score.beats] == ["tick_right", "tick_left", "tick_right"]


def test_a_hum_lasts_as_long_as_its_work() -> None:
    score = whole(step("spot", Timed(6, bpm=60, hum=True)))
    start = first(score, Part.TIME)
    assert [(beat.at, beat.tone, beat.length) for beat in score.beats] == [(start, "hum", samples(6))]


@SLOW
@given(st.floats(2, 60), BPM, st.integers(1, 3), st.floats(0, 1), PACES)
def test_the_beat_of_timed_work_goes_on_in_step(
    secs: float, bpm: float, beats: int, part: float, pace: float
) -> None:
    one = step("spot", Timed(secs, bpm, beats))
    elapsed_ms = int(secs * part * 1000)
    score = compose(one, Place(0, Part.TIME, 0, 0, elapsed_ms), (), measure, Manner(pace))
    origin = first(score, Part.TIME) - elapsed_ms * RATE_HZ / 1000
    period = beats * 60 * RATE_HZ / bpm / pace
    off = [(beat.at - origin) / period for beat in score.beats]
    assert all(abs(turn - round(turn)) * period <= 1.01 for turn in off)
    assert [round(turn) for turn in off] == list(
        range(round(off[0]), round(off[0]) + len(off)) if off else []
    )


# --- what is said -------------------------------------------------------------------------------------


@SLOW
@given(STEPS, PREFACES, PACES, st.data())
def test_nothing_is_said_over_anything_else(
    one: Step, preface: tuple[str, ...], pace: float, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([mark.place for mark in whole(one, pace).marks]))
    score = compose(one, place, preface, measure, Manner(pace, reminder="Take your time."))
    for before, after in zip(score.speech, score.speech[1:], strict=False):
        assert before.end <= after.at
    assert all(speech.end == speech.at + measure(speech.text) for speech in score.speech)
    assert all(speech.end <= score.length for speech in score.speech)
    assert all(beat.at >= 0 and beat.at + beat.length <= score.length for beat in score.beats)
    assert [mark.at for mark in score.marks] == sorted(mark.at for mark in score.marks)


def test_counts_at_5_10_and_15_are_on_the_beat() -> None:
    score = whole(step("spot", Strokes(15, 60)))
    start = first(score, Part.STROKES)
    assert said(score, Role.COUNT) == [(start + samples(n - 1), str(n)) for n in (5, 10, 15)]


def test_each_is_counted_when_asked_and_none_when_not() -> None:
    each = said(whole(step("spot", Strokes(4, 60, count_aloud=CountAloud.EACH))), Role.COUNT)
    assert [text for _, text in each] == ["1", "2", "3", "4"]
    assert said(whole(step("spot", Strokes(15, 60, count_aloud=CountAloud.NONE))), Role.COUNT) == []


def test_a_count_without_room_is_left_to_its_tick() -> None:
    score = compose(
        step("spot", Strokes(3, 120, count_aloud=CountAloud.EACH)),
        Place(0),
        (),
        lambda _text: samples(0.8),
        Manner(),
    )
    assert [text for _, text in said(score, Role.COUNT)] == ["1", "3"]
    assert len(score.beats) == 3


@pytest.mark.parametrize("pace", [0.5, 1.0, 1.5])
def test_a_hold_is_counted_from_one_to_four(pace: float) -> None:
    score = whole(step("spot", Strokes(3, 120, hold=Hold(4, 60), sets=2)), pace)
    starts = [mark.at for mark in score.marks if mark.place.part is Part.HOLD and mark.place.stroke == 0]
    assert len(starts) == 2
    expected = [(at + samples(n / pace), str(n + 1)) for at in starts for n in range(4)]
    assert said(score, Role.COUNT) == expected


def test_a_hold_after_strokes_has_words_of_its_own() -> None:
    work = Strokes(3, 60, hold=Hold(3, 60, "And hold", "Ease"), count_aloud=CountAloud.NONE, sets=2)
    score = whole(step("spot", work))
    texts = ["And hold", "2", "3", "Ease"]
    assert [text for _, text in said(score, Role.COUNT)] == texts * 2
    at = [at for at, text in said(score, Role.COUNT) if text == "And hold"]
    assert at[1] - at[0] == samples(3 + 3 + RETURN_GAP_S)
    assert [beat.at for beat in score.beats[3:]] == [score.beats[0].at + samples(6 + 3 + n) for n in range(3)]


def test_between_sets_the_way_back_is_told_in_three_seconds() -> None:
    work = Strokes(2, 60, sets=3, between="Again.", count_aloud=CountAloud.NONE)
    score = whole(step("spot", work))
    told = said(score, Role.COUNT)
    assert [text for _, text in told] == ["Again.", "Again."]
    begun = first(score, Part.STROKES)
    assert [at - begun for at, _ in told] == [samples(2 + 0.8), samples(2 + 3 + 2 + 0.8)]
    assert score.beats[2].at - begun == samples(2 + 3)


def test_an_instruction_then_time_to_place_the_hands() -> None:
    one = step("spot", Strokes(3))
    score = whole(one)
    assert [text for _, text in said(score, Role.INSTRUCTION)] == ["Find the spot.", "Stroke it."]
    last = score.speech[1].end
    assert first(score, Part.STROKES) == last + samples(0.35) + samples(one.settle_s)
    told = [mark.place.stroke for mark in score.marks if mark.place.part is Part.INSTRUCTION]
    assert told == [0, 1, 2]


def test_brief_says_the_short_text_where_there_is_one() -> None:
    one = replace(step("spot", Strokes(3)), say_short="The spot.")
    assert [speech.text for speech in whole(one, brief=True).speech] == ["The spot."]
    assert len(whole(one).speech) == 2
    assert len(whole(replace(one, say_short=""), brief=True).speech) == 2


def test_sentences() -> None:
    assert sentences("Rest. Is it soft? Good! Then 1.5 turns.") == (
        "Rest.",
        "Is it soft?",
        "Good!",
        "Then 1.5 turns.",
    )
    assert sentences("") == ()


# --- notices ------------------------------------------------------------------------------------------


def end_of_work(score: Score) -> int:
    return first(score, Part.DONE)


def chimes(score: Score, tone: str = "chime") -> list[int]:
    return [beat.at for beat in score.beats if beat.tone == tone]


def test_the_bell_that_opens_a_long_rest_sounds_again_ten_seconds_before_its_end() -> None:
    score = whole(step("rest", Timed(60)))
    assert chimes(score, "bell") == [first(score, Part.TIME), end_of_work(score) - samples(10)]


def test_a_long_rest_gives_a_sign_of_life_each_minute_but_none_near_its_end() -> None:
    score = whole(step("rest", Timed(200)))
    begins = first(score, Part.TIME)
    assert chimes(score, "life") == [begins + samples(s) for s in (60, 120)]
    assert chimes(whole(step("rest", Timed(200)), signs_of_life=False), "life") == []
    assert chimes(whole(step("work", Timed(200, bpm=60))), "life") == []


def test_a_long_silence_outside_of_steps_gives_signs_of_life() -> None:
    score = announce((), measure, Manner(), 200)
    assert chimes(score, "life") == [samples(60), samples(120)]
    assert chimes(announce((), measure, Manner(signs_of_life=False), 200), "life") == []


def test_a_bell_rings_before_the_word_after_it_and_to_its_end_when_nothing_follows() -> None:
    opening = announce((Tone.BELL, "One."), measure, Manner())
    assert chimes(opening, "bell") == [0]
    assert opening.speech[0].at == samples(BELL_S)
    closing = announce(("One.", Tone.BELL), measure, Manner())
    assert closing.length == chimes(closing, "bell")[0] + samples(RING_S)


@pytest.mark.parametrize("work", [Timed(44), Timed(60, bpm=60), Strokes(80)])
def test_short_rests_and_work_with_a_beat_are_not(work: Work) -> None:
    assert chimes(whole(step("rest", work)), "bell") == []


def test_announcements_are_made_on_time_and_not_again_after_a_pause() -> None:
    notices = (Announcement(10), Announcement(30, "Halfway."), Announcement(90, "Never."))
    one = step("mask", Timed(60, announcements=notices))
    score = whole(one)
    assert said(score, Role.NOTICE) == [(end_of_work(score) - samples(30), "Halfway.")]
    assert chimes(score) == [end_of_work(score) - samples(10)]
    later = compose(one, Place(0, Part.TIME, 0, 0, 30_500), (), measure, Manner())
    assert said(later, Role.NOTICE) == []
    assert chimes(later) == [end_of_work(later) - samples(10)]


# --- from any place -----------------------------------------------------------------------------------


@SLOW
@given(STEPS, PREFACES, PACES, st.data())
def test_a_score_begins_at_the_place_asked_for(
    one: Step, preface: tuple[str, ...], pace: float, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([mark.place for mark in whole(one, pace).marks]))
    score = compose(one, place, preface, measure, Manner(pace))
    assert score.marks[0].place == place
    assert score.place_at(score.marks[0].at) == place
    assert score.place_at(score.marks[0].at - 1) is None


@SLOW
@given(STROKES, PREFACES, PACES, st.data())
def test_what_is_left_after_resuming_is_exactly_what_was_not_done(
    work: Strokes, preface: tuple[str, ...], pace: float, data: st.DataObject
) -> None:
    one = step("spot", work)
    score = whole(one, pace)
    cut = data.draw(st.integers(first(score, Part.STROKES), end_of_work(score) - 1))
    place = score.place_at(cut)
    assert place is not None
    rest = compose(one, place, preface, measure, Manner(pace))
    done = [mark.place for mark in score.marks if mark.at <= cut and mark.place != place]
    assert [mark.place for mark in (*score.marks,)] == [*done, *(mark.place for mark in rest.marks)]
    # The same beats, the same distance from the same strokes.
    shift = rest.marks[0].at - next(mark.at for mark in score.marks if mark.place == place)
    from_here = [beat for beat in score.beats if beat.at + shift >= rest.marks[0].at]
    assert [beat.tone for beat in from_here] == [beat.tone for beat in rest.beats]
    assert all(
        abs(one.at + shift - two.at) <= 3 * work.sets for one, two in zip(from_here, rest.beats, strict=True)
    )


@SLOW
@given(TIMED, PREFACES, PACES, st.data())
def test_what_is_left_of_timed_work_is_exact_to_the_millisecond(
    work: Timed, preface: tuple[str, ...], pace: float, data: st.DataObject
) -> None:
    one = step("spot", work)
    score = whole(one, pace)
    start = first(score, Part.TIME)
    cut = data.draw(st.integers(start, start + samples(work.secs) - 1))
    place = score.place_at(cut)
    assert place is not None
    assert place.elapsed_ms == (cut - start) * 1000 // RATE_HZ
    rest = compose(one, place, preface, measure, Manner(pace))
    done, left = cut - start, end_of_work(rest) - first(rest, Part.TIME)
    total = end_of_work(score) - start
    spoken = max((speech.end for speech in score.speech if speech.role is Role.NOTICE), default=0)
    if spoken <= end_of_work(score) - 1:  # else a late notice is heard out
        assert abs(done + left - total) <= RATE_HZ // 1000 + 3 * work.sets


def test_a_place_beyond_the_end_of_a_set_goes_on_with_the_following_set() -> None:
    one = step("spot", Timed(6, sets=2))
    score = compose(one, Place(0, Part.TIME, 0, 0, 6_700), (), measure, Manner())
    assert end_of_work(score) == samples(SET_GAP_S) + samples(6)
    assert [mark.at for mark in score.marks] == sorted(mark.at for mark in score.marks)


def test_after_a_preface_there_is_time_before_the_beat() -> None:
    one = step("spot", Strokes(5))
    score = compose(one, Place(0, Part.STROKES, 0, 2), ("Two.",), measure, Manner())
    assert score.beats[0].at == score.speech[0].end + samples(0.35) + samples(LEAD_IN_S)
    assert compose(one, Place(0, Part.STROKES, 0, 2), (), measure, Manner()).beats[0].at == 0


@pytest.mark.parametrize("trait", [Trait.MASK, Trait.STEAM])
def test_what_acts_on_the_skin_has_a_clock_that_runs_while_we_talk(trait: Trait) -> None:
    one = step("mask", Timed(60), trait=trait)
    talk = ("About thirty seconds to go.",)
    score = compose(one, Place(0, Part.TIME, 0, 0, 30_000), talk, measure, Manner())
    assert score.marks[0].at == 0
    assert end_of_work(score) == samples(30)
    normal = compose(
        replace(one, trait=Trait.NORMAL), Place(0, Part.TIME, 0, 0, 30_000), talk, measure, Manner()
    )
    assert end_of_work(normal) == normal.speech[0].end + samples(0.35 + LEAD_IN_S + 30)


# --- the end ------------------------------------------------------------------------------------------


def test_a_breath_before_the_following_step() -> None:
    score = whole(step("spot", Strokes(3)))
    assert score.length == end_of_work(score) + samples(STEP_GAP_S)


def test_the_gap_between_sets() -> None:
    score = whole(step("spot", Strokes(2, 60, sets=2, count_aloud=CountAloud.NONE)))
    assert [beat.at - score.beats[0].at for beat in score.beats] == [
        samples(at) for at in (0, 1, 2 + SET_GAP_S, 3 + SET_GAP_S)
    ]


def test_a_wait_reminds_once_and_then_is_silent() -> None:
    one = step("oil", Timed(3), advance=Advance.WAIT)
    score = compose(one, Place(0, Part.DONE), (), measure, Manner(reminder="Take your time."))
    assert said(score, Role.NOTICE) == [(samples(REMIND_S), "Take your time.")]
    assert score.length >= samples(REMIND_S + PATIENCE_S)
    assert score.place_at(0) == Place(0, Part.DONE)
    # The step itself ends with its work: waiting is another performance.
    assert whole(one, reminder="Take your time.").length == end_of_work(whole(one))
    assert said(whole(one, reminder="Take your time."), Role.NOTICE) == []


def test_sentences_alone() -> None:
    score = announce(("One.", "Two."), measure, Manner())
    gap = measure("One.") + samples(0.35)
    assert score.speech == (
        Speech(0, measure("One."), "One.", Role.PREFACE),
        Speech(gap, gap + measure("Two."), "Two.", Role.PREFACE),
    )
    assert (score.marks, score.beats) == ((), ())
    assert score.length >= score.speech[-1].end
    assert score.place_at(10) is None
