"""The words of the model and the sound classes ("units") that they are made of.

Units: silence, the general phones, and for each word with a star in lexicon.txt as many units of its own as
it has phones, named "next.1", "next.2" and so on. The index of a unit is its network output.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from phones import PHONES, SILENCE

HERE = Path(__file__).parent
LANGUAGE = HERE.parents[1] / "player" / "lang" / "en.yaml"
UNKNOWN = "[unk]"
_STAR = "*"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`spelling` gives the units of each word; the `starred` words have units of their own."""

    phrases: tuple[str, ...]
    starred: frozenset[str]
    spelling: dict[str, tuple[str, ...]]
    units: tuple[str, ...]

    @property
    def decoys(self) -> tuple[str, ...]:
        """The words that are in no phrase."""
        used = {word for phrase in self.phrases for word in phrase.split()}
        return tuple(word for word in self.spelling if word not in used)


@cache
def load() -> Lexicon:
    """Read lexicon.txt and the phrases of the language file; raises ValueError if a word has no sounds."""
    lines = (HERE / "lexicon.txt").read_text().splitlines()
    entries = dict(_entry(line) for line in lines if line.strip() and not line.startswith("#"))
    sounds = {word.removeprefix(_STAR): phones for word, phones in entries.items()}
    starred = sorted(word.removeprefix(_STAR) for word in entries if word.startswith(_STAR))
    spoken = yaml.safe_load(LANGUAGE.read_text())["commands"]
    phrases = tuple(phrase for several in spoken.values() for phrase in several)
    if missing := {word for phrase in phrases for word in phrase.split()} - sounds.keys():
        raise ValueError(f"lexicon.txt lacks words of the commands: {', '.join(sorted(missing))}")
    own = {word: tuple(f"{word}.{i + 1}" for i in range(len(sounds[word]))) for word in starred}
    units = (SILENCE, *PHONES, *(unit for several in own.values() for unit in several))
    return Lexicon(phrases, frozenset(starred), sounds | own, units)


def _entry(line: str) -> tuple[str, tuple[str, ...]]:
    word, *sounds = line.split()
    if len(sounds) < 2 or not set(sounds) <= set(PHONES):
        raise ValueError(f"lexicon.txt: {line!r} needs two phones or more, of those in phones.py")
    return word, tuple(sounds)
