"""Standard input and output as they have to be: there, and never the reason for an error."""

import io
import os
import sys
from pathlib import Path
from typing import TextIO

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def mend() -> None:
    """Stand in for what was closed by whoever started us; replace what has no place in an encoding.

    Without it the next file that is opened would get the number of the output, and be written into.
    """
    for number, (name, mode) in enumerate(_MODES.items()):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def plain(out: TextIO) -> bool:
    """Whether lines are wanted, and nothing drawn: by a file, a screen reader, a simple terminal."""
    asked = os.environ.get("ACCESSIBLE", "") not in {"", "0"}
    return asked or os.environ.get("TERM") == "dumb" or not out.isatty()
