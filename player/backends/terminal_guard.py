"""Gives a terminal back when the player could not: run by itself, without the player's code.

    python -I -S terminal_guard.py

Its output is the terminal. Reads one line of JSON from standard input: the attributes to restore, those that
the player set, and what to write (base64). Then it waits. A second line means that the player gave the
terminal back itself; an end without one, that it died: then the attributes are restored, unless somebody else
(a shell) has changed them by now.
"""

import base64
import json
import os
import sys
import termios
from contextlib import suppress
from typing import Any

_TERMINAL = 1


def plain(attributes: list[Any]) -> list[Any]:
    """Return terminal attributes as JSON can hold them: control characters as numbers."""
    *flags, characters = attributes
    return [*flags, [one if isinstance(one, int) else one[0] for one in characters]]


def attributes(plain_: list[Any]) -> list[Any]:
    """Return terminal attributes as `termios` takes them."""
    *flags, characters = plain_
    canonical = flags[3] & termios.ICANON
    numbers = () if canonical else (termios.VMIN, termios.VTIME)
    return [*flags, [n if at in numbers else bytes([n]) for at, n in enumerate(characters)]]


def main() -> None:
    """Wait for the player's end."""
    told = json.loads(sys.stdin.readline())
    if sys.stdin.readline():
        return
    with suppress(OSError, termios.error):  # the terminal went away with the player
        if plain(termios.tcgetattr(_TERMINAL)) == told["set"]:
            termios.tcsetattr(_TERMINAL, termios.TCSANOW, attributes(told["before"]))
            os.write(_TERMINAL, base64.b64decode(told["write"]))


if __name__ == "__main__":
    main()
