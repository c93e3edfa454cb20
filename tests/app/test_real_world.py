"""A room that stays open: what a session leaves on its devices the next one neither loses nor bears."""

import threading
from contextlib import contextmanager

import numpy as np
import pytest

from player.app import real
from player.app.choices import Choices
from player.app.session_config import SessionConfig
from player.app.sounding import Sounding
from player.backends.null_devices import SilentLoudspeaker
from player.core.decision import Onset
from player.core.observations import EchoStatus, SpeechStarted, VoiceDucked
from player.core.plan import Plan, Step, Timed
from player.files import languages
from player.ports import RATE_HZ, NullEars
from player.session.inbox import RealInbox
from player.session.reconnecting_loudspeaker import ReconnectingLoudspeaker
from player.sound.mixer import Layer, Mixer, Sound
from tests.session.worlds import Watcher, short_clip

TALKING = Plan(
    "talking",
    "Talking",
    "en",
    (Step(id="one", label="chin", say="word " * 40, work=Timed(0.2), settle_s=0.0),),
    framed=False,
)


class TellingEars(NullEars):
    """Ears that tell of the room only what is new, as real ones do."""

    def __init__(self, post):
        self.post = post

    def tell(self, *, converged):
        self.clear = converged
        self.post(EchoStatus(converged, 20.0, 100.0, None))


class Heard(Watcher):
    """Does something once a sentence has begun."""

    def __init__(self, then):
        super().__init__()
        self.then = then

    def observe(self, t_s, observation):
        super().observe(t_s, observation)
        if isinstance(observation, SpeechStarted):
            self.then()


@pytest.fixture
def room(monkeypatch):
    inbox, mixer = RealInbox(), Mixer()
    silent = SilentLoudspeaker()
    loudspeaker = ReconnectingLoudspeaker(silent, SilentLoudspeaker, inbox.post)
    loudspeaker.start(mixer.render)
    hearing = TellingEars(inbox.post)

    @contextmanager
    def ears(*_rest):
        yield hearing

    monkeypatch.setattr(real, "_ears", ears)
    sounds = Sounding(loudspeaker, mixer, inbox)
    choices = Choices("any", plain=True)
    with real.RealWorld(choices, languages.load("en"), lambda *_told, **_more: None, sounds, _set()) as world:
        yield world, hearing
    loudspeaker.close()


def _set():
    event = threading.Event()
    event.set()
    return event


def led(world, then) -> Heard:
    watcher = Heard(then)
    world.lead(SessionConfig(TALKING, languages.load("en"), short_clip, observers=(watcher,)))
    return watcher


def test_what_is_known_of_the_echo_is_known_in_the_next_session(room):
    """The ears tell only what has changed: the voice goes down for whoever speaks over it all evening."""
    world, hearing = room
    somebody = lambda: world.post(Onset(0.0))  # noqa: E731
    assert led(world, somebody).what(VoiceDucked) == []  # it may be the player's own voice
    hearing.tell(converged=True)
    for _session in range(2):
        assert VoiceDucked(True) in led(world, somebody).what(VoiceDucked)
    hearing.tell(converged=False)
    for _session in range(2):
        assert led(world, somebody).what(VoiceDucked) == []


def test_a_voice_that_was_lowered_as_a_session_ended_is_itself_in_the_next():
    mixer, seconds = Mixer(), 3
    mixer.duck(0.15)
    mixer.render(RATE_HZ)
    SessionConfig(TALKING, languages.load("en"), short_clip).stage(mixer, lambda: 0, NullEars())
    steady = np.full(seconds * RATE_HZ, 0.1, np.float32)
    mixer.play(1, [Sound(0, steady, Layer.VOICE)], steady.size)
    assert mixer.render(steady.size)[-1] == pytest.approx(0.1, rel=0.01)
