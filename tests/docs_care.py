# ruff: noqa: E501 - the tables read best with a row on a line
"""Writes docs/care.md: every rule of care, where it is asked aloud, what it does, and the test that shows it.

    python tests/docs_care.py           # says whether the document is up to date (exit code 1 if not)
    python tests/docs_care.py --write   # brings it up to date

A test that is named and not there is an error.
"""

import sys
from pathlib import Path

from player.files import paths
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
    ("a day longer between then, twice in a row two", f"{COURSE}::the_end_names_the_session_and_the_day_and_what_is_sore_takes_longer"),
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


# What was mended in the routines, each with the test that shows it.
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
    mended = [f"| {what} | {'; '.join(map(_test, tests))} |\n" for what, tests in MENDED]
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
        f"## The rules\n\n| rule | test |\n|---|---|\n{''.join(rules)}\n"
        f"## A first evening\n\n`python -m tests.e2e.newcomer FOLDER` leads one by voice in virtual time: somebody who"
        " hesitates, is too early and is wrong.\n`--who`, `--voice` and `--ears` take others; `tests/e2e/test_first_evening.py`"
        " is the short form.\n\n"
        f"## In the routines\n\n| what | test |\n|---|---|\n{''.join(mended)}"
    )


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
