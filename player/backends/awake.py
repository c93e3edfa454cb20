"""Keeps the computer from going to sleep while a session runs, by the system's own program for that.

A session without keys and mouse looks like nobody to a computer. What holds it awake is a process that ends
with the player, however that ends: its input closes, and the system lets go.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

_LINUX = (
    "systemd-inhibit",
    "--what=idle:sleep",
    "--who=player",
    "--why=a session is being led",
    "--mode=block",
    "cat",
)
_MAC = ("caffeinate", "-i", "cat")
_HELD = b"held\n"
_CONTINUOUS, _SYSTEM = 0x80000000, 0x00000001


def command() -> Sequence[str]:
    """Return what runs `cat` while it holds the computer awake; empty where there is no such program."""
    return {"linux": _LINUX, "darwin": _MAC}.get(sys.platform, ())


@contextmanager
def kept_awake(refused: Callable[[str], None], holder: Sequence[str] | None = None) -> Iterator[None]:
    """Hold the computer awake; `refused` gets the reason, from a thread, when that cannot be had."""
    if sys.platform == "win32":
        with _windows_awake():
            yield
        return
    held = _Held(command() if holder is None else holder, refused)
    try:
        yield
    finally:
        held.release()


class _Held:
    """A process that holds the computer awake until its input closes.

    It runs `cat`, which sends back what it is given: only then is the computer held.
    """

    def __init__(self, holder: Sequence[str], refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._name = next(iter(holder), "no program for it")
        self._released = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="awake", daemon=True)
        try:
            self._process = subprocess.Popen(
                holder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is the player's to decide on
            )
            self._thread.start()
        except (OSError, RuntimeError, IndexError) as error:
            self._close_unread()
            refused(f"{self._name}: {error}")

    def _watch(self) -> None:
        assert self._process is not None
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        with stdout, stderr:
            with suppress(OSError):
                stdin.write(_HELD)
                stdin.flush()
            if stdout.readline() == _HELD:
                stdout.read()  # nothing, until it ends
            if not self._released.is_set():
                reason = stderr.read().decode(errors="replace").strip()
                self._refused(reason.splitlines()[-1] if reason else f"{self._name} ended")

    def _close_unread(self) -> None:
        """Close what the thread would have read, had there been one to start."""
        for stream in (self._process.stdout, self._process.stderr) if self._process else ():
            if stream is not None:
                stream.close()

    def release(self) -> None:
        """Let the computer sleep again; idempotent."""
        self._released.set()
        process = self._process
        if process is None or process.stdin is None:
            return
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._thread.ident is not None:
            self._thread.join(1.0)


@contextmanager
def _windows_awake() -> Iterator[None]:
    import ctypes

    state = ctypes.windll.kernel32.SetThreadExecutionState  # type: ignore[attr-defined]
    state(_CONTINUOUS | _SYSTEM)
    try:
        yield
    finally:
        state(_CONTINUOUS)
