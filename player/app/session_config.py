"""What every session needs, whatever world it is led in."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from player.core.engine import Engine
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.wording import Language
from player.ports import Ears, Observer, Render, Samples
from player.session.stage import Stage
from player.sound.mixer import Mixer


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """One session to be led: what, in which words and voice, from where, and who watches."""

    plan: Plan
    language: Language
    render: Render
    start: Place | None = None
    pace: float = 1.0
    brief: bool = False
    begun: Session | None = None  # an interrupted session that goes on
    offered: bool = False  # ask before it does
    changed: bool = False  # its step is no longer what it was
    observers: tuple[Observer, ...] = ()
    bed: Samples | None = None  # the sound under it, a loop
    signs_of_life: bool = True

    def engine(self, number: int = 0) -> Engine:
        """Return the engine; `number` is that of the last performance on the same mixer."""
        session = self.begun or Session(pace=self.pace, brief=self.brief)
        return Engine(self.plan, replace(session, number=number))

    def stage(self, mixer: Mixer, played: Callable[[], int], ears: Ears) -> Stage:
        """Return the stage on which it is performed."""
        mixer.bed(self.bed)
        if self.begun is not None:
            mixer.volume(10 ** (self.begun.gain_db / 20))
        stage = Stage(self.plan, self.language, self.render, mixer, played, ears, self.observers)
        if not self.signs_of_life:
            stage.keep_quiet()
        return stage
