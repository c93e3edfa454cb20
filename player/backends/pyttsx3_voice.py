"""pyttsx3 as a renderer: one text, one file, read back by its content. It never speaks aloud.

Oddities seen with pyttsx3 2.99: errors are swallowed unless the topic `error` is connected; the stock Linux
driver returns before its file exists, drops queued files and races on the rate (so ours is used there); the
macOS driver writes AIFF whatever the file's name; SAPI reads a text that begins with `<` as markup and the
macOS voice takes `[[...]]` as a command.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from player import registry
from player.backends import espeak_driver
from player.errors import BackendUnavailable, SynthesisError
from player.ports import Samples, VoiceEngine

_MARKUP = str.maketrans(dict.fromkeys("<>[]{}", " "))
_LINUX = sys.platform.startswith("linux")


class Pyttsx3Voice:
    """One engine of pyttsx3 with its settings. Not thread-safe.

    `engine` is a name of `player/registry.py`; `properties` are pyttsx3's, those that the engine knows.
    """

    def __init__(self, engine: str, properties: Mapping[str, object]) -> None:
        self._driver = registry.voice_engine(engine).driver()
        self._properties = dict(properties)
        self._problems: list[str] = []
        self._start()

    def _start(self) -> None:
        self._engine = _open(self._driver)
        self._engine.connect("error", self._on_error)

    def _on_error(self, exception: BaseException | None = None, **_rest: object) -> None:
        self._problems.append(str(exception) or type(exception).__name__)

    def speak(self, text: str, pace: float = 1.0) -> tuple[Samples, int]:
        """Return mono samples, spoken at `pace` times the rate, and their Hz; raises `SynthesisError`."""
        self._problems.clear()
        for name, value in self._properties.items():  # again each time: a refusal must be heard each time
            self._engine.setProperty(name, round(value * pace) if name == "rate" else value)  # type: ignore[operator]
        with _scratch_file() as path:
            self._engine.save_to_file(text if self._driver else text.translate(_MARKUP), path)
            try:
                self._engine.runAndWait()
            except Exception as error:  # drivers raise what their system raises
                self._start()  # the old engine believes that its loop still runs
                raise SynthesisError(f"the voice failed: {error}") from error
            if self._problems:
                raise SynthesisError(f"the voice failed: {self._problems[0]}")
            return _read(path)


def identity(engine: str) -> str:
    """Name engine and version without loading anything: two that sound different differ here."""
    return f"pyttsx3 {metadata.version('pyttsx3')} {registry.voice_engine(engine).version()}"


def _system_driver() -> str | None:
    """Return ours on Linux, where pyttsx3's own races; None for the system's own elsewhere."""
    return espeak_driver.register() if _LINUX else None


def _system_version() -> str:
    return espeak_driver.version() if _LINUX else f"{sys.platform} {os.name}"


VOICE_ENGINE = VoiceEngine(
    title="whatever the system speaks with; espeak-ng on Linux",
    driver=_system_driver,
    version=_system_version,
    properties=frozenset({"rate", "voice"}),
)


def _open(driver: str | None) -> Any:
    try:
        from pyttsx3.engine import Engine

        return Engine(driver)  # pyttsx3.init would share one engine, and its settings, among all voices
    except Exception as error:  # pyttsx3 lets through whatever its drivers' imports raise
        raise BackendUnavailable(
            f"the voice cannot start here: {error}", "run `player doctor` to see which voices work"
        ) from error


@contextmanager
def _scratch_file() -> Iterator[str]:
    """Yield the path of an empty file that is gone afterwards; in memory where the system can."""
    if hasattr(os, "memfd_create"):  # a full disk stops no voice
        number = os.memfd_create("utterance")
        try:
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
        return
    with tempfile.TemporaryDirectory(prefix="player-") as folder:
        yield str(Path(folder, "utterance.wav"))


def _read(path: str) -> tuple[Samples, int]:
    import soundfile

    try:
        with Path(path).open("rb") as file:
            sound, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise SynthesisError(f"the voice wrote no sound: {error}") from error
    return np.ascontiguousarray(sound.mean(axis=1), dtype=np.float32), int(rate_hz)
