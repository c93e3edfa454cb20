"""Spoken names of routines: what the ears cannot tell apart is refused."""

from dataclasses import replace

from player.app import spoken_names
from player.core.alike import alike, edits
from player.core.commands import Command
from player.core.menus import OFFERED
from player.files import languages, paths
from player.routine.compile.load import Scripts

ENGLISH = languages.load("en")
WORDS = languages.evening(ENGLISH)
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
    for key in own - {"try_pause", "try_resume", "try_again", "try_next", "try_done"}:
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
