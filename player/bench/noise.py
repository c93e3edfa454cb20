"""How noisy the machine is: without it no figure beside means anything."""

import os
from statistics import median
from time import perf_counter

_ROUNDS = 40
_TURNS = 100_000


def noise() -> list[tuple[str, str]]:
    """Return rows of (what, figure): a fixed loop over and over, and what else the machine has to do."""
    took = sorted(_loop_s() for _ in range(_ROUNDS))
    middle, slowest = median(took), took[-1]
    spread = (
        f"fastest {took[0] * 1000:.1f} ms, median {middle / took[0]:.2f} x, slowest {slowest / took[0]:.2f} x"
    )
    return [("noise: a fixed loop", spread), ("noise: load average", _load())]


def _loop_s() -> float:
    begin = perf_counter()
    total = 0
    for turn in range(_TURNS):
        total += turn & 7
    return perf_counter() - begin


def _load() -> str:
    if not hasattr(os, "getloadavg"):
        return "not known on this system"
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
