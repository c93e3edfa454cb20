"""What a session touches: no socket but to the sound server, and no file that could hold what was heard.

Seen by a tracer, in every process of a session.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from player.bench.voices import Voice
from tests import virtual_audio
from tests.e2e import microphone, recorded

CALL = re.compile(r"^\d+\s+(\w+)\((.*)")
TRACER = ("strace", "-f", "-qq", "-s", "300", "-e", "trace=%network,open,openat,creat")
JACK = re.compile(r'sun_path="/dev/shm/jack_')  # PortAudio looks for that local sound server too
SAFE = (
    "/dev/",  # null, and the shared memory of sound servers
    "/proc/",
)


@pytest.fixture(scope="module", autouse=True)
def tracer() -> None:
    if shutil.which("strace") is None:
        reason = "this needs a tracer (apt: strace)"
        pytest.fail(reason) if os.environ.get("PLAYER_CI") == "true" else pytest.skip(reason)


def traced(folder: Path, *options: str) -> list[tuple[str, str]]:
    """Lead a session under the tracer; return its system calls by name."""
    trace = folder / "trace"
    done = subprocess.run(
        [*TRACER, "-o", str(trace), sys.executable, "-m", "player", "play", "--from", "finish", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [CALL.match(line) for line in trace.read_text(errors="replace").splitlines()]
    return [(one[1], one[2]) for one in found if one]


def written(calls: list[tuple[str, str]]) -> set[str]:
    """Return every file that was opened for writing."""
    opened = [rest for name, rest in calls if name in {"open", "openat", "creat"}]
    writing = [rest for rest in opened if re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest) and "= -1" not in rest]
    return {re.search(r'"([^"]*)"', rest)[1] for rest in writing}


@pytest.mark.parametrize("ears", ["auto", "pocketsphinx"])
def test_a_session_between_files_opens_no_socket_and_writes_only_what_was_asked_for(ears, tmp_path, home):
    microphone.write(tmp_path / "mic.wav", Voice("flite", "slt"), [(8.0, "pause"), (12.0, "stop")], 14)
    files = ("--in", str(tmp_path / "mic.wav"), "--out", str(tmp_path / "o.wav"))
    calls = traced(tmp_path, *files, "--log", str(tmp_path / "log"), "--ears", ears)
    assert recorded.commands(recorded.log(tmp_path / "log")) == ["pause", "stop"]
    assert [call for call in calls if call[0].startswith(("socket", "connect", "bind", "send"))] == []
    allowed = {str(tmp_path / "o.wav"), str(tmp_path / "log")}
    assert {path for path in written(calls) - allowed if not harmless(path, home)} == set()


def test_a_session_in_a_room_talks_to_the_sound_server_alone(tmp_path, home):
    virtual_audio.require()
    with virtual_audio.room() as audio:
        calls = traced(tmp_path, "--log", str(tmp_path / "log"))
        server = f"{audio.folder}/"
    assert "completed" in (tmp_path / "log").read_text()
    sockets = [rest for name, rest in calls if name in {"socket", "socketpair"}]
    assert sockets
    assert [rest for rest in sockets if not rest.startswith("AF_UNIX")] == []
    reached = {rest for name, rest in calls if name in {"connect", "bind", "listen"} and "= -1" not in rest}
    assert reached
    assert [
        rest for rest in reached if f'sun_path="{server}native"' not in rest and not JACK.search(rest)
    ] == []
    allowed = {str(tmp_path / "log"), f"{server}cookie"}
    assert {path for path in written(calls) - allowed if not harmless(path, home)} == set()


def test_the_tracer_would_see_a_socket(tmp_path):
    program = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    command = ["strace", "-f", "-qq", "-e", "trace=%network", sys.executable, "-c", program]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
    assert "socket(AF_INET" in seen


def harmless(path: str, home: Path) -> bool:
    """Devices; the player's own folders, where only its own clips lie; the recogniser's word list."""
    ours = (f"{home}/cache/clips/", f"{home}/data/")
    word_list = re.search(r"/player-ears-\w+/words\.(dict|arpa)$|/player-ears-\w+/feat\.params$", path)
    probe = re.fullmatch(r".*/[a-z0-9_]{8}", path)  # Python finds out whether a temporary folder can be used
    return path.startswith((*SAFE, *ours)) or bool(word_list) or bool(probe)
