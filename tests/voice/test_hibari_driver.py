"""The driver with the real hibari, through the real pyttsx3. Nothing here may use a network."""

import hashlib
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pyttsx3
import soundfile

from player.backends import hibari_driver
from player.backends.hibari_driver import AT_ONCE, HibariSettings, model, pieces, synthesise, toned
from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.errors import BackendUnavailable, SynthesisError

TEXT = "Both middle fingertips to the inner ends of your eyebrows."
PLAIN = HibariSettings()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    model()  # before any test imports the package itself: it leaves SciPy out
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def seconds(text: str, **settings: object) -> float:
    pcm, rate_hz = synthesise(text, replace(PLAIN, **settings))  # type: ignore[arg-type]
    return len(pcm) / 2 / rate_hz


def test_the_same_text_gives_the_same_bytes_whatever_was_said_before() -> None:
    first = synthesise(TEXT, PLAIN)
    for other in ("Five.", "What?", "a longer sentence, with a comma"):
        synthesise(other, HibariSettings(rate=200, seed=7, pitch=30))
    assert synthesise(TEXT, PLAIN) == first


def test_a_fresh_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from player.backends.hibari_driver import *;"
        f"print(hashlib.sha256(synthesise({TEXT!r}, HibariSettings())[0]).hexdigest())"
    )
    run = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    assert run == hashlib.sha256(synthesise(TEXT, PLAIN)[0]).hexdigest()


LOADED = """
import sys
from player.backends.hibari_driver import HibariSettings, synthesise
synthesise("Rest now.", HibariSettings())
import hibari.dsp
print(hibari.dsp.FFT_BACKEND, *(name for name in sys.modules if name.startswith("scipy")))
import scipy.fft
"""


def test_it_speaks_the_same_whether_scipy_is_there_or_not() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "numpy\n"


def test_every_setting_is_heard() -> None:
    plain = synthesise(TEXT, PLAIN)[0]
    for setting, value in {"rate": 170, "pitch": 38, "pitch_range": 25, "volume": 0.5, "seed": 2}.items():
        assert synthesise(TEXT, replace(PLAIN, **{setting: value}))[0] != plain, setting  # type: ignore[arg-type]


def test_140_words_a_minute_are_speed_0_70_and_slower_is_longer() -> None:
    assert PLAIN.speed == pytest.approx(0.70)
    assert HibariSettings(rate=124).speed == pytest.approx(0.62)
    assert HibariSettings(rate=10).speed == 0.5
    assert seconds(TEXT, rate=100) > 1.3 * seconds(TEXT, rate=170)


def test_the_pitch_moves_exactly_and_its_range_narrows_around_the_middle() -> None:
    f0 = np.array([0, 10, 150, 200, 260, 39, 180], np.float32)
    lower = toned(f0, HibariSettings(pitch=38, pitch_range=25))
    voiced = f0 > 40
    assert lower[~voiced].tolist() == f0[~voiced].tolist()
    semitones = 12 * np.log2(lower[voiced] / f0[voiced])
    assert semitones.mean() == pytest.approx(-1.5, abs=0.01)
    spread = np.ptp(np.log2(lower[voiced])) / np.ptp(np.log2(f0[voiced]))
    assert spread == pytest.approx(0.75, abs=0.01)
    assert toned(f0, PLAIN) is f0


@pytest.mark.parametrize("name", ["emma", "adam", "nobody", "", "../heart"])
def test_any_other_voice_is_refused_and_never_fetched(name: str) -> None:
    with pytest.raises(ValueError, match="only `heart`: any other would be downloaded"):
        synthesise(TEXT, HibariSettings(voice=name))
    with pytest.raises(SynthesisError, match="only `heart`"):
        Pyttsx3Voice("hibari", {"voice": name}).speak(TEXT)


@pytest.mark.parametrize(
    "phonemes", ["wˈɜɹd " * 400, "tˈu, " * 300, "x" * 2000, "short", "", f"{'a' * 279} b", "a" * 280 + " b"]
)
def test_no_piece_is_longer_than_one_run_may_be_and_nothing_is_lost(phonemes: str) -> None:
    cut = list(pieces(phonemes))
    assert "".join(cut) == phonemes
    assert max(map(len, cut)) <= AT_ONCE


def test_a_long_sentence_is_cut_after_a_comma_where_it_has_one() -> None:
    phonemes = "ˈAbs dˈʌn, " * 20 + "wˈɜɹdz wɪðˈWt ˈɛni mˈɔɹ " * 5
    first, *_ = pieces(phonemes)
    assert first.endswith(", ")


def test_never_more_than_280_phonemes_are_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    real = model().sess

    class Watched:
        def run(self, wanted: None, feed: dict[str, np.ndarray]) -> object:
            lengths.append(feed["ids"].shape[1])
            return real.run(wanted, feed)

    monkeypatch.setattr(model(), "sess", Watched())
    synthesise("word " * 400, PLAIN)
    assert len(lengths) > 4
    assert max(lengths) <= AT_ONCE + 2  # and the pads


def test_brackets_of_a_text_are_no_pronunciation() -> None:
    assert synthesise("[hello](/bˈOt/)", PLAIN) == synthesise("(hello)(/bˈOt/)", PLAIN)
    assert synthesise("[hello](/bˈOt/)", PLAIN) != synthesise("boat", PLAIN)


def test_the_list_of_pronunciations_is_obeyed_for_whole_words_in_any_case() -> None:
    lexicon = {"zogan": "bˈOt", "old zogan": "bˈOt"}
    boat = synthesise("This is boat.", PLAIN)
    assert synthesise("This is Zogan.", replace(PLAIN, lexicon=lexicon)) == boat
    assert synthesise("This is old Zogan.", replace(PLAIN, lexicon=lexicon)) == boat
    mixed = "Zogans, zogan-like"
    assert synthesise(mixed, replace(PLAIN, lexicon=lexicon)) == synthesise(mixed, PLAIN)


@pytest.mark.parametrize("text", ["", "👍👍", "日本", "\x00\x01", " \n"])
def test_what_it_knows_no_character_of_gives_no_samples(text: str) -> None:
    assert synthesise(text, PLAIN) == (b"", 24_000)


def test_several_files_in_one_run_are_all_whole_when_it_returns(tmp_path: Path) -> None:
    engine = pyttsx3.init(hibari_driver.register())
    for rate in (120, 200):
        engine.setProperty("rate", rate)
        engine.save_to_file(TEXT, str(tmp_path / f"{rate}.wav"))
    engine.runAndWait()
    for rate in (120, 200):
        assert soundfile.info(tmp_path / f"{rate}.wav").duration == pytest.approx(seconds(TEXT, rate=rate))


def test_speaking_aloud_is_refused_through_the_error_topic() -> None:
    engine = pyttsx3.init(hibari_driver.register())
    errors: list[BaseException] = []
    engine.connect("error", lambda name, exception: errors.append(exception))
    engine.say(TEXT)
    engine.runAndWait()
    assert [type(error) for error in errors] == [NotImplementedError]


# A machine on which it cannot run


@pytest.fixture
def fresh() -> None:
    model.cache_clear()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("content", [None, b"", b"cut off", "half", "changed"])
def test_a_model_that_is_damaged_or_missing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | str | None
) -> None:
    import hibari.voices

    whole = Path(hibari.voices.voice_path("heart")).read_bytes()
    assets = tmp_path / "assets"
    assets.mkdir()
    if content is not None:
        kinds = {"half": whole[: len(whole) // 2], "changed": whole[:-9] + b"x" + whole[-8:]}
        Path(assets, "hibari.onnx").write_bytes(kinds[content] if isinstance(content, str) else content)
    monkeypatch.setattr(hibari.voices, "ASSETS", str(assets))
    with pytest.raises(BackendUnavailable, match="damaged or missing: install hibari-tts again") as caught:
        Pyttsx3Voice("hibari", {})
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("gone", ["hibari", "onnxruntime"])
def test_without_its_packages_it_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "hibari"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, gone, None)
    with pytest.raises(BackendUnavailable, match=gone) as caught:
        Pyttsx3Voice("hibari", {})
    assert "\n" not in str(caught.value)
    assert "doctor" in caught.value.hint


@pytest.mark.usefixtures("fresh")
def test_a_model_that_onnxruntime_cannot_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import hibari.voices

    shutil.copytree(Path(hibari.voices.ASSETS), tmp_path / "assets")
    damaged = tmp_path / "assets" / "hibari.onnx"
    damaged.write_bytes(damaged.read_bytes()[:5000])
    register = {**hibari.voices.VOICES["heart"], "sha256": hashlib.sha256(damaged.read_bytes()).hexdigest()}
    monkeypatch.setattr(hibari.voices, "ASSETS", str(tmp_path / "assets"))
    monkeypatch.setitem(hibari.voices.VOICES, "heart", register)
    with pytest.raises(BackendUnavailable, match="model cannot be loaded") as caught:
        Pyttsx3Voice("hibari", {})
    assert "\n" not in str(caught.value)
