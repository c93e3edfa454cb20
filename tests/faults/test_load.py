"""What is missing from a recording is seen; and nothing is missing, whatever else the machine has to do."""

import subprocess
import sys

import numpy as np
import pytest

from player.ports import RATE_HZ
from player.sound import tones
from tests import virtual_audio
from tests.faults import load, page

TICK = tones.tone("tick")


def recording(beats: int = 8, missing: int = 0) -> np.ndarray:
    """Beats of one a second with noise between them as of a voice; in the middle some sound is missing."""
    noise = np.random.default_rng(1).normal(0.0, 0.02, beats * RATE_HZ)
    sound = (noise * (np.arange(beats * RATE_HZ) % RATE_HZ > RATE_HZ // 3)).astype(np.float32)
    for beat in range(beats):
        sound[beat * RATE_HZ : beat * RATE_HZ + len(TICK)] += TICK
    middle = beats * RATE_HZ // 2 + RATE_HZ // 2
    return np.concatenate([sound[:middle], np.zeros(missing, np.float32), sound[middle:]])


@pytest.mark.parametrize("piece", [60 * RATE_HZ, 3 * RATE_HZ, 3 * RATE_HZ + len(TICK) // 10])
def test_whole_sound_has_exact_beats(monkeypatch, piece):
    monkeypatch.setattr(load, "PIECE", piece)
    figures = load.measured(recording())
    assert (figures.beats, figures.error) == (8, 0)
    assert figures.silence_s < 1.0


@pytest.mark.parametrize("missing", [1, 960, 12_000])
def test_what_is_missing_is_seen_to_the_sample(monkeypatch, missing):
    monkeypatch.setattr(load, "PIECE", 2 * RATE_HZ)
    assert load.measured(recording(missing=missing)).error == missing


def test_a_long_silence_is_seen():
    assert load.measured(recording(missing=2 * RATE_HZ)).silence_s > 2.0


@pytest.mark.parametrize("kind", [one for one in load.LOADS if one.name in {"disk slow", "both cores busy"}])
def test_nothing_is_missing(kind, tmp_path):
    virtual_audio.require()
    routine = tmp_path / "short.yaml"
    routine.write_text(load.ROUTINE.read_text().replace("strokes: 24", "strokes: 6"))
    for _take in range(virtual_audio.TAKES):
        figures, _ = load.run(kind, routine)
        if not figures.dry:  # else the machine stood still for longer than is made ahead, which tells nothing
            break
    assert figures.beats >= 8
    assert figures.error == 0
    assert figures.silence_s < 4.0


TIMED = """
import os, time

def took(call, *arguments):
    begun_s = time.monotonic()
    call(*arguments)
    return time.monotonic() - begun_s

file, pipe = os.open("file", os.O_CREAT | os.O_WRONLY), os.pipe()[1]
print(took(os.write, file, b"x"), took(os.fsync, file), took(os.write, pipe, b"x"))
"""


def test_a_slow_disk_is_slow(tmp_path):
    """The load itself: with it a file takes its time, and a pipe does not."""
    (tmp_path / "sitecustomize.py").write_text(load.SLOW_DISK)
    done = subprocess.run(
        [sys.executable, "-c", TIMED],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    written_s, synced_s, piped_s = map(float, done.stdout.split())
    assert min(written_s, synced_s) > 0.09
    assert piped_s < 0.09


def test_the_page_shows_every_load():
    table = page.table(load.BEGIN)
    assert all(f"| {one.name} |" in table for one in load.LOADS)
