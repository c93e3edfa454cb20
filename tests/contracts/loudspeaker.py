"""What every `Loudspeaker` keeps to. Subclass it and give the fixture `loudspeaker`."""

import threading
import time
from collections.abc import Callable

import numpy as np

from player.ports import RATE_HZ, Loudspeaker, Samples


class Source:
    """Counts what is taken from it."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, frames: int) -> Samples:
        self.given += frames
        return np.zeros(frames, np.float32)


class LoudspeakerContract:
    """`advance` moves the world on a little; in real time it waits."""

    def advance(self, loudspeaker: Loudspeaker) -> None:
        time.sleep(0.01)  # a real device moves on by itself

    def until(self, loudspeaker: Loudspeaker, condition: Callable[[], bool]) -> bool:
        end = time.monotonic() + 5
        while not condition() and time.monotonic() < end:
            self.advance(loudspeaker)
        return condition()

    def test_takes_sound_and_says_how_much_is_audible(self, loudspeaker: Loudspeaker) -> None:
        source = Source()
        assert loudspeaker.played() == 0
        loudspeaker.start(source)
        assert self.until(loudspeaker, lambda: loudspeaker.played() > RATE_HZ // 2)
        assert loudspeaker.healthy()
        assert loudspeaker.played() <= source.given

    def test_played_never_falls_and_never_passes_what_was_given(self, loudspeaker: Loudspeaker) -> None:
        source = Source()
        loudspeaker.start(source)
        last = 0
        for _ in range(60):
            self.advance(loudspeaker)
            now = loudspeaker.played()
            assert last <= now <= source.given
            last = now
        assert last > 0

    def test_is_not_healthy_before_it_starts_nor_after_it_is_closed(self, loudspeaker: Loudspeaker) -> None:
        assert not loudspeaker.healthy()
        loudspeaker.start(Source())
        assert loudspeaker.healthy()
        loudspeaker.close()
        assert not loudspeaker.healthy()

    def test_takes_nothing_after_it_is_closed_and_may_be_closed_again(self, loudspeaker: Loudspeaker) -> None:
        source = Source()
        loudspeaker.start(source)
        self.until(loudspeaker, lambda: source.given > 0)
        begin = time.monotonic()
        loudspeaker.close()
        assert time.monotonic() - begin < 1
        given, played = source.given, loudspeaker.played()
        assert played >= 0
        for _ in range(10):
            self.advance(loudspeaker)
        assert source.given == given
        assert loudspeaker.played() == played
        loudspeaker.close()

    def test_may_be_closed_before_it_starts(self, loudspeaker: Loudspeaker) -> None:
        loudspeaker.close()
        assert not loudspeaker.healthy()

    def test_leaves_no_thread_behind(self, loudspeaker: Loudspeaker) -> None:
        before = set(threading.enumerate())
        loudspeaker.start(Source())
        self.until(loudspeaker, lambda: loudspeaker.played() > 0)
        loudspeaker.close()
        assert self.until(loudspeaker, lambda: set(threading.enumerate()) <= before)
