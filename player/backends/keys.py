"""From what a terminal sends to presses: whole keys, one press for a key that repeats, no commands in text.

A key is more than its byte. An arrow sends three, a paste hundreds, an elbow on the space bar thirty a
second, and a word that is dictated into the window arrives letter by letter. `KeyReader` makes whole keys of
characters; `Presses` says which of them were meant. Neither reads a clock: times are seconds of any clock.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from player.core.commands import Command

REPEAT_S = 0.6  # the same key within this time is the same press
ALONE_S = 0.2  # a key that another one follows within this time is a piece of text
QUIET_S = 0.6  # text is over when nothing has come for so long
WHOLE_S = 0.1  # the rest of a sequence comes within this time, or it was a lone Escape
PASTED = ""  # what is pasted, as one key without a meaning
PASTE_S = 1.0  # a paste whose end is lost is over when nothing has come for so long

_ESCAPE = "\x1b"
_PASTE_BEGIN, _PASTE_END = "[200~", "\x1b[201~"
_SEQUENCE = re.compile(
    r"""\x1b+(?:
        \[M.{3}                        # a mouse, in its oldest form
      | \[\[.                          # function keys of the Linux console
      | \[(?!M)[0-?]*[ -/]*[@-Z\\-~]   # arrows, function keys, paste marks
      | O[0-9;]*[^0-9;]                # the same in application mode
      | [\]PX^_].*?(?:\x07|\x1b\\)     # what a terminal answers
      | [^\[O\]PX^_\x1b]               # Alt and a key
    )""",
    re.VERBOSE | re.DOTALL,
)
_WINDOWS_PREFIXES = {"\x00", "\xe0"}


@dataclass(frozen=True, slots=True)
class KeyStroke:
    """One whole key and when it came; `text` is its character."""

    text: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Press:
    """A key that was meant, and when it was pressed."""

    command: Command
    at_s: float


class KeyReader:
    """Makes whole keys of the characters of a terminal.

    A key that is no single character (an arrow) is none, nor is what a terminal answers; a paste is `PASTED`.
    """

    def __init__(self) -> None:
        self._waiting = ""  # the beginning of a sequence
        self._last_s = 0.0
        self._pasting = False

    def take(self, characters: str, now_s: float) -> tuple[KeyStroke, ...]:
        """Return the keys that are whole after these characters ("" to let time pass)."""
        if characters:
            self._waiting += characters
            self._last_s = now_s
        elif now_s - self._last_s > (PASTE_S if self._pasting else WHOLE_S):
            self._waiting, self._pasting = "", False
        return tuple(KeyStroke(text, now_s) for text in self._whole())

    def _whole(self) -> Iterator[str]:
        while self._waiting:
            if self._pasting:
                _pasted, end, rest = self._waiting.partition(_PASTE_END)
                self._pasting = not end
                self._waiting = rest if end else self._waiting[1 - len(_PASTE_END) :]
                if not end:
                    return
            elif self._waiting[0] != _ESCAPE:
                key, self._waiting = self._waiting[0], self._waiting[1:]
                yield key
            elif sequence := _SEQUENCE.match(self._waiting):
                self._waiting = self._waiting[sequence.end() :]
                if sequence[0].endswith(_PASTE_BEGIN):
                    self._pasting = True
                    yield PASTED
            else:
                return  # the rest of it is still to come


def console_keys(characters: str, now_s: float) -> tuple[KeyStroke, ...]:
    """Return the keys of a Windows console, where a prefix and one character more are one special key."""
    rest = iter(characters)
    return tuple(
        KeyStroke(character, now_s)
        for character in rest
        if character not in _WINDOWS_PREFIXES or next(rest, None) is None
    )


class Presses:
    """Tells which keys are presses, by what they mean.

    A press is known when no other key follows for `ALONE_S`: until then it may turn out to be text. A key
    without a meaning is text at once. Of two keys one of which is "stop" that one is meant; three are text.
    Enter after a key is the habit of ending a line, and no other press.
    """

    def __init__(self, meanings: Mapping[str, Command]) -> None:
        self._meanings = meanings
        self._held: Press | None = None  # not known yet
        self._held_since_s = 0.0  # since the last key that may make text of it
        self._pair = False  # it is one of two
        self._last: Press | None = None
        self._text_until_s = float("-inf")
        self._typed = False

    def take(self, key: KeyStroke) -> None:
        """Take the next whole key."""
        command = self._meanings.get(key.text.lower())
        if command is None or key.at_s <= self._text_until_s:
            self._take_text(key)
            return
        last, self._last = self._last, Press(command, key.at_s)
        if last is None or key.at_s - last.at_s > REPEAT_S:
            self._hold(self._last, key.at_s)
        elif command is last.command:
            return  # it is being held down, or it bounced
        elif key.at_s - last.at_s >= ALONE_S:
            self._hold(self._last, key.at_s)
        elif self._held is None or key.text not in "\r\n":
            self._take_second(self._last)

    def _hold(self, press: Press, since_s: float, *, pair: bool = False) -> None:
        self._held, self._held_since_s, self._pair = press, since_s, pair

    def _take_second(self, press: Press) -> None:
        """Take a key that follows so soon that both may be text."""
        stop = next((one for one in (self._held, press) if one and one.command is Command.STOP), None)
        if stop is None or self._held is None or self._pair:
            self._take_text(KeyStroke("", press.at_s))
        else:
            self._hold(stop, press.at_s, pair=True)

    def _take_text(self, key: KeyStroke) -> None:
        if key.at_s - self._held_since_s < ALONE_S:
            self._held = None
        self._text_until_s = key.at_s + QUIET_S
        self._typed = True

    def typed(self) -> bool:
        """Whether there was text since the last look."""
        typed, self._typed = self._typed, False
        return typed

    def due(self, now_s: float) -> Press | None:
        """Return the press that is known by now, once."""
        held = self._held
        if held is None or now_s - self._held_since_s < ALONE_S:
            return None
        self._held = None
        return held
