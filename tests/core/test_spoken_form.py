"""Written to spoken: with the words of English as they ship."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from player.core.spoken_form import SpokenForms, spoken_form, unspoken
from player.files import speech

ENGLISH = speech.load("en").forms


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("10-15", "ten to fifteen"),
        ("10 - 15 times", "ten to fifteen times"),
        ("1–2 cm up.", "one to two centimetres up."),
        ("5 s", "five seconds"),
        ("5kg", "five kilograms"),
        ("1 s", "one second"),
        ("5-10 min", "five to ten minutes"),
        ("About 1.5 cm up.", "About one point five centimetres up."),
        ("A few cm up.", "A few centimetres up."),
        ("-5 °C", "minus five degrees Celsius"),
        ("100%", "one hundred percent"),
        ("1,250 times", "one thousand two hundred fifty times"),
        ("23", "twenty-three"),
        ("0", "zero"),
        ("999999", "nine hundred ninety-nine thousand nine hundred ninety-nine"),
        ("12345678", "one two three four five six seven eight"),
        ("1½ fingers", "one and a half fingers"),
        ("½ a finger", "a half a finger"),
        ("nose → ear", "nose to ear"),
        ("left & right", "left and right"),
        ("e.g. this", "for example this"),
        ("Good 👍 work!", "Good work!"),
        ("👍🏽 👨‍👩‍👧", ""),
        ("... !? —", ""),
        ("décolleté", "décolleté"),
        (unicodedata.normalize("NFD", "décolleté"), "décolleté"),
        ("soft\u00adhy\u200bphen", "softhyphen"),
        ("[[h@l'oU]] <b>x</b>", "h at l'oU b x b"),
        ("a\x00b\x1b[0m", "a b zero metres"),
        ("\ud83d half", "half"),
        ("a 20-min massage", "a twenty-minute massage"),
        ("the 5-s hold", "the five-second hold"),
        ("a 5-10-min rest", "a five to ten-minute rest"),
        ("5 Min. or 30 Sec.", "five minutes. or thirty seconds."),
        ("2 hrs", "two hours"),
        ("60/min", "sixty a minute"),
        ("5/side", "five side"),
        ("1/4 turn", "a quarter turn"),
        ("1 1/2 minutes", "one and a half minutes"),
        ("E.g. the jaw", "For example the jaw"),
        ("≥ 5 min, ±1 cm", "at least five minutes, plus or minus one centimetre"),
        ("1 cm up", "one centimetre up"),
        ("a 5-point star", "a five-point star"),
        ("M", "M"),
        # for the engines, who know them:
        ("2nd round", "2nd round"),
        ("2024-01-02", "2024-01-02"),
        ("12:30", "12:30"),
        ("3D", "3D"),
        ("x2", "x2"),
        ("12-15-18", "12-15-18"),
        ("One, two.", "One, two."),
    ],
)
def test_written_becomes_spoken(written: str, spoken: str) -> None:
    assert spoken_form(written, ENGLISH) == spoken


def test_every_number_up_to_a_million_is_words_alone() -> None:
    known = {*ENGLISH.numbers.small, *ENGLISH.numbers.tens, "hundred", "thousand"}
    for number in range(0, 1_000_000, 997):
        assert set(spoken_form(str(number), ENGLISH).replace("-", " ").split()) <= known, number


@given(st.text())
@example("¼0")
def test_twice_is_as_once_and_nothing_is_left_that_no_voice_speaks(text: str) -> None:
    once = spoken_form(text, ENGLISH)
    assert spoken_form(once, ENGLISH) == once
    assert all(character.isprintable() for character in once)
    assert not set(once) & set("<>[]{}|\\")
    assert once == once.strip()


@given(st.text())
def test_a_language_without_words_loses_only_what_cannot_be_spoken(text: str) -> None:
    spoken = spoken_form(text, SpokenForms())
    assert [c for c in unicodedata.normalize("NFC", text) if c.isdecimal()] == [
        c for c in spoken if c.isdecimal()
    ] or not spoken


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Good 👍 work 👍", ["👍"]),
        ("日本", ["日", "本"]),
        ("Закройте", ["З", "а", "к", "р", "о", "й", "т", "е"]),
        ("décolleté 5 µm ½ → ok — “yes” 100% 20°", []),
        ("★ do", ["★"]),
    ],
)
def test_what_no_voice_speaks_is_named(text: str, found: list[str]) -> None:
    assert list(unspoken(text, ENGLISH)) == found
