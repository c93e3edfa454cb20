"""How a language is spoken: `player/lang/<code>_speech.yaml`, short forms in words and pronunciations."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from player.core.spoken_form import NumberWords, SpokenForms
from player.files import paths
from player.yaml_reader import document
from player.yaml_reader.fields import Fields


@dataclass(frozen=True, slots=True)
class SpeechRules:
    """What a voice needs to know of a language beside its own letters.

    `lexicons` has for each engine the words (in small letters) that it would say wrongly: as phonemes for
    hibari, in another spelling for espeak. `digest` changes with the file.
    """

    forms: SpokenForms = field(default_factory=SpokenForms)
    lexicons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    digest: str = ""


@cache
def load(code: str, folder: Path | None = None) -> SpeechRules:
    """Return the speech of a language; of one without a file nothing is known. Raises `FileFault`."""
    path = (folder or paths.languages()) / f"{code}_speech.yaml"
    if not (code.isalpha() and path.is_file()):
        return SpeechRules()
    faults = document.Faults(str(path))
    fields = Fields(document.read(path), faults, "a speech file")
    forms = SpokenForms(
        _numbers(fields), _units(fields), _words(fields, "signs"), _words(fields, "abbreviations")
    )
    lexicons = _lexicons(fields)
    fields.done()
    faults.check()
    return SpeechRules(forms, lexicons, _digest(path))


def _numbers(fields: Fields) -> NumberWords:
    section = fields.fields("numbers")
    if section is None:
        return NumberWords()
    small, tens = section.texts("small"), section.texts("tens")
    if (len(small), len(tens)) != (20, 8):
        section.faults.add(section.node, "`numbers` needs twenty words in `small` and eight in `tens`")
    great = {key: section.text(key) for key in ("hundred", "thousand", "point", "minus", "to")}
    section.done()
    return NumberWords(small, tens, **great)


def _units(fields: Fields) -> Mapping[str, tuple[str, str]]:
    section = fields.fields("units")
    units: dict[str, tuple[str, str]] = {}
    if section is None:
        return units
    for name in section.keys():  # noqa: SIM118 - not a dict
        match section.texts(name):
            case (one, many):
                units[name] = (one, many)
            case _:
                section.faults.add(section.where(name), f"`{name}` needs two forms: [one, many]")
    return units


def _words(fields: Fields, key: str) -> Mapping[str, str]:
    section = fields.fields(key)
    return {name: section.text(name) for name in section.keys()} if section else {}  # noqa: SIM118 - not a dict


def _lexicons(fields: Fields) -> Mapping[str, Mapping[str, str]]:
    section = fields.fields("pronounce")
    engines = section.keys() if section else ()
    return {engine: _in_small_letters(_words(section, engine)) for engine in engines if section}


def _in_small_letters(words: Mapping[str, str]) -> Mapping[str, str]:
    return {word.lower(): said for word, said in words.items()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
