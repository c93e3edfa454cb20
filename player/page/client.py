"""The page's process as the player sees it: told what is to be seen, heard when a button is pressed."""

import secrets
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from player.core.commands import Command
from player.errors import BackendUnavailable
from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import Message, line
from player.workers.supervisor import Policy, Restarts, Supervisor

COMMAND = (sys.executable, "-P", "-m", "player.page.worker")
_PORTS = range(49_152, 65_536)  # nobody's own (RFC 6335)
_TRIES = 8
_START_S = 30.0
_SILENCE_S = 6.0  # it says every second that it is alive
_POLICY = Policy(Restarts(first_s=0.2, factor=3, longest_s=20.0, settled_s=30.0), name="page", grace_s=0.3)
_HINT = "pip install 'handsfree-player[page]'"
_LOST = {
    Loss.NOT_STARTED: "it cannot be started ({})",
    Loss.ENDED: "it ended by itself (code {})",
    Loss.IDLE: "it has done nothing for {:.1f} s",
    Loss.SILENT: "it has not answered for {:.0f} s",
    Loss.NO_MESSAGE: "it said what is no message: {}",
}


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is served: title, language, the map as SVG, what is known of each step, the words on the page.

    `mirror` is empty where there is none, else `marks` (by the map's ids) and `parts`: the folder of what
    sees a face, or "".
    """

    title: str
    language: str
    map: str
    steps: list[dict[str, Any]]
    texts: dict[str, str]
    mirror: dict[str, Any] = field(default_factory=dict)


class PageProcess:
    """Serves the page at `host`; `press` is called from another thread with each command.

    Raises `BackendUnavailable`. A process that is lost is started again, at the same address, and its pages
    find it by themselves.
    """

    def __init__(
        self,
        host: str,
        content: PageContent,
        press: Callable[[Command], None],
        lost: Callable[[str], None] = lambda _reason: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._host = host
        self._press = press
        self._port = 0
        self._code = secrets.token_urlsafe(16)
        self._shown = ""
        self._missed = False
        page = {name: getattr(content, name) for name in PageContent.__slots__}
        ports = [secrets.choice(_PORTS) for _ in range(_TRIES)]
        hello = line("page", host=host, ports=ports, key=secrets.token_urlsafe(32), page=page)
        self._supervisor = Supervisor(command, hello, _POLICY, self._ready)
        try:
            self._supervisor.start()
        except ChildLost as error:
            raise BackendUnavailable(f"the page cannot be served: {_words(error)}", _HINT) from error
        watch = (self._follow, lost, lambda: None)
        self._thread = threading.Thread(target=self._supervisor.watch, args=watch, name="page", daemon=True)
        self._thread.start()

    def address(self, way: str = "/") -> str:
        """Return the address with the first code, good once, that leads to this page of it."""
        return f"http://{self._host}:{self._port}{way}?code={self._code}"

    @property
    def pid(self) -> int:
        """Its process, 0 while there is none."""
        return self._supervisor.child.pid if self._supervisor.child else 0

    def show(self, shown: dict[str, Any]) -> None:
        """Show this; returns at once. What cannot be passed on now is made good within a second or so."""
        self._shown = line("shown", shown=shown)
        self._missed = not self._supervisor.offer(self._shown)

    def close(self) -> None:
        """End the process; idempotent."""
        self._supervisor.close()
        self._thread.join(timeout=1.0)

    def _ready(self, child: Child) -> None:
        first = child.take(_START_S)
        if first["kind"] != "ready":
            missing = first.get("error") == ModuleNotFoundError.__name__
            reason = "the page needs the extra `page`" if missing else f"no page: {first.get('message')}"
            raise BackendUnavailable(reason, _HINT if missing else "see what `--page-host` names")
        self._port = first["port"]
        child.send(self._shown + line("codes", codes=[self._code] if self._code else []))
        while (message := child.take(_START_S))["kind"] != "told":  # now the address is good
            self._take(message)  # a page that was open before may be quicker

    def _follow(self, child: Child) -> str:
        """Pass on what is pressed until the process fails; return how."""
        while True:
            try:
                message = child.take(_SILENCE_S)
            except ChildLost as error:
                return _words(error)
            if message["kind"] == "error":
                return str(message["message"])
            self._take(message)

    def _take(self, message: Message) -> None:
        match message["kind"]:
            case "alive" if self._missed:
                self._missed = not self._supervisor.offer(self._shown)
            case "press":
                with suppress(ValueError):  # no command of ours
                    self._press(Command(str(message.get("command"))))
            case "used" if message.get("code") == self._code:
                self._code = ""


def _words(error: ChildLost) -> str:
    return _LOST[error.loss].format(error.detail)
