"""How much a loudspeaker is given ahead, by what earlier sessions found out."""

import pytest

from player.app.buffer import SHORTEST_S, buffer_s, keep
from player.backends.portaudio import LATENCY_S, Timekeeping


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))


def session(late_s, seconds=600.0, device="speaker"):
    keep(Timekeeping(device, seconds, late_s))
    return buffer_s("speaker")


def test_a_loudspeaker_that_is_not_known_has_the_usual_buffer():
    assert buffer_s("speaker") == LATENCY_S


def test_where_nothing_came_late_the_next_session_has_the_shortest():
    assert session(0.0) == SHORTEST_S


def test_it_is_longer_by_twice_as_much_as_it_came_late():
    assert session(0.02) == pytest.approx(0.14)


def test_it_is_never_longer_than_the_usual():
    assert session(5.0) == LATENCY_S


def test_each_loudspeaker_has_its_own():
    assert session(0.0, device="headset") == LATENCY_S


def test_a_short_session_shows_nothing_good():
    assert session(0.0, seconds=60.0) == LATENCY_S


def test_that_it_was_late_counts_at_once():
    session(0.0)
    assert session(0.05, seconds=10.0) == LATENCY_S


def test_that_it_was_late_fades():
    session(0.04)
    assert [session(0.0) for _ in range(2)] == pytest.approx([0.156, 0.1392], abs=1e-3)


def test_a_machine_that_slept_is_trusted_again_after_some_sessions():
    session(0.0)
    session(3600.0)
    assert [session(0.0) for _ in range(8)][-1] < 0.13
