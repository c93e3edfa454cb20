from pathlib import Path

import pytest

from player.backends.pronunciation import pronounced
from player.core.spoken_form import SpokenForms
from player.errors import FileFault
from player.files import speech


def written(folder: Path, text: str) -> Path:
    (folder / "xx_speech.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_file_has_pronunciations_for_both_engines() -> None:
    lexicons = speech.load("en").lexicons
    assert set(lexicons) == {"hibari", "espeak"}
    for lexicon in lexicons.values():
        assert {"zogan", "décolleté"} <= set(lexicon)
        assert all(word == word.lower() for word in lexicon)


@pytest.mark.parametrize("text", ["Close your eyes.", "close the eyes", "Now close both eyes", "close them"])
def test_eyes_are_closed_and_not_close(text: str) -> None:
    spoken = pronounced(text, speech.load("en").lexicons["espeak"], lambda _word, said: said)
    assert "cloze" in spoken
    assert "lose " not in spoken
    near = "Come close to the ear."
    assert pronounced(near, speech.load("en").lexicons["espeak"], lambda _word, said: said) == near


def test_hibari_can_say_every_phoneme_of_its_pronunciations() -> None:
    from player.backends.hibari_driver import model

    for word, phonemes in speech.load("en").lexicons["hibari"].items():
        assert set(phonemes) <= set(model().vocab), word


@pytest.mark.parametrize("code", ["xx", "../en", "", "e n"])
def test_a_language_without_a_file_has_no_words(code: str) -> None:
    assert speech.load(code) == speech.SpeechRules(SpokenForms(), {}, "")


def test_the_digest_changes_with_the_file(tmp_path: Path) -> None:
    first = speech.load("xx", written(tmp_path, 'signs: {"&": and}\n'))
    speech.load.cache_clear()
    second = speech.load("xx", written(tmp_path, 'signs: {"&": und}\n'))
    assert first.digest != second.digest
    assert second.forms.signs == {"&": "und"}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = "numbers: {small: [one], tens: []}\nunits: {cm: [a, b, c]}\nsings: {}\n"
    with pytest.raises(FileFault) as caught:
        speech.load("xx", written(tmp_path, text))
    said = str(caught.value)
    for part in ("twenty words in `small`", "`cm` needs two forms", "did you mean `signs`"):
        assert part in said
