"""Output that nobody takes: a reader such as `head` that has left, or a disk that is full."""

import os
import sys
from typing import TextIO


def left(out: TextIO) -> None:
    """Let what is still written to `out` go nowhere: nobody is there to read it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.fileno())
    os.close(nowhere)


def warn(line: str) -> None:
    """Print what goes wrong. Nobody may read it, or the disk be full: that ends nothing."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        left(sys.stderr)
