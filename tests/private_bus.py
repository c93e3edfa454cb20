"""A session bus of one's own, with nothing on it: real D-Bus, and no desktop."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from dbus_fast import Message
from dbus_fast.aio import MessageBus

from tests.missing import missing

_CONFIG = """<busconfig><type>session</type><listen>unix:path={path}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


def require() -> None:
    """Skip where there is no bus or nobody to steer; in CI that is a failure."""
    lacks = [tool for tool in ("dbus-daemon", "playerctl") if shutil.which(tool) is None]
    if lacks:
        missing(f"media keys come over a bus: {', '.join(lacks)} (apt: dbus-daemon playerctl)")


@dataclass(slots=True)
class PrivateBus:
    """One bus, in a folder. `address` stays the same when it is started again."""

    folder: Path
    _daemon: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def address(self) -> str:
        return f"unix:path={self.folder}/bus"

    @property
    def environment(self) -> dict[str, str]:
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def start(self) -> None:
        config = self.folder / "bus.conf"
        config.write_text(_CONFIG.format(path=self.folder / "bus"))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert daemon.stdout is not None
        assert daemon.stdout.readline(), "the bus does not start"  # then it listens
        self._daemon = daemon

    def stop(self) -> None:
        if self._daemon is not None:
            with self._daemon:
                self._daemon.kill()
            (self.folder / "bus").unlink(missing_ok=True)

    def playerctl(self, *arguments: str) -> str:
        """Return what it prints."""
        done = subprocess.run(
            ["playerctl", "--player=handsfree_player", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def members(self) -> set[int]:
        """Return the processes that are on the bus, but for this one."""
        return anyio.run(self._members) - {os.getpid()}

    async def _members(self) -> set[int]:
        bus = await MessageBus(self.address).connect()

        async def ask(member: str, *about: str) -> Any:
            name, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
            signature = "s" * len(about)
            call = Message(name, path, name, member, signature=signature, body=list(about))
            answer = await bus.call(call)
            assert answer is not None
            return answer.body[0]

        names = [name for name in await ask("ListNames") if name.startswith(":")]
        found = {await ask("GetConnectionUnixProcessID", name) for name in names}
        bus.disconnect()
        return found


@contextmanager
def private_bus(folder: Path) -> Iterator[PrivateBus]:
    require()
    bus = PrivateBus(folder)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop()
