"""A process beside the session: it is shown what goes on, and says what is pressed. Nobody waits for it."""

from collections.abc import Callable, Sequence

from player.errors import BackendUnavailable, brings
from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import Message
from player.workers.supervisor import Policy, Restarts, Supervisor

START_S = 30.0
_SILENCE_S = 6.0  # it says every second that it is alive
_RESTARTS = Restarts(first_s=0.2, factor=3, longest_s=20.0, settled_s=30.0)
_LOST = {
    Loss.NOT_STARTED: "it cannot be started ({})",
    Loss.ENDED: "it ended by itself (code {})",
    Loss.IDLE: "it has done nothing for {:.1f} s",
    Loss.SILENT: "it has not answered for {:.0f} s",
    Loss.NO_MESSAGE: "it said what is no message: {}",
}


class BesideProcess:
    """One such process, started again when it is lost; then it is shown what was shown last.

    `ready` greets a child that has been started and may raise; `take` gets what it says later, from another
    thread, and `lost` the reason when it is lost.
    """

    def __init__(
        self,
        command: Sequence[str],
        hello: str,
        name: str,
        ready: Callable[[Child], None],
        take: Callable[[Message], None],
        lost: Callable[[str], None],
    ) -> None:
        """Start it. Raises `ChildLost` and what `ready` raises."""
        self._take = take
        self._shown = self._told = ""
        self._missed = self._untold = False

        def begin(child: Child) -> None:
            ready(child)
            if self._told:
                child.send(self._told)
            if self._shown:
                child.send(self._shown)
                self._missed = True  # something newer may have come before it

        self._supervisor = Supervisor(command, hello, Policy(_RESTARTS, name=name, grace_s=0.3), begin)
        self._supervisor.start()
        self._thread = self._supervisor.watched(name, self._follow, lost, lambda: None)

    @property
    def pid(self) -> int:
        """The process, 0 while there is none."""
        return self._supervisor.child.pid if self._supervisor.child else 0

    def show(self, line: str) -> None:
        """Show this; returns at once. What cannot be passed on now is made good within a second or so."""
        self._shown = line
        self._offer()

    def tell(self, line: str) -> None:
        """Let it know this before anything else is shown; returns at once."""
        self._told, self._untold, self._shown = line, True, ""
        self._offer()

    def _offer(self) -> None:
        if self._untold:
            self._untold = not self._supervisor.offer(self._told)
        self._missed = self._untold or bool(self._shown and not self._supervisor.offer(self._shown))

    def close(self) -> None:
        """End the process; idempotent."""
        self._supervisor.close()
        self._thread.join(timeout=1.0)

    def _follow(self, child: Child) -> str:
        """Pass on what it says until it fails; return how."""
        while True:
            try:
                message = child.take(_SILENCE_S)
            except ChildLost as error:
                return in_words(error)
            if message["kind"] == "error":
                return str(message["message"])
            if message["kind"] == "alive" and self._missed:
                self._offer()
            self._take(message)


def greeted(child: Child, extra: str, *, missing: str, reason: str, hint: str) -> Message:
    """Return the first message of a child that is ready.

    Raises `BackendUnavailable`: `missing` where it lacks a package that `extra` brings, else `reason`, in
    which "{}" is what it said, with `hint`.
    """
    first = child.take(START_S)
    if first["kind"] == "ready":
        return first
    if first.get("error") == ModuleNotFoundError.__name__:
        raise BackendUnavailable(f"{missing} the extra `{extra}`", brings(extra))
    raise BackendUnavailable(reason.format(first.get("message")), hint)


def in_words(error: ChildLost) -> str:
    """Return why there is no such process."""
    return _LOST[error.loss].format(error.detail)
