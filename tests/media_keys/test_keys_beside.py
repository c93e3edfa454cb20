"""A real session on virtual hardware, steered by `playerctl` as a desktop or a headset's button would."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import virtual_audio
from tests.faults.led import Led
from tests.private_bus import PrivateBus, private_bus
from tests.virtual_audio import VirtualAudio

KEYS = "player.media_keys.worker"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as one:
        yield one


@pytest.fixture
def led(virtual_audio_room: VirtualAudio, bus: PrivateBus, tmp_path: Path) -> Iterator[Led]:
    virtual_audio.require()
    options = ("--from", "counted", "--ears", "keyboard", "--media-keys")
    one = Led(virtual_audio_room, tmp_path, *options, environment=bus.environment)
    yield one
    one.close()


def test_playerctl_steers_a_session_and_only_its_own_process_is_on_the_bus(led, bus):
    led.until(0.0, "step", 60)
    led.wait_for(lambda: bus.playerctl("status") == "Playing", "the desktop sees it")
    assert bus.members() == {led.child(KEYS)}

    def key(name: str, event: str, **fields: object):
        pressed_s = time.monotonic()
        bus.playerctl(name)
        return led.until(pressed_s, event, **fields)

    key("play-pause", "command", command="pause", by="key")
    led.wait_for(lambda: bus.playerctl("status") == "Paused", "it stands")
    key("play-pause", "command", command="resume", by="key")
    led.wait_for(lambda: bus.playerctl("status") == "Playing", "it goes on")
    label = key("next", "step").fields["label"]
    led.wait_for(lambda: bus.playerctl("metadata", "xesam:title") == label, f"title {label}")
    assert bus.playerctl("metadata", "xesam:artist") == "Interrupted"
    assert key("previous", "step").fields["label"] != label
    key("stop", "command", command="stop")
    assert led.ends() == 0
    assert not led.children(KEYS)
    assert bus.playerctl("status") == ""
