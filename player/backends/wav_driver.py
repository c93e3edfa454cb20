"""What pyttsx3 asks of a driver, for engines that speak into memory: it writes WAV files, synchronously.

When `runAndWait` returns, every file is there and whole. Method names are pyttsx3's.
"""

import wave
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from importlib import metadata
from pathlib import Path
from typing import Any


class WavDriver:
    """One engine with its settings: a frozen dataclass whose fields are the engine's properties."""

    name = ""

    def __init__(self, proxy: Any, settings: Any) -> None:
        self._proxy = proxy
        self._settings = settings
        self._properties = frozenset(field.name for field in fields(settings))

    def synthesise(self, text: str, settings: Any) -> tuple[bytes, int]:
        """Return s16le mono samples and their rate in Hz; may raise anything."""
        raise NotImplementedError

    def save_to_file(self, text: str, filename: str) -> None:
        """Write a WAV file; errors reach pyttsx3's `error` topic."""
        samples, rate_hz = self.synthesise(text, self._settings)
        with Path(filename).open("wb") as file, wave.open(file) as wav:
            wav.setparams((1, 2, rate_hz, 0, "NONE", ""))
            wav.writeframes(samples)
        self._proxy.notify("finished-utterance", completed=True)

    def say(self, text: str) -> None:
        """Refuse: this driver only writes files."""
        raise NotImplementedError(f"{self.name} writes files and never speaks aloud: {text[:40]!r}")

    def getProperty(self, name: str) -> Any:  # noqa: N802
        """Return a setting."""
        if name not in self._properties:
            raise KeyError(name)
        return getattr(self._settings, name)

    def setProperty(self, name: str, value: Any) -> None:  # noqa: N802
        """Change a setting for the next text."""
        if name not in self._properties:
            raise KeyError(name)
        self._settings = replace(self._settings, **{name: value})

    def startLoop(self) -> None:  # noqa: N802
        """Work off the queue, which ends with pyttsx3's own call of `endLoop`."""
        self._proxy.setBusy(False)

    def endLoop(self) -> None:  # noqa: N802
        """Nothing runs on."""

    def iterate(self) -> Iterator[None]:
        """Work off the queue from a loop outside."""
        self._proxy.setBusy(False)
        yield

    def stop(self) -> None:
        """Nothing is under way between calls."""

    def destroy(self) -> None:
        """Nothing is kept."""


def version_of(package: str) -> str:
    """Return a package's name and version without loading it, "" where it is not installed."""
    with suppress(metadata.PackageNotFoundError):
        return f"{package} {metadata.version(package)}"
    return ""
