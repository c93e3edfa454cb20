"""Language files: `player/lang/<code>.yaml`, checked into a `Language`."""

import string
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from player.core.commands import Command
from player.core.menu_words import Words
from player.core.wording import PLURALS, Language, Template
from player.errors import Fault, FileFault
from player.files import paths
from player.messages import did_you_mean
from player.yaml_reader.document import Faults, Node, read
from player.yaml_reader.fields import Fields, text_of


def load(code: str, folder: Path | None = None) -> Language:
    """Return language `code`. Raises `FileFault` with every fault of its file."""
    folder = folder or paths.languages()
    known = sorted(path.stem for path in folder.glob("??.yaml"))
    if code not in known:
        message = f"there is no language `{code}`{did_you_mean(code, known)}; there is: {', '.join(known)}"
        raise FileFault((Fault(code, 0, 0, message),))
    path = folder / f"{code}.yaml"
    faults = Faults(str(path))
    fields = Fields(read(path), faults, "a language file")
    plural = fields.one_of("plural", PLURALS, "none")
    language = Language(
        code=fields.text("language", required=True),
        plural=plural,
        sentences=_sentences(fields, faults),
        phrases=_phrases(fields, faults),
        screen=_texts(fields, "screen"),
        routine=_texts(fields, "routine"),
        keyless=_texts(fields, "keyless"),
        forms=_forms(fields),
    )
    fields.done()
    faults.check()
    return language


def _sentences(fields: Fields, faults: Faults) -> Mapping[str, Template]:
    section = fields.fields("sentences", required=True)
    if section is None:
        return {}
    found = {key: section.take(key) for key in section.keys()}  # noqa: SIM118 - not a dict
    return {key: _template(key, node, faults) for key, node in found.items() if node is not None}


def _template(key: str, node: Node, faults: Faults) -> Template:
    if isinstance(node.value, dict):
        return {form: _checked(f"{key}.{form}", text, faults) for form, text in node.value.items()}
    return _checked(key, node, faults)


def _checked(key: str, node: Node, faults: Faults) -> str:
    text = text_of(node, faults, f"`{key}`")
    try:
        list(string.Formatter().parse(text))
    except ValueError:
        faults.add(node, f"`{key}` has a brace that does not fit: write {{name}}")
    return text


def _phrases(fields: Fields, faults: Faults) -> Mapping[Command, tuple[str, ...]]:
    section = fields.fields("commands", required=True)
    phrases: dict[Command, tuple[str, ...]] = {}
    if section is None:
        return phrases
    seen: dict[str, Command] = {}
    for command in Command:
        spoken = tuple(text.lower() for text in section.texts(command.value))
        if not spoken and command is not Command.NAME:  # its phrases come with what is on offer
            faults.add(section.node, f"`{command.value}` needs at least one phrase under `commands`")
        for phrase in spoken:
            if phrase in seen:
                faults.add(section.where(command.value), f"`{phrase}` already means `{seen[phrase].value}`")
            seen[phrase] = command
        phrases[command] = spoken
    section.done()
    return phrases


def _forms(fields: Fields) -> Mapping[Command, tuple[str, ...]]:
    section = fields.fields("forms")
    if section is None:
        return {}
    found = {command: tuple(text.lower() for text in section.texts(command.value)) for command in Command}
    section.done()
    return {command: several for command, several in found.items() if several}


def _texts(fields: Fields, key: str) -> Mapping[str, str]:
    section = fields.fields(key)
    if section is None:
        return {}
    return {name: section.text(name) for name in section.keys()}  # noqa: SIM118 - not a dict


def tuning(code: str, folder: Path | None = None) -> Mapping[str, Template]:
    """Return the sentences of tuning. Raises `FileFault`."""
    path = (folder or paths.languages()) / f"{code}_tune.yaml"
    faults = Faults(str(path))
    fields = Fields(read(path), faults, "the sentences of tuning")
    sentences = _sentences(fields, faults)
    fields.done()
    faults.check()
    return sentences


def evening(language: Language, folder: Path | None = None) -> Words:
    """Return the words of an evening's menus, over a language. Raises `FileFault`."""
    path = (folder or paths.languages()) / f"{language.code}_evening.yaml"
    faults = Faults(str(path))
    fields = Fields(read(path), faults, "the words of an evening")
    own = _sentences(fields, faults)
    for key in own.keys() & language.sentences.keys():
        faults.add(fields.node, f"`{key}` is a sentence of every session: choose another key")
    named = fields.fields("names", required=True)
    names = {value: named.texts(value) for value in named.keys()} if named else {}  # noqa: SIM118
    weekdays = tuple(fields.text("weekdays", required=True).split())
    fields.done()
    faults.check()
    return Words(replace(language, sentences={**language.sentences, **own}), names, weekdays)


def other_words(code: str, folder: Path | None = None) -> tuple[str, ...]:
    """Return the words that sound nearly like commands, and common ones, for recognisers to answer with.

    Raises `FileFault`.
    """
    path = (folder or paths.languages()) / f"{code}_decoys.yaml"
    faults = Faults(str(path))
    fields = Fields(read(path), faults, "a list of decoys")
    near = fields.fields("near")
    words = [word for key in near.keys() for word in near.texts(key)] if near else []  # noqa: SIM118
    words += fields.text("common").split()
    fields.done()
    faults.check()
    return tuple(dict.fromkeys(words))
