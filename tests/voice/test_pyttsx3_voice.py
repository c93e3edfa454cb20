import os
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from player.backends import espeak_driver, pyttsx3_voice
from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.errors import BackendUnavailable, SynthesisError

TEXT = "Close your eyes."


def test_a_text_becomes_samples() -> None:
    sound, rate_hz = Pyttsx3Voice("espeak", {"rate": 140}).speak(TEXT)
    assert rate_hz == 22_050
    assert sound.dtype == np.float32
    assert 0.8 < sound.size / rate_hz < 2.5
    assert 0.1 < np.abs(sound).max() < 1


def test_the_system_voice_speaks_here() -> None:
    sound, rate_hz = Pyttsx3Voice("system", {"rate": 150}).speak(TEXT)
    assert sound.size > rate_hz / 2


def test_an_unknown_voice_is_refused_every_time() -> None:
    voice = Pyttsx3Voice("espeak", {"voice": "nobody"})
    for _ in range(2):
        with pytest.raises(SynthesisError, match="no voice `nobody`"):
            voice.speak(TEXT)


def test_two_voices_keep_their_settings_apart() -> None:
    slow, fast = Pyttsx3Voice("espeak", {"rate": 90}), Pyttsx3Voice("espeak", {"rate": 300})
    before = slow.speak(TEXT)[0].size
    assert before > 2 * fast.speak(TEXT)[0].size
    assert Pyttsx3Voice("espeak", {}).speak(TEXT)[0].size < slow.speak(TEXT)[0].size == before


def test_an_unknown_property_is_refused() -> None:
    with pytest.raises(SynthesisError, match="warmth"):
        Pyttsx3Voice("espeak", {"warmth": 3}).speak(TEXT)


def test_without_memory_files_a_file_on_disk_serves_and_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = Pyttsx3Voice("espeak", {}).speak(TEXT)[0].tobytes()
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert Pyttsx3Voice("espeak", {}).speak(TEXT)[0].tobytes() == expected
    assert list(tmp_path.iterdir()) == []


def test_no_library_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    with pytest.raises(SynthesisError, match="espeak-ng is not installed"):
        Pyttsx3Voice("espeak", {}).speak(TEXT)


def test_an_engine_that_cannot_start_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_proxy: object) -> None:
        raise RuntimeError("no speech on this system")

    monkeypatch.setattr(espeak_driver, "buildDriver", refuse)
    monkeypatch.setattr(espeak_driver, "NAME", "refusing")
    with pytest.raises(BackendUnavailable, match="no speech on this system") as caught:
        Pyttsx3Voice("espeak", {})
    assert "doctor" in caught.value.hint


class Stock:
    """A driver as pyttsx3's own for other systems: it writes what `write` does, of whatever text it gets."""

    def __init__(self, proxy: Any, write: Callable[[str, str], None]) -> None:
        self._proxy = proxy
        self._write = write

    def save_to_file(self, text: str, filename: str) -> None:
        self._write(text, filename)

    def setProperty(self, name: str, value: object) -> None: ...  # noqa: N802

    def startLoop(self) -> None:  # noqa: N802
        self._proxy.setBusy(False)

    def endLoop(self) -> None: ...  # noqa: N802

    def stop(self) -> None: ...

    def destroy(self) -> None: ...


def stock_voice(monkeypatch: pytest.MonkeyPatch, write: Callable[[str, str], None]) -> Pyttsx3Voice:
    driver = ModuleType("stock")
    driver.buildDriver = lambda proxy: Stock(proxy, write)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyttsx3.drivers.stock", driver)
    monkeypatch.setattr(pyttsx3_voice, "_LINUX", False)
    monkeypatch.setattr("pyttsx3.engine.default_engine_by_sys_platform", lambda: "stock")
    return Pyttsx3Voice("system", {"rate": 150})


def test_a_stock_voice_is_read_by_content_and_mixed_to_mono(monkeypatch: pytest.MonkeyPatch) -> None:
    import soundfile

    def write_stereo_aiff(_text: str, filename: str) -> None:
        with Path(filename).open("r+b") as file:
            soundfile.write(file, np.array([[0.5, 0.1]] * 1000), 44_100, format="AIFF")

    sound, rate_hz = stock_voice(monkeypatch, write_stereo_aiff).speak(TEXT)
    assert rate_hz == 44_100
    assert sound == pytest.approx(np.full(1000, 0.3), abs=1e-4)


def test_a_stock_voice_never_sees_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def write(text: str, filename: str) -> None:
        seen.append(text)
        with Path(filename).open("r+b") as file, wave.open(file, "wb") as wav:
            wav.setparams((1, 2, 16_000, 0, "NONE", ""))
            wav.writeframes(bytes(200))

    stock_voice(monkeypatch, write).speak("<b>[[rate 300]] hello")
    assert "".join(seen).split() == ["b", "rate", "300", "hello"]


@pytest.mark.parametrize("content", [b"", b"RIFF nothing of a sound"])
def test_a_file_without_sound_is_an_error(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    voice = stock_voice(monkeypatch, lambda _text, filename: (Path(filename).write_bytes(content), None)[1])
    with pytest.raises(SynthesisError, match="wrote no sound"):
        voice.speak(TEXT)


@pytest.mark.parametrize("where", ["startLoop", "save_to_file"])
def test_a_voice_that_fails_once_speaks_again(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    voice = Pyttsx3Voice("espeak", {})
    with monkeypatch.context() as patch:
        patch.setattr(espeak_driver.EspeakDriver, where, lambda *_args: 1 / 0)
        with pytest.raises(SynthesisError, match="division"):
            voice.speak(TEXT)
    assert voice.speak(TEXT)[0].size
