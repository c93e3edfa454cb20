"""The page's process as the player sees it: told what is to be seen, heard when a button is pressed."""

import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from player.core.commands import Command
from player.errors import BackendUnavailable, brings
from player.workers.beside import START_S, BesideProcess, greeted, in_words
from player.workers.child import Child, ChildLost
from player.workers.protocol import Message, line

COMMAND = (sys.executable, "-P", "-m", "player.page.worker")
# Nobody's own (RFC 6335), and above those that Linux lends to clients (up to 60,999): a browser that looks
# for a page that is away could be lent the page's own port, meet itself there and keep it taken.
_PORTS = range(61_000, 65_536)
_TRIES = 8


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is served: title, language, the map as SVG, what is known of each step, the words on the page.

    `mirror` is empty where there is none, else `marks` (by the map's ids) and `parts`: the folder of what
    sees a face, or "". `number` counts what is served, one after the other.
    """

    title: str
    language: str
    map: str
    steps: list[dict[str, Any]]
    texts: dict[str, str]
    mirror: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {name: getattr(self, name) for name in self.__slots__}


class PageProcess:
    """Serves the page at `host`; `press` is called from another thread with each command and its moment.

    The moment is of the clock of the machine, None from who does not know it.

    Raises `BackendUnavailable`. A process that is lost is started again, at the same address, and its pages
    find it by themselves.
    """

    def __init__(
        self,
        host: str,
        content: PageContent,
        press: Callable[[Command, float | None], None],
        lost: Callable[[str], None] = lambda _reason: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._host = host
        self._press = press
        self._port = 0
        self._code = secrets.token_urlsafe(16)
        ports = [secrets.choice(_PORTS) for _ in range(_TRIES)]
        hello = line("page", host=host, ports=ports, key=secrets.token_urlsafe(32), page=content.plain())
        try:
            self._process = BesideProcess(command, hello, "page", self._ready, self._take, lost)
        except ChildLost as error:
            raise BackendUnavailable(
                f"the page cannot be served: {in_words(error)}", brings("page")
            ) from error

    def address(self, way: str = "/") -> str:
        """Return the address with the first code, good once, that leads to this page of it."""
        return f"http://{self._host}:{self._port}{way}?code={self._code}"

    @property
    def pid(self) -> int:
        """Its process, 0 while there is none."""
        return self._process.pid

    def show(self, shown: dict[str, Any]) -> None:
        """Show this; returns at once."""
        self._process.show(line("shown", shown=shown))

    def turn(self, content: PageContent) -> None:
        """Serve this from now on; pages that are open load it with what is shown next. Returns at once."""
        self._process.tell(line("page", page=content.plain()))

    def close(self) -> None:
        """End the process; idempotent."""
        self._process.close()

    def _ready(self, child: Child) -> None:
        told = {"missing": "the page needs", "reason": "no page: {}", "hint": "see what `--page-host` names"}
        self._port = greeted(child, "page", **told)["port"]
        child.send(line("codes", codes=[self._code] if self._code else []))
        while (message := child.take(START_S))["kind"] != "told":  # now the address is good
            self._take(message)  # a page that was open before may be quicker

    def _take(self, message: Message) -> None:
        match message["kind"]:
            case "press":
                with suppress(ValueError):  # no command of ours
                    self._press(Command(str(message.get("command"))), message.get("at_s"))
            case "used" if message.get("code") == self._code:
                self._code = ""
