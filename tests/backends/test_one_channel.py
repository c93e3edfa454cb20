"""A microphone of several channels: what is said may be in any of them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.backends.one_channel import OneChannel, s16
from player.backends.wav import WavMicrophone

RATE_HZ = 16_000
_RNG = np.random.default_rng(1)
WORD = (_RNG.normal(0, 0.1, RATE_HZ) * np.hanning(RATE_HZ)).astype(np.float32)
HISS = _RNG.normal(0, 0.0005, RATE_HZ).astype(np.float32)
QUIET = np.zeros(RATE_HZ, np.float32)


def taken(*channels: np.ndarray) -> np.ndarray:
    return OneChannel(RATE_HZ).take(np.stack(channels, axis=1))


def level_db(sound: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(np.square(sound[RATE_HZ // 10 :], dtype=np.float64)) + 1e-12))


@pytest.mark.parametrize(
    "channels",
    [
        pytest.param((QUIET, WORD), id="in the second, the first dead"),
        pytest.param((HISS, WORD), id="in the second, the first with hiss alone"),
        pytest.param((WORD, -WORD), id="turned over in one"),
        pytest.param((WORD + 0.2, WORD), id="an offset in one"),
        pytest.param((HISS + 0.3, WORD), id="nothing but an offset in one"),
        pytest.param((QUIET, QUIET, QUIET, WORD), id="in the fourth"),
        pytest.param((0.7 * WORD, WORD), id="in both"),
    ],
)
def test_what_is_said_is_heard_in_whichever_channel_it_is(channels: tuple[np.ndarray, ...]) -> None:
    heard = taken(*channels)
    assert abs(level_db(heard - heard.mean()) - level_db(WORD)) < 2.0


@pytest.mark.parametrize(
    ("channels", "dead"),
    [
        ((QUIET, WORD), (1,)),
        ((WORD, HISS, HISS), (2, 3)),
        ((WORD, -WORD), ()),
        ((0.7 * WORD, WORD), ()),
        ((HISS, np.roll(HISS, 99)), ()),
        ((QUIET, QUIET), ()),
        ((WORD,), ()),
    ],
)
def test_a_channel_with_nothing_in_it_is_named(
    channels: tuple[np.ndarray, ...], dead: tuple[int, ...]
) -> None:
    ear = OneChannel(RATE_HZ)
    ear.take(np.stack(channels, axis=1))
    assert ear.dead == dead


@pytest.mark.parametrize("channels", [(WORD,), (WORD, WORD)])
def test_one_channel_and_two_alike_come_out_as_they_went_in(channels: tuple[np.ndarray, ...]) -> None:
    assert s16(taken(*channels)) == s16(WORD)


def test_independent_noise_in_two_channels_falls_when_they_agree() -> None:
    noise = [_RNG.normal(0, 0.02, RATE_HZ).astype(np.float32) for _ in range(2)]
    heard = taken(WORD + noise[0], WORD + noise[1])
    assert level_db(heard - WORD) < level_db(noise[0]) - 2.0


def test_a_channel_that_comes_to_life_is_taken_and_there_is_no_click() -> None:
    tone = np.sin(np.arange(2 * RATE_HZ) * 2 * np.pi * 200 / RATE_HZ).astype(np.float32) / 10
    first, second = tone.copy(), tone.copy()
    first[RATE_HZ:] = 0
    second[:RATE_HZ] = 0
    heard = OneChannel(RATE_HZ).take(np.stack((first, second), axis=1))
    assert level_db(heard[-RATE_HZ // 4 :]) > level_db(tone) - 1.0
    assert np.abs(np.diff(heard)).max() < 2.5 * np.abs(np.diff(tone)).max()


@pytest.mark.parametrize("block", [7, 320, 8_000])
def test_the_size_of_the_blocks_makes_no_great_difference(block: int) -> None:
    both = np.stack((HISS, WORD), axis=1)
    ear = OneChannel(RATE_HZ)
    heard = np.concatenate([ear.take(both[at : at + block]) for at in range(0, RATE_HZ, block)])
    assert level_db(heard - taken(HISS, WORD)) < level_db(WORD) - 15.0


def test_a_recording_whose_word_is_in_the_second_channel_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "second.wav"
    soundfile.write(file, np.stack((QUIET, WORD), axis=1), RATE_HZ)
    microphone = WavMicrophone(file)
    heard = np.frombuffer(b"".join(microphone.next_block() for _ in range(50)), np.int16) / 32768
    microphone.close()
    assert abs(level_db(heard) - level_db(WORD)) < 1.0
