"""Gives PortAudio's next thread a stack that nobody wrote on.

Up to 19.7 that thread goes round for ever where the sound server dies while a stream begins (PortAudio's
issue 1037): a core is busy, every turn writes a line to standard error, and PortAudio never answers again. It
does so only where a number that it forgot to set is not 0, as on a stack that another thread left; a new one
is all zeros. The GNU C library keeps 40 MB of stacks for the next threads, and none beside a larger one.
"""

import ctypes
import sys

_LARGER = 64 << 20  # bytes of addresses; none of it is ever used


def forget_used_stacks() -> None:
    """Let the C library keep no stack of a thread that has ended. Does nothing but on Linux."""
    if not sys.platform.startswith("linux"):
        return
    libc, thread, wish = ctypes.CDLL(None), ctypes.c_ulong(), ctypes.create_string_buffer(256)
    libc.pthread_attr_init(wish)
    libc.pthread_attr_setstacksize(wish, ctypes.c_size_t(_LARGER))
    if libc.pthread_create(ctypes.byref(thread), wish, libc.getpid, None) == 0:
        libc.pthread_join(thread, None)
    libc.pthread_attr_destroy(wish)
