"""The ears process: `python -m player.ears.worker`. Owns the microphone and the listening chain.

Sound goes from the microphone through the chain and is forgotten; none of it is ever written anywhere. The
process ends when its input closes, so it never outlives the player.
"""

import os
import queue
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from player import registry
from player.backends import machine_clock
from player.backends.portaudio import PortAudioMicrophone, find_microphone
from player.backends.vad import VoiceActivity
from player.backends.wav import WavMicrophone
from player.core.commands import Command
from player.core.decision import Hearing
from player.ears import protocol
from player.ears.aec.canceller import KEEP, EchoCanceller
from player.ears.aec.report import EchoReport
from player.ears.denoise import Suppressor
from player.ears.enrolment.capture import TakingChain, peak
from player.ears.enrolment.features import Take, from_text
from player.ears.enrolment.score_fusion import TunedRecogniser
from player.ears.mic_clock import MicClock
from player.ears.pipeline import ListeningChain
from player.ears.stutter import Restarting
from player.environment import leave_no_core
from player.errors import AudioDeviceError, BackendError, BackendUnavailable
from player.ports import EARS_BLOCK, EARS_RATE_HZ, Microphone, Recogniser, RecogniserNeeds
from player.workers import serving
from player.workers.protocol import Message, error_line, line, read

LEVELS_EVERY_S = 1.0
ALIVE_EVERY_S = 0.25
GROWTH_BYTES = 500_000_000  # ears that are ready need a tenth of it
_LOOK_S = 0.2
_PROOF_BLOCKS = 10
_LAST_WORDS_S = 2.0
_SLACK_MS = 60.0  # a loudspeaker buffers more than this: the reference comes earlier than its sound

_Item = bytes | Message | None  # sound, a message, or the end


class ReopeningMicrophone(Microphone, Protocol):
    """A microphone that can be lost and opened again."""

    def reopen(self) -> None:
        """Open it again. Raises `AudioDeviceError`."""


MicrophoneFactory = Callable[[str | None], ReopeningMicrophone]


class _FileMicrophone(WavMicrophone):
    def reopen(self) -> None:
        """Do nothing: a file is never lost."""


def microphone(device: str | None) -> ReopeningMicrophone:
    """Return the microphone of that name (None: the usual), or the sound file that stands for one.

    Raises `BackendUnavailable`, `AudioDeviceError` where it is not there, before a recogniser is loaded.
    """
    if device and os.path.isfile(device):  # noqa: PTH113 - raises nothing, however long a name is
        return _FileMicrophone(Path(device))
    find_microphone(device)
    return PortAudioMicrophone(device)


def recogniser(setup: protocol.Setup) -> Recogniser:
    """Return the recogniser that is asked for. Raises `BackendUnavailable`, `RecognitionError`."""
    heeded = setup.phrases.get(Command.STOP, ())
    alone = registry.recogniser(setup.ears).make(RecogniserNeeds(setup.others, heeded, setup.model))
    if not setup.takes or setup.tuning:
        return alone
    takes = {
        phrase: [Take(from_text(clean), from_text(noisy)) for clean, noisy in several]
        for phrase, several in setup.takes.items()
    }
    return TunedRecogniser(alone, takes)


def chain(setup: protocol.Setup, canceller: EchoCanceller | None = None) -> ListeningChain | TakingChain:
    """Return the chain that is asked for. Raises `BackendUnavailable`, `RecognitionError`."""
    if setup.tuning:
        return TakingChain(recogniser(setup), setup.phrases, VoiceActivity())
    return listening_chain(setup, canceller)


def listening_chain(
    setup: protocol.Setup, canceller: EchoCanceller | None = None, ear: Recogniser | None = None
) -> ListeningChain:
    """Return the chain of a session; with suppression for the ears with which it has been shown to pay.

    `ear`: a recogniser of that setup that has heard something else before.
    """
    ear = ear or recogniser(setup)
    aside = registry.recogniser(setup.ears).aside
    begun_again = Restarting(ear, setup.phrases.get(Command.STOP, ()))
    if aside is None or setup.takes:
        return ListeningChain(begun_again, setup.phrases, VoiceActivity(), canceller)
    suppression = (Suppressor(), partial(aside, ear))
    return ListeningChain(begun_again, setup.phrases, VoiceActivity(), canceller, *suppression)


class EarsLoop:
    """The one thread that listens; microphone and client only put things into its queue."""

    def __init__(
        self, setup: protocol.Setup, microphone: ReopeningMicrophone, say: Callable[[str], None]
    ) -> None:
        self._say = say
        self._items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._canceller = EchoCanceller(_SLACK_MS, setup.drift_ppm) if setup.cancel else None
        self._report = EchoReport()
        self._played = bytearray()
        self._chain = chain(setup, self._canceller)
        self._microphone = microphone
        self._mic_clock = MicClock(machine_clock.now_s)
        self._lost = False
        self._sound_s = 0.0
        self._fresh = 0  # blocks since it was opened
        self._levels_due_s = self._alive_due_s = 0.0
        self._peak = 0  # of the sound since the last levels

    def put(self, item: _Item) -> None:
        """Leave sound, a message or the end; from any thread."""
        if isinstance(item, bytes):
            self._mic_clock.came(len(item) // 2)
        self._items.put(item)

    def run(self) -> None:
        """Listen until the end. Raises `BackendError`."""
        self._microphone.start(self.put)
        self._say(line("ready", unknown=self._chain.unknown))
        try:
            while self._turn():
                self._tell_levels()
                self._tell_alive()
        finally:
            self._microphone.close()

    def _turn(self) -> bool:
        try:
            item = self._items.get(timeout=_LOOK_S)
        except queue.Empty:
            self._look_after_microphone()
            return True
        if isinstance(item, bytes):
            self._note_sound()
            self._hear(item)
        elif item is not None:
            self._obey(item)
            self._look_after_microphone()
        return item is not None

    def _hear(self, pcm: bytes) -> None:
        self._peak = max(self._peak, peak(pcm))
        if isinstance(self._chain, ListeningChain):
            played, self._played = bytes(self._played), bytearray()
            hearings: Iterable[Hearing | protocol.Taken | protocol.Measured] = map(
                self._mic_clock.stamped, self._chain.accept(pcm, played)
            )
        else:
            hearings = self._chain.accept(pcm)
        for hearing in hearings:
            self._say(protocol.hearing_line(hearing))

    def _obey(self, message: Message) -> None:
        match message["kind"]:
            case "listen":
                self._chain.listen(map(Command, message["commands"]), message["names"])
            case "reference":
                self._played += protocol.read_reference(message)
                del self._played[: -2 * KEEP]  # while the microphone is away nobody takes it
            case "own_voice":
                self._chain.own_voice(audible=message["audible"])
            case "take" if isinstance(self._chain, TakingChain):
                self._chain.take(wanted=message["wanted"])
            case "measure" if isinstance(self._chain, TakingChain):
                self._chain.measure(message["length_s"], message["tone_hz"])

    def _note_sound(self) -> None:
        self._sound_s = time.monotonic()
        self._fresh += 1
        if self._lost and self._fresh >= _PROOF_BLOCKS:
            self._lost = False
            self._say(line("found"))

    def _look_after_microphone(self) -> None:
        """No sound came for a while: reopen the device, by its name, until it works again.

        One that was opened again has proved nothing until sound comes: only then it is found.
        """
        if time.monotonic() - self._sound_s < _LOOK_S or self._microphone.healthy():
            return
        self._tell_lost()
        self._fresh = 0
        self._say(line("opening"))
        with suppress(AudioDeviceError, BackendUnavailable):  # still away: the next look tries again
            self._microphone.reopen()

    def _tell_lost(self) -> None:
        if not self._lost:
            self._lost = True
            self._say(line("lost"))

    def _tell_alive(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._alive_due_s:
            self._alive_due_s = now_s + ALIVE_EVERY_S
            self._say(line("alive"))

    def _tell_levels(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._levels_due_s:
            self._levels_due_s = now_s + LEVELS_EVERY_S
            behind_s = self._items.qsize() * EARS_BLOCK / EARS_RATE_HZ
            level_db, floor_db = round(self._chain.level_db, 1), round(self._chain.floor_db, 1)
            voices_s = self._chain.voices_s() if isinstance(self._chain, ListeningChain) else (0.0, 0.0)
            figures = protocol.Levels(level_db, floor_db, behind_s, self._peak / 32768, *voices_s)
            self._say(line("levels", **asdict(figures)))
            self._peak = 0
            self._tell_echo()

    def _tell_echo(self) -> None:
        if self._canceller is not None and (news := self._report.look(self._canceller)) is not None:
            echo = protocol.EchoMeasured(
                news.converged, round(news.erle_db, 1), news.delay_ms, news.drift_ppm
            )
            self._say(line("echo", **asdict(echo)))


def run(orders: IO[bytes], say: Callable[[str], None], opened: MicrophoneFactory) -> None:
    """Serve one client until `orders` ends."""
    try:
        setup = protocol.read_setup(read(orders.readline()))
        loop = EarsLoop(setup, opened(setup.device), say)
        bound_memory()
        serving.pass_on(orders, loop.put, _LAST_WORDS_S)
        loop.run()
    except BackendError as error:
        say(error_line(error))


def bound_memory(growth_bytes: int = GROWTH_BYTES) -> None:
    """Let this process grow by so much from now on (Linux): one that eats memory ends itself and no other."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = pages * resource.getpagesize() + growth_bytes
        if most == resource.RLIM_INFINITY or wanted < most:
            resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))


def main(opened: MicrophoneFactory = microphone) -> None:
    """Talk over standard input and output."""
    _leave_nothing_behind()
    say = serving.conversation()
    try:
        run(sys.stdin.buffer, say, opened)
    except BrokenPipeError:
        os._exit(1)  # the player is gone


def _leave_nothing_behind() -> None:
    serving.die_with_starter()
    leave_no_core()


if __name__ == "__main__":
    main()
