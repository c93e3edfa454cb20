"""The laws of hushing before understanding, on any history."""

from hypothesis import given
from hypothesis import strategies as st

from player.core.ducking import GAIN, PATIENCE_S, Ducking, begun, known, passed

waits = st.floats(0.02, 20.0)
things = st.sampled_from(["begun", "silent", "command", "other"])
histories = st.lists(st.tuples(waits, things), max_size=60)


def lived(history, start=100.0):
    """Yield (time, what happened, ducking after it); time passes in ticks as in a session."""
    ducking, now = Ducking(), start
    for wait, thing in history:
        end = now + wait
        while now + 0.25 < end:
            now += 0.25
            ducking = passed(ducking, now)
            yield now, "tick", ducking
        now = end
        match thing:
            case "begun" | "silent":
                ducking = begun(ducking, now, audible=thing == "begun")
            case "command" | "other":
                ducking = known(ducking, command=thing == "command")
        yield now, thing, ducking


@given(histories)
def test_the_voice_never_stays_down_longer_than_its_patience(history):
    for now, _, ducking in lived(history):
        if ducking.since_s is not None:
            assert now - ducking.since_s < PATIENCE_S + 0.25


@given(histories)
def test_nothing_goes_down_while_the_player_is_silent(history):
    before = None
    for _, thing, ducking in lived(history):
        if thing == "silent" and before is None:
            assert ducking.since_s is None
        before = ducking.since_s


@given(histories)
def test_what_is_known_lets_the_voice_up_at_once(history):
    assert all(d.since_s is None for _, thing, d in lived(history) if thing in {"command", "other"})


@given(histories)
def test_at_most_three_times_in_vain_within_thirty_seconds(history):
    downs, before = [], None
    for now, thing, ducking in lived(history):
        if thing == "command":
            downs = []
        if before is None and ducking.since_s is not None:
            downs.append(now)
        before = ducking.since_s
        assert sum(at > now - 30 for at in downs) <= 3


def test_a_television_is_left_alone_for_a_minute_and_then_tried_again():
    ducking = Ducking()
    for now in (1.0, 5.0, 9.0):
        ducking = begun(ducking, now, audible=True)
        assert ducking.since_s == now
        ducking = passed(ducking, now + PATIENCE_S)
        assert ducking.since_s is None
    for now in (13.0, 40.0, 72.0):
        ducking = begun(ducking, now, audible=True)
        assert ducking.since_s is None
    assert begun(ducking, 73.1, audible=True).since_s == 73.1


def test_a_command_ends_the_rest():
    ducking = Ducking(rest_until_s=1000.0)
    assert begun(known(ducking, command=True), 5.0, audible=True).since_s == 5.0


def test_the_voice_goes_down_far_enough_to_be_spoken_over():
    assert 0.1 <= GAIN <= 0.25
