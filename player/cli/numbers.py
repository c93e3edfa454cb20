"""Numbers on the command line: finite, and in a range that makes sense."""

import argparse
from collections.abc import Callable


def number(what: str, low: float, high: float, meaning: str = "") -> Callable[[str], float]:
    """Return what reads `what` from `low` to `high`; raises `ArgumentTypeError` in one line."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            asked = meaning or f"{low:g} to {high:g}"
            raise argparse.ArgumentTypeError(f"`{text}` is not {what}: give a number from {asked}")
        return value

    return read


pace = number("a pace", 0.5, 2.0, "0.5 (half) to 2 (double)")
minutes = number("a time in minutes", 1, 240)
soak_minutes = number("a time in minutes", 0.01, 24 * 60)
hours = number("a time in hours", 0, 1000)
