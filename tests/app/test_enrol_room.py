"""`player tune` in a room: real PortAudio streams, the real ears process, and somebody who answers."""

import json
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.files import enrolment
from player.ports import EARS_RATE_HZ
from tests import virtual_audio
from tests.ears.people import Person

PERSON = Person("flite", "slt", 175)
LIMIT_S = 120.0
ANSWER_S = 0.3  # after the tick


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    return tmp_path


def entries(log: Path) -> list[dict]:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [json.loads(line) for line in lines[: -1 if lines and not lines[-1].endswith("}") else None]]


def answer_every_tick(audio, process, log: Path, folder: Path) -> list[str]:
    """Say what was asked for last, after each tick, until the player has ended."""
    said: list[str] = []
    end = time.monotonic() + LIMIT_S
    while process.poll() is None:
        assert time.monotonic() < end, entries(log)[-5:]
        found = entries(log)
        ticks = sum(one["event"] == "notice" for one in found)
        if ticks > len(said):
            texts = [one["text"] for one in found if one["event"] == "speech_started"]
            asked = [m[1] for text in texts if (m := re.search(r": ([a-z ]+)\.$", text))]
            wav = folder / f"{len(said)}.wav"
            clip = PERSON.say(asked[-1], 200 + len(said))
            soundfile.write(wav, np.concatenate([np.zeros(int(ANSWER_S * EARS_RATE_HZ)), clip]), EARS_RATE_HZ)
            audio.say(wav)
            said.append(asked[-1])
        time.sleep(0.03)  # another process: between two looks at its log
    return said


def test_a_person_in_a_room_is_learned_and_forgotten(home):
    virtual_audio.require()
    log = home / "log.jsonl"
    command = [sys.executable, "-m", "player", "tune"]
    with virtual_audio.room() as audio:
        audio.echo(0.03)
        process = subprocess.Popen(
            [*command, "stop", "next", "--ears", "pocketsphinx", "--log", str(log)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            said = answer_every_tick(audio, process, log, home)
        finally:
            process.kill()
            out, err = process.communicate()
    assert process.returncode == 0, (out, err)
    assert len(said) >= 2
    kept = enrolment.load()
    assert {"stop", "next"} <= set(kept.takes)
    assert kept.room.echo_db is not None
    assert 0 < kept.room.echo_s < 1
    assert stat.S_IMODE(enrolment.path().stat().st_mode) == 0o600
    shown = subprocess.run([*command, "--show"], capture_output=True, text=True, check=True).stdout
    assert "stop" in shown
    assert "ms" in shown
    assert (
        subprocess.run([*command, "--forget"], capture_output=True, text=True, check=True).stdout
        == "deleted\n"
    )
    assert enrolment.load() is None
