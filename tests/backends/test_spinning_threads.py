"""A native thread that goes round for ever, forbidding its end as PortAudio's does, is ended; no other is."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="PortAudio's thread for ALSA goes round for ever"
)

# Each in a process of its own, in a thread that is inside the C library for good. Looking for what it never
# finds, by a function that waits for the disk (of no file), it goes round and could end at every turn.
SPINS = "libc.lfind(b'', b'', ctypes.byref(ctypes.c_size_t(2**60)), ctypes.c_size_t(0), libc.fsync)"
WAITS = "os.read(os.pipe()[0], 1)"
CODE = """
import ctypes, os, threading, time
from player.backends.portaudio_library import bounded
from player.backends.portaudio_streams import OpenStream, StreamFormat, _Pulse
from player.backends.spinning_threads import in_callback
from player.errors import AudioDeviceError
libc, kept, kind, thread = ctypes.CDLL(None), threading.Event(), ctypes.CFUNCTYPE(None, ctypes.c_void_p), []
def lives():
    return os.path.exists(f"/proc/self/task/{{thread[0]}}")
class Stream:
    def abort(self):
        libc.pthread_cancel(number)
        while lives():
            time.sleep(0.01)  # between two looks at what the system says
    def close(self):
        pass
@kind
def native(_):
    thread.append(threading.get_native_id())
    libc.pthread_setcancelstate(1, None)  # as PortAudio does but while it waits
    kept.set()
    {work}
number = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(number), None, native, None)
kept.wait()
OpenStream(Stream(), "loudspeaker", StreamFormat(48_000, 2), _Pulse()).close()
{meanwhile}
try:
    print(bounded(lambda: "it answers", 1.0))
except AudioDeviceError as error:
    print(error)
print("alive" if lives() else "ended", flush=True)
os._exit(0)
"""


def told(work: str, meanwhile: str = "pass") -> list[str]:
    code = CODE.format(work=work, meanwhile=meanwhile)
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stderr == ""
    return result.stdout.splitlines()


def test_a_thread_that_goes_round_for_ever_is_ended_and_portaudio_answers_again():
    assert told(SPINS) == ["it answers", "ended"]


def test_one_that_begins_to_go_round_after_its_stream_was_given_up_is_ended_when_portaudio_is_called_again():
    called = "try: bounded(lambda: None, 1.0)\nexcept AudioDeviceError: pass"
    later = "time.sleep(1)"  # after its stream was given up
    assert told(f"{later}; {SPINS}", meanwhile=f"{later}\n{called}") == ["it answers", "ended"]


def test_a_thread_that_waits_is_let_be():
    assert told(WAITS) == ["the sound server does not answer", "alive"]


def test_a_thread_in_our_own_callback_is_let_be():
    inside = f"with in_callback(): {SPINS}"
    assert told(inside) == ["the sound server does not answer", "alive"]
