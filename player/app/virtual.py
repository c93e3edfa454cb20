"""A session in virtual time: files for devices, the same every time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from player.app.ears import listening_chain
from player.app.session_config import SessionConfig
from player.app.world import lead_on
from player.backends.wav import WavLoudspeaker, WavMicrophone
from player.core.commands import Command
from player.core.engine import Engine
from player.core.evening import AnsweredBy
from player.core.session import Session
from player.core.states import Asking, Choosing, Paused, Waiting
from player.core.wording import Language
from player.ears.pipeline import ListeningChain
from player.ports import RATE_HZ, NullEars
from player.session.inbox import News, Pressed, VirtualInbox
from player.session.keepers import NOTHING_KEPT, Keepers, Remember
from player.sound.floor import Floor
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
    """Keys pressed at given sample times; a text that is no command is a name on offer."""

    def __init__(self, presses: Sequence[tuple[float, Command | str]], played: Callable[[], int]) -> None:
        self._presses = sorted(presses)
        self._played = played

    def advance(self) -> tuple[News, ...]:
        """Return what is pressed now."""
        due = [c for t_s, c in self._presses if t_s * RATE_HZ <= self._played()]
        del self._presses[: len(due)]
        return tuple(map(_pressed, due))

    @property
    def over(self) -> bool:
        """Whether everything has been pressed."""
        return not self._presses


def _pressed(what: Command | str) -> Pressed:
    return Pressed(what) if isinstance(what, Command) else Pressed(Command.NAME, name=what)


class LeftAlone:
    """Ends a session that waits for an answer when nobody is left to give one: no file grows for ever."""

    def __init__(self, engine: Engine, played: Callable[[], int], gone: Callable[[], bool]) -> None:
        self._engine = engine
        self._played = played
        self._gone = gone
        self._since = 0

    def advance(self) -> tuple[News, ...]:
        """Press stop when nobody has come for `PATIENCE_S`."""
        if not isinstance(self._engine.state, Paused | Waiting | Asking | Choosing) or not self._gone():
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
    presses: tuple[tuple[float, Command | str], ...] = ()


class VirtualWorld:
    """Files for devices, opened once; sessions are led on them one after the other.

    Raises `FileFault`, `StoreError`, `BackendUnavailable`.
    """

    def __init__(self, files: Files, language: Language, ears: str = "auto") -> None:
        self._microphone = WavMicrophone(files.source) if files.source else None
        self._ears: FileEars | NullEars = NullEars()
        if self._microphone is not None and ears != "none":
            self._ears = FileEars(self._microphone, listening_chain(ears, language))
        self._mixer = Mixer(Floor())
        self._loudspeaker = WavLoudspeaker(files.out)
        self._script = Script(files.presses, self._loudspeaker.played)
        self.number = 0
        alone = AnsweredBy.KEYS if files.presses else AnsweredBy.NOTHING
        self.answered_by = AnsweredBy.VOICE if isinstance(self._ears, FileEars) else alone

    def __enter__(self) -> Self:
        self._loudspeaker.start(self._mixer.render)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loudspeaker.close()

    def lead(self, setting: SessionConfig, keepers: Keepers = NOTHING_KEPT) -> Engine:
        """Lead a session to its end; return its engine."""
        engine = setting.engine(self.number)
        stage = setting.stage(self._mixer, self._loudspeaker.played, self._ears)
        hear = (self._ears.advance,) if isinstance(self._ears, FileEars) else ()
        alone = LeftAlone(engine, self._loudspeaker.played, self._gone)
        inbox = VirtualInbox(self._play_block, *hear, self._script.advance, alone.advance)
        lead_on(stage, engine, setting, inbox, keepers)
        self.number = engine.session.number
        return engine

    def post(self, news: News) -> None:
        """Nothing fails here that would have to be told."""

    def _play_block(self) -> tuple[News, ...]:
        self._loudspeaker.advance()
        return ()

    def _gone(self) -> bool:
        heard = self._microphone is not None and isinstance(self._ears, FileEars)
        return self._script.over and (not heard or self._microphone.ended)  # type: ignore[union-attr]


def lead(
    setting: SessionConfig, files: Files, ears: str = "auto", remember: Remember | None = None
) -> Session:
    """Lead one session into a sound file; return how it ended and what was answered."""
    with VirtualWorld(files, setting.language, ears) as world:
        return world.lead(setting, Keepers(remember=remember)).session
