"""What every session needs, whatever world it is led in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from player.core.engine import Engine
from player.core.events import Started
from player.core.orders import Perform
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.wording import Language
from player.ports import Ears, Observer, Render, Samples
from player.session.arranging import Arranger
from player.session.stage import Stage
from player.sound import beds
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
    bed: Callable[[], Samples] = lambda: beds.bed("brown")  # gives the sound under it, a loop
    sounds: bool = False  # whether that is wanted from the beginning
    signs_of_life: bool = True

    def engine(self, number: int = 0) -> Engine:
        """Return the engine; `number` is that of the last performance on the same mixer."""
        session = self.begun or Session(pace=self.pace, brief=self.brief, sounds=self.sounds)
        return Engine(self.plan, replace(session, number=number))

    def opening(self) -> tuple[str, ...]:
        """Return all that the first performance may say, in its order: until it is there, nothing sounds."""
        arranger = Arranger(self.plan, self.language, self.render)
        for order in self.engine().handle(Started(self.start, self.offered, self.changed)):
            if isinstance(order, Perform):
                arranger.take(order)
        return arranger.texts

    def stage(
        self,
        mixer: Mixer,
        played: Callable[[], int],
        ears: Ears,
        soon: Callable[[Callable[[], None]], None] = lambda work: work(),
    ) -> Stage:
        """Return the stage on which it is performed; `soon` does what takes a second, as a bed does."""
        mixer.bed(None)
        mixer.duck(1.0)  # whoever spoke into the end of the session before this one is no longer waited for
        mixer.supply = partial(soon, lambda: mixer.bed(self.bed()))
        if self.begun is not None:
            mixer.volume(10 ** (self.begun.gain_db / 20))
        stage = Stage(self.plan, self.language, self.render, mixer, played, ears, self.observers)
        if not self.signs_of_life:
            stage.keep_quiet()
        return stage
