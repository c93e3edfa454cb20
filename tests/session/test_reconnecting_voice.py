"""A voice that hangs or fails: nobody waits for it, and when it is back that is told once."""

import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from player.core.events import Device
from player.errors import SynthesisError
from player.session.inbox import Back
from player.session.reconnecting_voice import ClipPending, ReconnectingVoice
from tests import waiting

CLIP = np.ones(10, np.float32)


class Broken:
    """Fails so many times, then works."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.asked: list[str] = []

    def __call__(self, text: str, *, brisk: bool = False):
        self.asked.append(text)
        self.fails -= 1
        if self.fails >= 0:
            raise SynthesisError("broken")
        return CLIP


def threads(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


def mended() -> None:
    for thread in threads("voice-mending"):
        thread.join(10)


def fetched(voice: ReconnectingVoice, text: str, *, brisk: bool = False):
    """Ask until there is an answer, as a stage does."""
    answers: list[object] = []

    def asked() -> bool:
        with suppress(ClipPending):
            answers.append(voice(text, brisk=brisk))
        return bool(answers)

    assert waiting.until(asked), f"no answer for {text!r}"
    return answers[0]


def test_a_clip_comes_without_being_waited_for():
    hanging, asked = threading.Event(), []

    def render(text: str, *, brisk: bool = False):
        asked.append(text)
        hanging.wait(20)
        return CLIP

    with ReconnectingVoice(render, pytest.fail) as voice:
        for _ in range(3):
            begun_s = time.monotonic()
            with pytest.raises(ClipPending):
                voice("one")
            assert time.monotonic() - begun_s < 1.0
        hanging.set()
        assert fetched(voice, "one") is CLIP
        assert asked == ["one"]  # though it was asked for three times


def test_a_count_and_the_same_count_in_haste_are_two_clips():
    hasty = np.ones(5, np.float32)

    def render(_text: str, *, brisk: bool = False):
        return hasty if brisk else CLIP

    with ReconnectingVoice(render, pytest.fail) as voice:
        for brisk in (False, True):
            with pytest.raises(ClipPending):
                voice("5", brisk=brisk)
        assert fetched(voice, "5", brisk=True) is hasty
        assert fetched(voice, "5") is CLIP


def test_a_text_that_hangs_holds_up_no_other():
    hanging = threading.Event()

    def render(text: str, *, brisk: bool = False):
        if text == "hangs":
            hanging.wait(20)
        return CLIP

    with ReconnectingVoice(render, pytest.fail) as voice:
        with pytest.raises(ClipPending):
            voice("hangs")
        assert fetched(voice, "other") is CLIP
        hanging.set()


def test_one_that_hangs_is_done_without_after_a_while_and_told_when_it_is_back():
    hanging, posted = threading.Event(), []

    def render(_text: str, *, brisk: bool = False):
        hanging.wait(20)
        return CLIP

    with ReconnectingVoice(render, posted.append, retry_s=0.01, patience_s=0.05) as voice:
        with pytest.raises(SynthesisError):
            fetched(voice, "one")
        assert posted == []
        hanging.set()
        mended()
        assert posted == [Back(Device.VOICE)]


def test_a_voice_that_is_slow_is_not_lost():
    """Twenty clips, one after the other, take longer than one may."""
    alone = threading.Lock()

    def render(_text: str, *, brisk: bool = False):
        with alone:
            time.sleep(0.05)  # a voice that takes its time
            return CLIP

    with ReconnectingVoice(render, pytest.fail, patience_s=0.4) as voice:
        texts = [f"text {number}" for number in range(20)]
        for text in texts:
            with pytest.raises(ClipPending):
                voice(text)
        assert all(fetched(voice, text) is CLIP for text in texts)


def test_what_is_needed_is_waited_for_until_it_is_known_to_be_lost():
    """Nobody with closed eyes reads a question: late is better than never."""
    hanging, posted = threading.Event(), []

    def render(_text: str, *, brisk: bool = False):
        hanging.wait(20)
        return CLIP

    with ReconnectingVoice(render, posted.append, 0.01, patience_s=0.0, needed={"Is it sore?"}) as voice:
        with pytest.raises(ClipPending):
            voice("Is it sore?")
        hanging.set()
        assert fetched(voice, "Is it sore?") is CLIP
        hanging.clear()
        with pytest.raises(SynthesisError):
            voice("5")
        with pytest.raises(SynthesisError):
            voice("Is it sore?")  # it is not slow now, it is lost
        hanging.set()
        mended()
        assert posted == [Back(Device.VOICE)]


def test_a_failure_is_no_slowness():
    with (
        ReconnectingVoice(Broken(9), pytest.fail, retry_s=9, needed={"Is it sore?"}) as voice,
        pytest.raises(SynthesisError),
    ):
        fetched(voice, "Is it sore?")


def test_what_fails_is_tried_again_until_it_works_and_that_is_told_once():
    posted, render = [], Broken(4)
    with ReconnectingVoice(render, posted.append, retry_s=0.01) as voice:
        for text in ("one", "two"):
            with pytest.raises(SynthesisError):
                fetched(voice, text)
        assert len(threads("voice-mending")) <= 1
        mended()
        assert posted == [Back(Device.VOICE)]
        assert render.asked.count("two") == 1
        assert fetched(voice, "three") is CLIP
    assert posted == [Back(Device.VOICE)]


def test_a_second_failure_is_mended_too():
    posted, render = [], Broken(1)
    with ReconnectingVoice(render, posted.append, retry_s=0.01) as voice:
        for count in (1, 2):
            with pytest.raises(SynthesisError):
                fetched(voice, "one")
            mended()
            assert posted == [Back(Device.VOICE)] * count
            render.fails = 1


def test_nothing_goes_on_after_the_session():
    posted = []
    with (
        ReconnectingVoice(Broken(10**9), posted.append, retry_s=0.01) as voice,
        pytest.raises(SynthesisError),
    ):
        fetched(voice, "one")
    mended()
    for thread in threads("voice-clip"):
        thread.join(10)
    assert not threads("voice-mending")
    assert not threads("voice-clip")
    assert posted == []


def test_a_machine_without_threads_left_is_waited_out(monkeypatch):
    """It can start none for a while; the clip is done without, and the session is told later."""
    posted = []
    start = threading.Thread.start

    def refused(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with ReconnectingVoice(Broken(0), posted.append, retry_s=0.01, patience_s=0.02) as voice:
        with pytest.raises(SynthesisError):
            fetched(voice, "one")
        monkeypatch.setattr(threading.Thread, "start", start)
        with pytest.raises(SynthesisError):
            voice("one")  # it was asked for long ago
        mended()
        assert posted == [Back(Device.VOICE)]
        assert fetched(voice, "two") is CLIP
