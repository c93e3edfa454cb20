"""The loudspeaker of a room, opened before anything else: while it wakes up, all the rest gets ready."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from player.app.buffer import buffer_s, keep
from player.backends.mute_stderr import QuietStderr
from player.backends.null_devices import SilentLoudspeaker
from player.backends.portaudio import PortAudioLoudspeaker
from player.errors import BackendError
from player.session.inbox import News, RealInbox
from player.session.reconnecting_loudspeaker import ReconnectingLoudspeaker
from player.sound.floor import Floor
from player.sound.mixer import Mixer


@dataclass(frozen=True, slots=True)
class Sounding:
    """A loudspeaker that plays what its mixer gives, and where news of it go.

    `fault`: why there is none, so that nobody hears it; it is looked for from then on.
    """

    loudspeaker: ReconnectingLoudspeaker
    mixer: Mixer
    inbox: RealInbox[News]
    fault: BackendError | None = None


@contextmanager
def sounding(device: str) -> Iterator[Sounding]:
    """Begin to sound, with the floor alone. Raises `BackendError` for a device that was asked for by name."""
    inbox: RealInbox[News] = RealInbox()
    mixer = Mixer(Floor())
    opened = PortAudioLoudspeaker(device or None, buffer_s)
    lasting = ReconnectingLoudspeaker(opened, SilentLoudspeaker, inbox.post)
    fault = None
    with QuietStderr():  # ALSA complains there, from threads of its own
        try:
            lasting.start(mixer.render)
        except BackendError as error:
            if device:
                raise
            lasting.start_without(mixer.render)
            fault = error
    try:
        yield Sounding(lasting, mixer, inbox, fault)
    finally:
        timekeeping = opened.timekeeping
        if timekeeping is not None:
            keep(timekeeping)
        with QuietStderr():
            lasting.close()
