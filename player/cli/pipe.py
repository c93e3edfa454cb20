"""A reader such as `head` that leaves while something is still being written for it."""

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
