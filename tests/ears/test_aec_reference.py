"""The loudspeaker's sound on its way to the ears: the right rate, nothing lost, nothing blocked."""

import threading

import numpy as np
import pytest
import soxr

from player.ears.reference import Decimator, Reference
from tests.waiting import until


def sound(seconds=1.0, hz=440.0):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(48_000 * seconds)) / 48_000)).astype(np.float32)


@pytest.mark.parametrize("size", [1, 64, 441, 960, 4096])
def test_any_block_size_gives_the_same_samples(size):
    whole, parts = Decimator(), Decimator()
    tone = sound(0.3)
    got = b"".join(parts(tone[at : at + size]) for at in range(0, len(tone), size))
    assert got == whole(tone)
    assert len(got) // 2 == pytest.approx(len(tone) / 3, abs=1)


def test_what_is_heard_stays_and_what_would_fold_goes():
    wanted = soxr.resample(sound(), 48_000, 16_000)
    got = np.frombuffer(Decimator()(sound()), "<i2") / 32767
    late = 16  # half of the filter, at 16 kHz
    assert np.abs(got[1000:-1000] - wanted[1000 - late : -1000 - late][: len(got) - 2000]).max() < 0.02
    folded = np.frombuffer(Decimator()(sound(hz=11_000)), "<i2") / 32767
    assert np.abs(folded[1000:-1000]).max() < 0.005


def test_lost_blocks_become_silence_of_their_length():
    sent = []
    reference = Reference(sent.append)
    block = sound(0.02)
    for turn in (0, 1, 4, 5):
        reference.tap(960 * turn, block)
    assert until(lambda: sum(map(len, sent)) // 2 >= 6 * 320 - 1)
    reference.close()
    reference.close()
    assert sum(map(len, sent)) // 2 == pytest.approx(6 * 320, abs=1)
    assert not np.frombuffer(b"".join(sent), "<i2")[3 * 320 : 4 * 320 - 32].any()


def test_the_tap_never_waits_for_who_takes_it():
    stuck = threading.Event()
    reference = Reference(lambda _pcm: stuck.wait(5) and None)
    for turn in range(1000):
        reference.tap(960 * turn, sound(0.02))
    assert len(reference._blocks) <= 100
    stuck.set()
    reference.close()
