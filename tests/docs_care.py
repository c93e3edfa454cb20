# ruff: noqa: E501 - the tables read best with a row on a line
"""Writes docs/care.md: every rule of care, where it is asked aloud, what it does, and the test that shows it.

    python tests/docs_care.py           # says whether the document is up to date (exit code 1 if not)
    python tests/docs_care.py --write   # brings it up to date

A test that is named and not there is an error.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from player.files import paths
from player.routine.compile.course_steps import ACUPRESSURE, BEGIN, INSTEAD
from player.routine.compile.known import asks
from player.routine.compile.load import Scripts
from player.routine.docs_tables import left_out
from player.routine.model.library import FactOf, Library, Means

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "care.md"
CARE, COURSE, LAWS, TABLE = (
    "tests/library/test_care_questions.py",
    "tests/library/test_course_led.py",
    "tests/core/test_engine_laws.py",
    "tests/core/test_engine_table.py",
)
ROUTINES, CHOICES, LEARNING = (
    "tests/library/test_care.py",
    "tests/library/test_choices.py",
    "tests/library/test_learning.py",
)
LINT = "tests/routine/test_lint.py::shipped_scripts_are_clean"

EVERY = (
    "no_is_echoed_and_leads_on",
    "silence_never_answers",
    "a_wrong_word_never_answers",
    "undo_takes_the_answer_back_and_asks_again",
)
BY_MEANING = {
    Means.ENDS: "what_ends_a_session_lets_nothing_be_led",
    Means.DOCTOR: "without_a_doctors_agreement_it_ends_and_with_it_it_goes_on",
    Means.LEAVE_OUT: "what_is_answered_on_the_way_leaves_out_what_is_left_out_when_it_is_known",
    Means.SETTLE: "yes_leads_to_what_it_means_and_is_said_at_once",
    Means.ASKS: "a_late_yes_asks_about_right_now_and_may_end_it",
}
SAID = {
    Means.ENDS: "the session ends",
    Means.DOCTOR: "“Has your doctor agreed?”; without it the session ends",
    Means.LEAVE_OUT: "the rest is led",
    Means.SETTLE: "that comes first",
    Means.ASKS: "what is asked of right now follows",
}

RULES = (
    ("no way leads past an open question of care: no command, undo, resume, crash, `--from`", f"{LAWS}::no_way_leads_past_an_open_question_of_care_or_the_end_that_an_answer_leads_to"),
    ("a step under a fact is never led while the fact stands", f"{LAWS}::no_step_is_led_while_a_fact_stands_against_it"),
    ("“I have it” never leads on to anything but care", f"{LAWS}::i_have_it_never_leads_on_to_anything_but_care"),
    ("what opens the way counts only once the topic has been named; yes from the first word on", f"{TABLE}::no_before_the_topic_is_named_is_a_tone_and_yes_counts_from_the_first_word"),
    ("what opens the way needs surer hearing, or is said twice", "tests/session/test_loop.py::an_answer_that_opens_the_way_needs_surer_hearing_or_is_said_twice"),
    ("silence answers nothing; a reminder every 45 seconds", f"{TABLE}::silence_never_answers_a_question_of_care_and_is_reminded_of_for_ever"),
    ("the everyday question alone is passed by six seconds of silence, which it says", f"{CARE}::a_known_interview_leaves_one_question_which_silence_passes_and_says_so"),
    ("not for a massage, nor where nobody is heard", f"{CARE}::a_massage_and_somebody_who_is_not_heard_wait_for_a_no"),
    ("a late yes still counts during the step after the silence", f"{CARE}::a_late_yes_of_which_nothing_comes_goes_on_where_it_was"),
    ("every question asks directly for the trouble, one topic, without a negation", f"{CARE}::every_question_asks_directly_for_the_trouble_and_every_yes_means_something"),
    ("no shipped routine leads what a fact leaves out", f"{CARE}::no_shipped_routine_leads_what_a_fact_leaves_out"),
    ("what is left out because of a fact is said once", f"{CARE}::what_is_left_out_because_of_a_fact_is_said_once"),
    ("after half a year the interview is asked once more", f"{CARE}::after_half_a_year_the_interview_is_asked_once_more"),
    ("a massage sooner than its days asks first whether it shall be something else", f"{COURSE}::a_massage_that_is_early_asks_first_and_no_leads_on"),
    ("steam at most once a week, by what was done", f"{COURSE}::steam_is_led_at_most_once_a_week"),
    ("a course begins with the interview", f"{COURSE}::a_course_begins_with_the_interview"),
    ("what is sore or marked is remembered: half the pressure, no pinching, nothing deep; twice in a row nothing firm", f"{COURSE}::what_was_sore_is_said_once_and_is_gentler"),
    ("where it is sore is asked, and it is gentler there alone; where that is not understood, everywhere", f"{COURSE}::what_was_sore_at_a_place_is_gentler_there_alone"),
    ("a day longer between then, twice in a row two", f"{COURSE}::the_end_names_the_session_and_the_day_and_what_is_sore_takes_longer"),
    ("what is sore today is asked when the everyday question is answered with yes", f"{CARE}::a_late_yes_of_which_nothing_comes_goes_on_where_it_was"),
    ("a course is begun by a spoken “yes” alone, and its first session begins with what is not known", f"{COURSE}::only_yes_begins_a_course_and_leads_to_nothing_else_first"),
    ("whether a doctor agreed is answered by nothing else, and taken back", f"{CARE}::whether_a_doctor_agreed_is_answered_by_nothing_else_and_taken_back"),
    ("who stops at a question is asked it before the next session of the evening", "tests/cli/test_whole_evening.py::who_stops_at_the_question_about_today_is_asked_it_before_the_next_one"),
    ("the mask is led once", f"{LAWS}::the_mask_is_led_once"),
    ("answers are in no journal, log or clip; one private file, removed by one command", "tests/privacy/test_answers.py::no_answer_is_in_the_journal_the_log_or_the_clips"),
    ("a “no” is never taken for “undo”, which would take an answer back", "tests/ears/test_no_or_undo.py::no_is_never_taken_for_undo_and_is_heard_by_itself"),
    ("neither answer to a choice counts before it was heard", f"{TABLE}::neither_answer_to_a_choice_counts_before_it_was_heard"),
    ("the age may be declined", f"{CARE}::the_age_may_be_declined_and_is_no_matter_of_care"),
    ("who has said it already is not asked; where steam is not planned nobody is", f"{CHOICES}::who_has_said_it_already_and_where_it_is_not_planned_nobody_is_asked"),
    ("where nothing can be kept one line says so, and answers count for this session", "tests/cli/test_interview.py::where_nothing_can_be_kept_the_interview_is_begun_all_the_same"),
    ("a damaged file, another version: said once, asked anew, nothing lost", "tests/files/test_facts.py::a_file_that_cannot_be_used_says_so_and_is_kept_aside"),
    ("nobody can be heard: not led, and why is said; a sound file carries a notice", "tests/cli/test_interview.py::where_nobody_can_be_heard_nothing_is_led_and_why_is_said"),
)  # fmt: skip


CHOSEN = (INSTEAD, ACUPRESSURE, BEGIN)  # asked by the course, not by a script

# Facts that nobody is asked aloud, and why.
TYPED = {
    "literal_forearm": "the text says “forearm” where it most likely means the shoulders; a question in the middle of the massage would cost everybody more than the few gain: `--set literal_forearm=yes`",
    "product": "the evening asks what is on the hands; for one session it is `--product`",
    "tool": "it is in the hand before the session begins: `--tool`",
    "tool.reusable": "it follows from the tool",
    "days_since_steam": "it is known from what was done",
}  # fmt: skip

# What is heard of a correction: a routine, and a line of its golden transcript. Of the others the test alone shows it.
HEARD = {
    1: ("lymph-drainage-thumbs", "Lay the flat fingers of your right hand behind the left ear."),
    2: ("sculptural-talc-20", "From beside the nose, on the bone below the eye, glide along the cheekbone to the temple."),
    3: ("headache-point", "Keep your head upright, and breathe."),
    4: ("spanish-non-repeating", "Bring each ring fingertip to the bone around its own eye."),
    7: ("home-course-session", "Say stop if you are dizzy or numb, or if your heart races."),
    9: ("acupressure-last", "The points come now, and they want clean hands."),
    11: ("sculptural-talc-20", "Then close the knuckles softly on the skin, and hold for four."),
    12: ("spanish-non-repeating", "Then stroke with your left hand up the right side."),
    13: ("italian-inspired", "Keep the palms stacked there, and draw one slow circle with them."),
    14: ("headache-point", "Dim the light now."),
    15: ("everyday-facial-acupressure", "If you are lying back, sit up a little, or turn to one side."),
    16: ("quick-facial-acupressure", "Would you like five minutes of quiet, rather than one?"),
    18: ("acupressure-with-tool", "Your mixer has a large end and a small one."),
    21: ("moroccan-contour", "Here it ends. Open your eyes when you are ready, and rise slowly."),
    22: ("quick-facial-acupressure", "Make fifteen small circles, moving the skin over the bone."),
}  # fmt: skip

# What was mended in the routines, in the order in which the domain names it, each with the test that shows it.
MENDED = (
    ("neck and ear: one side at a time, flat fingers, the hand named, from behind the ear", (f"{ROUTINES}::a_step_on_the_neck_names_the_hand_and_begins_behind_the_ear", f"{ROUTINES}::behind_the_ear_one_side_is_drained_at_a_time_with_flat_fingers")),
    ("no line at the inner corner of the eye", (f"{ROUTINES}::no_line_begins_or_ends_at_the_inner_corner_of_the_eye",)),
    ("no head on the thumbs under the brows, 30 s at most; deep presses are eased off", (f"{ROUTINES}::the_thumbs_under_the_brows_bear_no_head_and_half_a_minute", f"{ROUTINES}::deep_presses_of_a_headache_are_eased_off_slowly")),
    ("each ring finger round its own eye", (f"{ROUTINES}::each_ring_finger_goes_round_its_own_eye",)),
    ("jaw, temple, neck, rim of the eye: under their facts in every routine", (f"{ROUTINES}::nothing_is_led_under_a_fact_that_forbids_it", f"{ROUTINES}::a_place_is_left_out_with_the_facts_of_the_zones_in_which_it_lies", LINT)),
    ("nothing is pinched on thin blood, and nothing is firm", (f"{ROUTINES}::the_contour_is_not_pinched_on_thin_blood_and_no_steam_is_led_with_asthma", f"{CARE}::what_is_firm_is_led_lightly_on_thin_blood_and_says_so")),
    ("how to end and when, at the beginning; a rest, eyes and “rise slowly” at the end", (f"{ROUTINES}::a_session_opens_with_how_to_end_it_and_ends_with_a_rest",)),
    ("the mask once; who goes back is told that it has had its time", (f"{ROUTINES}::a_mask_and_a_steam_come_once_in_a_session", f"{CHOICES}::who_goes_back_into_the_mask_is_told_that_it_has_had_its_time")),
    ("powder, cream and oil between the two parts; points are pressed with clean hands", (f"{ROUTINES}::points_are_pressed_with_clean_hands",)),
    ("`--from` behind questions asks what is not known", (f"{CARE}::who_begins_in_the_middle_is_asked_what_is_not_known_and_nothing_else",)),
    ("circles tick, the hold is spoken otherwise, three seconds between rounds", (f"{ROUTINES}::circles_tick_and_the_hold_after_them_is_spoken_otherwise",)),
    ("both hands get their strokes; the end is told at the end; the last rest has its time", (f"{ROUTINES}::both_hands_get_their_stroke_on_the_throat", f"{ROUTINES}::the_end_is_told_at_the_end")),
    ("the circle of the stacked palms has its time; “slow” is slow", (f"{ROUTINES}::the_circle_of_the_stacked_palms_has_its_time", f"{ROUTINES}::what_is_called_slow_is_slow")),
    ("the light is dimmed with open eyes; eyes that open have something to do", (f"{ROUTINES}::the_light_is_dimmed_with_open_eyes_and_time", f"{ROUTINES}::eyes_that_open_have_something_to_do")),
    ("time to sit up; the tapping names its places", (f"{ROUTINES}::there_is_time_to_sit_up_before_the_thumbs_go_under_the_skull", f"{ROUTINES}::the_tapping_names_its_places_as_they_come")),
    ("quiet time: a minute in the quick ones, five offered aloud, ten to be had", (f"{ROUTINES}::a_quick_one_ends_with_a_minute_of_quiet_and_may_have_ten", f"{CHOICES}::yes_brings_what_is_offered_and_no_or_silence_does_without")),
    ("five seconds where hand or side change", (f"{ROUTINES}::hands_have_time_where_hand_or_side_change",)),
    ("what is not so is not said; ends are named of a tool that has two", (f"{ROUTINES}::what_is_not_so_is_not_said", f"{ROUTINES}::ends_are_named_only_of_a_tool_that_has_two")),
    ("nothing is said more than twice in the same words; later rounds have their own", (f"{ROUTINES}::nothing_is_said_more_than_twice_in_a_session", "tests/routine/test_language.py::later_rounds_are_said_in_their_own_words")),
    ("whole sentences (`whole-sentence`)", (LINT, f"{ROUTINES}::sentences_for_a_product_are_sentences")),
    ("one farewell; nobody has oil on the hands without the preparation", (f"{ROUTINES}::a_session_ends_with_one_farewell", f"{ROUTINES}::what_is_not_so_is_not_said")),
    ("a count is announced before it begins (`count-said`)", (LINT,)),
    ("a short form of every step", (f"{ROUTINES}::every_step_of_a_session_has_a_short_form",)),
    ("in the first three sessions how to find each place; after five the short form is offered, once", (f"{LEARNING}::the_first_sessions_say_once_how_to_find_each_place_and_later_ones_do_not", f"{LEARNING}::the_short_form_is_offered_once")),
    ("what is left out on purpose is named ([coverage.md](coverage.md))", ("tests/test_docs_coverage.py::nothing_that_is_named_is_without_a_place",)),
)  # fmt: skip


def care() -> str:
    """Return the whole document. Raises `LookupError` for a test that is not there."""
    scripts = Scripts(paths.scripts())
    library = scripts.library
    rows = [_row(fact, library, scripts) for fact in library.facts.values() if fact.means is not None]
    rules = [f"| {rule} | {_test(test)} |\n" for rule, test in RULES]
    offers = [_offer(fact, scripts) for fact in library.facts.values() if _offered(fact, scripts)]
    mended = [_mended(number, *one) for number, one in enumerate(MENDED, 1)]
    typed = [f"| `{fact}` | {why} |\n" for fact, why in _typed(scripts)]
    every = "; ".join(f"`test_{name}`" for name in EVERY if _test(f"{CARE}::{name}"))
    return (
        "# Care: what is asked, and what it does\n\nWritten by `python tests/docs_care.py --write` from"
        " `scripts/library/facts.yaml`; not reviewed by a clinician.\n\n## The questions\n\n"
        f"“No” always means that nothing stands in the way. Each row is led with no, silence, a wrong word and undo\n"
        f"(`{CARE}`: {every}), and with yes by the test of its row.\n\n"
        "| asked aloud | where | yes | leaves out | test |\n|---|---|---|---|---|\n"
        f"{''.join(rows)}\n## What is offered\n\n"
        "A choice and no matter of care: no, silence or nothing said of it is without. What was taken last time is"
        f" offered as that.\n\n| asked aloud | where | kept |\n|---|---|---|\n{''.join(offers)}\n"
        "Where it is sore is asked in the evening as well (“Where: jaw, cheeks, forehead, eyes, or the neck?”), and whether a"
        f" course begins ([course.md](course.md)).\nNobody is asked aloud for these:\n\n| fact | why |\n|---|---|\n{''.join(typed)}\n"
        f"## The rules\n\n| rule | test |\n|---|---|\n{''.join(rules)}\n"
        f"## A first evening\n\n`python -m tests.e2e.newcomer FOLDER` leads one by voice in virtual time: somebody who"
        " hesitates, is too early and is wrong.\n`--who`, `--voice` and `--ears` take others; `tests/e2e/test_first_evening.py`"
        " is the short form.\n\n"
        f"## In the routines\n\n| | what | heard | test |\n|---|---|---|---|\n{''.join(mended)}"
    )


def _mended(number: int, what: str, tests: tuple[str, ...]) -> str:
    """Return a row. Raises `LookupError` for a line that nobody hears."""
    routine, line = HEARD.get(number, ("", ""))
    if line and f"    {line}\n" not in (ROOT / "tests" / "golden" / f"{routine}.txt").read_text(
        encoding="utf-8"
    ):
        raise LookupError(f"{routine} does not say: {line}")
    heard = f"`{routine}`: “{line}”" if line else ""
    return f"| {number} | {what} | {heard} | {'; '.join(map(_test, tests))} |\n"


def _typed(scripts: Scripts) -> Iterator[tuple[str, str]]:
    """Yield the facts that nobody is asked aloud, and why. Raises `LookupError` where none is told, or one too many."""
    for fact in scripts.library.facts.values():
        aloud = fact.means is not None or fact.after or fact.id in CHOSEN or _offered(fact, scripts)
        if bool(aloud) is (fact.id in TYPED):
            raise LookupError(f"{fact.id}: is it asked aloud, or is there a reason that it is not?")
        if not aloud:
            yield fact.id, TYPED[fact.id]


def _offered(fact: FactOf, scripts: Scripts) -> bool:
    return fact.means is None and any(fact.id in set(asks(routine.steps)) for routine in scripts.all())


def _offer(fact: FactOf, scripts: Scripts) -> str:
    where = ", ".join(_where(fact, scripts.library, scripts))
    return f"| {fact.question} | {where} | {'as a matter of health' if fact.private else 'for the next offer'} |\n"


def _row(fact: FactOf, library: Library, scripts: Scripts) -> str:
    assert fact.means is not None
    out = left_out(fact, library)
    out += [site.name for site in library.sites.values() if fact.id in site.forbidden_when]
    scope = f" ({fact.in_.value} only)" if fact.in_ else ""
    test = _test(f"{CARE}::{BY_MEANING[fact.means]}")
    where = ", ".join(_where(fact, library, scripts))
    if not where:
        raise LookupError(f"{fact.id} is asked nowhere")
    return f"| {fact.question} | {where} | “{fact.yes}” {SAID[fact.means]}{scope} | {', '.join(dict.fromkeys(out))} | {test} |\n"


def _where(fact: FactOf, library: Library, scripts: Scripts) -> list[str]:
    """Return the scripts and gates in which it is asked."""
    found = [routine.id for routine in scripts.all() if fact.id in set(asks(routine.steps))]
    found += [f"gate {gate.id}" for gate in library.gates.values() if fact.id in set(asks(gate.steps))]
    return [*found, *(["every session"] if fact.means is Means.ASKS else [])]


def _test(where: str) -> str:
    """Return a test as it is named in the document. Raises `LookupError` when there is none."""
    path, _, name = where.partition("::")
    if f"def test_{name}(" not in (ROOT / path).read_text(encoding="utf-8"):
        raise LookupError(f"there is no test_{name} in {path}")
    return f"`{Path(path).name}`: {name.replace('_', ' ')}"


if __name__ == "__main__":
    text = care()
    if "--write" in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        sys.exit("docs/care.md is out of date: python tests/docs_care.py --write")
