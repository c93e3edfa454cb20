"""A session in real time: devices, keys, and ears in their own process. What is missing is said once."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from player.app.choices import Choices
from player.app.hearing import Headphones, starting_ears
from player.app.setting import Setting
from player.backends.keyboard import Keyboard
from player.backends.portaudio import PortAudioLoudspeaker
from player.backends.silent import SilentLoudspeaker
from player.core.commands import Command
from player.core.events import Device
from player.core.states import Ending
from player.errors import BackendError, BackendUnavailable
from player.ports import Loudspeaker
from player.session.inbox import Pressed, RealInbox
from player.session.leading import Leader
from player.session.stage import Ears
from player.session.watch import Watch
from player.sound.mixer import Mixer


class Told(Protocol):
    """Shows one line to the user before the session begins."""

    def __call__(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show the screen text `key`, the reason and what to do."""


class NoEars:
    """Nobody listens; the keys still work."""

    def listen(self, commands: Iterable[Command]) -> None:
        """Ignore it."""

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it."""


def lead(setting: Setting, choices: Choices, tell: Told) -> Ending:
    """Lead a session on this machine's devices. Raises only for a device that was asked for by name."""
    inbox = RealInbox()
    mixer = Mixer()
    with ExitStack() as closing:
        loudspeaker = closing.enter_context(_loudspeaker(choices, mixer, inbox, tell))
        ears = closing.enter_context(_ears(setting, choices, inbox, tell))
        closing.enter_context(_keyboard(inbox))
        stage = setting.stage(mixer, loudspeaker.played, ears)
        stage.note("started", routine=setting.plan.id, title=setting.plan.title)
        return Leader(setting.engine(), stage, inbox).lead(setting.start)


@contextmanager
def _loudspeaker(choices: Choices, mixer: Mixer, inbox: RealInbox, tell: Told) -> Iterator[Loudspeaker]:
    try:
        device = PortAudioLoudspeaker(choices.out or None)
        device.start(mixer.render)
    except BackendError as error:
        if choices.out:
            raise
        tell("no_loudspeaker", str(error), error.hint)
        yield from _silent(mixer)
        return
    watch = Watch(device, Device.LOUDSPEAKER, inbox.post)
    try:
        yield device
    finally:
        watch.close()
        device.close()


def _silent(mixer: Mixer) -> Iterator[Loudspeaker]:
    silent = SilentLoudspeaker()
    silent.start(mixer.render)
    try:
        yield silent
    finally:
        silent.close()


@contextmanager
def _ears(setting: Setting, choices: Choices, inbox: RealInbox, tell: Told) -> Iterator[Ears]:
    if choices.ears in {"keyboard", "none"}:
        yield NoEars()
        return

    def told(error: BackendError) -> None:
        tell("no_microphone", str(error), error.hint)

    ears = starting_ears(choices, setting.language, inbox.post, told)
    try:
        yield Headphones(ears) if choices.headphones or choices.source_file else ears
    finally:
        ears.close()


@contextmanager
def _keyboard(inbox: RealInbox) -> Iterator[None]:
    try:
        keyboard = Keyboard(lambda command: inbox.post(Pressed(command)))
    except BackendUnavailable:
        yield  # no terminal: nobody is there to press a key
        return
    try:
        yield
    finally:
        keyboard.close()
