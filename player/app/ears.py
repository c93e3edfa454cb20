"""Choosing ears: which recogniser, and the chain or process around it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from player import registry
from player.app.choices import Choices
from player.app.mic_check import Check
from player.app.presence import Presence
from player.backends.portaudio import DeviceInfo, devices, find_microphone
from player.backends.wav import WavMicrophone
from player.core.commands import Command
from player.core.events import Device
from player.core.observations import EchoStatus
from player.core.wording import Language
from player.ears import client, protocol
from player.errors import BackendError, BackendUnavailable, FileFault
from player.files import clocks, enrolment, languages
from player.ports import Ears
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


FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0  # between two tries to start ears: each costs a second of work
VOICE_FIRST_S = 4.0  # so long ears wait for the first words at most
_LOOK_S = 0.05


class RoomEars(Ears, Protocol):
    """Ears of a room that stays open. `clear`: what they hear holds nothing of the player's own voice."""

    clear: bool


class StartingEars:
    """Ears that get ready while the session already begins, and are tried again until they can be had.

    What they should listen to is passed on when they are there. `told` gets the reason and the cure when they
    cannot be had, `drifted` what was found out about the two clocks. They start once `spoken` is set: on a
    busy machine they and the voice would hold each other up, and there is nothing to answer yet.
    """

    def __init__(
        self,
        chosen: protocol.Setup,
        post: Callable[[News], None],
        told: Callable[[BackendError], None],
        check: Check | None = None,
        drifted: Callable[[float], None] = lambda _ppm: None,
        spoken: threading.Event | None = None,
    ) -> None:
        self._spoken = spoken
        self._post = post
        self._presence = Presence(Device.MICROPHONE, post)
        self._drifted = drifted
        self._check = check
        self._told = told
        self._lock = threading.Lock()
        self._listen: frozenset[Command] = frozenset()
        self._names: Sequence[str] = ()
        self._audible = False
        self._ears: client.EarsProcess | None = None
        self.clear = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(chosen,), name="ears-start", daemon=True)
        self._thread.start()

    def _run(self, chosen: protocol.Setup) -> None:
        self._let_voice_begin()
        ears = self._started(chosen)
        if ears is None:
            return
        with self._lock:
            self._ears = ears
            ears.listen(self._listen, self._names)
            ears.own_voice(audible=self._audible)
        self._closed.wait()  # Linux ends the ears together with the thread that started them
        ears.close()

    def _let_voice_begin(self) -> None:
        if self._spoken is None:
            return
        for _ in range(round(VOICE_FIRST_S / _LOOK_S)):
            if self._spoken.wait(_LOOK_S) or self._closed.is_set():
                return

    def _started(self, chosen: protocol.Setup) -> client.EarsProcess | None:
        """Start the ears, however often: what is missing at the start may come later. None: it is over."""
        wait_s = FIRST_WAIT_S
        while not self._closed.is_set():
            try:
                ears = client.EarsProcess(chosen, self._pass_on)
            except (BackendError, OSError, RuntimeError) as error:  # the last two: a machine at its limits
                if self._presence.lose():
                    self._told(error if isinstance(error, BackendError) else BackendError(str(error)))
            else:
                self._presence.find()
                return ears
            self._closed.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        return None

    def _pass_on(self, news: client.News) -> None:
        match news:
            case client.EarsLost():
                self._look_away(lost=True)
                self._presence.lose()
                if self.clear:  # those that come instead begin without knowing the room
                    self._tell_echo(EchoStatus(converged=False, erle_db=0.0, delay_ms=None, drift_ppm=None))
            case client.EarsFound():
                self._look_away(lost=False)
                self._presence.find()
            case protocol.EchoMeasured():
                if self._check is not None:
                    self._check.echo(news)
                if news.converged and news.drift_ppm is not None:
                    self._drifted(news.drift_ppm)
                self._tell_echo(EchoStatus(news.converged, news.erle_db, news.delay_ms, news.drift_ppm))
            case protocol.Levels():
                if self._check is not None:
                    self._check.look(news)
            case protocol.Taken() | protocol.Measured():
                pass
            case hearing:
                self._post(hearing)

    def _tell_echo(self, status: EchoStatus) -> None:
        self.clear = status.converged
        self._post(status)

    def _look_away(self, *, lost: bool) -> None:
        if self._check is not None:
            self._check.lost(lost=lost)

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Only these commands mean something from now on, and these names."""
        with self._lock:
            self._listen, self._names = frozenset(commands), names
            if self._ears is not None:
                self._ears.listen(self._listen, self._names)

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""
        with self._lock:
            self._audible = audible
            if self._ears is not None:
                self._ears.own_voice(audible=audible)

    def reference(self, pcm: bytes) -> None:
        """Pass on what the loudspeaker was given, s16le at 16 kHz; dropped while there are no ears."""
        ears = self._ears
        if ears is not None:
            ears.reference(pcm)

    def close(self) -> None:
        """End the ears; idempotent."""
        self._closed.set()
        self._presence.close()
        self._thread.join(timeout=3.0)


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
    if without_echo(choices):
        return StartingEars(chosen, post, told, check, spoken=spoken)
    pair = (loudspeaker(choices), microphone(choices))
    chosen = replace(chosen, cancel=True, drift_ppm=clocks.load(*pair))
    drifted = partial(clocks.keep, *pair)
    return StartingEars(chosen, post, told, check, drifted=drifted, spoken=spoken)


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
