"""Text from a file, made fit for a message, and what its writer may have meant.

In: any text, known names; out: one clean short line or a part of one.
"""

import difflib
import unicodedata
from collections.abc import Iterable

_NEVER_IN_TEXT = frozenset({"Cc", "Cf", "Co", "Cs"})


def shown(text: str, most: int = 40) -> str:
    """Return `text` fit to be shown in a message: short, one line, no control characters."""
    clean = "".join(c if unicodedata.category(c) not in _NEVER_IN_TEXT else "?" for c in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def control_character(text: str) -> str:
    """Name the first character that may never be in a text, such as a terminal escape, or return ""."""
    if text.isascii() and text.isprintable():
        return ""
    for character in text:
        if unicodedata.category(character) in _NEVER_IN_TEXT and character != "\n":
            return unicodedata.name(character, f"U+{ord(character):04X}")
    return ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean `x`?)" when a known word is near, else ""."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower()[:60], by_lower, n=1, cutoff=0.6)
    return f" (did you mean `{by_lower[near[0]]}`?)" if near else ""


def several(text: str) -> str:
    """Return how to write more than one, when `text` looks like a list without its brackets, else ""."""
    return f"; several go in brackets: `[{shown(text)}]`" if "," in text else ""
