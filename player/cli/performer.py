"""Leads one plan after another in a room that stays open: the menus of an evening, and its sessions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from player.app.session_config import SessionConfig
from player.app.speaking import Speaking, Watching
from player.app.world import World
from player.cli.prepared import Screen
from player.core.engine import Engine
from player.core.events import Device
from player.core.plan import Plan
from player.core.score import sentences
from player.core.session import Session
from player.session.keepers import NOTHING_KEPT, Keepers
from player.session.texts import ahead_of, brisk_counts, private

if TYPE_CHECKING:  # it is imported beside the first words
    from player.cli.keeping import Led
    from player.page.shown import PageObserver

_BEGINNING = 3  # steps
_ANEW = Session()
_OF_ONE_PLAN = {Device.VOICE, Device.DISK}  # each has its own, which tells of itself anew
Showing = Callable[[Plan, "Led | None"], tuple["PageObserver", ...]]


@dataclass(slots=True)
class Performer:
    """Leads plans with what every one of them is led with (`setting`).

    `manner`: pace, volume and form, which go from plan to plan; `sounds`: whether the sound under a session
    is wanted; `another` makes the voice after one; `watching` who
    watches a plan besides, `showing` who shows it, as a session was led or a menu.
    """

    voice: Speaking
    screen: Screen
    world: World
    setting: SessionConfig
    manner: Session = field(default_factory=Session)
    sounds: bool = False
    another: Callable[[Speaking], Speaking] = lambda voice: voice
    watching: Watching = lambda _plan: ()
    showing: Showing = lambda _plan, _led: ()

    def begun(self, plan: Plan, begins: Session) -> Session:
        """Return what `plan` is begun with now, where its session begins so."""
        return replace(
            begins,
            number=self.world.number,
            pace=self.manner.pace,
            gain_db=self.manner.gain_db,
            brief=self.manner.brief,
            warned=self.manner.warned - _OF_ONE_PLAN,
            sounds=self.sounds and plan.framed,
        )

    def set(self, plan: Plan, begins: Session, **more: Any) -> SessionConfig:
        """Return what `plan` is led with now, by a session that begins so."""
        return replace(
            self.setting,
            plan=replace(plan, waits=False),
            render=self.voice.without_a_trace(private(plan)),
            begun=self.begun(plan, begins),
            sounds=self.sounds and plan.framed,
            **more,
        )

    def perform(
        self,
        plan: Plan,
        begins: Session = _ANEW,
        keepers: Keepers = NOTHING_KEPT,
        ahead: Iterable[str] = (),
        led: "Led | None" = None,
        **more: Any,
    ) -> Engine:
        """Lead one plan; what it says is rendered ahead, then what is likely to come after it (`ahead`)."""
        setting = self.set(plan, begins, **more)
        self.screen.show(plan)
        self.prepare(chain(setting.opening(), first_words(plan), ahead), plan)
        observers = (*setting.observers, *self.watching(plan), *self.showing(plan, led))
        engine = self.world.lead(replace(setting, observers=observers), keepers)
        self.manner = engine.session
        self.sounds = self.manner.sounds if plan.framed else self.sounds
        return engine

    def prepare(self, texts: Iterable[str], plan: Plan) -> None:
        """Let these be rendered, then all of `plan`."""
        every = ahead_of(plan, self.setting.language, texts)
        self.voice.prepare(every, brisk=brisk_counts(plan), private=private(plan))


def first_words(plan: Plan, steps: int = _BEGINNING) -> Iterator[str]:
    """Yield what a plan says first."""
    for step in plan.steps[:steps]:
        yield from sentences(step.say)
