"""What is missing at the start may come later: told once when it is missing, once when it is there."""

import threading
from collections.abc import Callable

import pytest

from player.app import starting_ears
from player.app.presence import Presence
from player.core.events import Device
from player.ears import protocol
from player.ears.client import EarsFound, EarsLost
from player.errors import BackendUnavailable, RecognitionError
from player.session.inbox import Back, Gone
from tests import waiting

GONE, BACK = Gone(Device.MICROPHONE), Back(Device.MICROPHONE)


def until(true: Callable[[], object]) -> None:
    assert waiting.until(true, 20)


def test_what_is_lost_ten_times_in_a_row_is_told_once_and_found_once():
    posted: list[object] = []
    presence = Presence(Device.MICROPHONE, posted.append, (0.3, 0.3))
    for _ in range(10):
        presence.lose()
        presence.find()
    assert posted == [GONE]
    until(lambda: posted == [GONE, BACK])
    presence.lose()
    assert posted == [GONE, BACK, GONE]
    presence.close()


def test_what_comes_and_goes_has_to_stay_for_longer():
    posted: list[object] = []
    presence = Presence(Device.MICROPHONE, posted.append, (0.0, 60.0))
    presence.lose()
    presence.find()
    until(lambda: posted == [GONE, BACK])
    presence.lose()
    presence.find()
    assert not presence._proof.finished.is_set()
    assert presence._proof.interval == 60.0
    presence.close()
    assert posted == [GONE, BACK, GONE]


def test_who_was_never_lost_is_never_found():
    posted: list[object] = []
    presence = Presence(Device.MICROPHONE, posted.append, (0.0, 0.0))
    presence.find()
    presence.close()
    assert posted == []


class LateEars:
    """Ears that cannot be had for a while: no microphone yet, or a machine that is slow."""

    fails: list[Exception]
    made: list["LateEars"]

    def __init__(self, _chosen, post):
        if self.fails:
            raise self.fails.pop(0)
        self.post, self.listening = post, None
        self.made.append(self)

    def listen(self, commands, names=()):
        self.listening = commands

    def own_voice(self, *, audible):
        pass

    def close(self):
        pass


@pytest.mark.parametrize(
    "fails",
    [
        [BackendUnavailable("there is no microphone", "plug one in")] * 3,
        [RecognitionError("the ears have not answered for 60 s", "")],
        [OSError(24, "too many open files"), RuntimeError("can't start new thread")],
        [],
    ],
    ids=["no microphone", "slow", "limits", "there"],
)
def test_ears_that_come_later_are_taken_up_and_told_once(fails, monkeypatch):
    LateEars.fails, LateEars.made = list(fails), []
    monkeypatch.setattr(starting_ears.client, "EarsProcess", LateEars)
    monkeypatch.setattr(starting_ears, "FIRST_WAIT_S", 0.01)
    posted: list[object] = []
    told: list[str] = []
    starting = starting_ears.StartingEars(
        protocol.Setup("any", {}), posted.append, lambda error: told.append(str(error))
    )
    starting._presence._proof_s = (0.0, 0.0)
    starting.listen(["stop"])
    until(lambda: LateEars.made and LateEars.made[0].listening)
    assert LateEars.made[0].listening == {"stop"}
    until(lambda: posted == ([GONE, BACK] if fails else []))
    assert len(told) == bool(fails)
    LateEars.made[0].post(EarsLost("killed"))
    LateEars.made[0].post(EarsFound())
    until(lambda: posted[-2:] == [GONE, BACK])
    starting.close()


class Watched(threading.Event):
    """Counts how often somebody has looked."""

    looks = 0

    def wait(self, timeout=None):
        self.looks += 1
        return super().wait(timeout)


def test_ears_start_when_the_first_words_are_there_and_end_before_if_it_is_over(monkeypatch):
    LateEars.fails, LateEars.made = [], []
    monkeypatch.setattr(starting_ears.client, "EarsProcess", LateEars)
    monkeypatch.setattr(starting_ears, "VOICE_FIRST_S", 60.0)
    spoken = Watched()
    waiting, never = (
        starting_ears.StartingEars(protocol.Setup("any", {}), [].append, [].append, spoken=event)
        for event in (spoken, threading.Event())
    )
    until(lambda: spoken.looks > 3)
    assert LateEars.made == []
    spoken.set()
    until(lambda: LateEars.made)
    waiting.close()
    never.close()
    assert len(LateEars.made) == 1
    assert not never._thread.is_alive()


def test_a_voice_that_hangs_keeps_no_ears_away(monkeypatch):
    LateEars.fails, LateEars.made = [], []
    monkeypatch.setattr(starting_ears.client, "EarsProcess", LateEars)
    monkeypatch.setattr(starting_ears, "VOICE_FIRST_S", 0.1)
    starting = starting_ears.StartingEars(
        protocol.Setup("any", {}), [].append, [].append, spoken=threading.Event()
    )
    until(lambda: LateEars.made)
    starting.close()


def test_ears_that_never_come_are_looked_for_less_and_less_and_end_with_the_session(monkeypatch):
    waits: list[float] = []
    LateEars.fails, LateEars.made = [BackendUnavailable("none", "")] * 10_000, []
    monkeypatch.setattr(starting_ears.client, "EarsProcess", LateEars)
    monkeypatch.setattr(starting_ears, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(starting_ears, "LONGEST_WAIT_S", 0.016)
    posted: list[object] = []
    starting = starting_ears.StartingEars(protocol.Setup("any", {}), posted.append, lambda _error: None)
    wait = starting._closed.wait
    monkeypatch.setattr(starting._closed, "wait", lambda s=None: waits.append(s) or wait(s))
    until(lambda: len(waits) > 10)
    starting.close()
    assert not starting._thread.is_alive()
    assert posted == [GONE]
    assert waits == sorted(waits)
    assert waits[-1] == 0.016
