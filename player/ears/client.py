"""The player's end of the ears process: what is told to it, what it tells."""

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from player.core.commands import Command
from player.core.decision import Hearing
from player.ears import protocol
from player.errors import AudioDeviceError, BackendUnavailable, RecognitionError
from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import line
from player.workers.supervisor import Policy, Restarts, Supervisor

COMMAND = (sys.executable, "-m", "player.ears.worker")
_START_S = 60.0  # a slow machine; without work it hangs much sooner
_START_IDLE_S = 15.0
_IDLE_S = 1.5  # without a sign of life, and without work: it hangs
_SILENCE_S = 5.0  # without a sign of life, but at work: a slow machine may take seconds over a word
_OPENING_S = 8.0  # a sound server that hangs holds up whoever opens a device
_END_S = 1.0
_POLICY = Policy(
    Restarts(
        first_s=0.1,
        factor=2,
        longest_s=4.0,  # nobody is deaf for longer than that and a start
        settled_s=30.0,
        absent=(AudioDeviceError, BackendUnavailable),
        absent_s=0.5,
    ),
    name="ears",
    grace_s=_END_S,
)
_LOST = {
    Loss.NOT_STARTED: "the ears cannot be started ({})",
    Loss.ENDED: "the ears ended by themselves (code {})",
    Loss.IDLE: "the ears have done nothing for {:.1f} s",
    Loss.SILENT: "the ears have not answered for {:.0f} s",
    Loss.NO_MESSAGE: "the ears said what is no message: {}",
}
_HINT = "run `player doctor`; a recognition model with a piece missing does this"


@dataclass(frozen=True, slots=True)
class EarsLost:
    """Nothing is heard: the microphone or the process failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class EarsFound:
    """It hears again."""


News = (
    Hearing
    | protocol.Taken
    | protocol.Measured
    | protocol.Levels
    | protocol.EchoMeasured
    | EarsLost
    | EarsFound
)


class EarsProcess:
    """Ears in a process of their own. `post` is called from another thread and must return quickly.

    Make it in a thread that lives as long as the ears: Linux ends the process together with that thread.
    """

    def __init__(
        self, setup: protocol.Setup, post: Callable[[News], None], command: Sequence[str] = COMMAND
    ) -> None:
        self._post = post
        self._listen = line("listen", commands=[], names=[])
        self._own_voice = line("own_voice", audible=False)
        self.unknown: tuple[str, ...] = ()  # phrases with a word that these ears cannot know
        self._supervisor = Supervisor(command, protocol.setup_line(setup), _POLICY, self._ready)
        try:
            self._supervisor.start()
            watch = (self._follow, self._tell_lost, self._tell_found)
            self._thread = self._supervisor.watched("ears", *watch)
        except ChildLost as lost:
            raise RecognitionError(_words(lost), _HINT if lost.loss is Loss.ENDED else "") from lost

    @property
    def pid(self) -> int:
        """Process id, for looking at what it costs."""
        return self._supervisor.child.pid if self._supervisor.child else 0

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Only these commands mean something from now on, and these names."""
        ids = sorted(command.value for command in commands)
        self._listen = line("listen", commands=ids, names=list(names))
        self._supervisor.send(self._listen)

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""
        self._own_voice = line("own_voice", audible=audible)
        self._supervisor.send(self._own_voice)

    def reference(self, pcm: bytes) -> None:
        """Pass on what the loudspeaker was given: s16le at 16 kHz. Dropped where nobody takes it."""
        self._supervisor.offer(protocol.reference_line(pcm))

    def take(self, *, wanted: bool) -> None:
        """While tuning: post a `Taken` for every lone word from now on, or no more."""
        self._supervisor.send(line("take", wanted=wanted))

    def measure(self, length_s: float, tone_hz: float) -> None:
        """While tuning: post one `Measured` of the time from now on."""
        self._supervisor.send(line("measure", length_s=length_s, tone_hz=tone_hz))

    def close(self) -> None:
        """End the process; idempotent."""
        self._supervisor.close()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=_END_S)

    def _ready(self, child: Child) -> None:
        """Wait until it listens, then tell what means something now. Raises `ChildLost`, `BackendError`."""
        first = child.take(_START_S, _START_IDLE_S)
        if first["kind"] == "error":
            raise protocol.read_error(first)
        self.unknown = tuple(first["unknown"])
        child.send(self._listen + self._own_voice)

    def _tell_lost(self, reason: str) -> None:
        self._post(EarsLost(reason))

    def _tell_found(self) -> None:
        self._post(EarsFound())

    def _follow(self, child: Child) -> str:
        """Pass on what the process says until it fails; return how it failed."""
        limit_s, idle_s = _SILENCE_S, _IDLE_S
        while True:
            try:
                message = child.take(limit_s, idle_s)
            except ChildLost as lost:
                return _words(lost)
            limit_s, idle_s = _SILENCE_S, _IDLE_S
            match message["kind"]:
                case "onset" | "heard" | "taken" | "measured":
                    self._post(protocol.read_hearing(message))
                case "echo":
                    self._post(protocol.read_echo(message))
                case "levels":
                    self._post(protocol.Levels(**{k: v for k, v in message.items() if k != "kind"}))
                case "opening":
                    limit_s = idle_s = _OPENING_S
                case "lost":
                    self._tell_lost("the microphone fell silent")
                case "found":
                    self._tell_found()
                case "error":
                    return str(message["message"])


def _words(lost: ChildLost) -> str:
    return _LOST[lost.loss].format(lost.detail)
