"""A voice that fails for a while: who asked is told at once, the session is told when it is back, once."""

import threading

import numpy as np
import pytest

from player.core.events import Device
from player.errors import SynthesisError
from player.session.inbox import Back
from player.session.reconnecting_voice import ReconnectingVoice

CLIP = np.ones(10, np.float32)


class Broken:
    """Fails so many times, then works."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.asked: list[str] = []

    def __call__(self, text: str):
        self.asked.append(text)
        self.fails -= 1
        if self.fails >= 0:
            raise SynthesisError("broken")
        return CLIP


def mending() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "voice-mending"]


def test_what_fails_is_tried_again_until_it_works_and_that_is_told_once():
    posted, render = [], Broken(4)
    with ReconnectingVoice(render, posted.append, retry_s=0.01) as voice:
        for text in ("one", "two"):
            with pytest.raises(SynthesisError):
                voice(text)
        assert len(mending()) == 1
        for thread in mending():
            thread.join(10)
        assert posted == [Back(Device.VOICE)]
        assert render.asked[2:] == ["one"] * 3
        assert voice("three") is CLIP
    assert posted == [Back(Device.VOICE)]


def test_a_second_failure_is_mended_too():
    posted, render = [], Broken(1)
    with ReconnectingVoice(render, posted.append, retry_s=0.01) as voice:
        for count in (1, 2):
            with pytest.raises(SynthesisError):
                voice("one")
            for thread in mending():
                thread.join(10)
            assert posted == [Back(Device.VOICE)] * count
            render.fails = 1


def test_nothing_goes_on_after_the_session():
    posted = []
    with (
        ReconnectingVoice(Broken(10**9), posted.append, retry_s=0.01) as voice,
        pytest.raises(SynthesisError),
    ):
        voice("one")
    for thread in mending():
        thread.join(10)
    assert not mending()
    assert posted == []
