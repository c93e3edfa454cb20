"""A real session with the page beside it, on virtual hardware: seen and steered from outside."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import virtual_audio
from tests.faults.led import Led
from tests.page.visitor import Visitor, listening
from tests.virtual_audio import VirtualAudio

PAGE = "player.page.worker"


@pytest.fixture
def led(virtual_audio_room: VirtualAudio, tmp_path: Path) -> Iterator[Led]:
    options = ("--from", "counted", "--ears", "keyboard", "--page")
    one = Led(virtual_audio_room, tmp_path, *options, shown=tmp_path / "shown")
    yield one
    one.close()


def test_a_click_on_stop_ends_the_session_and_only_the_page_listens_for_this_computer_alone(led, tmp_path):
    virtual_audio.require()
    words = led.wait_for(
        lambda: [w for w in (tmp_path / "shown").read_text().split() if "?code=" in w], "address"
    )
    visitor = Visitor(words[0])
    assert visitor.come_in().code == 303
    with visitor.watching() as events:
        seen = next(one for one in events if one["place"].get("part") == "strokes")
        assert "stop" in seen["can"]
        children = led.children()
        ears_and_sockets = {pid: listening(pid) for pid in (led.process.pid, *children)}
        ((page, (where,)),) = [(pid, found) for pid, found in ears_and_sockets.items() if found]
        assert page == led.child(PAGE)
        assert where.startswith("0100007F:")
    os.kill(page, signal.SIGKILL)  # the session does not notice, and its page comes back
    led.wait_for(lambda: set(led.children(PAGE)) - {page} and visitor.there(), "the page is there again")
    with visitor.watching() as events:
        assert next(events)["step"] == seen["step"]
        assert visitor.post("/press", "stop").code == 204
        obeyed = led.until(0.0, "command", command="stop")
        assert obeyed.fields["by"] == "key"
        assert next(one for one in events if one.get("ended"))["ended"] == "stopped"
    assert led.ends() == 0
    assert not led.children(PAGE)
    assert not [one for one in led.told if one.fields.get("became")]
