"""What keeps a session while it is led."""

from collections.abc import Callable
from dataclasses import dataclass

from player.core.events import Device
from player.core.session import Session
from player.session.codec import Plain
from player.session.inbox import Back, Gone, News

Keep = Callable[[Plain], None]  # takes every event and place for the journal; returns at once
Over = Callable[[Session], None]  # takes the session when it is over, however that came
# Takes all answers as they are, and those that were given about health, in order; returns at once.
Remember = Callable[[dict[str, bool], tuple[bool, ...]], None]


@dataclass(frozen=True, slots=True)
class Keepers:
    """What keeps a session while it is led: its place, what is answered, and that it was done."""

    keep: Keep | None = None
    remember: Remember | None = None
    over: Over | None = None


NOTHING_KEPT = Keepers()


def reporter(post: Callable[[News], None]) -> Callable[[bool], None]:
    """Return what a journal calls when its disk fails or works again; `post` tells the session."""
    return lambda failed: post(Gone(Device.DISK) if failed else Back(Device.DISK))
