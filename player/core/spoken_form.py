"""Text normalisation: the written form of a sentence to the form that every voice speaks alike.

"10-15 s" becomes "ten to fifteen seconds", "5kg" "five kilograms", an arrow a word, an emoji nothing. In and
out are texts; the words are data of the language (`SpokenForms`, from `player/lang/<code>_speech.yaml`).
Captions keep the written form. Without it each engine has its own idea: one reads "cm" letter by letter,
another takes brackets for commands.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_GAP = {
    "Cc",
    "Cs",
    "Co",
    "Cn",
    "So",
    "Sk",
    "Sm",
    "Zl",
    "Zp",
}  # controls, halves of pairs, pictures, signs of sums
_SILENT = {"Cf", "Me"}  # joiners, soft hyphens, keycaps: inside a word they are nothing at all
_COMMANDS = frozenset("<>[]{}|\\^`~*_#@")  # some engine takes each of these for markup, or reads its name out
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?<!\d[-–−‑/:])(?P<minus>[-−](?=\d))?(?P<first>{_NUMBER})"  # noqa: RUF001 - the real minus sign
    rf"(?:\s?[-–−‑]\s?(?P<last>{_NUMBER}))?(?![\d]|[-–−‑.,/:]\d)"  # noqa: RUF001 - real dashes
    r"(?:(?P<gap>[ \u00a0\u202f-]?)(?P<unit>/?[^\W\d_¼½¾]+|%|°[CF]?)(?!\w))?"
)
_MIXED = re.compile(r"(?<=\d) ([13])/([24])(?![\d/])")  # "1 1/2"
_PARTS = {"12": "½", "14": "¼", "34": "¾"}
_SLASH = re.compile(r"(?<!\d)/|/(?!\d)")
_SPACE = re.compile(r"\s+")
_PASSES = 4
_LOOSE = re.compile(r"\s+(?=[.,;:!?…])")


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How a language counts: twenty words from zero on, eight tens from twenty on, and the great ones."""

    small: tuple[str, ...] = ()
    tens: tuple[str, ...] = ()
    hundred: str = ""
    thousand: str = ""
    point: str = ""
    minus: str = ""
    to: str = ""

    def spelled(self, digits: str) -> str:
        """Return a number ("7", "1.5", "2,000") in words; as it is where the language has none."""
        whole, _, fraction = digits.replace(",", "").partition(".")
        if not self.small:
            return digits
        words = self._whole(int(whole)) if len(whole) <= 6 else self._digits(whole)
        return f"{words} {self.point} {self._digits(fraction)}" if fraction else words

    def _digits(self, digits: str) -> str:
        return " ".join(self.small[int(digit)] for digit in digits)

    def _whole(self, n: int) -> str:
        if n < 20:
            return self.small[n]
        if n < 100:
            ten, one = divmod(n, 10)
            return self.tens[ten - 2] + (f"-{self.small[one]}" if one else "")
        size, name = (100, self.hundred) if n < 1000 else (1000, self.thousand)
        many, rest = divmod(n, size)
        return f"{self._whole(many)} {name}" + (f" {self._whole(rest)}" if rest else "")


@dataclass(frozen=True, slots=True)
class SpokenForms:
    """What a language says for what is written. Empty: only what no voice can speak is taken out.

    `units` give one and many ("centimetre", "centimetres"); `signs` are single characters, `abbreviations`
    whole written words.
    """

    numbers: NumberWords = NumberWords()
    units: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)


def spoken_form(text: str, forms: SpokenForms) -> str:
    """Return `text` as it is to be spoken; done twice it stays. Empty when there is nothing to speak."""
    spoken = _once(text, forms)
    for _ in range(_PASSES):  # a sign that became a word can leave a number by itself: "¼0"
        text, spoken = spoken, _once(spoken, forms)
        if spoken == text:
            break
    return spoken


def _once(text: str, forms: SpokenForms) -> str:
    text = _without_silent(unicodedata.normalize("NFC", text))
    text = _MIXED.sub(lambda match: _PARTS.get(match[1] + match[2], match[0]), text)
    text = _AMOUNT.sub(lambda match: _amount(match, forms), text)  # first: "1 cm" is no "1 centimetres"
    text = _abbreviated(text, forms.abbreviations)
    text = "".join(_character(character, forms.signs) for character in text)
    text = _LOOSE.sub("", _SPACE.sub(" ", _SLASH.sub(" ", text))).strip()
    return text if any(map(str.isalnum, text)) else ""


def unspoken(text: str, forms: SpokenForms) -> Iterator[str]:
    """Yield each character that no voice speaks: pictures, unknown signs, letters that are not Latin."""
    for character in dict.fromkeys(_without_silent(unicodedata.normalize("NFC", text))):
        known = character in forms.signs or unicodedata.category(character) in {"Sm", "Cc"}
        if not known and (unicodedata.category(character) in _GAP or _foreign(character)):
            yield character


def _foreign(character: str) -> bool:
    return character.isalpha() and "LATIN" not in unicodedata.name(character, "") and character not in "ªºµ"


def _without_silent(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in _SILENT and c not in "\ufe0e\ufe0f")


def _abbreviated(text: str, abbreviations: Mapping[str, str]) -> str:
    if not abbreviations:
        return text
    begun = {_begun(written): _begun(words) for written, words in abbreviations.items()}
    abbreviations = {**begun, **abbreviations}
    written = "|".join(map(re.escape, sorted(abbreviations, key=len, reverse=True)))
    return re.sub(rf"(?<![\w.])(?:{written})(?!\w)", lambda match: abbreviations[match[0]], text)


def _begun(text: str) -> str:
    """Return it as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _amount(match: re.Match[str], forms: SpokenForms) -> str:
    numbers, first, last, unit = forms.numbers, match["first"], match["last"], match["unit"]
    words = (f"{numbers.minus} " if match["minus"] else "") + numbers.spelled(first)
    if last:
        words += f" {numbers.to or '-'} {numbers.spelled(last)}"
    if not unit:
        return words
    known = forms.units.get(unit) or forms.units.get(unit.lower() if len(unit) > 1 else unit)
    if match["gap"] == "-":  # "a 20-min massage"
        return f"{words}-{known[0] if known else unit}"
    if known:
        return f"{words} {known[0 if (last or first) == '1' else 1]}"
    glued = not match["gap"] and unit not in forms.signs
    return match[0] if glued else f"{words} {unit}"  # "2nd" and "3D" are for the engine


def _character(character: str, signs: Mapping[str, str]) -> str:
    if character in signs:
        return f" {signs[character]} "
    gap = unicodedata.category(character) in _GAP or character in _COMMANDS
    return " " if gap else character
