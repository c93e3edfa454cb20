"""The faults: what breaks, how it is mended, and what the player has to do about it."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from player.ports import EARS_RATE_HZ
from tests.faults.led import Led

VOICE, EARS = "player.voice.worker", "player.ears.process"
Act = Callable[[Led], object]


def nothing(_led: Led) -> None:
    return


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. `device` is what is told of as lost and found; "" when nothing needs to be said."""

    name: str
    device: str
    break_: Act
    mend: Act = nothing
    ears: str = "keyboard"
    lasts_s: float = 2.0
    prepare: Callable[[Path], object] = lambda _home: None
    asks: str = ""  # a key whose answer needs the helper that is broken
    by_itself: bool = False  # the player mends it, nobody else
    goes_on: bool = False  # the session goes on although it is broken
    checks: bool = False  # the check of the microphone is on, and the room not dead silent
    wordless: bool = False  # that it works again is not told
    short: bool = False  # part of the short form


# --- sound server


def move(led: Led) -> None:
    led.audio.pactl("load-module", "module-null-sink", "sink_name=other", "rate=48000", "norewinds=1")
    inputs = led.audio.pactl("list", "short", "sink-inputs").splitlines()
    player = next(line.split("\t")[0] for line in inputs if "loopback" not in line)
    led.audio.pactl("move-sink-input", player, "other")


def move_back(led: Led) -> None:
    inputs = led.audio.pactl("list", "short", "sink-inputs").splitlines()
    player = next(line.split("\t")[0] for line in inputs if "loopback" not in line)
    led.audio.pactl("move-sink-input", player, "spk")


LOUDSPEAKER = (
    Row(
        "loudspeaker unplugged",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
    ),
    Row("loudspeaker moved to another device", "", move, move_back, goes_on=True),
    Row(
        "loudspeaker suspended",
        "loudspeaker",
        lambda led: led.audio.suspend(),
        lambda led: led.audio.resume(),
        lasts_s=4.0,
    ),
    Row(
        "sound server frozen",
        "loudspeaker",
        lambda led: led.audio.freeze(),
        lambda led: led.audio.thaw(),
        lasts_s=5.0,
    ),
    Row(
        "sound server killed and started again",
        "loudspeaker",
        lambda led: led.audio.kill(),
        lambda led: led.audio.start(),
        short=True,
    ),
    Row(
        "loudspeaker away for 15 s: captions go on",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
        lasts_s=15.0,
        goes_on=True,
    ),
)


# --- microphone


def switch_profile(led: Led) -> None:
    """A headset that begins to listen: the same devices as before, with the sound of a telephone."""
    led.audio.furnish(rate_hz=16_000, channels=1)


def listening(led: Led) -> str:
    """Return the number of the player's own stream from the microphone."""
    outputs = led.audio.pactl("list", "source-outputs").split("Source Output #")
    return next(one.split("\n")[0] for one in outputs if "ALSA plug-in" in one)


def move_microphone(led: Led) -> None:
    led.audio.pactl(
        "load-module", "module-remap-source", "source_name=other", "master=room.monitor", "channels=2"
    )
    led.audio.pactl("move-source-output", listening(led), "other")


def mute(led: Led, how: str = "1") -> None:
    led.audio.pactl("set-source-mute", "mic", how)


def suspend_microphone(led: Led, how: str = "1") -> None:
    led.audio.pactl("suspend-sink", "room", how)
    led.audio.pactl("suspend-source", "mic", how)


def unplug_microphone(led: Led) -> None:
    modules = led.audio.pactl("list", "short", "modules").splitlines()
    line = next(one for one in modules if "module-remap-source" in one)
    led.audio.pactl("unload-module", line.split("\t")[0])


def plug_microphone(led: Led) -> None:
    led.audio.pactl(
        "load-module", "module-remap-source", "source_name=mic", "master=room.monitor", "channels=1"
    )
    led.audio.pactl("set-default-source", "mic")
    line = next(
        line
        for line in led.audio.pactl("list", "short", "source-outputs").splitlines()
        if "loopback" not in line and "remap" not in line and "s16le" in line
    )
    led.audio.pactl("move-source-output", line.split("\t")[0], "mic")


def clip(led: Led) -> None:
    noise = (
        np.random.default_rng(1).normal(0, 60_000, EARS_RATE_HZ * 2).clip(-32_768, 32_767).astype(np.int16)
    )
    wav = led.home / "loud.wav"
    soundfile.write(wav, noise, EARS_RATE_HZ)
    led.audio.say(wav).wait(20)


MICROPHONE = (
    Row(
        "microphone suspended",
        "microphone",
        suspend_microphone,
        lambda led: suspend_microphone(led, "0"),
        "pocketsphinx",
        lasts_s=4.0,
        goes_on=True,
    ),
    Row(
        "microphone unplugged, another takes its place",
        "",
        unplug_microphone,
        plug_microphone,
        "pocketsphinx",
        goes_on=True,
    ),
    Row(
        "microphone gives zeros",
        "",
        mute,
        lambda led: mute(led, "0"),
        "pocketsphinx",
        lasts_s=3.0,
        goes_on=True,
    ),
    Row(
        "microphone gives zeros for 12 s",
        "signal",
        mute,
        lambda led: mute(led, "0"),
        "pocketsphinx",
        lasts_s=12.0,
        goes_on=True,
        checks=True,
        wordless=True,
    ),
    Row("microphone clips", "", clip, nothing, "pocketsphinx", goes_on=True),
    Row("microphone moved to another device", "", move_microphone, nothing, "pocketsphinx", goes_on=True),
    Row(
        "microphone and loudspeaker frozen with the sound server",
        "loudspeaker",
        lambda led: led.audio.freeze(),
        lambda led: led.audio.thaw(),
        "pocketsphinx",
        lasts_s=6.0,
    ),
    Row(
        "sound server of both killed and started again",
        "loudspeaker",
        lambda led: led.audio.kill(),
        lambda led: led.audio.start(),
        "pocketsphinx",
    ),
    Row(
        "headset switches to another profile",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        switch_profile,
        "pocketsphinx",
        lasts_s=0.5,
    ),
    Row(
        "both devices unplugged",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
        "pocketsphinx",
        lasts_s=3.0,
    ),
)


# --- helpers


def kill(module: str) -> Act:
    return lambda led: os.kill(led.child(module), signal.SIGKILL)


def hang(module: str) -> Act:
    return lambda led: os.kill(led.child(module), signal.SIGSTOP)


def bad_model(home: Path) -> None:
    """A model whose graph is cut off: the library aborts the process."""
    import shutil

    from tests.faults.led import ROOT

    model = home / "data" / "models" / "vosk-model-small-en-us-0.15"
    shutil.copytree(ROOT / "tests" / "vosk_model" / "model", model)
    for path in model.rglob("*"):
        if path.is_file() and path.stat().st_size > 1000:
            path.write_bytes(path.read_bytes()[:500])


GREEDY = """
import os, pathlib, sys, threading, time
flag = pathlib.Path(os.environ["PLAYER_HOME"]) / "greedy"

def wait():
    while True:
        time.sleep(0.05)
        if flag.exists():
            flag.unlink()
            sys.modules["player.ears.chain"].ListeningChain.accept = greedy

def greedy(chain, pcm, played=b"", eaten=[]):
    eaten.append(b"x" * 40_000_000)  # 2 GB a second
    return ()

if "player.ears.process" in sys.orig_argv:
    threading.Thread(target=wait, daemon=True).start()
"""


def plant(code: str) -> Callable[[Path], object]:
    """Let every process of the player begin with this."""

    def prepare(home: Path) -> None:
        (home / "site").mkdir()
        (home / "site" / "sitecustomize.py").write_text(code)

    return prepare


def eat(led: Led) -> None:
    """Let the ears take ever more memory; fails when nobody sets them a limit."""
    pid = led.child(EARS)
    (led.home / "greedy").touch()
    peak_kb = 0
    while pid in led.children(EARS):
        for text in Path(f"/proc/{pid}/status").read_text().splitlines():
            if text.startswith("VmHWM:"):
                peak_kb = int(text.split()[1])
        assert peak_kb < 1_500_000, f"the ears have taken {peak_kb // 1000} MB"


RUBBISH = """
import pathlib, sys, os
flag = pathlib.Path(os.environ["PLAYER_HOME"]) / "rubbish"
if "player.voice.worker" in sys.orig_argv and flag.exists():
    for _line in sys.stdin:
        print("what?", flush=True)
    os._exit(0)
"""


def cold(home: Path) -> None:
    """An empty cache: the voice is needed, and runs."""
    (home / "cache").unlink()


def plant_rubbish(home: Path) -> None:
    cold(home)
    plant(RUBBISH)(home)


def talk_rubbish(led: Led) -> None:
    (led.home / "rubbish").touch()
    os.kill(led.child(VOICE), signal.SIGKILL)


HELPERS = (
    Row("voice process killed", "", kill(VOICE), prepare=cold, asks="l", by_itself=True, goes_on=True),
    Row("voice process hung", "", hang(VOICE), prepare=cold, asks="l", by_itself=True, goes_on=True),
    Row(
        "voice process answers rubbish",
        "voice",
        talk_rubbish,
        lambda led: (led.home / "rubbish").unlink(),
        prepare=plant_rubbish,
        asks="l",
        goes_on=True,
    ),
    Row(
        "ears killed", "microphone", kill(EARS), ears="pocketsphinx", by_itself=True, goes_on=True, short=True
    ),
    Row("ears hung", "microphone", hang(EARS), ears="pocketsphinx", by_itself=True, goes_on=True),
    Row(
        "ears eat memory",
        "microphone",
        eat,
        ears="pocketsphinx",
        prepare=plant(GREEDY),
        by_itself=True,
        goes_on=True,
    ),
)


# --- disk


def corrupt(home: Path) -> None:
    for path in (home / "cache" / "clips").glob("*.wav"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(bytes(content))


def file_size(led: Led, most: int) -> None:
    """No file of the player may grow beyond `most` bytes: what a full disk is to a file that grows."""
    _, hard = resource.prlimit(led.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(led.process.pid, resource.RLIMIT_FSIZE, (most, hard))


def fill_disk(led: Led) -> None:
    file_size(led, 1)
    time.sleep(0.1)


DISK = (
    Row(
        "disk full under the journal",
        "disk",
        fill_disk,
        lambda led: file_size(led, resource.RLIM_INFINITY),
        lasts_s=3.0,
        goes_on=True,
        short=True,
    ),
)


DISK += (
    Row(
        "disk full under the cache",
        "",
        lambda led: file_size(led, 20_000),  # the journal is smaller, a clip is not
        prepare=cold,
        asks="l",
        goes_on=True,
    ),
)


def own_cache(home: Path, how: Callable[[Path], object]) -> None:
    """Give this player a cache of its own, and spoil it."""
    shared = (home / "cache").resolve()
    (home / "cache").unlink()
    subprocess.run(["cp", "-r", str(shared), str(home / "cache")], check=True)
    how(home)


def no_folder(home: Path) -> None:
    """As root every folder is writable: a file in its place is not."""
    subprocess.run(["rm", "-r", str(home / "cache" / "clips")], check=True)
    (home / "cache" / "clips").touch()


def no_journal(home: Path) -> None:
    (home / "data").mkdir(parents=True, exist_ok=True)
    (home / "data" / "sessions").touch()


BEFORE = (  # what is broken before the session begins: it is led all the same
    Row("cache corrupt", "", nothing, prepare=lambda home: own_cache(home, corrupt), goes_on=True),
    Row(
        "cache cannot be written", "", nothing, prepare=lambda home: own_cache(home, no_folder), goes_on=True
    ),
    Row("no folder for the journal", "", nothing, prepare=no_journal, goes_on=True),
    Row("recogniser aborts on a bad model", "", nothing, prepare=bad_model, ears="vosk", goes_on=True),
)

ROWS = (*LOUDSPEAKER, *MICROPHONE, *HELPERS, *DISK, *BEFORE)
