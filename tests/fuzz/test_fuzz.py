"""A few hundred damaged inputs for each reader, and every input that once broke one."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.backends.wav import WavMicrophone
from player.errors import FileFault
from tests.fuzz.__main__ import by_edits
from tests.fuzz.edits import Hang, watched
from tests.fuzz.targets import TARGETS


def _float_wav(*samples: float) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.array(samples, np.float32), 16_000, format="WAV", subtype="FLOAT")
    return out.getvalue()


def _wav(rate_hz: int = 16_000, channels: int = 1) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.zeros((400, channels), np.float32), rate_hz, format="WAV", subtype="PCM_16")
    return out.getvalue()


def _journal(good: bytes, bad: bytes) -> bytes:
    content = TARGETS["journal-lines"].seeds()[0]
    assert good in content
    return content.replace(good, bad)


ROOT = Path(__file__).parents[2]

JOURNAL = (
    b'{"version":1,"begun":1,"routine":"%s","request":{},"session":{},"digest":"","steps":[]}\n'
    b'{"event":"started"}'
)
FOUND = [
    (
        "journal-lines",
        b"00000000 " + JOURNAL.replace(b"\n", b"\n00000000 ") % (b"9" * 300 + b".yaml"),
    ),  # no name of a file
    ("journal-lines", b"00000000 " + JOURNAL.replace(b"\n", b"\n00000000 ") % b"a\\u0000b"),
    ("sound", _float_wav(float("nan"), float("inf"), 1e38, -1e38)),
    ("sound", _wav(rate_hz=1)),  # half a minute of memory for every sample
    ("sound", _wav(channels=1024)),
    *(
        (reader, _journal(good, bad))
        for reader in ("journal-lines", "replay")
        for good, bad in (
            (b'"number":1', b'"number":1e400'),
            (b'"pace":1.0', b'"pace":' + b"9" * 400),
            (b"[3,3,0,0,4000]", b"[99,3,0,0,4000]"),
            (b'"command":"faster"', b'"command":[]'),
        )
    ),
]


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_answered_with_an_error_of_ours(name):
    """In a process of its own, as its memory is bounded."""
    command = [sys.executable, "-m", "tests.fuzz", "--runs", "150", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "no fault" in done.stdout


@pytest.mark.parametrize(("name", "content"), FOUND, ids=range(len(FOUND)))
def test_what_was_found_once(name, content, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    watched(TARGETS[name].read)(content)


@pytest.mark.parametrize(("rate_hz", "channels"), [(1, 1), (2_000_000_000, 1), (16_000, 1024)])
def test_sound_that_no_microphone_gives_is_refused(tmp_path, rate_hz, channels):
    """Half a second of it is gigabytes."""
    path = tmp_path / "said.wav"
    path.write_bytes(_wav(rate_hz, channels))
    with pytest.raises(FileFault, match="no microphone's"):
        WavMicrophone(path)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_as_it_should_be_is_read(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    seeds = TARGETS[name].seeds()
    assert seeds
    for content in seeds:
        watched(TARGETS[name].read)(content)


def test_a_hang_is_seen():
    def turn(_content: bytes) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            pass

    with pytest.raises(Hang):
        watched(turn, 0.05)(b"")


def test_a_fault_is_seen(monkeypatch):
    def broken(content: bytes) -> None:
        assert b"\xff" not in content

    monkeypatch.setitem(TARGETS, "voice", TARGETS["voice"]._replace(read=broken))
    with pytest.raises(AssertionError):
        by_edits("voice", 2000, 0)
