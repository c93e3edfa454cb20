"""Numbers and days on the command line: finite, and in a range that makes sense."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime


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


def day(text: str) -> date:
    """Read a day, or `today`. Raises `ArgumentTypeError` in one line."""
    try:
        return datetime.now(UTC).astimezone().date() if text == "today" else date.fromisoformat(text)
    except ValueError:
        wrong = f"`{text}` is not a day: write it as year, month and day, such as 2026-12-24, or `today`"
        raise argparse.ArgumentTypeError(wrong) from None


pace = number("a pace", 0.5, 2.0, "0.5 (half) to 2 (double)")
minutes = number("a time in minutes", 1, 240)
waiting = number("a time in seconds", 3, 600)
soak_minutes = number("a time in minutes", 0.01, 24 * 60)
hours = number("a time in hours", 0, 1000)
clips = number("a number of clips", 1, 1_000_000)
