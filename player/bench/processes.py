"""Processes that measure, and what a process and all its children cost, from /proc."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from player.errors import BackendError

_PROC = Path("/proc")


def started(module: str, *orders: str) -> "subprocess.Popen[str]":
    """Start a module of this package in a process of its own."""
    command = (sys.executable, "-m", f"player.bench.{module}", *orders)
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def ended(child: "subprocess.Popen[str]") -> str:
    """Return the rest of what it wrote. Raises `BackendError` when it failed."""
    text, told = child.communicate()
    if child.returncode:
        last = next((line.strip() for line in reversed(told.splitlines()) if line.strip()), "")
        why = f"signal {-child.returncode}" if child.returncode < 0 else last or f"code {child.returncode}"
        raise BackendError(f"measuring the ears failed: {why}", "see `player doctor`")
    return text


@contextmanager
def every_core_busy() -> Iterator[None]:
    """Let an endless loop run beside for each core."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def tree(pid: int) -> Iterator[int]:
    """Yield `pid` and every process below it."""
    yield pid
    for task in _PROC.glob(f"{pid}/task/*/children"):
        for child in _read(task).split():
            yield from tree(int(child))


def cpu_s(pids: list[int]) -> float:
    """Return the processor time that these processes have used so far, in seconds."""
    return sum(sum(map(int, fields[11:13])) for fields in map(_stat, pids) if fields) / os.sysconf(
        "SC_CLK_TCK"
    )


def memory_bytes(pids: list[int]) -> int:
    """Return their memory; what several share is counted once (proportional set size)."""
    return sum(map(_pss_bytes, pids))


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process has had in its life; 0 where that is not known."""
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def peak_memory() -> str:
    """Return the most memory that this process has had in its life."""
    if peak := peak_bytes(os.getpid()):  # what `resource` tells may be that of the process that started it
        return f"{peak / (1024 * 1024):.0f} MB"
    if sys.platform == "win32":
        return "not measured on Windows"
    import resource  # not there on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{peak / (1024 * 1024 if sys.platform == 'darwin' else 1024):.0f} MB"


def _stat(pid: int) -> list[str]:
    """Return the fields after the name, which may hold anything."""
    return _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()


def _pss_bytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""  # it ended
