"""Spoken names of routines: what the ears cannot tell apart is refused."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import combinations

from player.app import spoken_names
from player.app.evening import Shelf
from player.backends.pocketsphinx_ears import pronunciations
from player.core.alike import alike, edits
from player.core.commands import Command
from player.core.engine import commands_in, names_in
from player.core.evening import Chapter, Evening
from player.core.menus import OFFERED, menu
from player.core.place import Place
from player.core.plan import ASKING, Advance, Step
from player.core.states import Choosing
from player.files import languages, paths
from player.files.facts import Answered
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts
from player.routine.compile.request import NOTHING_ASKED, Request
from player.routine.lint.wordlists import word_lists
from tests.care import LASTING

ENGLISH = languages.load("en")
WORDS = languages.evening(ENGLISH)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCRIPTS = Scripts(paths.scripts())


def reasons(*names: str) -> list[str]:
    routine = replace(SCRIPTS.routine("quick-facial-acupressure"), names=names)
    return [fault.message for fault in spoken_names.faults((routine,), ENGLISH, WORDS)]


def test_the_names_that_come_along_can_be_told_apart():
    assert spoken_names.faults(SCRIPTS.all(), ENGLISH, WORDS) == ()
    assert sum(bool(routine.names) for routine in SCRIPTS.all()) >= 25


def test_a_name_that_sounds_like_a_command_a_menu_or_another_is_refused_and_so_is_no_word():
    assert reasons("neck", "powder", "evening") == [
        "`neck` sounds like the command `next`: choose another name",
        "`powder` sounds like the command `louder`: choose another name",
    ]
    assert reasons("good night")[0].startswith("`good night` sounds like `good night`, which every menu has")
    assert reasons("tapping", "napping")[0].startswith(
        "`napping` sounds like `tapping`, which is quick-facial-acupressure"
    )
    assert "is not known to the recogniser" in reasons("qzxgrobl")[0]


def test_sounds_that_differ_once_are_alike():
    assert edits(["K", "AE", "T"], ["K", "AE", "P", "S"]) == 2
    assert alike([["K", "AE", "T"]], [["M"], ["K", "AE", "P"]])
    assert not alike([["K", "AE", "T"]], [["D", "AO", "G"]])


def test_a_sentence_of_the_menus_names_no_command_but_where_it_teaches_one():
    phrases = {phrase for several in ENGLISH.phrases.values() for phrase in several}
    own = WORDS.language.sentences.keys() - ENGLISH.sentences.keys()
    for key in own - {"try_pause", "try_resume", "try_again", "try_next", "try_stop", "try_stopped"}:
        template = WORDS.language.sentences[key]
        for text in template.values() if isinstance(template, dict) else (template,):
            said = " ".join(str(text).lower().replace(".", " ").replace(",", " ").replace("?", " ").split())
            assert not [phrase for phrase in phrases if f" {phrase} " in f" {said} "], key


def test_every_answer_of_the_menus_has_a_name_and_no_name_is_a_command():
    commands = {phrase for several in ENGLISH.phrases.values() for phrase in several}
    assert set(OFFERED) <= WORDS.names.keys()
    for value, names in WORDS.names.items():
        assert names, value
        assert not set(names) & commands
        assert not set(names) & set(Command)


# --- what can be said at one moment, and what the player says itself then

Meanings = dict[str, str]  # what can be said, and what it means


@cache
def offers():
    return Shelf(SCRIPTS, WORDS).offers(NOTHING_ASKED)


def evenings() -> Iterator[Evening]:
    """Yield an evening for every menu in which something is asked."""
    whole = Evening(Chapter.OFFER, offers(), interrupted=True, led=True)
    for chapter in (Chapter.INTRODUCTION, Chapter.OFFER, Chapter.STOPPED, Chapter.AFTERWARDS):
        yield replace(whole, chapter=chapter)
    for offer in offers():
        for wishes in ({}, {"product": "oil", "minutes": "5", "quiet": "60"}):
            yield replace(whole, chapter=Chapter.QUESTIONS, chosen=offer.id, wishes=wishes)


def questions() -> Iterator[tuple[Step, Meanings]]:
    """Yield every step of a menu that asks, with all that can be said at it."""
    for evening in evenings():
        for step in menu(evening, WORDS, hour=20).steps:
            if step.ask is not None:
                answers, state = dict(step.ask.choices), Choosing(Place(0), step.ask.choices)
                means = {name: answers[name] for name in names_in(state)}
                for command in commands_in(state) - {Command.NAME}:
                    meant = answers.get(command.value, command.value)
                    means |= dict.fromkeys(ENGLISH.phrases[command], meant)
                yield step, means


def sounds_of(phrases: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    said = pronunciations(tuple(set(phrases)))
    return {phrase: [tuple(way.split()) for way in ways] for phrase, ways in said.items()}


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_at_no_moment_can_two_things_be_said_that_sound_alike_and_mean_another():
    moments = {tuple(sorted(means.items())) for _, means in questions()}
    sounds = sounds_of(phrase for moment in moments for phrase, _ in moment)
    assert all(sounds.values())
    assert {"stop", "jaw", "talc", "one minute", "five minutes", "sore"} <= sounds.keys()
    for moment in moments:
        for (one, means), (other, other_means) in combinations(moment, 2):
            assert means == other_means or not alike(sounds[one], sounds[other]), (one, other)


# Said by the player while the other may be said to it: too like, and harmless or not to be had otherwise.
LEFT = {
    ("when", "where"),
    ("there", "where"),
    ("powder", "louder"),
}


def near(said: Iterable[str], phrases: Iterable[str], sounds) -> set[tuple[str, str]]:
    """Return the words of `said` that differ from a phrase in one sound, as that would be heard."""
    return {
        (word, phrase)
        for text in said
        for word in words_of(text)
        for phrase in phrases
        if word != phrase
        and any(len(a) == len(b) and edits(a, b) <= 1 for a in sounds[word] for b in sounds[phrase])
    }


def test_no_menu_says_what_sounds_like_an_answer_to_it():
    asked = [((step.say, step.say_again), means) for step, means in questions()]
    sounds = sounds_of({word for texts, _ in asked for text in texts for word in words_of(text)})
    sounds |= sounds_of({phrase for _, means in asked for phrase in means})
    found = {one for texts, means in asked for one in near(texts, means, sounds)}
    assert found <= LEFT
    assert near(["or less"], ["yes"], sounds_of(["or", "less", "yes"])) == {("less", "yes")}


ANSWERS = ("yes", "no", "stop")


def asked_aloud() -> set[str]:
    """Return every question of the routines: as they ask somebody new, and somebody who is known."""
    asking = {*ASKING, Advance.CHOOSE}
    new = Request(with_gates=True, with_prep=True, with_after=True)
    known = replace(new, known={name: Answered(False, NOON) for name in LASTING}, today=NOON.date())
    unheard = (replace(known, heard=heard) for heard in (True, False))
    return {
        step.say
        for routine in SCRIPTS.all()
        for asked in (new, *unheard)
        for step in plan_of(routine, SCRIPTS, ENGLISH.routine, asked).steps
        if step.advance in asking
    }


def test_no_question_of_a_routine_says_what_sounds_like_an_answer_to_it():
    facts = SCRIPTS.library.facts
    said = asked_aloud() | {fact.question for fact in facts.values() if fact.means is not None}
    sounds = sounds_of({*ANSWERS, *(word for text in said for word in words_of(text))})
    assert {facts["everyday"].question, facts["low_pressure"].question} < asked_aloud()
    assert near(said, ANSWERS, sounds) == set()
    assert near(["Is anything new?"], ANSWERS, sounds_of(("is", "anything", "new", *ANSWERS))) == {
        ("new", "no")
    }


def test_the_words_that_the_rule_about_questions_knows_sound_so():
    listed = word_lists("en").near_answers
    sounds = sounds_of((*listed, *ANSWERS))
    assert near(listed, ANSWERS, sounds) >= set(listed.items())
