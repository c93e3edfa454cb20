"""A child is told little, and leaves no image of its memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from player import environment
from player.files import voices
from player.voice.client import VoiceWorker
from player.workers.child import Child

SECRETS = ("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PASSWORD", "PATHOLOGY", "SSH_AUTH_SOCK", "HOMEWORK")


def surroundings(pid: int) -> set[str]:
    """Return the names in a process's environment."""
    content = Path(f"/proc/{pid}/environ").read_bytes()
    return {entry.partition(b"=")[0].decode() for entry in content.split(b"\0") if entry}


@pytest.fixture
def secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    for name in SECRETS:
        monkeypatch.setenv(name, "hidden")


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "PYTHONPATH",
        "XDG_RUNTIME_DIR",
        "PULSE_SERVER",
        "PLAYER_HOME",
        "SystemRoot",
    ],
)
def test_what_a_child_needs_is_passed_on(monkeypatch, name):
    monkeypatch.setenv(name, "here")
    assert environment.for_child(MORE="1") | {name: "here", "MORE": "1"} == environment.for_child(MORE="1")


@pytest.mark.parametrize("name", SECRETS)
def test_what_it_does_not_need_stays_here(secrets, name):
    assert name in os.environ
    assert name not in environment.for_child()


def test_the_voice_is_told_no_secret_and_dumps_no_core(secrets):
    with VoiceWorker(voices.find("calm")) as voice:
        assert len(voice.render("Rub your palms.")) > 0
        pid = voice._child.pid
        assert not surroundings(pid) & set(SECRETS)
        assert limits(pid) == ("0", "0")


def test_a_worker_is_told_no_secret(secrets):
    code = "import os, json; print(json.dumps({'kind': 'x', 'names': sorted(os.environ)}))"
    child = Child([sys.executable, "-c", code], environment={"MORE": "1"})
    try:
        told = set(child.take(30.0)["names"])
    finally:
        child.kill()
    assert {"PATH", "MORE"} <= told
    assert not told & set(SECRETS)


def limits(pid: int) -> tuple[str, str]:
    """Return the soft and the hard limit of a core file."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("Max core file size"))
    return tuple(line.removeprefix("Max core file size").split()[:2])


def test_a_crash_leaves_no_image(tmp_path):
    code = (
        "import ctypes, os, resource\n"
        "from player.environment import leave_no_core\n"
        "leave_no_core()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))\n"  # 3: PR_GET_DUMPABLE
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["(0,", "0)", "0"]
