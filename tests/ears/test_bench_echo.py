"""The yardstick for echo: rooms, sessions and figures that are what they say."""

from itertools import islice

import numpy as np
import pytest

from player.app.choices import DEFAULT_VOICE
from player.bench import echo, echo_session
from player.bench.echo_figures import judged
from player.bench.echo_narration import routines, talk
from player.bench.echo_room import Air, EchoRoom, active
from player.bench.echo_session import EchoOutcome, EchoSession, Word
from player.core import ducking
from player.core.commands import Command
from player.core.decision import Accepted, Onset, Reason, Recognition, Rejected
from player.files import voices

RATE, BLOCK = 16_000, 320


def noise(seconds, seed=0):
    return 0.1 * np.random.default_rng(seed).normal(size=round(seconds * RATE)).astype(np.float32)


def word(at_s, command=Command.NEXT, length_s=0.5):
    return Word(command, np.full(round(length_s * RATE), 0.1, np.float32), round(at_s * RATE))


def heard(start_s, end_s, command=Command.NEXT, verdict=None):
    verdict = verdict or Accepted(command)
    return Recognition(
        text=command.value,
        command=command,
        score=None,
        margin=None,
        start_s=start_s,
        end_s=end_s,
        decided_s=end_s,
        verdict=verdict,
    )


class Ears:
    """A chain that answers at prepared blocks, and remembers what it was given."""

    def __init__(self, answers):
        self.answers = answers
        self.given, self.played = [], []

    def accept(self, pcm, reference=b""):
        self.given.append(np.frombuffer(pcm, "<i2") / 32767)
        self.played.append(np.frombuffer(reference, "<i2") / 32767)
        return tuple(self.answers.get(len(self.given) - 1, ()))


def lag(echo, played):
    size = 1 << 18
    path = np.fft.irfft(np.fft.rfft(echo, size) * np.fft.rfft(played, size).conj())
    return int(np.argmax(np.abs(path)))


@pytest.mark.parametrize("delay_ms", [30, 120, 300])
def test_the_echo_comes_as_late_and_as_loud_as_asked(delay_ms):
    played = noise(4)
    echo = EchoRoom(delay_ms).heard(played, -30)
    assert lag(echo, played) == pytest.approx(delay_ms * 16, abs=1)
    assert 20 * np.log10(active(echo)) == pytest.approx(-30, abs=0.01)


@pytest.mark.parametrize("drift_ppm", [100, -100])
def test_two_clocks_part_by_so_many_millionths(drift_ppm):
    played = noise(12)
    echo, steady = (EchoRoom(120, ppm).heard(played, -30) for ppm in (drift_ppm, 0))
    late = [lag(echo[at : at + RATE], played[at : at + RATE]) for at in (RATE, 10 * RATE)]
    assert late[1] - late[0] == pytest.approx(9 * RATE * drift_ppm * 1e-6, abs=1)
    assert np.mean(echo**2) == pytest.approx(np.mean(steady**2), rel=0.02)


def test_a_slower_microphone_hears_more_of_the_loudspeaker_in_each_of_its_seconds():
    air, blocks = Air(EchoRoom(drift_ppm=-10_000)), 0
    for _ in range(1000):
        while air.silent:
            air.play(np.zeros(BLOCK, np.float32))
            blocks += 1
        air.take()
    assert blocks == pytest.approx(1010, abs=2)


def test_a_room_that_changes_answers_otherwise_after_twenty_seconds():
    played = np.tile(noise(1), 41)
    first, second, third = (
        EchoRoom(changing=True).heard(played, -30)[at * RATE : (at + 1) * RATE] for at in (18, 39, 40)
    )
    steady = EchoRoom().heard(played, -30)
    assert np.array_equal(steady[18 * RATE : 19 * RATE], steady[39 * RATE : 40 * RATE])
    assert 10 * np.log10(np.mean((first - second) ** 2) / np.mean(first**2)) == pytest.approx(-10, abs=3)
    assert np.mean((second - third) ** 2) > 0


def session(ears, room, seconds=6.0):
    return EchoSession(ears, None, room, noise(seconds), 1.0)


def test_the_voice_goes_down_when_somebody_begins_and_comes_back():
    ears = Ears({100: [Onset(1.9)]})
    one = session(ears, EchoRoom())
    one._clear = True
    told = one.lead([])
    assert told.ducked == [pytest.approx(101 * 0.02)]
    powers = 10 * np.log10(np.array([np.mean(block**2) for block in ears.played]))
    assert powers[108:155].mean() - powers[:100].mean() == pytest.approx(20 * np.log10(ducking.GAIN), abs=1)
    assert powers[200:].mean() == pytest.approx(powers[:100].mean(), abs=1)


def test_it_does_not_go_down_before_the_echo_is_known_to_be_cancelled():
    assert session(Ears({100: [Onset(1.9)]}), EchoRoom()).lead([]).ducked == []


def test_what_is_not_obeyed_is_said_again_and_what_is_obeyed_is_not():
    words = [word(1), word(4)]
    ears = Ears({90: [heard(1.0, 1.5)], 230: [heard(4.0, 4.5, Command.UNDO)]})
    told = session(ears, None, 8.0).lead(words)
    assert list(told.again) == [words[1].at]
    loud = np.array([np.abs(block).mean() > 0.05 for block in ears.given])
    again = round((words[1].end_s + echo_session._AGAIN_S) / 0.02)
    assert loud[again : again + 25].mean() > 0.9
    assert not loud[100:199].any()


def test_figures_are_what_was_prepared():
    words = [word(1), word(4, Command.STOP), word(7, Command.PAUSE), word(10)]
    told = EchoOutcome(ducked=[1.3, 6.0], again={words[1].at: word(5.7, Command.STOP)}, seconds=3600)
    told.hearings = [
        (1.6, heard(1.0, 1.5)),
        (6.4, heard(5.7, 6.2, Command.STOP)),
        (7.7, heard(7.0, 7.5, Command.UNDO)),
        (9.0, heard(8.5, 8.9)),
        (10.9, heard(10.0, 10.5, verdict=Rejected(Reason.UNSURE))),
    ]
    figures = judged(told, words)
    assert (figures.said, figures.right, figures.in_two, figures.wrong, figures.false) == (4, 1, 2, 1, 1)
    assert figures.to_hush == (pytest.approx(0.3),)
    assert figures.to_action == (pytest.approx(0.1),)
    assert figures.hushes == 0
    assert figures.hours == 1


def test_a_hush_where_nobody_speaks_is_a_false_one():
    assert judged(EchoOutcome(ducked=[3.0, 4.2]), [word(4)]).hushes == 1


def test_only_what_is_said_and_what_is_around_it_is_kept_and_nothing_twice():
    kept = list(talk([(0.5, 2.0), (3.0, 4.0), (9.0, 10.0)]))
    assert kept == [(0.0, pytest.approx(2.2)), (2.2, 4.8), (8.2, 10.8)]


@pytest.fixture
def narrations(monkeypatch):
    """Sessions of ten seconds each; returns which routine was led in which voice."""
    led = []

    def sessions(several, voice):
        for routine in several:
            led.append((routine, voice))
            yield noise(10)

    monkeypatch.setattr(echo, "sessions", sessions)
    return led


@pytest.mark.parametrize("room", echo.ROOMS)
def test_the_player_narrates_in_the_voices_of_the_engine_that_people_hear(narrations, room):
    lengths = [len(played) for played in echo._narrations(room, 95.0, "")]
    assert lengths == [160_000] * 9 + [80_000]
    hibari = {one.name for one in voices.like(voices.find(DEFAULT_VOICE))}
    assert {"calm", "low", "slow"} == hibari == {voice for _routine, voice in narrations}
    assert len({routine for routine, _voice in narrations}) == 10


def test_the_player_narrates_in_one_voice_where_it_is_named(narrations):
    for _played in islice(echo._narrations("poor", 1e6, "espeak-calm"), 100):
        pass
    assert {voice for _routine, voice in narrations} == {"espeak-calm"}
    assert {routine for routine, _voice in narrations} == set(routines())


def test_of_the_narration_alone_one_learns_how_soon_the_echo_was_cancelled():
    one = echo.Alone(sessions=1, seconds=1800.0, hushes=1, converged_s=(4.0,))
    several = one + echo.Alone(sessions=1, seconds=1800.0, commands=("stop",), converged_s=(9.0, 5.0))
    assert echo._of_itself(several) == (
        "1 commands stop, 1 hushes (0 in the first 5 s) in 1.00 h, 2 sessions,"
        " converged after 5.0 s in the median, 9.0 at most"
    )
    assert echo._of_itself(echo.Alone()).endswith("converged never")
