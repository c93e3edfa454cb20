"""How long this machine has been running: a clock that nobody sets."""

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Moment(NamedTuple):
    """A moment as the machine counts: its run, "" where it has no name, and the seconds since it began."""

    boot: str
    awake_s: float


def now() -> Moment:
    """Return this moment; time in which the machine slept counts where the system tells it."""
    boot = ""
    with suppress(OSError):
        boot = _BOOT.read_text(encoding="ascii").strip()
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return Moment(boot, time.monotonic() if clock is None else time.clock_gettime(clock))
