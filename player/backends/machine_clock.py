"""The one clock that every process of the player reads alike; it runs on while the machine sleeps."""

import time


def now_s() -> float:
    """Return seconds since some moment before the player began, the same in all processes of this machine."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
