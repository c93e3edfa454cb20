"""The check of the microphone in the first seconds of a session."""

import pytest

from player.app.mic_check import LOOKS, Check, trouble
from player.core.events import Device
from player.ears.protocol import EchoMeasured, Levels
from player.session.inbox import Back, Gone

GOOD = Levels(-55.0, -60.0, 0.0, 0.02)
DEAD = Levels(-100.0, -75.0, 0.0, 0.0)
NOISY = Levels(-28.0, -30.0, 0.0, 0.2)
OVERDRIVEN = Levels(-3.0, -60.0, 0.0, 1.0)


def told(*several):
    posted = []
    check = Check(posted.append)
    for one in several:
        check.echo(one) if isinstance(one, EchoMeasured) else check.look(one)
    return posted


@pytest.mark.parametrize(
    ("levels", "lost"),
    [
        (DEAD, Device.SIGNAL),
        (NOISY, Device.QUIET),
        (OVERDRIVEN, Device.HEADROOM),
    ],
)
def test_what_is_wrong_is_told_once(levels, lost):
    assert told(*[levels] * LOOKS, *[levels] * 60) == [Gone(lost)]


def test_a_good_microphone_is_not_spoken_of():
    assert told(*[GOOD] * 60) == []


def test_a_silent_room_or_a_gate_in_a_headset_is_not_called_dead():
    assert told(*[DEAD] * 59, GOOD, *[DEAD] * 90) == []
    assert told(*[DEAD] * 150) == [Gone(Device.SIGNAL)]


def test_a_little_sound_is_enough_to_be_alive():
    assert told(*[DEAD] * 7, GOOD, *[DEAD] * 20) == []


def test_one_loud_knock_is_no_fault():
    assert told(GOOD, OVERDRIVEN, *[GOOD] * 20) == []


def test_a_noise_that_begins_later_is_not_its_business():
    assert told(*[GOOD] * LOOKS, *[NOISY] * 20) == []


FAILED, CANCELLED = EchoMeasured(False, 1.0, None, None), EchoMeasured(True, 20.0, 60.0, 0.0)
LOUD = Levels(-8.0, -60.0, 0.0, 0.7)


@pytest.mark.parametrize(("levels", "device"), [(LOUD, Device.DISTANCE), (GOOD, Device.ECHO)])
def test_an_own_voice_that_cannot_be_cancelled_is_told_once_and_when_it_can(levels, device):
    heard = [levels] * 2 * LOOKS  # it is known after twenty seconds
    assert told(*heard, FAILED) == [Gone(device)]
    assert told(*heard, CANCELLED, FAILED) == []
    assert told(*heard, FAILED, CANCELLED, FAILED, CANCELLED) == [Gone(device), Back(device)]


def test_of_the_own_voice_nothing_is_said_where_something_else_was_wrong():
    assert told(*[NOISY] * LOOKS, FAILED, CANCELLED) == [Gone(Device.QUIET)]


def test_nothing_is_judged_before_there_is_something():
    assert trouble([]) is None
    assert trouble([DEAD]) is None


@pytest.mark.parametrize("trouble_before", [[], [NOISY] * 6])
def test_a_microphone_that_is_muted_later_is_told_of_once(trouble_before):
    several = [*trouble_before, *[GOOD] * LOOKS, *[DEAD] * 60, GOOD, *[DEAD] * 60]
    assert told(*several)[-1] == Gone(Device.SIGNAL)
    assert told(*several).count(Gone(Device.SIGNAL)) == 1


def test_it_takes_eight_seconds_in_a_row():
    assert told(*[GOOD] * LOOKS, *([*[DEAD] * 7, GOOD] * 5)) == []


def test_where_noise_is_cut_away_zeros_mean_nothing():
    gated = [GOOD, DEAD, GOOD, GOOD]
    assert told(*gated * 3, *[DEAD] * 60) == []


def test_the_zeros_of_a_second_in_which_it_was_opened_do_not_count():
    assert told(DEAD, *[GOOD] * LOOKS, *[DEAD] * 8) == [Gone(Device.SIGNAL)]


def test_a_lost_microphone_is_not_a_muted_one():
    posted = []
    check = Check(posted.append)
    for one in [GOOD] * LOOKS:
        check.look(one)
    check.lost(lost=True)
    for one in [DEAD] * 20:
        check.look(one)
    check.lost(lost=False)
    for one in [*[DEAD] * 7, GOOD]:
        check.look(one)
    assert posted == []


SOFT = Levels(-70.0, -75.0, 0.0, 0.002, faint_s=0.4)
SPEAKING = Levels(-40.0, -60.0, 0.0, 0.1, spoken_s=0.4)


def test_speech_too_soft_to_be_heard_is_told_once_and_when_it_is_mended():
    assert told(*[SOFT] * 9, *[GOOD] * 30, *[SOFT] * 9) == [Gone(Device.LEVEL)]
    mended = [Gone(Device.LEVEL), Back(Device.LEVEL)]
    assert told(*[GOOD] * 20, *[SOFT] * 3, SPEAKING, *[SOFT] * 9) == mended


def test_who_was_heard_may_murmur():
    assert told(SPEAKING, *[SOFT] * 30) == []


def test_a_word_in_the_next_room_is_no_fault():
    assert told(*[GOOD] * 5, SOFT, SOFT, *[GOOD] * 30) == []
