"""Whether what is left after cancelling is the own voice: also where the echo is not where it was."""

import numpy as np
import pytest

from player.bench.echo_room import EchoRoom, active
from player.ears.aec.canceller import EchoCanceller
from player.ears.aec.self_voice import STRANGER, displaced, likeness
from tests.ears.speech import chunks, spoken
from tests.ears.test_aec import ECHO_DB, RATE, SLACK_MS, cancel, in_room, narration, pcm


def own_of_the_last(canceller, blocks, seconds):
    end = blocks * 320
    return canceller.own(end - int(seconds * RATE), end)


def test_what_remains_of_the_own_voice_is_told_from_a_word_over_it():
    """Somebody moves at 18 s; half a second later the filter has not followed yet."""
    played = narration()
    word = spoken("continue").astype(np.float32) / 32768
    word *= 10 ** (ECHO_DB / 20) / active(word)
    heard = EchoRoom().heard(played, ECHO_DB) + EchoRoom().noise(len(played))
    heard[18 * RATE :] += EchoRoom(seed=2).heard(played, ECHO_DB - 8)[18 * RATE :]
    said = 15 * RATE
    heard[said : said + len(word)] += word
    canceller, owns = EchoCanceller(slack_ms=SLACK_MS), {}
    asked = {(said + len(word)) // 320: len(word) / RATE, int(18.5 * 50): 0.5}
    for number, (microphone, reference) in enumerate(
        zip(chunks(pcm(heard)), chunks(pcm(played)), strict=True), start=1
    ):
        canceller.accept(microphone, reference)
        if number in asked:
            owns[number] = own_of_the_last(canceller, number, asked[number])
    somebody, myself = owns.values()
    assert somebody < -0.25
    assert myself > -0.05


@pytest.mark.parametrize("lost_s", [0.02, 0.08, 0.25])
def test_what_is_left_of_the_own_voice_after_samples_were_lost_is_no_strangers(lost_s):
    """The echo comes too early for the filter, which still says that it has converged."""
    played = narration()
    heard = EchoRoom(410).heard(played, ECHO_DB) + EchoRoom(410).noise(len(played))
    heard = np.delete(heard, slice(18 * RATE, int((18 + lost_s) * RATE)))[: 19 * RATE]
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    blocks = int(18.7 * 50)
    cancel(canceller, heard[: blocks * 320], played[: blocks * 320])
    assert canceller.converged
    assert own_of_the_last(canceller, blocks, 0.3) > -0.15


@pytest.mark.parametrize("waited_s", [0.1, 0.14, 0.3])
def test_a_loudspeaker_that_waited_speaks_with_nobody_elses_voice(waited_s):
    """The echo comes too late for the filter: what is left is two copies, and like neither."""
    played, at = narration(), 15 * RATE
    heard = EchoRoom(410).heard(played, ECHO_DB)
    heard = np.concatenate((heard[:at], np.zeros(int(waited_s * RATE), np.float32), heard[at:]))
    blocks = int((15.7 + waited_s) * 50)
    heard = heard[: blocks * 320] + EchoRoom(410).noise(blocks * 320)
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    cancel(canceller, heard, played[: len(heard)])
    assert canceller.converged
    assert own_of_the_last(canceller, blocks, 0.3) > 0.0


def test_an_echo_is_known_where_it_is_not_expected_and_nothing_is_said_of_one_in_its_place():
    played = narration(3)[: 2 * RATE]
    copy = 0.3 * played[RATE : RATE + RATE // 2]
    late = len(played) - len(copy) - RATE
    strange = np.random.default_rng(0).normal(0, 0.1, len(copy)).astype(np.float32)
    assert displaced(copy, played, late + 1600) > 0.3
    assert displaced(copy, played, late) == STRANGER
    assert displaced(strange, played, late) < -0.25
    assert displaced(copy[:3000], played, late + 1600) == STRANGER


def test_before_the_delay_is_known_the_own_voice_is_known_by_what_was_played():
    played = narration(4)
    heard = EchoRoom(410).heard(played, ECHO_DB) + EchoRoom(410).noise(len(played))
    word = spoken("continue").astype(np.float32) / 32768
    over = heard.copy()
    word = word[-RATE * 4 // 10 :]
    over[RATE - len(word) : RATE] += word * 10 ** ((ECHO_DB + 10) / 20) / active(word)
    owns = []
    for sound in (heard, over):
        canceller = EchoCanceller(slack_ms=SLACK_MS)
        cancel(canceller, sound[:RATE], played[:RATE])
        owns.append(own_of_the_last(canceller, 50, 0.3 if sound is heard else len(word) / RATE))
    assert owns[0] > -0.15
    assert owns[1] < -0.25


def test_what_was_too_short_or_long_ago_or_without_echo_is_nobodys_own():
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    assert canceller.own(0, RATE) == STRANGER
    in_room(EchoRoom(), canceller)
    assert canceller.own(0, RATE) == STRANGER
    assert canceller.own(24 * RATE - 320, 24 * RATE) == STRANGER
    assert likeness(np.ones(RATE, np.float32), np.zeros(RATE, np.float32)) == STRANGER


def test_a_filtered_copy_is_like_and_noise_is_not():
    sound = narration(3)
    rng = np.random.default_rng(0)
    copy = np.convolve(sound, rng.normal(size=64) * np.exp(-np.arange(64) / 8))[: len(sound)]
    assert likeness(np.asarray(0.1 * copy, np.float32), sound) > 0.3
    assert likeness(0.05 * rng.normal(size=len(sound)).astype(np.float32), sound) < -0.5


def test_what_is_much_softer_than_the_echo_is_its_remains_sooner_than_somebody():
    """A poor loudspeaker leaves 10 to 15 dB less than its echo, like nothing; words are seldom so soft."""
    played = narration(3)[: RATE // 2]
    word = spoken("continue").astype(np.float32)[: len(played)]
    echo = played[: len(word)] / np.sqrt(played[: len(word)] @ played[: len(word)])
    word /= np.sqrt(word @ word)
    near, soft, softer = (likeness(word * 10 ** (over_db / 20), echo) for over_db in (-5.0, -9.0, -13.0))
    assert soft - near == pytest.approx(0.2, abs=0.05)
    assert softer - soft == pytest.approx(0.4, abs=0.05)
