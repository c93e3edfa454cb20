"""A room that stays open: sessions are led in it one after the other."""

from typing import Protocol

from player.app.session_config import SessionConfig
from player.core.engine import Engine
from player.session.inbox import News
from player.session.loop import Keep, Over, Remember


class World(Protocol):
    """`RealWorld`, with the devices of this machine, and `VirtualWorld`, with files."""

    answerable: bool

    def lead(
        self,
        setting: SessionConfig,
        keep: Keep | None = None,
        remember: Remember | None = None,
        over: Over | None = None,
    ) -> Engine:
        """Lead a session to its end; return its engine, which knows how it ended and what was answered."""

    def post(self, news: News) -> None:
        """Tell the session something; from any thread."""
