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
from player.routine.docs_tables import named
from player.routine.model.library import FactOf, Library, Means

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "care.md"
CARE, COURSE, LAWS, TABLE = (
    "tests/library/test_care_questions.py",
    "tests/library/test_course_led.py",
    "tests/core/test_engine_laws.py",
    "tests/core/test_engine_table.py",
)

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
    ("a damaged file, another version: said once, asked anew, nothing lost", "tests/files/test_facts.py::a_file_that_cannot_be_used_says_so_and_is_kept_aside"),
    ("nobody can be heard: not led, and why is said; a sound file carries a notice", "tests/cli/test_interview.py::where_nobody_can_be_heard_nothing_is_led_and_why_is_said"),
)  # fmt: skip


def care() -> str:
    """Return the whole document. Raises `LookupError` for a test that is not there."""
    scripts = Scripts(paths.scripts())
    library = scripts.library
    rows = [_row(fact, library, scripts) for fact in library.facts.values() if fact.means is not None]
    rules = [f"| {rule} | {_test(test)} |\n" for rule, test in RULES]
    every = "; ".join(f"`test_{name}`" for name in EVERY if _test(f"{CARE}::{name}"))
    return (
        "# Care: what is asked, and what it does\n\nWritten by `python tests/docs_care.py --write` from"
        " `scripts/library/facts.yaml`; not reviewed by a clinician.\n\n## The questions\n\n"
        f"“No” always means that nothing stands in the way. Each row is led with no, silence, a wrong word and undo\n"
        f"(`{CARE}`: {every}), and with yes by the test of its row.\n\n"
        "| asked aloud | where | yes | leaves out | test |\n|---|---|---|---|---|\n"
        f"{''.join(rows)}\n## The rules\n\n| rule | test |\n|---|---|\n{''.join(rules)}"
    )


def _row(fact: FactOf, library: Library, scripts: Scripts) -> str:
    assert fact.means is not None
    out = [named(name, library) for name in fact.leaves_out]
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
