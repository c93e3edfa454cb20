"""How many words of a voice are understood: what a recogniser writes, against what was said."""

import re
from collections.abc import Iterable, Sequence

from player.core.spoken_form import SpokenForms, spoken_form

_WORD = re.compile(r"[a-zà-ÿ']+")


def words_of(text: str, forms: SpokenForms) -> list[str]:
    """Return the words of a text as they are spoken, in small letters; a hyphen parts two."""
    return _WORD.findall(spoken_form(text, forms).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def wrong_words(said: Sequence[str], written: Sequence[str]) -> int:
    """Return the fewest words to be changed, left out or put in; "finger tips" is one right word."""
    written = _joined(written, set(said))
    row = list(range(len(written) + 1))
    for number, word in enumerate(said, 1):
        before, row = row, [number]
        for place, other in enumerate(written, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return row[-1]


def share_wrong(pairs: Iterable[tuple[str, str]], forms: SpokenForms) -> tuple[int, int]:
    """Return (words wrong, words said) of pairs of what was said and what was written."""
    counted = [(words_of(said, forms), words_of(written, forms)) for said, written in pairs]
    return sum(wrong_words(*pair) for pair in counted), sum(len(said) for said, _ in counted)


def _joined(written: Sequence[str], known: set[str]) -> list[str]:
    """Put two words together where that makes one of the known ones, and part one that makes two."""
    out: list[str] = []
    for word in written:
        if out and out[-1] + word in known and out[-1] not in known:
            out[-1] += word
            continue
        cut = next((n for n in range(2, len(word) - 1) if word[:n] in known and word[n:] in known), 0)
        out += [word[:cut], word[cut:]] if cut and word not in known else [word]
    return out
