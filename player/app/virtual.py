"""A session in virtual time: files for devices, the same every time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from player.app.ears import listening_chain
from player.app.session_config import SessionConfig
from player.backends.wav import WavLoudspeaker, WavMicrophone
from player.core.commands import Command
from player.core.engine import Engine
from player.core.observations import SessionStarted
from player.core.states import Asking, Ending, Paused, Waiting
from player.ears.pipeline import ListeningChain
from player.ports import RATE_HZ, NullEars
from player.session.inbox import News, Pressed, VirtualInbox
from player.session.loop import Leader, Remember
from player.sound.floor import AHEAD_S, Floor
from player.sound.mixer import Mixer

PATIENCE_S = 60.0


class FileEars:
    """A microphone file heard through the listening chain, one block for each block that is played.

    A file has no echo of the player in it, so the player's own voice never hinders listening.
    """

    def __init__(self, microphone: WavMicrophone, chain: ListeningChain) -> None:
        self._microphone = microphone
        self._chain = chain

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Pass on what means something now."""
        self._chain.listen(commands, names)

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it."""

    def advance(self) -> tuple[News, ...]:
        """Hear one block."""
        return self._chain.accept(self._microphone.next_block())


class Script:
    """Keys pressed at given sample times."""

    def __init__(self, presses: Sequence[tuple[float, Command]], played: Callable[[], int]) -> None:
        self._presses = sorted(presses)
        self._played = played

    def advance(self) -> tuple[News, ...]:
        """Return what is pressed now."""
        due = [c for t_s, c in self._presses if t_s * RATE_HZ <= self._played()]
        del self._presses[: len(due)]
        return tuple(Pressed(command) for command in due)

    @property
    def over(self) -> bool:
        """Whether everything has been pressed."""
        return not self._presses


class LeftAlone:
    """Ends a session that waits for an answer when nobody is left to give one: no file grows for ever."""

    def __init__(self, engine: Engine, played: Callable[[], int], gone: Callable[[], bool]) -> None:
        self._engine = engine
        self._played = played
        self._gone = gone
        self._since = 0

    def advance(self) -> tuple[News, ...]:
        """Press stop when nobody has come for `PATIENCE_S`."""
        if not isinstance(self._engine.state, Paused | Waiting | Asking) or not self._gone():
            self._since = self._played()
        if self._played() - self._since < PATIENCE_S * RATE_HZ:
            return ()
        self._since = self._played()
        return (Pressed(Command.STOP),)


@dataclass(frozen=True, slots=True)
class Files:
    """The files that stand for devices, and what is pressed when (seconds)."""

    out: Path
    source: Path | None = None
    presses: tuple[tuple[float, Command], ...] = ()


def lead(
    setting: SessionConfig, files: Files, ears: str = "auto", remember: Remember | None = None
) -> Ending:
    """Lead a session into a sound file. Raises `FileFault`, `StoreError`, `BackendUnavailable`."""
    microphone = WavMicrophone(files.source) if files.source else None
    listener: FileEars | NullEars = NullEars()
    if microphone is not None and ears != "none":
        listener = FileEars(microphone, listening_chain(ears, setting.language))
    mixer = Mixer(Floor())
    loudspeaker = WavLoudspeaker(files.out)
    try:
        loudspeaker.start(mixer.render)
        stage = setting.stage(mixer, loudspeaker.played, listener)

        def play_block() -> tuple[News, ...]:
            loudspeaker.advance()
            return ()

        hear = (listener.advance,) if isinstance(listener, FileEars) else ()
        script = Script(files.presses, loudspeaker.played)
        engine = setting.engine()

        def gone() -> bool:
            return script.over and (microphone is None or microphone.ended or not hear)

        alone = LeftAlone(engine, loudspeaker.played, gone)
        inbox = VirtualInbox(play_block, *hear, script.advance, alone.advance)
        stage.tell(SessionStarted(setting.plan.id, setting.plan.title))
        return Leader(engine, stage, inbox, remember=remember).lead(setting.start, ahead_s=AHEAD_S)
    finally:
        loudspeaker.close()
