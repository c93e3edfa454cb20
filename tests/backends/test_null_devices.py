"""The loudspeaker that nobody hears and the microphone that hears nobody."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from player.backends.null_devices import SilentLoudspeaker
from player.ports import RATE_HZ
from tests.contracts.loudspeaker import LoudspeakerContract, Source


class TestSilentLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self) -> Iterator[SilentLoudspeaker]:
        loudspeaker = SilentLoudspeaker()
        yield loudspeaker
        loudspeaker.close()


def test_goes_on_counting_where_another_loudspeaker_ended() -> None:
    loudspeaker = SilentLoudspeaker(begin=5 * RATE_HZ)
    loudspeaker.start(Source())
    assert loudspeaker.played() >= 5 * RATE_HZ
    loudspeaker.close()


def test_keeps_the_pace_of_a_clock() -> None:
    source = Source()
    loudspeaker = SilentLoudspeaker()
    begin = time.monotonic()
    loudspeaker.start(source)
    time.sleep(1)  # its pace is compared with the clock
    loudspeaker.close()
    assert source.given / RATE_HZ == pytest.approx(time.monotonic() - begin, abs=0.15)


def test_a_long_stall_is_not_made_up_in_a_rush() -> None:
    source = Source()
    held = threading.Event()

    def stalling(frames: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        if not source.given:
            held.wait(2)
        return source(frames)  # type: ignore[return-value]

    loudspeaker = SilentLoudspeaker()
    loudspeaker.start(stalling)
    time.sleep(1.5)  # the stall itself
    held.set()
    time.sleep(0.2)  # what must not be made up in it has no event
    loudspeaker.close()
    assert source.given < 1.2 * RATE_HZ
