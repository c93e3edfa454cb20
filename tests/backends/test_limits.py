"""At the limits of the machine a device is lost for a while; the player is not."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from player.backends import portaudio_library
from player.errors import AudioDeviceError

ROOT = Path(__file__).parents[2]
AT_THE_LIMIT = """
import os, resource
from player.backends.portaudio_library import bounded, library, reinitialise, require_descriptors
from player.errors import AudioDeviceError
bounded(library)
resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))
taken = []
try:
    while True:
        taken.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
for free in range(4):
    try:
        reinitialise()
        print("opened")
    except AudioDeviceError as error:
        print(error)
    os.close(taken.pop())
for one in taken:
    os.close(one)
require_descriptors()
print("room again", len(os.listdir("/proc/self/fd")) < 20)
"""


def test_without_descriptors_no_library_of_sound_is_asked():
    command = [sys.executable, "-c", AT_THE_LIMIT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    *refused, again = done.stdout.splitlines()
    assert refused == ["no sound just now: too many open files"] * 4
    assert again == "room again True"


def test_without_threads_a_device_cannot_be_had_and_that_is_all(monkeypatch):
    def refused(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(AudioDeviceError, match="new thread"):
        portaudio_library.bounded(lambda: 1)
    monkeypatch.undo()
    assert portaudio_library.bounded(lambda: 1) == 1


def test_beside_a_call_that_hangs_others_are_refused_at_once_until_it_is_back(monkeypatch):
    """At the start several things are asked for: with a frozen sound server each took its three seconds."""
    begun, hangs, closed = threading.Event(), threading.Event(), threading.Event()
    while not begun.is_set():  # on a busy machine one may be given up before it begins
        with pytest.raises(AudioDeviceError, match="does not answer"):
            portaudio_library.bounded(lambda: begun.set() or hangs.wait(20), limit_s=0.05)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", pytest.fail)
        with pytest.raises(AudioDeviceError, match="does not answer"):
            portaudio_library.bounded(lambda: 1)
    with pytest.raises(AudioDeviceError, match="does not answer"):
        portaudio_library.bounded(closed.set, limit_s=0.05, even_late=True)
    hangs.set()
    assert closed.wait(20)
    with portaudio_library._portaudio:  # both are back
        pass
    assert portaudio_library.bounded(lambda: 1) == 1


HANGS = """
import sys, threading
from player.backends.portaudio_library import _portaudio, bounded
from player.errors import AudioDeviceError
hangs = threading.Event()
try:
    bounded(lambda: hangs.wait(20), limit_s=0.2)
except AudioDeviceError as error:
    print(error, file=sys.stderr)
hangs.set()
with _portaudio:  # it is back
    pass
try:
    bounded(lambda: print("not this", file=sys.stderr))
finally:
    print("and this", file=sys.stderr)
"""


def test_why_a_call_that_hangs_is_given_up_can_be_read():
    """It keeps standard error from the terminal for as long as it hangs, and that may be to the end."""
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, check=True)
    assert done.stderr == "the sound server does not answer\nand this\n"


class SlowToEnd:
    """Keeps standard error away until somebody has looked, or for a moment where nobody can look yet."""

    lasts, looked = False, threading.Event()

    def __enter__(self):
        SlowToEnd.lasts = True

    def __exit__(self, *_exc):
        SlowToEnd.looked.wait(0.2)
        SlowToEnd.lasts = False


def test_what_is_written_after_a_call_is_seen(monkeypatch):
    monkeypatch.setattr(portaudio_library, "QuietStderr", SlowToEnd)
    portaudio_library.bounded(lambda: 1)
    lasts = SlowToEnd.lasts
    SlowToEnd.looked.set()
    assert not lasts
