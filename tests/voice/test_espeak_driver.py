"""The driver with the real espeak-ng, through the real pyttsx3."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import pyttsx3
import soundfile

from player.backends import espeak_driver
from player.backends.espeak_driver import EspeakSettings, synthesise

TEXT = "Both middle fingertips to the inner ends of your eyebrows."


def seconds(text: str, **settings: object) -> float:
    pcm, rate_hz = synthesise(text, replace(EspeakSettings(), **settings))  # type: ignore[arg-type]
    return len(pcm) / 2 / rate_hz


def test_the_same_text_gives_the_same_bytes_whatever_was_said_before() -> None:
    first = synthesise(TEXT, EspeakSettings())
    for other in ("Five.", "What?", "a longer sentence, with a comma"):
        synthesise(other, EspeakSettings(voice="en-us+f3", rate=200))
    assert synthesise(TEXT, EspeakSettings()) == first


@pytest.mark.parametrize("voice", ["en-us+f2", "en-us+m3", "en-gb-x-rp+f4", "en-us+whisper"])
def test_voices_with_breath_give_the_same_bytes_too(voice: str) -> None:
    """Breath is noise: it must be the same noise, at another time and after other texts."""
    first = synthesise(TEXT, EspeakSettings(voice=voice))
    time.sleep(1.1)  # the engine's own seed is the second of the clock
    synthesise("Five.", EspeakSettings(voice=voice))
    assert synthesise(TEXT, EspeakSettings(voice=voice)) == first


def test_a_fresh_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from player.backends.espeak_driver import *;"
        f"print(hashlib.sha256(synthesise({TEXT!r}, EspeakSettings())[0]).hexdigest())"
    )
    runs = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(2)}
    import hashlib

    assert runs == {hashlib.sha256(synthesise(TEXT, EspeakSettings())[0]).hexdigest().encode() + b"\n"}


def test_several_files_in_one_run_are_all_whole_when_it_returns(tmp_path: Path) -> None:
    engine = pyttsx3.init(espeak_driver.register())
    for rate in (100, 300):
        engine.setProperty("rate", rate)
        engine.save_to_file(TEXT, str(tmp_path / f"{rate}.wav"))
    engine.runAndWait()
    engine.runAndWait()  # with nothing to do it comes back, too
    lengths = [soundfile.info(tmp_path / f"{rate}.wav").duration for rate in (100, 300)]
    assert lengths[0] == pytest.approx(seconds(TEXT, rate=100))
    assert lengths[1] == pytest.approx(seconds(TEXT, rate=300))
    assert lengths[0] > 2 * lengths[1]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("rate", 200), ("pitch", 80), ("pitch_range", 90), ("volume", 0.3), ("word_gap", 20)],
)
def test_every_setting_is_heard(setting: str, value: object) -> None:
    assert synthesise(TEXT, replace(EspeakSettings(), **{setting: value})) != synthesise(
        TEXT, EspeakSettings()
    )  # type: ignore[arg-type]


def test_settings_do_not_stay_for_the_next_text() -> None:
    before = synthesise(TEXT, EspeakSettings())
    synthesise(TEXT, EspeakSettings(voice="en-us+f3", rate=300, pitch=99, word_gap=50))
    assert synthesise(TEXT, EspeakSettings()) == before


def test_commands_inside_a_text_are_no_commands() -> None:
    plain = "one two three four five six seven eight nine ten"
    # Character 1 is espeak's own mark for "a command follows": 300S would double the speed.
    assert seconds("\x01300S " + plain) == seconds(" 300S " + plain)
    assert seconds("<speak>a<break time='9s'/>b</speak>") < 9
    assert seconds("[[h@l'oU]] " * 5) > seconds("[[h@l'oU]]") + 1


@pytest.mark.parametrize("text", ["word " * 4000, "x" * 20_000, "é" * 20_000, "1" * 20_000], ids=len)
def test_twenty_thousand_characters_are_spoken(text: str) -> None:
    pcm, rate_hz = synthesise(text, EspeakSettings(rate=450))
    assert len(pcm) / 2 / rate_hz > 60


def test_an_unknown_voice_is_an_error() -> None:
    with pytest.raises(ValueError, match="no voice `nobody`"):
        synthesise(TEXT, EspeakSettings(voice="nobody"))


def test_missing_data_is_an_error_and_not_the_end_of_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, _data = espeak_driver.library()
    monkeypatch.setattr(espeak_driver, "library", lambda: (path, str(tmp_path)))
    with pytest.raises(OSError, match="no voice data"):
        synthesise(TEXT, EspeakSettings())


def test_a_thousand_texts_leave_nothing_open() -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    synthesise("one", EspeakSettings())
    before = open_files()
    for _ in range(100):
        synthesise("one", EspeakSettings())
    assert open_files() == before
    assert "espeak" not in Path("/proc/self/maps").read_text()


def test_speaking_aloud_is_refused_through_the_error_topic() -> None:
    engine = pyttsx3.init(espeak_driver.register())
    errors: list[BaseException] = []
    engine.connect("error", lambda name, exception: errors.append(exception))
    engine.say(TEXT)
    engine.runAndWait()
    assert [type(error) for error in errors] == [NotImplementedError]
