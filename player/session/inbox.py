"""Where the thinking thread waits: news from ears, keys and devices, in the order in which it came."""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from player.core.commands import Command
from player.core.decision import Hearing
from player.core.events import Device
from player.core.observations import EchoStatus

TICK_S = 0.02

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed; `at_s`: when, by the session's clock (None: now). `name`: as `Heard` has it."""

    command: Command
    at_s: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Text came from the keyboard: no command, and no silence either."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A device or helper failed."""

    device: Device


@dataclass(frozen=True, slots=True)
class Back:
    """It works again."""

    device: Device


News = Hearing | Pressed | Typed | Gone | Back | EchoStatus


class Inbox(Protocol):
    """Hands news to the thinking thread."""

    def take(self) -> tuple[News, ...]:
        """Return what came; wait or move the world on by one block (20 ms) when nothing has."""


class RealInbox(Generic[Item]):
    """Filled by other threads; `take` returns at the latest after `TICK_S`."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Item] = SimpleQueue()

    def post(self, news: Item) -> None:
        """Leave news; from any thread."""
        self._queue.put(news)

    def take(self) -> tuple[Item, ...]:
        """Return the next news, or nothing after one tick."""
        try:
            return (self._queue.get(timeout=TICK_S),)
        except Empty:
            return ()


class VirtualInbox:
    """Moves a virtual world on by one block at a time: no clock, the same every time."""

    def __init__(self, *advances: Callable[[], tuple[News, ...]]) -> None:
        self._advances = advances

    def take(self) -> tuple[News, ...]:
        """Advance every part of the world by one block, in order; return all that came of it."""
        return tuple(news for advance in self._advances for news in advance())
