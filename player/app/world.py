"""A room that stays open: sessions are led in it one after the other."""

from collections.abc import Callable
from typing import Protocol

from player.app.session_config import SessionConfig
from player.core.engine import Engine
from player.core.evening import AnsweredBy
from player.core.observations import SessionStarted
from player.session.inbox import Inbox, News
from player.session.keepers import NOTHING_KEPT, Keepers
from player.session.loop import Leader
from player.session.stage import Stage
from player.sound.floor import AHEAD_S


class World(Protocol):
    """`RealWorld`, with the devices of this machine, and `VirtualWorld`, with files."""

    answered_by: AnsweredBy
    number: int  # of the last performance

    def lead(self, setting: SessionConfig, keepers: Keepers = NOTHING_KEPT) -> Engine:
        """Lead a session to its end; return its engine, which knows how it ended and what was answered."""

    def post(self, news: News) -> None:
        """Tell the session something; from any thread."""


def lead_on(
    stage: Stage,
    engine: Engine,
    setting: SessionConfig,
    inbox: Inbox,
    keepers: Keepers,
    clock: Callable[[], float] | None = None,
    **hearing: bool,
) -> None:
    """Lead a session on this stage to its end; `clock` and `hearing` are as `Leader` takes them."""
    stage.tell(SessionStarted(setting.plan.id, setting.plan.title))
    leader = Leader(engine, stage, inbox, keepers, clock, **hearing)
    try:
        leader.lead(setting.start, offered=setting.offered, changed=setting.changed, ahead_s=AHEAD_S)
    finally:
        if keepers.over is not None:
            keepers.over(engine.session)
