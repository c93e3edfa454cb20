"""The soak sees what it is there to see."""

import numpy as np

from player.bench import soak
from player.ports import BLOCK, RATE_HZ
from player.sound import tones


def beats(*at: int) -> soak.BeatWatch:
    """Play a beat at each of these samples."""
    sound = np.zeros(max(at) + RATE_HZ, np.float32)
    tick = tones.tone("tick")
    for one in at:
        sound[one : one + len(tick)] += tick
    watch = soak.BeatWatch()
    for start in range(0, len(sound) - BLOCK, BLOCK):
        watch(start, sound[start : start + BLOCK])
    return watch


def test_exact_beats_have_no_error():
    assert beats(*(1000 + n * RATE_HZ for n in range(5))).taken() == (5, 0)


def test_one_sample_is_seen():
    assert beats(1000, 1000 + RATE_HZ, 1001 + 2 * RATE_HZ).taken() == (3, 1)


def test_some_minutes_of_session_hold_nothing_and_keep_the_beat(tmp_path):
    plot = tmp_path / "soak.svg"
    figures = dict(soak.run(4, plot=plot))
    assert "largest error 0 samples" in figures["beats"]
    for name in ("handles", "threads"):
        begin, end = figures[name].split(", at the end ")
        assert begin == end
    assert plot.read_text().count("<polyline") == 4


def test_a_handle_that_is_left_open_is_seen(tmp_path, monkeypatch):
    kept = []

    def leaking(text: str, *, brisk: bool = False) -> np.ndarray:
        kept.append((tmp_path / str(len(kept))).open("w"))
        return np.zeros(1000, np.float32)

    monkeypatch.setattr(soak, "_render", leaking)
    figures = dict(soak.run(4))
    for file in kept:
        file.close()
    begin, end = figures["handles"].split(", at the end ")
    assert int(end) > int(begin)
