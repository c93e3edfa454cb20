"""PortAudio's thread begins on a stack that nobody wrote on."""

import ctypes
import sys
from pathlib import Path

import pytest

from player.backends import portaudio_streams
from player.backends.fresh_stacks import forget_used_stacks

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="PortAudio's thread for ALSA goes round for ever"
)

ROUTINE = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


def on_a_thread(work) -> None:
    """Do it on a native thread of the usual stack, as PortAudio's is, and wait for its end."""
    libc, thread, routine = ctypes.CDLL(None), ctypes.c_ulong(), ROUTINE(lambda _: work())
    assert libc.pthread_create(ctypes.byref(thread), None, routine, None) == 0
    libc.pthread_join(thread, None)


def stack_of_a_thread() -> int:
    """Return where the stack of a new thread lies."""
    libc, found = ctypes.CDLL(None), []
    libc.pthread_self.restype = ctypes.c_ulong
    on_a_thread(lambda: found.append(libc.pthread_self()))
    return found[0]


def mapped(address: int) -> bool:
    """Whether there is memory."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    ends = [[int(end, 16) for end in line.split()[0].split("-")] for line in lines]
    return any(begin <= address < end for begin, end in ends)


TRIES = range(8)  # something else may be put where a stack has just been


def test_the_stack_of_a_thread_that_ended_is_not_given_to_the_next():
    kept = []
    for _ in TRIES:
        used = stack_of_a_thread()
        forget_used_stacks()
        kept.append(mapped(used))
    assert False in kept


def test_a_stream_begins_where_no_used_stack_is_kept(monkeypatch):
    used, kept = [], []

    class Stream:
        def __init__(self, **_options) -> None:
            pass

        def start(self) -> None:
            kept.append(mapped(used[-1]))

    monkeypatch.setattr(portaudio_streams.library(), "OutputStream", Stream)
    wish = portaudio_streams.Wish("output", None, 48_000, 2, "float32")
    setting = portaudio_streams.StreamFormat(48_000, 2)
    for _ in TRIES:
        used.append(stack_of_a_thread())
        portaudio_streams._start(wish, setting, portaudio_streams._Pulse(), {})
    assert False in kept
