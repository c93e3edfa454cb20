"""A session between files, under a tracer: no socket in any process, and no file that nobody asked for.

A session on devices is traced in `tests/privacy/test_traced.py`.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from player.bench.voices import Voice
from tests.e2e import microphone, recorded
from tests.privacy import trace

SAFE = (
    "/dev/",  # null, and the shared memory of sound servers
    "/proc/",
)


@pytest.mark.parametrize("ears", ["auto", "pocketsphinx"])
def test_a_session_between_files_opens_no_socket_and_writes_only_what_was_asked_for(ears, tmp_path, home):
    trace.require()
    microphone.write(tmp_path / "mic.wav", Voice("flite", "slt"), [(8.0, "pause"), (12.0, "stop")], 14)
    files = ("--in", str(tmp_path / "mic.wav"), "--out", str(tmp_path / "o.wav"))
    calls = traced(tmp_path, *files, "--log", str(tmp_path / "log"), "--ears", ears)
    assert recorded.commands(recorded.log(tmp_path / "log")) == ["pause", "stop"]
    assert [one for one in trace.sockets(calls) if f'"{trace.BUS}"' not in one] == []
    allowed = {str(tmp_path / "o.wav"), str(tmp_path / "log")}
    written = {one.path for one in calls if one.writes}
    assert allowed <= written
    assert {path for path in written - allowed if not harmless(path, home)} == set()


def traced(folder: Path, *options: str) -> list[trace.Call]:
    """Lead a session under the tracer; return its system calls."""
    out = folder / "trace"
    play = [sys.executable, "-m", "player", "play", "--from", "finish", *options]
    done = subprocess.run(
        [*trace.command(out), *play],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return trace.calls(out)


def harmless(path: str, home: Path) -> bool:
    """Devices; the player's own folders, where only its own clips lie; the recogniser's word list."""
    ours = (f"{home}/cache/clips/", f"{home}/data/")
    word_list = re.search(r"/player-ears-\w+/words\.(dict|arpa)$|/player-ears-\w+/feat\.params$", path)
    probe = re.fullmatch(r".*/[a-z0-9_]{8}", path)  # Python finds out whether a temporary folder can be used
    return path.startswith((*SAFE, *ours)) or bool(word_list) or bool(probe)
