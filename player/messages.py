"""Text from a file, made fit for a message, and what its writer may have meant.

In: any text, known names; out: one clean short line or a part of one.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable

_WORD = 3  # letters: of shorter ones nothing follows
_FEW = 3
_A_SLIP = 0.75  # so like a name is a slip in writing it

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
    """Return " (did you mean `x`?)" when a known name is near or holds the same words, else ""."""
    by_lower = {name.lower(): name for name in known}
    asked = word.lower()[:60]
    near = difflib.get_close_matches(asked, by_lower, n=1, cutoff=0.6)
    if not near or difflib.SequenceMatcher(None, asked, near[0]).ratio() < _A_SLIP:
        near = _with_words(asked, by_lower) or near
    listed = " or ".join(f"`{by_lower[name]}`" for name in near)
    return f" (did you mean {listed}?)" if near else ""


def _with_words(asked: str, known: Iterable[str]) -> list[str]:
    """Return the names that share most words with what was asked for, three at most; the shortest first."""
    wanted = [word for word in re.split(r"[\W_]+", asked) if len(word) >= _WORD]
    shared: dict[int, list[str]] = {}
    for name in known:
        words = re.split(r"[\W_]+", name)
        count = sum(bool(difflib.get_close_matches(word, words, n=1, cutoff=0.8)) for word in wanted)
        shared.setdefault(count, []).append(name)
    shared.pop(0, None)
    return sorted(shared[max(shared)], key=lambda name: (len(name), name))[:_FEW] if shared else []


def several(text: str) -> str:
    """Return how to write more than one, when `text` looks like a list without its brackets, else ""."""
    return f"; several go in brackets: `[{shown(text)}]`" if "," in text else ""
