"""The words of the model and the sound classes ("units") that they are made of.

Units: silence, the general phones (for `[unk]` and decoys), and for each word of a command as many units of
its own as it has phones, named "next.1", "next.2" and so on. The index of a unit is its network output.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from phones import PHONES, SILENCE

HERE = Path(__file__).parent
LANGUAGE = HERE.parents[1] / "player" / "lang" / "en.yaml"
UNKNOWN = "[unk]"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`spelling` gives the units of each word; `commands` are the words of `phrases`."""

    phrases: tuple[str, ...]
    commands: frozenset[str]
    spelling: dict[str, tuple[str, ...]]
    units: tuple[str, ...]

    @property
    def decoys(self) -> tuple[str, ...]:
        """The words that belong to no command."""
        return tuple(word for word in self.spelling if word not in self.commands)


@cache
def load() -> Lexicon:
    """Read lexicon.txt and the phrases of the language file; raises ValueError if a word has no sounds."""
    sounds = dict(_entry(line) for line in (HERE / "lexicon.txt").read_text().splitlines() if _is_entry(line))
    spoken = yaml.safe_load(LANGUAGE.read_text())["commands"]
    phrases = tuple(phrase for several in spoken.values() for phrase in several)
    commands = frozenset(word for phrase in phrases for word in phrase.split())
    if missing := commands - sounds.keys():
        raise ValueError(
            f"lexicon.txt lacks {', '.join(sorted(missing))}: words of the commands in {LANGUAGE}"
        )
    own = {w: tuple(f"{w}.{i + 1}" for i in range(len(sounds[w]))) for w in sorted(commands)}
    units = (SILENCE, *PHONES, *(unit for several in own.values() for unit in several))
    return Lexicon(phrases, commands, sounds | own, units)


def _is_entry(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _entry(line: str) -> tuple[str, tuple[str, ...]]:
    word, *sounds = line.split()
    if len(sounds) < 2 or not set(sounds) <= set(PHONES):
        raise ValueError(f"lexicon.txt: {line!r} needs two phones or more, of those in phones.py")
    return word, tuple(sounds)
