"""In a room: the player speaks through PortAudio, somebody answers; log and recording prove what happened.

The loudspeaker, the microphone and the air between them are virtual; everything else is what a user gets.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.bench.voices import Voice
from player.files import voices
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples
from player.voice.client import VoiceWorker
from tests import virtual_audio
from tests.e2e import microphone, recorded
from tests.e2e.recorded import Entry, commands, events, times
from tests.virtual_audio import VirtualAudio
from tests.waiting import until

SPEAKER = Voice("flite", "slt")
LIMIT_S = 60.0  # far beyond anything, on a busy machine
SETTLED_S = (
    2.0  # a microphone that was just opened gives some of what was before; a word wants quiet before it
)
TRIES, ANSWER_S = 3, 8.0  # a person says a word again when nothing happens


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the room."""

    audio: VirtualAudio
    folder: Path

    def say(self, text: str) -> None:
        """Say it, and wait until it has been said."""
        wav = self.folder / f"{text}.wav"
        clip = microphone.word(SPEAKER, text).astype(np.int16)
        soundfile.write(wav, np.concatenate([clip, np.zeros(EARS_RATE_HZ // 5, np.int16)]), EARS_RATE_HZ)
        assert self.audio.say(wav).wait(LIMIT_S) == 0


@dataclass(frozen=True, slots=True)
class Playing:
    """A player that runs as a process of its own."""

    process: "subprocess.Popen[str]"
    log: Path

    def entries(self) -> list[Entry]:
        return recorded.log(self.log) if self.log.exists() else []

    def wait_for(self, true: Callable[[list[Entry]], object]) -> list[Entry]:
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            entries = self.entries()
            if true(entries):
                return entries
            if self.process.poll() is not None:
                break
            time.sleep(0.05)  # another process: between two looks at its log
        raise AssertionError(
            f"waited in vain; code {self.process.poll()}; the log ends {self.entries()[-5:]}"
        )

    def hears(self, person: Person, text: str, *expected: str) -> None:
        """Let the person say it, and again when nothing happens, until exactly these have been obeyed."""
        for _ in range(TRIES):
            person.say(text)
            if until(lambda: len(commands(self.entries())) >= len(expected), ANSWER_S):
                break
        self.obeyed(*expected)

    def obeyed(self, *expected: str) -> list[Entry]:
        """Wait until exactly these commands have been obeyed."""
        entries = self.wait_for(lambda entries: len(commands(entries)) >= len(expected))
        assert commands(entries) == list(expected)
        return entries

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, out, err


@contextmanager
def playing(folder: Path, *options: str) -> Iterator[Playing]:
    log = folder / "log.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "player", "play", "--skip-check", "--log", str(log), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Playing(process, log)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def audio() -> Iterator[VirtualAudio]:
    virtual_audio.require()
    with virtual_audio.room() as audio:
        yield audio


@pytest.fixture
def person(audio: VirtualAudio, tmp_path: Path) -> Person:
    audio.echo(0.0)
    return Person(audio, tmp_path)


def until_it_listens(audio: VirtualAudio) -> None:
    opened = until(lambda: "ALSA plug-in" in audio.pactl("list", "source-outputs"), LIMIT_S)
    assert opened, "nobody opened the microphone"
    time.sleep(SETTLED_S)  # the ears learn how loud the room is


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A session that was led by voice alone: what it logged and printed, and what the room heard."""

    entries: list[Entry]
    code: int
    out: str
    err: str
    samples: Samples


SAID = ("pause", "continue", "repeat", "next", "stop")
OBEYED = ["pause", "resume", "repeat", "next", "stop"]


@pytest.fixture(scope="module")
def witnessed(audio: VirtualAudio, tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    folder = tmp_path_factory.mktemp("led")
    audio.echo(0.0)
    person = Person(audio, folder)
    options = ("--headphones", "--from", "between-brows", "--ears", "pocketsphinx")
    with audio.recording() as recording, playing(folder, *options) as player:
        player.wait_for(lambda entries: events(entries, "speech_started"))
        until_it_listens(audio)
        for count, text in enumerate(SAID, 1):
            player.hears(person, text, *OBEYED[:count])
            recording.wait_for(recording.seconds() + (3 if text == "pause" else 1))
        code, out, err = player.end()
    return Witnessed(player.entries(), code, out, err, recording.samples())


def test_what_is_said_in_the_room_is_obeyed_and_nothing_else(witnessed):
    assert (witnessed.code, witnessed.err) == (0, "")
    assert commands(witnessed.entries) == OBEYED
    assert {entry["by"] for entry in events(witnessed.entries, "command")} == {"voice"}
    assert witnessed.entries[-1]["ending"] == "stopped"
    assert [line for line in witnessed.out.splitlines() if " < " in line] != []


def test_the_steps_follow_the_commands(witnessed):
    told = events(witnessed.entries, "step", "command")
    after = {c["command"]: e["step"] for c, e in pairwise(told) if "step" in e and "command" in c}
    assert after["repeat"] == "between-brows"
    assert after["next"] == "inner-brow"


def test_nothing_is_said_over_anything_else_in_the_room(witnessed):
    assert len(recorded.speeches(witnessed.entries)) >= 4


def test_the_room_heard_it_when_the_log_says_so(witnessed):
    """The first and the last sentence: as far apart in the recording as in the log."""
    first, *_, last = [e for e in events(witnessed.entries, "speech_started") if e["role"] != "count"]
    with VoiceWorker(voices.find("calm")) as voice:
        clips = [voice.render(one["text"])[: RATE_HZ // 2] for one in (first, last)]
    heard = [recorded.place_of(clip, witnessed.samples) for clip in clips]
    apart_s = (heard[1] - heard[0]) / RATE_HZ
    assert apart_s == pytest.approx(last["t"] - first["t"], abs=0.15)


def test_a_pause_is_silence_in_the_room(witnessed):
    paused, resumed = times(witnessed.entries, "paused", "resumed")
    loud = np.flatnonzero(np.abs(witnessed.samples) > 2 * recorded.FLOOR)
    longest = np.diff(loud).max() / RATE_HZ
    assert longest == pytest.approx(resumed - paused - 0.66, abs=0.5)  # less the soft tone


def test_where_no_echo_is_heard_every_command_interrupts(person, audio, tmp_path):
    """Headphones that nobody told the player of."""
    with playing(tmp_path, "--from", "settle", "--ears", "pocketsphinx") as player:
        player.wait_for(lambda entries: [one for one in events(entries, "echo") if one["converged"]])
        while_it_speaks(player)
        player.hears(person, "pause", "pause")
        time.sleep(1)  # the room is quiet again
        player.hears(person, "continue", "pause", "resume")
        while_it_speaks(player)
        player.hears(person, "next", "pause", "resume", "next")
        while_it_speaks(player)
        player.hears(person, "stop", "pause", "resume", "next", "stop")
        assert player.end()[0] == 0


def while_it_speaks(player: Playing) -> None:
    """Wait for a long sentence to begin."""
    count = len(events(player.entries(), "speech_started"))
    player.wait_for(lambda entries: len(events(entries, "speech_started")) > count)


def test_the_player_does_not_obey_itself(person, audio, tmp_path):
    """It speaks into the room and hears itself, for as long as three sentences."""
    audio.echo(0.5)
    with playing(tmp_path, "--from", "settle", "--ears", "pocketsphinx") as player:
        until_it_listens(audio)
        player.wait_for(lambda entries: len(events(entries, "speech_ended")) >= 4)
        assert commands(player.entries()) == []


def test_a_microphone_file_is_heard_in_real_time_too(person, audio, tmp_path):
    microphone.write(tmp_path / "mic.wav", SPEAKER, [(6.0, "stop")], 8)
    heard = ("--in", str(tmp_path / "mic.wav"), "--ears", "pocketsphinx")
    with playing(tmp_path, "--from", "settle", *heard) as player:
        player.obeyed("stop")
        assert player.end()[0] == 0


def test_without_any_device_a_session_is_led_on_the_screen_and_says_why(tmp_path, monkeypatch):
    for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    monkeypatch.delenv("ALSA_CONFIG_PATH", raising=False)
    with playing(tmp_path, "--from", "finish") as player:
        code, out, err = player.end()
    assert code == 0
    assert "Here it ends." in out
    assert "completed" in out
    assert err == ""
    told = [line for line in out.splitlines() if line.startswith("! ")]
    asleep = [line for line in told if "may go to sleep" in line]  # where the system cannot be asked
    assert (len(told) - len(asleep), len(asleep) <= 1) == (2, True), out  # each once
    assert out.count("there is no loudspeaker") == out.count("there is no microphone") == 1
    assert times(player.entries(), "finished")[0] > 5


@pytest.mark.parametrize("option", ["--in", "--out"])
def test_a_device_that_does_not_exist_is_named_in_one_line(option, audio, tmp_path):
    with playing(tmp_path, option, "bathroom", "--from", "finish") as player:
        code, _out, err = player.end()
    assert code == 4
    assert "bathroom" in err
    assert len(err.splitlines()) <= 2
    assert "Traceback" not in err
