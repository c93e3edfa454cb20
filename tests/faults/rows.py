"""All faults; those of voice, ears and disk are here."""

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.devices import LOUDSPEAKER, MICROPHONE
from tests.faults.led import Led
from tests.faults.row import EARS, VOICE, Act, Row, nothing

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
        time.sleep(0.05)  # between two looks, inside the player
        if flag.exists():
            flag.unlink()
            sys.modules["player.ears.pipeline"].ListeningChain.accept = greedy

def greedy(chain, pcm, played=b"", eaten=[]):
    eaten.append(b"x" * 40_000_000)  # 2 GB a second
    return ()

if "player.ears.worker" in sys.orig_argv:
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
    """From now on. What a quick machine has rendered ahead is lost, or nothing would be asked of it."""
    shutil.rmtree(led.home / "cache" / "clips")
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
    for path in (home / "cache" / "clips").glob("*.flac"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(bytes(content))


def file_size(led: Led, most: int) -> None:
    """No file of the player may grow beyond `most` bytes: what a full disk is to a file that grows."""
    _, hard = resource.prlimit(led.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(led.process.pid, resource.RLIMIT_FSIZE, (most, hard))


def fill_disk(led: Led) -> None:
    file_size(led, 1)
    time.sleep(0.1)  # a write that is under way comes to its end


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
