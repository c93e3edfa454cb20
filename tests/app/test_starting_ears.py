"""What one session finds out about its devices is there for the next."""

from threading import Event

import pytest

from player.app import ears, starting_ears
from player.app.choices import Choices
from player.backends.portaudio import DeviceInfo
from player.core.events import Device
from player.core.observations import EchoStatus
from player.ears import client, protocol
from player.errors import AudioDeviceError, BackendUnavailable
from player.files import clocks, languages
from player.session.inbox import Gone
from tests.waiting import until

DEVICES = (
    DeviceInfo(name="spare", inputs=1, outputs=2, rate_hz=48_000, default_input=False, default_output=False),
    DeviceInfo(name="webcam", inputs=1, outputs=0, rate_hz=48_000, default_input=True, default_output=False),
    DeviceInfo(name="speaker", inputs=0, outputs=2, rate_hz=48_000, default_input=False, default_output=True),
)


class Ears:
    """Ears that only remember how they were set up."""

    def __init__(self, chosen, told):
        self.chosen, self.told = chosen, told
        begun.append(self)

    def listen(self, commands, names=()):
        pass

    def own_voice(self, *, audible):
        pass

    def close(self):
        pass


class Missing:
    """Ears that cannot be had."""

    tries = 0

    def __init__(self, _chosen, _told):
        Missing.tries += 1
        raise BackendUnavailable("there is no microphone", "plug one in")


begun: list[Ears] = []


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    monkeypatch.setattr(ears, "devices", lambda: DEVICES)
    monkeypatch.setattr(ears, "find_microphone", lambda _name: None)
    monkeypatch.setattr(client, "EarsProcess", Ears)
    begun.clear()


def starting(choices, *news):
    posted = []
    started = ears.starting_ears(choices, languages.load("en"), posted.append, pytest.fail)
    assert until(lambda: begun, 5)
    for one in news:
        begun[-1].told(one)
    started.close()
    return begun.pop().chosen, posted


def test_the_drift_of_two_clocks_is_there_for_the_next_session_with_these_devices():
    chosen, posted = starting(Choices("any"), protocol.EchoMeasured(True, 17.0, 120.0, 48.0))
    assert (chosen.cancel, chosen.drift_ppm) == (True, 0.0)
    assert posted == [EchoStatus(True, 17.0, 120.0, 48.0)]
    assert clocks.load("speaker", "webcam") == 48.0
    assert starting(Choices("any"))[0].drift_ppm == 48.0
    assert starting(Choices("any", out="spare"))[0].drift_ppm == 0.0


@pytest.mark.parametrize(
    "echo", [protocol.EchoMeasured(False, 3.0, 120.0, 48.0), protocol.EchoMeasured(True, 17.0, 120.0, None)]
)
def test_what_is_not_known_is_not_kept(echo):
    starting(Choices("any"), echo)
    assert clocks.load("speaker", "webcam") == 0.0


def test_headphones_have_no_echo():
    assert not starting(Choices("any", headphones=True))[0].cancel


def test_what_is_missing_is_told_before_ears_are_tried_and_once(monkeypatch):
    """On a busy machine a short session is over before the ears have found it out."""

    def find(_name):
        raise none

    none, told, spoken = BackendUnavailable("there is no microphone", "plug one in"), [], Event()
    monkeypatch.setattr(ears, "find_microphone", find)
    monkeypatch.setattr(client, "EarsProcess", Missing)
    monkeypatch.setattr(starting_ears, "FIRST_WAIT_S", 0.01)
    posted = []
    started = ears.starting_ears(
        Choices("any"), languages.load("en"), posted.append, told.append, spoken=spoken
    )
    assert (told, posted, Missing.tries) == ([none], [Gone(Device.MICROPHONE)], 0)
    spoken.set()
    assert until(lambda: Missing.tries > 2, 5)
    started.close()
    assert told == [none]
    with pytest.raises(BackendUnavailable):
        ears.starting_ears(Choices("any", source="mine"), languages.load("en"), posted.append, told.append)


def test_a_recogniser_that_is_missing_is_told_though_there_is_no_microphone_either(monkeypatch):
    class Vosk:
        @staticmethod
        def find():
            raise lacking

    lacking, told = BackendUnavailable("Vosk is not installed", "pip install vosk"), []
    monkeypatch.setattr(ears.registry, "recogniser", lambda _name: Vosk)
    monkeypatch.setattr(ears, "find_microphone", pytest.fail)
    ears.starting_ears(Choices("any"), languages.load("en"), [].append, told.append).close()
    assert told == [lacking]


def test_a_sound_server_that_does_not_answer_is_asked_again_by_the_ears(monkeypatch):
    def find(_name):
        raise AudioDeviceError("the sound server does not answer")

    monkeypatch.setattr(ears, "find_microphone", find)
    assert starting(Choices("any"))[1] == []


def test_ears_that_come_after_lost_ones_do_not_know_the_room_yet():
    """What the first had cancelled is heard again: no onset over the player's voice is somebody else's."""
    posted = []
    started = ears.starting_ears(Choices("any"), languages.load("en"), posted.append, pytest.fail)
    assert until(lambda: begun, 5)
    assert not started.clear
    tell = begun[-1].told
    tell(client.EarsLost("gone"))
    tell(client.EarsFound())
    assert [news for news in posted if isinstance(news, EchoStatus)] == []
    tell(protocol.EchoMeasured(True, 17.0, 120.0, None))
    assert started.clear
    tell(client.EarsLost("gone"))
    assert not started.clear
    started.close()
    assert [news.converged for news in posted if isinstance(news, EchoStatus)] == [True, False]
