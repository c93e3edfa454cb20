"""A session under a tracer: nothing leaves the machine, and no sound reaches the disk."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import virtual_audio
from tests.faults.led import Led
from tests.privacy import trace
from tests.private_bus import private_bus
from tests.virtual_audio import VirtualAudio


@dataclass(frozen=True, slots=True)
class Session:
    """A session of some seconds, as the tracer saw it, and what it left behind."""

    calls: list[trace.Call]
    server: str
    home: Path
    ears_files: frozenset[str]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Speak, listen, be asked something, be told to stop."""
    virtual_audio.require()
    trace.require()
    home = tmp_path_factory.mktemp("traced")
    out = home / "trace"
    audio = VirtualAudio()
    audio.start()
    with private_bus(home) as bus:  # as on every desktop; nobody asked for it
        led = Led(
            audio,
            home,
            *("--from", "counted", "--ears", "pocketsphinx"),
            environment=bus.environment,
            under=trace.command(out),
        )
        yield from _led(audio, led, home, out)


def _led(audio: VirtualAudio, led: Led, home: Path, out: Path) -> Iterator[Session]:
    try:
        led.wait_for(lambda: "ALSA plug-in" in audio.pactl("list", "source-outputs"), "it listens", 60)
        led.until(0.0, "speech_started", 60, text="5")
        ears = trace.running(trace.calls(out), "player.ears.worker")
        files = frozenset(_open_files(next(iter(ears))))
        at_s = time.monotonic()
        led.press("w")
        led.until(at_s, "speech_started", 60, role="preface")
        time.sleep(1.0)  # it speaks and listens for a while, which is traced
        led.press("s")
        assert led.ends(60) == 0, led.err.read_text()
        yield Session(trace.calls(out), f"{audio.folder}/native", home, files)
    finally:
        led.close()
        audio.close()


def _open_files(pid: int) -> Iterator[str]:
    for one in Path(f"/proc/{pid}/fd").iterdir():
        yield str(one.readlink())


def test_the_session_was_traced_whole(session):
    """Both helpers were seen, and the way to the sound server: the proof is about something."""
    assert trace.running(session.calls, "player.ears.worker")
    assert trace.running(session.calls, "player.voice.worker")
    assert any(f'"{session.server}"' in one for one in trace.sockets(session.calls))


def test_no_socket_is_opened_but_to_the_sound_server(session):
    assert trace.foreign(session.calls, session.server) == []


def test_what_downloads_need_is_not_even_loaded(session):
    """HTTP and TLS are for `player models get` alone; hibari itself loads them, in the voice's process."""
    voice = trace.running(session.calls, "player.voice.worker")
    read = {one.path for one in session.calls if one.pid not in voice}
    assert [path for path in read if re.search(r"/player/session/.*loop\.", path)]
    assert [path for path in read if re.search(r"/(_?ssl\.|http/(__pycache__/)?client\.)", path)] == []


# What the recogniser is told to expect: words, written for its library to read, and gone before it listens.
WORDS = re.compile(r"/tmp/player-ears-\w+/(words\.dict|words\.arpa|feat\.params)|/tmp/[a-z0-9_]{8}")


def test_the_ears_open_nothing_to_write_sound_into(session):
    ears = trace.running(session.calls, "player.ears.worker")
    written = {one.path for one in session.calls if one.pid in ears and one.writes}
    assert {path for path in written if not WORDS.fullmatch(path)} <= {"/dev/null", "/dev/tty"}
    assert [path for path in written if path.startswith("/tmp/") and Path(path).exists()] == []
    kinds = (
        "pipe:",
        "/dev/null",
        "/dev/urandom",
        "anon_inode:",
        "socket:",
        "/memfd:pulseaudio",
        "/dev/shm/pulse",
    )
    assert [one for one in session.ears_files if not one.startswith(kinds) and not _read_only(one)] == []


def _read_only(path: str) -> bool:
    return path.endswith((".dict", ".lm.bin", ".so", ".py", ".zip")) or "/model" in path


def test_files_are_written_in_the_players_own_folders_alone(session):
    room = session.server.removesuffix("native")
    allowed = (
        str(session.home),
        room,
        "/dev/null",
        "/dev/tty",
        "/dev/shm/",
        "/dev/pts/",
        "pipe:",
        "/proc/self/",
    )
    written = {one.path for one in session.calls if one.writes and not one.path.startswith(allowed)}
    written = {path for path in written if path and not WORDS.fullmatch(path)}
    assert {path for path in written if "__pycache__" not in path} == set()


def test_what_it_leaves_is_private(session):
    for name in ("cache", "data", "config"):
        for path in (session.home / name, *(session.home / name).rglob("*")):
            if path.exists():
                mode = path.stat().st_mode & 0o777
                assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"
    assert list((session.home / "data" / "sessions").glob("*.journal"))


def test_a_log_is_private(tmp_path):
    from player.files.log import Log

    Log(tmp_path / "log").close()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.socketpair()",
        "import asyncio; asyncio.new_event_loop()",
        "import socket; socket.socket(socket.AF_UNIX).connect_ex('/tmp/other')",
        "import socket; socket.socket(socket.AF_UNIX).bind('somewhere')",
    ],
)
def test_the_judge_sees_a_socket(tmp_path, code):
    trace.require()
    out = tmp_path / "trace"
    listen = "import socket; s = socket.socket(socket.AF_UNIX); s.bind('/tmp/other'); s.listen()"
    server = None
    if "/tmp/other" in code:
        Path("/tmp/other").unlink(missing_ok=True)
        server = subprocess.Popen(
            [sys.executable, "-c", f"{listen}; print('listens', flush=True); input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert server.stdout is not None
        with server.stdout as said:
            assert said.readline()
    try:
        subprocess.run([*trace.command(out), sys.executable, "-c", code], check=True, cwd=tmp_path)
    finally:
        if server is not None:
            with server:
                server.kill()
            Path("/tmp/other").unlink(missing_ok=True)
    assert trace.foreign(trace.calls(out), "/run/native") != []


def test_the_judge_sees_a_file(tmp_path):
    trace.require()
    out = tmp_path / "trace"
    code = "open('sound.wav', 'wb').close()"
    subprocess.run([*trace.command(out), sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert "sound.wav" in {one.path for one in trace.calls(out) if one.writes}
