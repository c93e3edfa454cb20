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
from player.errors import AudioDeviceError
libc, pulse, kept = ctypes.CDLL(None), _Pulse(), threading.Event()
class Stream:
    def abort(self):
        libc.pthread_cancel(ctypes.c_ulong(pulse.thread.ident))
        while pulse.thread.lives():
            time.sleep(0.01)  # between two looks at what the system says
    def close(self):
        pass
def thread():
    libc.pthread_setcancelstate(1, None)  # as PortAudio does but while it waits
    pulse.beat()
    pulse.thread.leaves()
    {before}
    kept.set()
    {work}
threading.Thread(target=thread, daemon=True).start()
kept.wait()
OpenStream(Stream(), "loudspeaker", StreamFormat(48_000, 2), pulse).close()
{meanwhile}
try:
    print(bounded(lambda: "it answers", 1.0))
except AudioDeviceError as error:
    print(error)
print("alive" if pulse.thread.lives() else "ended", flush=True)
os._exit(0)
"""


def told(work: str, before: str = "pass", meanwhile: str = "pass") -> list[str]:
    code = CODE.format(work=work, before=before, meanwhile=meanwhile)
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
    assert told(SPINS, before="pulse.thread.enters()") == ["the sound server does not answer", "alive"]
