"""The loudspeaker of a room begins with what earlier sessions found out about it."""

import pytest

from player.app import sounding
from player.app.buffer import SHORTEST_S
from player.backends.null_devices import SilentLoudspeaker
from player.backends.portaudio import LATENCY_S, Timekeeping


class Steady(SilentLoudspeaker):
    """A loudspeaker that has always been asked for sound in time."""

    def __init__(self, device, latency_s):
        super().__init__()
        opened.append(latency_s("speaker"))

    @property
    def timekeeping(self):
        return Timekeeping("speaker", 1200.0, 0.0)

    def reopen(self):
        pass


opened: list[float] = []


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    monkeypatch.setattr(sounding, "PortAudioLoudspeaker", Steady)
    opened.clear()


def test_a_loudspeaker_that_was_in_time_is_given_less_ahead_the_next_time():
    for _ in range(2):
        with sounding.sounding(""):
            pass
    assert opened == [LATENCY_S, SHORTEST_S]
