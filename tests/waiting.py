"""Waiting for what another process or a device does: neither sends the tests an event, so they look again."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], limit_s: float = 10.0) -> bool:
    """Look again and again until `true`, for `limit_s` at most; return whether it became so."""
    end = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)  # between two looks: the one place where the tests do this
    return True
