"""The echo canceller in rooms that do not exist: what it takes away, what it leaves, what it says."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from player.bench.echo_room import EchoRoom, active
from player.ears.aec.canceller import CancellerFigures, EchoCanceller
from player.ears.aec.drift import Reading
from player.ears.aec.report import EchoReport
from tests.ears.speech import chunks, spoken

RATE = 16_000
SLACK_MS = 20
ECHO_DB = -30.0
SENTENCES = (
    "place one middle fingertip between your eyebrows",
    "press gently and keep breathing",
    "now draw small circles, slowly, out to your temples",
    "let your shoulders sink a little with every breath",
    "slide both hands down along your neck",
    "rest here for a moment before we go on",
)


@cache
def narration(seconds: int = 24) -> np.ndarray:
    gap = np.zeros(RATE // 2, np.int16)
    once = np.concatenate([piece for text in SENTENCES for piece in (spoken(text), gap)])
    shifted = [np.roll(once, 7919 * turn) for turn in range(1 + seconds * RATE // len(once))]
    return np.concatenate(shifted)[: seconds * RATE].astype(np.float32) / 16384


def pcm(sound):
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def cancel(canceller, heard, played):
    blocks = zip(chunks(pcm(heard)), chunks(pcm(played)), strict=True)
    left = b"".join(canceller.accept(microphone, reference) for microphone, reference in blocks)
    return np.frombuffer(left, "<i2").astype(np.float32) / 32767


def erle_db(before, after, from_s, to_s):
    part = slice(int(from_s * RATE), int(to_s * RATE))
    return 10 * np.log10(np.mean(before[part] ** 2) / np.mean(after[part] ** 2))


def in_room(room, canceller=None, played=None, user=0.0):
    played = narration() if played is None else played
    canceller = canceller or EchoCanceller(slack_ms=SLACK_MS)
    heard = room.heard(played, ECHO_DB) + room.noise(len(played)) + user
    return canceller, heard, cancel(canceller, heard, played)


@pytest.mark.parametrize("delay_ms", [30, 120, 600])
@pytest.mark.parametrize("drift_ppm", [0, 50, -50])
def test_the_echo_goes_and_delay_and_drift_are_known(delay_ms, drift_ppm):
    canceller, before, after = in_room(EchoRoom(delay_ms, drift_ppm))
    assert erle_db(before, after, 12, 24) > 20
    figures = canceller.figures
    assert figures.converged
    assert figures.erle_db > 15
    assert figures.delay_ms == pytest.approx(delay_ms - SLACK_MS, abs=4)
    assert figures.drift_ppm == pytest.approx(drift_ppm, abs=1)


def converged_s(room, drift_ppm):
    canceller = EchoCanceller(SLACK_MS, drift_ppm)
    heard = room.heard(narration(), ECHO_DB) + room.noise(len(narration()))
    for number, blocks in enumerate(zip(chunks(pcm(heard)), chunks(pcm(narration())), strict=True), 1):
        canceller.accept(*blocks)
        if canceller.converged:
            return number * 0.02
    return float("inf")


def test_who_knows_the_drift_converges_as_soon_as_on_one_clock():
    alone = converged_s(EchoRoom(), 0.0)
    assert converged_s(EchoRoom(drift_ppm=50), 47.0) < alone + 0.5
    assert converged_s(EchoRoom(drift_ppm=50), 0.0) > alone + 1.5


def test_a_drift_that_is_wrong_costs_no_more_than_one_that_is_not_known():
    unknown = converged_s(EchoRoom(drift_ppm=50), 0.0)
    assert converged_s(EchoRoom(), 50.0) < unknown + 1.5


@pytest.mark.parametrize("room", [EchoRoom(poor=True), EchoRoom(changing=True)], ids=["poor", "changing"])
def test_a_poor_loudspeaker_and_a_room_that_changes_are_borne(room):
    _, before, after = in_room(room)
    assert erle_db(before, after, 10, 20) > 18


def test_the_words_of_somebody_else_are_left_as_they_are():
    user = np.zeros(len(narration()), np.float32)
    word = spoken("continue").astype(np.float32) / 32768
    word *= 10 ** (ECHO_DB / 20) / active(word)
    at = 20 * RATE
    user[at : at + len(word)] = word
    _, _, after = in_room(EchoRoom(), user=user)
    left = after[at : at + len(word)] - word
    assert 10 * np.log10(np.mean(word**2) / np.mean(left**2)) > 12


def test_a_delay_that_jumps_is_found_again():
    played = narration()
    first, later = (EchoRoom(delay_ms).heard(played, ECHO_DB) for delay_ms in (100, 250))
    half = len(played) // 2
    heard = np.concatenate((first[:half], later[half:])) + EchoRoom().noise(len(played))
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    after = cancel(canceller, heard, played)
    assert canceller.figures.delay_ms == pytest.approx(250 - SLACK_MS, abs=4)
    assert erle_db(heard, after, 20, 24) > 18


def test_without_a_sound_from_the_loudspeaker_nothing_is_touched():
    word = spoken("continue").astype(np.float32) / 32768
    sound = word[: len(word) // 320 * 320]
    canceller = EchoCanceller()
    for block in chunks(pcm(sound)):
        assert canceller.accept(block, bytes(len(block))) == block


def test_it_does_not_believe_itself_when_it_cancels_nothing():
    played = narration()
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    stranger = EchoRoom().heard(np.ascontiguousarray(played[::-1]), ECHO_DB)
    cancel(canceller, stranger, played)
    assert not canceller.converged


@pytest.mark.parametrize("level_db", [-40.0, -30.0, -12.0])
def test_it_converges_soon_however_loud_the_echo_is(level_db):
    played = np.ascontiguousarray(narration()[5 * RATE : 13 * RATE])
    before = EchoRoom(seed=9).heard(played, level_db) + EchoRoom(noise_db=-70.0).noise(len(played))
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    after = cancel(canceller, before, played)
    assert erle_db(before, after, 3, 5) > 13
    assert canceller.converged


@pytest.mark.parametrize("ppm", [-200, 0, 50])
def test_a_stream_is_read_at_another_pace(ppm):
    time = np.arange(4 * RATE)
    reading = Reading(keep=8 * RATE, slack=320)
    reading.ppm = ppm
    tone = np.sin(2 * np.pi * 1000 * time / RATE).astype(np.float32)
    read = []
    for at in range(0, len(tone), 320):
        reading.put(tone[at : at + 320])
        read.append(reading.take(320)[0])
    got = np.concatenate(read)[RATE : 3 * RATE]
    turns = 2 * np.pi * 1000 * (1 - ppm * 1e-6) / RATE * time[: len(got)]
    waves = np.stack((np.sin(turns), np.cos(turns)), axis=1)
    left = got - waves @ np.linalg.lstsq(waves, got)[0]
    assert 10 * np.log10(np.mean(left**2) / np.mean(got**2)) < -50


def test_a_reference_that_stops_and_comes_back_is_taken_up_anew():
    reading = Reading(keep=8 * RATE, slack=320)
    jumps = []
    for turn in range(400):
        if not 100 <= turn < 200:
            reading.put(np.full(320, turn, np.float32))
        jumps.append(reading.take(320)[1])
    assert sum(jumps[100:210]) > 0
    assert not any(jumps[:100] + jumps[210:])
    assert reading.take(320)[0].max() >= 396


@pytest.mark.parametrize("room", [EchoRoom(), EchoRoom(poor=True)], ids=["mild", "poor"])
def test_it_tells_somebody_from_what_remains_of_the_echo(room):
    word = spoken("continue").astype(np.float32) / 32768
    word *= 10 ** (ECHO_DB / 20) / active(word)
    played = narration()
    heard = room.heard(played, ECHO_DB) + room.noise(len(played))
    at = 20 * RATE
    heard[at : at + len(word)] += word
    canceller, told = EchoCanceller(slack_ms=SLACK_MS), []
    for microphone, reference in zip(chunks(pcm(heard)), chunks(pcm(played)), strict=True):
        canceller.accept(microphone, reference)
        told.append(canceller.someone)
    first, last = at // 320, (at + len(word)) // 320
    assert np.mean(told[first:last]) > 0.6
    loud = [np.mean(played[n * 320 : (n + 1) * 320] ** 2) > 1e-3 for n in range(len(told))]
    assert np.mean([one for n, one in enumerate(told) if loud[n] and 12 * 50 < n < first]) < 0.1


@pytest.mark.parametrize("noise_db", [-100.0, -60.0])
@pytest.mark.parametrize("at_s", [0.5, 2.3, 5.0])
def test_where_there_is_no_echo_nothing_is_added(noise_db, at_s):
    """Headphones that nobody told of, a microphone far away: the player must not make up its own voice."""
    played = narration(12)
    heard = 10 ** (noise_db / 20) * np.random.default_rng(0).normal(size=len(played)).astype(np.float32)
    for word, later_s in (("next", 0.0), ("pause", 2.5), ("stop", 5.0)):
        sound = spoken(word).astype(np.float32) / 32768
        at = int((at_s + later_s) * RATE)
        heard[at : at + len(sound)] += sound
    after = cancel(EchoCanceller(slack_ms=SLACK_MS), heard, played)
    powers = [np.mean(one.reshape(-1, RATE // 10) ** 2, axis=1) for one in (heard, after)]
    rise_db = 10 * np.log10((powers[1] + 1e-6) / (powers[0] + 1e-6))  # nothing under -60 dB is ever speech
    assert rise_db.max() < 1.0


def test_where_there_is_no_echo_a_command_over_the_voice_can_be_believed():
    played = narration(12)
    heard = np.zeros(len(played), np.float32)
    canceller = EchoCanceller(slack_ms=SLACK_MS)
    cancel(canceller, heard, played)
    assert canceller.converged


def test_when_what_is_played_is_not_told_any_more_nothing_is_believed_until_it_has_been_shown_anew():
    played = narration()
    heard = EchoRoom().heard(played, ECHO_DB) + EchoRoom().noise(len(played))
    canceller, found = EchoCanceller(slack_ms=SLACK_MS), []
    for number, blocks in enumerate(zip(chunks(pcm(heard)), chunks(pcm(played)), strict=True)):
        microphone, reference = blocks
        canceller.accept(microphone, b"" if 450 <= number < 490 else reference)
        found.append(canceller.converged)
    assert found[449]
    assert not found[485]
    assert found[-1]


@pytest.mark.parametrize("late_blocks", [4, 8])
def test_what_is_told_of_the_loudspeaker_late_but_before_its_sound_is_cancelled_as_well(late_blocks):
    """A busy machine: what was played is told in lumps, up to 0.16 s late, and sounds after 0.3 s."""
    played = narration(14)
    heard = EchoRoom(300).heard(played, ECHO_DB) + EchoRoom(300).noise(len(played))
    canceller, told, after = EchoCanceller(slack_ms=SLACK_MS), b"", b""
    for number, (microphone, reference) in enumerate(
        zip(chunks(pcm(heard)), chunks(pcm(played)), strict=True)
    ):
        told += reference
        in_time = number % (late_blocks + 2) < 2
        after += canceller.accept(microphone, told if in_time else b"")
        told = b"" if in_time else told
    left = np.frombuffer(after, "<i2").astype(np.float32) / 32767
    assert canceller.converged
    assert erle_db(heard, left, 8, 14) > 20


@dataclass
class Told:
    """A canceller as far as a report looks at it."""

    figures: CancellerFigures


def test_that_the_echo_is_not_cancelled_any_more_is_told_at_once_and_that_it_never_was_after_a_while():
    def figures(played_s, *, converged):
        return CancellerFigures(
            erle_db=20.0,
            converged=converged,
            delay_ms=100.0,
            drift_ppm=0.0,
            residual_db=-60.0,
            played_s=played_s,
        )

    seen = [(4, False), (6, True), (8, True), (9, False), (12, True)]
    report = EchoReport()
    told = [report.look(Told(figures(at_s, converged=converged))) for at_s, converged in seen]
    assert [one and one.converged for one in told] == [None, True, None, False, True]
    never = EchoReport()
    failed = [never.look(Told(figures(at_s, converged=False))) for at_s in (5, 19, 20, 30)]
    assert [one and one.converged for one in failed] == [None, None, False, None]
