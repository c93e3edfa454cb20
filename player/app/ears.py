"""Choosing ears: which recogniser, and the chain or process around it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from player import registry
from player.app.choices import Choices
from player.app.mic_check import Check
from player.app.starting_ears import StartingEars
from player.backends.portaudio import DeviceInfo, devices, find_microphone
from player.backends.wav import WavMicrophone
from player.core.commands import Command
from player.core.wording import Language
from player.ears import protocol
from player.errors import BackendError, BackendUnavailable, FileFault
from player.files import clocks, enrolment, languages
from player.session.inbox import News

if TYPE_CHECKING:
    from player.ears.pipeline import ListeningChain

AUTO = "auto"


def setup(ears: str, language: Language, device: str | None = None) -> protocol.Setup:
    """Return what the ears need to begin; "auto" are the first of the registry that can listen here.

    Raises `PlayerError` when ears are asked for by name and what they need is not there.
    """
    name, model = first_usable() if ears == AUTO else (ears, registry.recogniser(ears).find())
    return protocol.Setup(name, language.understood, languages.other_words(language.code), model, device)


def first_usable() -> tuple[str, str]:
    """Return the name of the first recogniser that can listen here, and its model.

    When there is none, the last: it tells what it lacks when it is started, and the session is led without.
    """
    for name in registry.RECOGNISERS:
        with suppress(BackendUnavailable):
            return name, registry.recogniser(name).find()
    return name, ""


def listening_chain(ears: str, language: Language) -> "ListeningChain":
    """Return a chain in this process, for virtual time. Raises `BackendError`."""
    from player.ears import worker  # much to import, which in real time is the child's

    return worker.listening_chain(setup(ears, language))


class Headphones:
    """Ears that cannot hear the player: they are never told of its voice."""

    clear = True

    def __init__(self, ears: StartingEars) -> None:
        self._ears = ears

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Pass on."""
        self._ears.listen(commands, names)

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it."""


def starting_ears(
    choices: Choices,
    language: Language,
    post: Callable[[News], None],
    told: Callable[[BackendError], None],
    spoken: threading.Event | None = None,
) -> StartingEars:
    """Return the ears of a session in real time, which start once `spoken` is set.

    Raises `PlayerError` for what was asked for by name and is not there: a model, a microphone, a sound file.
    """
    if choices.source_file:
        WavMicrophone(choices.source_file).close()
    elif choices.source:
        find_microphone(choices.source)
    check = Check(post) if choices.check and not choices.source_file else None
    chosen = setup(choices.ears, language, choices.source or None)
    chosen = replace(chosen, takes=takes(choices, language))
    missing = _missing(choices, chosen.ears)
    if without_echo(choices):
        return StartingEars(chosen, post, told, check, spoken=spoken, missing=missing)
    pair = (loudspeaker(choices), microphone(choices))
    chosen = replace(chosen, cancel=True, drift_ppm=clocks.load(*pair))
    drifted = partial(clocks.keep, *pair)
    return StartingEars(chosen, post, told, check, drifted=drifted, spoken=spoken, missing=missing)


def _missing(choices: Choices, ears: str) -> BackendUnavailable | None:
    """Return what there is no listening without, and is not there now: the recogniser, or any microphone."""
    try:
        registry.recogniser(ears).find()
        if not choices.source:
            find_microphone(None)
    except BackendUnavailable as error:
        return error
    except BackendError:
        return None  # a sound server that does not answer: the ears will tell what becomes of it
    return None


def without_echo(choices: Choices) -> bool:
    """Whether the microphone cannot hear the loudspeaker: headphones, or a file."""
    return choices.headphones or choices.source_file is not None


def takes(choices: Choices, language: Language) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return what `player tune` learned, where it fits this microphone; an unusable file counts as none."""
    kept = _kept(choices, language)
    known = {phrase for several in language.phrases.values() for phrase in several}
    return {
        phrase: [(take.clean, take.noisy) for take in several]
        for phrase, several in (kept.takes if kept else {}).items()
        if phrase in known
    }


def as_tuned(choices: Choices, language: Language) -> Language:
    """Return `language` with what `player tune` proposed in place of a weak word named before that word."""
    kept = _kept(choices, language)
    if kept is None:
        return language
    better = kept.takes.keys() - set(kept.weak)
    phrases = {
        command: tuple(sorted(several, key=lambda phrase: phrase not in better))
        if several and several[0] in kept.weak
        else several
        for command, several in language.phrases.items()
    }
    return replace(language, phrases=phrases)


def _kept(choices: Choices, language: Language) -> enrolment.Enrolment | None:
    try:
        kept = enrolment.load(choices.who)
    except FileFault:
        return None
    return kept if kept is not None and kept.fits(language.code, microphone(choices)) else None


def there_is_a_microphone(choices: Choices) -> bool:
    """Whether there is something to listen to: a microphone, or a file in its place."""
    return choices.source_file is not None or bool(microphone(choices))


def microphone(choices: Choices) -> str:
    """Return the name of the microphone that will be used, "" when it has none."""
    return choices.source or _usual(lambda device: device.default_input)


def loudspeaker(choices: Choices) -> str:
    """Return the name of the loudspeaker that will be used, "" when it has none."""
    return choices.out or _usual(lambda device: device.default_output)


def _usual(wanted: Callable[[DeviceInfo], bool]) -> str:
    with suppress(BackendError):
        return next((device.name for device in devices() if wanted(device)), "")
    return ""
