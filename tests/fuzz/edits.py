"""Damage done to files that are as they should be: some edits each, small to describe and so to shrink."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from hypothesis import strategies as st

from tests.fuzz.targets import LIMIT_S, Target


class Hang(Exception):
    """A target took longer than it may."""


Edit = tuple[str, int, int, bytes]


def edited(target: Target) -> st.SearchStrategy[bytes]:
    """Return damaged seeds of `target`."""
    seeds = target.seeds()
    tokens = st.sampled_from(target.tokens) | st.binary(min_size=1, max_size=6)
    place = st.integers(0, max(map(len, seeds)))
    edit = st.tuples(
        st.sampled_from(["insert", "delete", "replace", "double", "cut"]), place, st.integers(1, 40), tokens
    )
    return st.builds(_apply, st.sampled_from(seeds), st.lists(edit, min_size=0, max_size=5)) | st.binary(
        max_size=200
    )


def _apply(seed: bytes, edits: list[Edit]) -> bytes:
    for kind, place, length, token in edits:
        at = place % (len(seed) + 1)
        head, middle, tail = seed[:at], seed[at : at + length], seed[at + length :]
        seed = {
            "insert": head + token + middle + tail,
            "delete": head + tail,
            "replace": head + token + seed[at + len(token) :],
            "double": head + middle * (2 + length % 30) + tail,
            "cut": head,
        }[kind]
    return seed


@contextmanager
def in_time(limit_s: float = LIMIT_S) -> Iterator[None]:
    """Raise `Hang` in whatever takes longer than `limit_s` of processor time. Main thread only."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise Hang(f"longer than {limit_s} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def watched(read: Callable[[bytes], None], limit_s: float = LIMIT_S) -> Callable[[bytes], None]:
    """Return `read` under its time limit."""

    def run(content: bytes) -> None:
        with in_time(limit_s):
            read(content)

    return run
