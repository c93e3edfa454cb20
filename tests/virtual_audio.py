"""Virtual sound hardware: a room with loudspeaker and microphone, made of PulseAudio null sinks.

    player -> `spk` -> loopback (echo, with a gain) -> `room` -> `mic` -> player
    say(wav) ------------------------------------------^

Works as root or not, without D-Bus and without a sound card. Everything is set by environment variables and
lives in one private folder, so rooms can stand side by side.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import numpy as np

from player.ports import RATE_HZ, Samples
from tests.missing import missing
from tests.waiting import until

TAKES = 3  # of what the loudspeaker ran dry in
LATENCY_MS = 200  # buffers must bear stalls of a busy machine

# norewinds: without it an idle null sink has already played 2 s of silence before the first stream comes.
_SERVER = """.fail
load-module module-native-protocol-unix auth-anonymous=1 socket={folder}/native
"""
_ROOM = (
    ("module-null-sink", "sink_name=spk", "rate=48000", "channels=2", "format=s16le", "norewinds=1"),
    ("module-null-sink", "sink_name=room", "rate=48000", "channels=1", "format=s16le", "norewinds=1"),
    ("module-remap-source", "source_name=mic", "master=room.monitor", "channels=1"),
    (
        "module-loopback",
        "source=spk.monitor",
        "sink=room",
        f"latency_msec={LATENCY_MS}",
        "source_dont_move=true",
        "sink_dont_move=true",
    ),
)
DRY = "Implicit underrun of 'ALSA Playback'"  # in the server's log
_ALSA = "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"


def require() -> None:
    """Skip where PulseAudio is missing; in CI that is a failure."""
    lacks = [tool for tool in ("pulseaudio", "pactl", "paplay", "parec") if shutil.which(tool) is None]
    if lacks:
        missing(f"virtual sound hardware needs {', '.join(lacks)} (apt: pulseaudio pulseaudio-utils)")


class VirtualAudio:
    """One room. `environment` makes a process live in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="room-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._helpers: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        folder = str(self.folder)
        return {
            "XDG_RUNTIME_DIR": folder,
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_SERVER": f"unix:{folder}/native",
            "PULSE_COOKIE": f"{folder}/cookie",
            "ALSA_CONFIG_PATH": f"{folder}/asound.conf",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }

    # --- the server

    def start(self) -> None:
        """Start the server and furnish the room."""
        script = self.folder / "server.pa"
        script.write_text(_SERVER.format(folder=self.folder))
        (self.folder / "asound.conf").write_text(_ALSA)
        command = ["pulseaudio", "-n", "-F", str(script), "--daemonize=no", "--use-pid-file=no"]
        command += ["--exit-idle-time=-1", "--realtime=no", "--high-priority=no"]
        command += [f"--log-target=file:{self.folder}/server.log", "--log-level=debug"]
        self._server = self._spawn(command)
        self._wait_until_up()
        self.furnish()

    def ran_dry(self) -> int:
        """Return how often the player's sound was used up before more came, as the server tells."""
        return (self.folder / "server.log").read_text().count(DRY)

    def _wait_until_up(self) -> None:
        end = time.monotonic() + 5
        while self._pactl("info", check=False).returncode != 0:
            if time.monotonic() > end or (self._server and self._server.poll() is not None):
                raise RuntimeError("pulseaudio: " + (self.folder / "server.log").read_text())
            time.sleep(0.02)  # another process: between two looks

    def furnish(self, rate_hz: int = RATE_HZ, channels: int = 2) -> None:
        """Put loudspeaker, microphone and the air between them into the room."""
        for module in _ROOM:
            changed = (one.replace("rate=48000", f"rate={rate_hz}") for one in module)
            self.pactl("load-module", *(one.replace("channels=2", f"channels={channels}") for one in changed))
        self.pactl("set-default-sink", "spk")
        self.pactl("set-default-source", "mic")
        self.echo(0.0)

    def kill(self) -> None:
        """The server dies."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(5)
            (self.folder / "native").unlink(missing_ok=True)

    def freeze(self) -> None:
        """The server no longer answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(number)

    def close(self) -> None:
        for process in self._helpers:
            process.kill()
            process.wait(5)
        if self._server is not None and self._server.poll() is None:
            self._server.kill()
            self._server.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the room

    def echo(self, gain: float) -> None:
        """How much of its own sound the player hears: linear, 0 to 1."""
        lines = self.pactl("list", "short", "sink-inputs").splitlines()
        loop = next(line.split("\t")[0] for line in lines if "module-loopback" in line)
        self.pactl("set-sink-input-volume", loop, str(_pulse_volume(gain)))

    def say(self, wav: Path, gain: float = 1.0) -> "subprocess.Popen[bytes]":
        """Let somebody in the room say what is in a sound file; returns at once."""
        command = [
            "paplay",
            "--device=room",
            f"--latency-msec={LATENCY_MS}",
            f"--volume={_pulse_volume(gain)}",
        ]
        process = self._spawn([*command, str(wav)])
        self._helpers.append(process)
        return process

    @contextmanager
    def recording(self, source: str = "spk.monitor", channels: int = 1) -> Iterator["Recording"]:
        """Record what the loudspeaker plays (`spk.monitor`) or the microphone hears (`mic`)."""
        path = self.folder / f"{source}-{time.monotonic_ns()}.raw"
        command = ["parec", f"--device={source}", "--format=float32le", f"--rate={RATE_HZ}"]
        command += [f"--channels={channels}", "--raw", f"--latency-msec={LATENCY_MS}"]
        with path.open("wb") as file:
            process = self._spawn(command, stdout=file)
            recording = Recording(path, process, channels)
            recording.wait_for(0.1)
            try:
                yield recording
            finally:
                recording.wait_for(recording.seconds() + 0.5)
                process.terminate()
                process.wait(5)

    def suspend(self, *, sink: str = "spk") -> None:
        """The loudspeaker takes no more sound."""
        self.pactl("suspend-sink", sink, "1")

    def resume(self, *, sink: str = "spk") -> None:
        self.pactl("suspend-sink", sink, "0")

    def mute_microphone(self) -> None:
        """The microphone delivers nothing any more."""
        for sink in ("spk", "room"):
            self.suspend(sink=sink)
        self.pactl("suspend-source", "mic", "1")

    def unplug(self) -> None:
        """Take every device out of the room."""
        for what in ("module-loopback", "module-remap-source", "sink_name=room", "sink_name=spk"):
            line = next(one for one in self.pactl("list", "short", "modules").splitlines() if what in one)
            self.pactl("unload-module", line.split("\t")[0])

    def pactl(self, *arguments: str) -> str:
        return self._pactl(*arguments, check=True).stdout

    def _pactl(self, *arguments: str, check: bool) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["pactl", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=10,
            check=check,
        )

    def _spawn(self, command: list[str], stdout: object = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,  # type: ignore[arg-type]
            stderr=subprocess.DEVNULL,
        )


class Recording:
    """What has been recorded so far: float32, 48 kHz, the channels in turn."""

    def __init__(self, path: Path, process: "subprocess.Popen[bytes]", channels: int) -> None:
        self._path = path
        self._process = process
        self._channels = channels

    def seconds(self) -> float:
        return self._path.stat().st_size / 4 / self._channels / RATE_HZ

    def wait_for(self, seconds: float, limit_s: float = 10) -> None:
        until(lambda: self.seconds() >= seconds or self._process.poll() is not None, seconds + limit_s)

    def samples(self) -> Samples:
        content = self._path.read_bytes()
        return np.frombuffer(content[: len(content) // (4 * self._channels) * 4 * self._channels], "<f4")


def steady(test: Callable[..., None]) -> Callable[..., None]:
    """Try a test of exact sound again if the loudspeaker ran dry in it.

    A machine that stands still for longer than is made ahead says nothing of the player.
    """

    @wraps(test)
    def tried(**fixtures: object) -> None:
        (audio,) = (one for one in fixtures.values() if isinstance(one, VirtualAudio))
        for _take in range(TAKES - 1):
            dry = audio.ran_dry()
            try:
                return test(**fixtures)
            except AssertionError:
                if audio.ran_dry() == dry:
                    raise
        return test(**fixtures)

    return tried


@contextmanager
def room() -> Iterator[VirtualAudio]:
    """A room, and this process in it."""
    audio = VirtualAudio()
    try:
        audio.start()
        with _environment(audio.environment):
            yield audio
    finally:
        audio.close()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _pulse_volume(gain: float) -> int:
    return round(65536 * gain ** (1 / 3))  # PulseAudio's volumes are cubic


if __name__ == "__main__":  # python -m tests.virtual_audio COMMAND…: run a command in a room
    with room():
        raise SystemExit(subprocess.run(sys.argv[1:], check=False).returncode)
