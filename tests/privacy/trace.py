"""What the processes of a run asked of the system: sockets, connections, files opened to write."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.missing import missing

CALLS = "socket,socketpair,connect,bind,sendto,sendmsg,open,openat,creat,execve,memfd_create,truncate"
BUS = "/run/dbus/system_bus_socket"
_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<rest>.*)")
_RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<call>\w+) resumed>(?P<rest>.*)")
_UNFINISHED = " <unfinished ...>"
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that did not fail."""

    pid: int
    name: str
    text: str

    @property
    def path(self) -> str:
        found = _PATH.search(self.text)
        return found[1] if found else ""

    @property
    def writes(self) -> bool:
        return self.name in {"creat", "truncate"} or (
            self.name in {"open", "openat"} and bool(_WRITING.search(self.text))
        )


def require() -> None:
    """Skip without a tracer; in the gate, fail."""
    if shutil.which("strace") is None:
        missing("the proof needs strace (apt: strace)")


def command(out: Path) -> tuple[str, ...]:
    """Return what to put in front of a command to trace it and all its children."""
    return ("strace", "-f", "-qq", "-s", "300", "-o", str(out), "-e", f"trace={CALLS}")


def calls(out: Path) -> list[Call]:
    """Return the calls of all processes; one that was interrupted is joined with its end."""
    return list(_calls(out.read_text(errors="replace")))


def _calls(text: str) -> Iterator[Call]:
    begun: dict[tuple[str, str], str] = {}
    for line in text.splitlines():
        if found := _RESUMED.match(line):
            rest = begun.pop((found["pid"], found["call"]), "") + found["rest"]
        elif found := _LINE.match(line):
            rest = found["rest"]
            if rest.endswith(_UNFINISHED):
                begun[found["pid"], found["call"]] = rest.removesuffix(_UNFINISHED)
                continue
        if found and " = -1 " not in rest:
            yield Call(int(found["pid"]), found["call"], rest)
    for (pid, name), rest in begun.items():
        yield Call(int(pid), name, rest)


def sockets(made: list[Call]) -> list[str]:
    """Return every socket and connection, as the system was asked for it."""
    return [
        f"{one.name}({one.text}" for one in made if one.name in {"socket", "socketpair", "connect", "bind"}
    ]


def foreign(made: list[Call], server: str) -> list[str]:
    """Return those that are not the way to the sound server at this path, nor the bus by its own program."""
    inhibits = {one.pid for one in made if one.name == "execve" and '"systemd-inhibit"' in one.text}
    ours = [one for one in made if not (one.pid in inhibits and f'"{BUS}"' in one.text)]
    return [
        one
        for one in sockets(ours)
        if not one.startswith("socket(AF_UNIX") and not (one.startswith("connect(") and f'"{server}"' in one)
    ]


def running(made: list[Call], module: str) -> set[int]:
    """Return the processes that run a module of ours."""
    return {one.pid for one in made if one.name == "execve" and f'"{module}"' in one.text}
