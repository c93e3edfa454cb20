"""How long this machine has been running: a clock that nobody sets."""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

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


def stamp() -> dict[str, Any]:
    """Return when this is, as the first line of a journal holds it."""
    moment = now()
    return {"begun": int(time.time()), "boot": moment.boot, "awake_s": round(moment.awake_s)}


def age_s(stamped: Mapping[str, Any]) -> float:
    """Return how long ago that was: by the machine's own running time; only across a restart by the date.

    A clock that was set back says nothing good: then it is as if set forward.
    """
    moment, begun, awake_s = now(), stamped.get("begun"), stamped.get("awake_s")
    if moment.boot and stamped.get("boot") == moment.boot and isinstance(awake_s, int | float):
        return moment.awake_s - awake_s
    return abs(time.time() - begun) if isinstance(begun, int | float) else math.inf
