"""What the speakers say for training, and which sound class each moment belongs to."""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from lexicon import Lexicon
from phones import PHONES, SILENCE
from speakers import Utterance, espeak, flite, flite_phone_count

_SENTENCES = Path(__file__).parent / "sentences.txt"
_ACCENTS = ("en-US", "en-US", "en-US", "en", "en", "en-GB-x-rp", "en-GB-scotland", "en-029", "en-US-nyc",
            "en-GB-x-gbclan")  # fmt: skip
_VARIANTS = (
    "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Henrique", "Jacky", "Lee",
    "Marco", "Michael", "Mike", "Storm", "adam", "anika", "announcer", "antonio", "aunty", "belinda",
    "benjamin", "boris", "caleb", "david", "ed", "edward", "f1", "f2", "f3", "f5", "grandma", "grandpa",
    "iven", "iven2", "john", "klatt", "klatt2", "klatt3", "klatt5", "klatt6", "linda", "m1", "m2", "m4",
    "m5", "m6", "m7", "m8", "max", "michel", "miguel", "norbert", "paul", "quincy", "rob", "robert",
    "sandro", "shelby", "steph", "steph2", "travis", "victor",
)  # fmt: skip
UNSEEN_VARIANTS = ("f4", "m3", "zac", "pedro", "Mario", "Gene2", "klatt4", "steph3", "edward2", "marcelo")
FLITE_VOICES = ("slt", "rms", "awb")
_ONSETS = (
    "b", "bl", "br", "ch", "d", "dr", "f", "fl", "fr", "g", "gl", "gr", "h", "j", "k", "kl", "kr", "l",
    "m", "n", "p", "pl", "pr", "r", "s", "sh", "sk", "sl", "sm", "sn", "sp", "st", "str", "t", "th", "tr",
    "v", "w", "y", "z",
)  # fmt: skip
_VOWELS = (
    "a", "e", "i", "o", "u", "ee", "oo", "ai", "oa", "ou", "ar", "er", "or",
)  # fmt: skip
_CODAS = (
    "b", "ck", "d", "f", "g", "k", "l", "lt", "m", "mp", "n", "nd", "ng", "nk", "nt", "p", "r", "rd", "s",
    "sh", "sk", "st", "t", "th", "v", "x", "z",
)  # fmt: skip


class Span(NamedTuple):
    """A stretch of sound of one unit."""

    unit: str
    start_s: float
    end_s: float


@cache
def sentences() -> tuple[str, ...]:
    """Plain speech, without commas and capitals."""
    return tuple(_SENTENCES.read_text().splitlines())


def said(rng: random.Random, lexicon: Lexicon) -> str:
    """Return something to say: commands for about half of the time."""
    chance = rng.random()
    if chance < 0.36:
        return rng.choice(lexicon.phrases)
    if chance < 0.48:
        return ", ".join(rng.choice(lexicon.phrases) for _ in range(rng.randint(2, 3)))
    if chance < 0.62:
        return _joined(rng, [rng.choice(lexicon.decoys) for _ in range(rng.randint(1, 4))])
    if chance < 0.82:
        return _joined(rng, [_stray(rng, lexicon) for _ in range(rng.randint(1, 6))])
    return rng.choice(sentences())


def _joined(rng: random.Random, words: list[str]) -> str:
    return rng.choice((" ", " ", ", ")).join(words)


def _stray(rng: random.Random, lexicon: Lexicon) -> str:
    """Return a word of the sentences, or an invented one: every sound in every surrounding."""
    if rng.random() < 0.5:
        return rng.choice(sorted({w for s in sentences() for w in s.split()} - lexicon.starred))
    syllables = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 2))]
    return "".join(syllables) + rng.choice(_CODAS)


def spoken_by_espeak(count: int, rng: random.Random, lexicon: Lexicon) -> Iterator[Utterance]:
    """Yield `count` utterances in many accents, timbres, speeds and pitches."""
    while count:
        voice = f"gmw/{rng.choice(_ACCENTS)}" + rng.choice(["", *(f"+{v}" for v in _VARIANTS)])
        utterance = espeak().say(
            said(rng, lexicon),
            voice,
            rate=rng.randint(110, 220),
            pitch=rng.randint(15, 90),
            range_=rng.randint(10, 90),
            gap=rng.choice((0, 0, 0, 2, 5)),
        )
        if utterance and spans(utterance, lexicon) is not None:
            count -= 1
            yield utterance


def spoken_by_flite(count: int, voice: str, rng: random.Random, lexicon: Lexicon) -> Iterator[Utterance]:
    """Yield `count` utterances in one of flite's voices."""
    while count:
        stretch, pitch_hz = rng.uniform(0.8, 1.3), rng.uniform(80, 230)
        utterance = flite(said(rng, lexicon), voice, stretch=stretch, pitch_hz=pitch_hz)
        if utterance and spans(utterance, lexicon) is not None:
            count -= 1
            yield utterance


def spans(utterance: Utterance, lexicon: Lexicon) -> tuple[Span, ...] | None:
    """Return the units of `utterance` in time; None if a starred word cannot be found in it safely."""
    words = utterance.text.replace(",", "").split()
    result = [Span(p.name, p.start_s, p.end_s) for p in utterance.phones]
    if lexicon.starred.isdisjoint(words):
        return tuple(result)
    owners = _owners(utterance, words)
    if owners is None:
        return None
    for index, word in reversed(list(enumerate(words))):
        if word in lexicon.starred:
            mine = [i for i, owner in enumerate(owners) if owner == index]
            result[mine[0] : mine[-1] + 1] = _spelt(lexicon.spelling[word], [result[i] for i in mine])
    return tuple(result)


def _owners(utterance: Utterance, words: list[str]) -> list[int] | None:
    """Return for each phone the index of its word, -1 for silence; None if the speaker left it unclear."""
    sounding = [phone.name != SILENCE for phone in utterance.phones]
    if utterance.words:
        if len(utterance.words) != len(words):
            return None
        starts = np.searchsorted(utterance.words, range(len(sounding)), side="right") - 1
        owners = [int(word) if heard else -1 for word, heard in zip(starts, sounding, strict=True)]
    else:
        in_order = [i for i, word in enumerate(words) for _ in range(_flite_count(word))]
        if len(in_order) != sum(sounding):
            return None
        order = iter(in_order)
        owners = [next(order) if heard else -1 for heard in sounding]
    return owners if set(range(len(words))) <= set(owners) else None


@cache
def _flite_count(word: str) -> int:
    return flite_phone_count(word)


def _spelt(units: tuple[str, ...], phones: list[Span]) -> list[Span]:
    """Lay `units` over the phones of a word: one to one, or in proportion if an accent has another number."""
    halves = [Span("", a, b) for p in phones for a, b in _split(p)]
    names = [units[int((i + 0.5) * len(units) / len(halves))] for i in range(len(halves))]
    return [Span(name, half.start_s, half.end_s) for name, half in zip(names, halves, strict=True)]


def _split(phone: Span) -> tuple[tuple[float, float], tuple[float, float]]:
    middle = (phone.start_s + phone.end_s) / 2
    return (phone.start_s, middle), (middle, phone.end_s)


assert not set(UNSEEN_VARIANTS) & set(_VARIANTS)
assert SILENCE not in PHONES
