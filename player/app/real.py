"""A session in real time: devices, keys, and ears in their own process. What is missing is said once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread
from typing import Protocol, Self

from player.app.choices import Choices
from player.app.ears import Headphones, starting_ears, there_is_a_microphone, without_echo
from player.app.session_config import SessionConfig
from player.app.sounding import Sounding
from player.app.starting_ears import RoomEars
from player.app.world import lead_on
from player.backends import machine_clock
from player.backends.awake import kept_awake
from player.backends.keyboard import Keyboard
from player.backends.mute_stderr import QuietStderr
from player.core.engine import Engine
from player.core.evening import AnsweredBy
from player.core.wording import Language
from player.ears.reference import Reference
from player.errors import BackendError, BackendUnavailable
from player.ports import NullEars
from player.session.inbox import News, Pressed, RealInbox, Typed
from player.session.keepers import NOTHING_KEPT, Keepers
from player.session.reconnecting_voice import ReconnectingVoice
from player.session.texts import instructions

_STAY_AWAKE = "see in the settings of this computer that it stays awake, or press a key now and then"


class TellUser(Protocol):
    """Shows one line to the user before the session begins."""

    def __call__(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show the screen text `key`, the reason and what to do."""


class RealWorld:
    """The devices of this machine, opened once; sessions are led on them one after the other.

    `sounds` is the loudspeaker, open already; `spoken` is set once the first words are there to be said.
    Raises only for a device that was asked for by name.
    """

    def __init__(
        self, choices: Choices, language: Language, tell: TellUser, sounds: Sounding, spoken: Event
    ) -> None:
        self._inbox, self._mixer, self._loudspeaker = sounds.inbox, sounds.mixer, sounds.loudspeaker
        self.number = 0
        self._closing = ExitStack()
        if sounds.fault is not None:
            tell("no_loudspeaker", str(sounds.fault), sounds.fault.hint)
        with ExitStack() as opening:
            opening.enter_context(QuietStderr())  # ALSA complains there, from threads of its own
            self._ears = opening.enter_context(_ears(language, choices, sounds, tell, spoken))
            opening.enter_context(kept_awake(lambda reason: tell("may_sleep", reason, _STAY_AWAKE)))
            self._keys = opening.enter_context(_keyboard(self._inbox, drawn=not choices.plain))
            heard = choices.hears and there_is_a_microphone(choices)
            alone = AnsweredBy.KEYS if self._keys else AnsweredBy.NOTHING
            self.answered_by = AnsweredBy.VOICE if heard else alone
            self._closing = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._closing.close()

    def lead(self, setting: SessionConfig, keepers: Keepers = NOTHING_KEPT) -> Engine:
        """Lead a session to its end; return its engine, which knows how it ended and what was answered."""
        engine, opening = setting.engine(self.number), setting.opening()
        needed = {*opening, *instructions(setting.plan)}
        with ReconnectingVoice(setting.render, self._inbox.post, needed=needed) as voice:
            voice.ask(opening)
            language = setting.language if self._keys else setting.language.without_keys()
            lasting = replace(setting, render=voice, language=language)
            stage = lasting.stage(self._mixer, self._loudspeaker.played, self._ears, _aside)
            lead_on(
                stage,
                engine,
                lasting,
                self._inbox,
                keepers,
                machine_clock.now_s,
                clear=self._ears.clear,  # known from the session before as well
                unheard=not self._loudspeaker.healthy(),
            )
        self.number = engine.session.number
        return engine

    def post(self, news: News) -> None:
        """Tell the session something; from any thread."""
        self._inbox.post(news)


def _aside(work: Callable[[], None]) -> None:
    """Do it in a thread of its own; where no more can be started it is left undone."""
    with suppress(RuntimeError):
        Thread(target=work, name="bed", daemon=True).start()


@contextmanager
def _ears(
    language: Language, choices: Choices, sounds: Sounding, tell: TellUser, spoken: Event
) -> Iterator[RoomEars]:
    if choices.ears in {"keyboard", "none"}:
        yield NullEars()
        return

    def told(error: BackendError) -> None:
        tell("no_ears", str(error), error.hint)

    ears = starting_ears(choices, language, sounds.inbox.post, told, spoken)
    try:
        if without_echo(choices):
            yield Headphones(ears)
            return
        reference = Reference(ears.reference)
        sounds.mixer.tap = reference.tap
        try:
            yield ears
        finally:
            sounds.mixer.tap = None
            reference.close()
    finally:
        ears.close()


@contextmanager
def _keyboard(inbox: RealInbox[News], *, drawn: bool) -> Iterator[bool]:
    """Open the keyboard; whether there is one."""
    try:
        keyboard = Keyboard(
            lambda press: inbox.post(Pressed(press.command, press.at_s)),
            typed=lambda: inbox.post(Typed()),
            drawn=drawn,
        )
    except BackendUnavailable:
        yield False  # no terminal: nobody is there to press a key
        return
    try:
        yield True
    finally:
        keyboard.close()
