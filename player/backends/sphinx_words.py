"""What PocketSphinx is told to expect: pronunciations and a small language model. Pure text in, text out."""

import itertools
import math
from collections.abc import Container, Iterable, Mapping, Sequence

from player.errors import RecognitionError

Phones = str  # sounds with a blank between: "P AO Z"
Dictionary = Mapping[str, Sequence[Phones]]

_COMMAND_MASS = 0.5  # how likely a lone utterance is a command
_FEW = 26  # phrases; of more, none becomes less likely against other words
_MOST_WAYS = 6  # of saying one phrase


def read_dictionary(lines: Iterable[str], words: Container[str]) -> dict[str, list[Phones]]:
    """Read of CMU dictionary lines, `word(2) P H O N E S`, those of some words."""
    found: dict[str, list[Phones]] = {}
    for line in lines:
        entry, _, phones = line.partition(" ")
        if (word := entry.partition("(")[0]) in words:
            found.setdefault(word, []).append(phones.strip())
    return found


def token(phrase: str) -> str:
    """Turn a phrase into the one word that the decoder knows it as."""
    return phrase.lower().replace(" ", "_")


def ways(phrase: str, dictionary: Dictionary) -> list[Phones]:
    """Return every way to pronounce a phrase. Raises `RecognitionError` for a word that is not known."""
    words = phrase.lower().split()
    unknown = [word for word in words if word not in dictionary]
    if unknown or not words:
        raise RecognitionError(
            f'phrase "{phrase}": PocketSphinx does not know the word "{" ".join(unknown)}"',
            "choose another word for this command",
        )
    combined = itertools.product(*(dictionary[word] for word in words))
    return [" ".join(parts) for parts in itertools.islice(combined, _MOST_WAYS)]


def fillers(words: Iterable[str], phrases: Sequence[str], dictionary: Dictionary) -> list[str]:
    """Keep the words that are known and do not sound exactly like a phrase."""
    taken = {way for phrase in phrases for way in ways(phrase, dictionary)}
    return [
        word
        for word in dict.fromkeys(word.lower() for word in words)
        if all(part in dictionary for part in word.split()) and taken.isdisjoint(ways(word, dictionary))
    ]


def dictionary_text(phrases: Sequence[str], others: Sequence[str], dictionary: Dictionary) -> str:
    """Write the decoder's own small dictionary."""
    lines = []
    for word in [*phrases, *others]:
        for index, phones in enumerate(ways(word, dictionary)):
            number = f"({index + 1})" if index else ""
            lines.append(f"{token(word)}{number} {phones}\n")
    return "".join(lines)


def language_model(phrases: Sequence[str], others: Sequence[str]) -> str:
    """Write a bigram model (ARPA): one phrase and nothing else, or any run of other words."""
    names = [token(phrase) for phrase in phrases]
    rest = [token(word) for word in others]
    once = {"</s>": 0.15} | dict.fromkeys(names, 0.05 / len(names)) | dict.fromkeys(rest, 0.8 / len(rest))
    mass = max(_COMMAND_MASS, 0.98 * len(names) / (len(names) + _FEW))
    pairs = {("<s>", name): mass / len(names) for name in names}
    pairs |= {("<s>", word): (0.98 - mass) / len(rest) for word in rest}
    pairs |= {(name, "</s>"): 0.9 for name in names}
    back_off = {"<s>": 0.02} | dict.fromkeys(names, 0.1 / 0.85)
    lines = [
        f"\\data\\\nngram 1={len(once) + 1}\nngram 2={len(pairs)}\n\n\\1-grams:",
        f"-99 <s> {math.log10(back_off['<s>']):.4f}",
        *(f"{math.log10(p):.4f} {w} {math.log10(back_off.get(w, 1)):.4f}" for w, p in once.items()),
        "\n\\2-grams:",
        *(f"{math.log10(p):.4f} {first} {second}" for (first, second), p in pairs.items()),
        "\n\\end\\\n",
    ]
    return "\n".join(lines)


def grammar(words: Iterable[str]) -> str:
    """Write a grammar (JSGF): exactly one of these."""
    return f"#JSGF V1.0;\ngrammar one;\npublic <one> = {' | '.join(map(token, words))};\n"
