"""The word lists of a language, for the rules about words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from player.core.wording import Language
from player.files import languages, paths
from player.yaml_reader.document import Faults, read
from player.yaml_reader.fields import Fields

_PAUSES = ".,;:!?…"
WORD = re.compile(r"[a-z']+")  # in small letters


@dataclass(frozen=True, slots=True)
class WordLists:
    """Patterns of words, ready to search with."""

    commands: re.Pattern[str]
    near: Mapping[str, str]  # a word: the command it sounds like
    near_answers: Mapping[str, str]  # a word: the answer it sounds like
    verbs: frozenset[str]
    numbers: Mapping[str, int]  # a word: the number it says
    claims: re.Pattern[str]
    claim_negations: re.Pattern[str]
    pressing: re.Pattern[str]
    never_pressed: re.Pattern[str]
    forbidding: re.Pattern[str]
    sight: re.Pattern[str]
    twisting: re.Pattern[str]
    slow: re.Pattern[str]
    leaning: re.Pattern[str]
    care_negations: re.Pattern[str]
    yes_leads_on: re.Pattern[str]


def _words(some: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of these words, longest first; `*` at an end stands for any ending."""
    parts = (re.escape(word).replace(r"\*", r"\w*") for word in sorted(some, key=len, reverse=True))
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _heard_as_commands(phrases: set[str], harmless: set[str]) -> re.Pattern[str]:
    """Return a pattern that finds any phrase, but a harmless one only where pauses leave it alone."""
    alone = rf"(?:^|(?<=[{_PAUSES}] )){_words(harmless).pattern}(?=[{_PAUSES}]|$)"
    return re.compile(f"{_words(phrases - harmless).pattern}|{alone}")


@cache
def word_lists(code: str, folder: Path | None = None) -> WordLists:
    """Return the lists of language `code`. Raises `FileFault`."""
    language = languages.load(code, folder)
    path = (folder or paths.languages()) / f"{code}_rules.yaml"
    faults = Faults(str(path))
    fields = Fields(read(path), faults, "a file of rules")
    lists = WordLists(
        _heard_as_commands(
            {*_commands(language), *fields.texts("also_commands")}, set(fields.texts("harmless_commands"))
        ),
        _near(fields, "near"),
        _near(fields, "near_answers"),
        frozenset(fields.text("verbs").split()),
        _numbers(fields),
        _words(fields.texts("claims")),
        *(_words(fields.texts(name)) for name in _LISTS),
    )
    fields.done()
    faults.check()
    return lists


_LISTS = (
    "claim_negations",
    "pressing",
    "never_pressed",
    "forbidding",
    "sight",
    "twisting",
    "slow",
    "leaning",
    "care_negations",
    "yes_leads_on",
)


def _commands(language: Language) -> set[str]:
    return {phrase for phrases in language.phrases.values() for phrase in phrases}


def _numbers(fields: Fields) -> dict[str, int]:
    section = fields.fields("numbers")
    if section is None:
        return {}
    return {word: int(number) for number in section.keys() for word in section.texts(number)}  # noqa: SIM118


def _near(fields: Fields, name: str) -> dict[str, str]:
    section = fields.fields(name)
    if section is None:
        return {}
    return {word: command for command in section.keys() for word in section.texts(command)}  # noqa: SIM118
