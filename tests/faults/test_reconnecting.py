"""The loudspeaker that outlasts its device: the count stands still, nothing is lost, one word of it."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from player.backends.null_devices import SilentLoudspeaker
from player.core.events import Device
from player.errors import AudioDeviceError
from player.ports import BLOCK, Samples
from player.session.inbox import Back, Gone, News
from player.session.reconnecting_loudspeaker import ReconnectingLoudspeaker
from tests.waiting import until

BUFFER = 12 * BLOCK  # what a device takes at once when it is opened, before it plays


class Hardware:
    """A device whose faults can be chosen. Counts like PortAudio's: what was given, once it was heard."""

    def __init__(self) -> None:
        self.there = self.plays = True
        self.tries = 0
        self.heard: list[Samples] = []
        self._source: Callable[[int], Samples] = np.zeros
        self._given = self._heard = 0
        self._open = False
        self._last_s = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self, source: Callable[[int], Samples]) -> None:
        self._source = source
        self._prefill()
        self._thread.start()

    def reopen(self) -> None:
        self.tries += 1
        self._open = False
        self._heard = self._given
        if not self.there:
            raise AudioDeviceError("away")
        self._prefill()

    def _prefill(self) -> None:
        for _ in range(BUFFER // BLOCK):
            self._give()
        self._last_s = time.monotonic()
        self._open = True

    def _give(self) -> None:
        self.heard.append(self._source(BLOCK))
        self._given += BLOCK

    def _run(self) -> None:
        while not self._over.wait(0.002):  # ten times as fast as a real one
            if self._open and self.there and self.plays:
                self._give()
                self._heard += BLOCK
                self._last_s = time.monotonic()

    def played(self) -> int:
        return self._heard

    def healthy(self) -> bool:
        return self._open and time.monotonic() - self._last_s < 0.5

    def close(self) -> None:
        self._over.set()


class Count:
    """A session that is nothing but its own sample numbers, from 1."""

    def __init__(self) -> None:
        self.rendered = 0
        self._alone = threading.Lock()

    def render(self, frames: int) -> Samples:
        assert self._alone.acquire(blocking=False), "rendered by two at once"
        numbers = np.arange(self.rendered + 1, self.rendered + frames + 1, dtype=np.float32)
        self.rendered += frames
        self._alone.release()
        return numbers


class Rig:
    def __init__(self, stand_in_s: float = 100.0) -> None:
        self.hardware, self.count = Hardware(), Count()
        self.news: list[News] = []
        self.lasting = ReconnectingLoudspeaker(self.hardware, SilentLoudspeaker, self.news.append, stand_in_s)
        self.lasting.start(self.count.render)

    def wait_for(self, true: Callable[[], object], limit_s: float = 10.0) -> None:
        assert until(true, limit_s), f"waited in vain; {self.news}"

    def tries_again(self) -> None:
        """Wait until it has been tried twice more to open the device."""
        tries = self.hardware.tries
        self.wait_for(lambda: self.hardware.tries >= tries + 2)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.wait_for(lambda: rig.lasting.played() > BUFFER)
    yield rig
    rig.lasting.close()


GONE, BACK = Gone(Device.LOUDSPEAKER), Back(Device.LOUDSPEAKER)


def test_a_device_that_is_there_is_given_the_session_sample_by_sample(rig):
    sound = np.concatenate(rig.hardware.heard[:20])
    assert np.array_equal(sound, np.arange(1, len(sound) + 1))
    assert rig.news == []
    assert rig.lasting.healthy()


def test_while_it_is_away_the_count_stands_still(rig):
    rig.hardware.there = False
    rig.wait_for(lambda: rig.news == [GONE])
    rig.wait_for(lambda: not rig.hardware._open)
    played, rendered = rig.lasting.played(), rig.count.rendered
    rig.tries_again()
    assert (rig.lasting.played(), rig.count.rendered) == (played, rendered)
    assert not rig.lasting.healthy()


def test_it_goes_on_with_the_next_sample_and_the_count_is_what_is_heard(rig):
    rig.hardware.there = False
    rig.wait_for(lambda: rig.news == [GONE])
    rig.wait_for(lambda: not rig.hardware._open)
    lost_at, before = rig.count.rendered, len(rig.hardware.heard)
    rig.hardware.there = True
    rig.wait_for(lambda: rig.news == [GONE, BACK])
    assert rig.lasting.played() <= rig.count.rendered  # the silence of the trial is not counted
    rig.wait_for(lambda: rig.lasting.played() > lost_at + 10 * BLOCK)
    after = np.concatenate(rig.hardware.heard[before:])
    session = after[after > 0]
    assert session[0] == lost_at + 1
    ahead = rig.count.rendered - rig.lasting.played()
    assert abs(ahead - BUFFER) <= 3 * BLOCK  # what it has been given and not played is its buffer


def test_one_that_opens_but_plays_nothing_gets_nothing_and_is_told_of_once(rig):
    rig.hardware.plays = False
    rig.wait_for(lambda: rig.news == [GONE])
    rendered = rig.count.rendered
    rig.tries_again()
    assert rig.count.rendered == rendered
    assert rig.news == [GONE]
    rig.hardware.plays = True
    rig.wait_for(lambda: rig.news == [GONE, BACK])


def test_the_count_never_falls(rig):
    seen = [0]
    for plays in (False, True, False, True):
        rig.hardware.plays = plays
        end = time.monotonic() + 1.2
        while time.monotonic() < end:
            seen.append(rig.lasting.played())
            time.sleep(0.003)  # the count is looked at for a while, not waited for
    assert seen == sorted(seen)


def test_one_that_stays_away_is_stood_in_for_until_it_is_back():
    rig = Rig(stand_in_s=0.3)
    try:
        rig.hardware.there = False
        rig.wait_for(lambda: rig.news == [GONE])
        rendered = rig.count.rendered
        rig.wait_for(lambda: rig.lasting.played() > rendered + 10 * BLOCK)  # captions go on
        assert rig.news == [GONE]
        before = len(rig.hardware.heard)
        rig.hardware.there = True
        rig.wait_for(lambda: rig.news == [GONE, BACK])
        stood_in_until = rig.count.rendered
        rig.wait_for(lambda: rig.lasting.played() > stood_in_until + 10 * BLOCK)
        after = np.concatenate(rig.hardware.heard[before:])
        session = after[after > 0]
        assert np.array_equal(session, np.arange(session[0], session[0] + len(session)))
        assert rendered < session[0] <= stood_in_until + 1
    finally:
        rig.lasting.close()


def test_closing_ends_everything_while_the_device_is_away():
    rig = Rig(stand_in_s=0.2)
    rig.hardware.there = False
    rig.wait_for(lambda: rig.news == [GONE])
    rig.lasting.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "watch-loudspeaker"]


def test_a_sleep_of_the_computer_does_not_move_the_count(monkeypatch):
    """The monotonic clock of some systems runs on while they sleep: an hour passes between two blocks."""
    silent = SilentLoudspeaker()
    count = Count()
    silent.start(count.render)
    assert until(lambda: count.rendered >= 5 * BLOCK)
    real, jump = time.monotonic, 3600.0
    before = count.rendered
    monkeypatch.setattr(time, "monotonic", lambda: real() + jump)
    time.sleep(0.4)  # what must not happen in it has no event
    moved = count.rendered - before
    silent.close()
    assert moved <= 60 * BLOCK  # 0.4 s, and at most the half second that it makes up for
