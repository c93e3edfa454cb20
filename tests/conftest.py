"""Fixtures that more than one folder of tests needs."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# pytest shows whole diffs when CI is set; of two clips that takes hours. The tests ask for this one instead.
os.environ["PLAYER_CI"] = os.environ.pop("CI", os.environ.get("PLAYER_CI", ""))  # workers inherit it

from tests import virtual_audio
from tests.virtual_audio import VirtualAudio


def pytest_configure() -> None:
    """Heed what a shell's background job ignores, as does all that it starts."""
    for name in ("SIGHUP", "SIGQUIT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def with_clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Give a folder of the player's the clips that all tests keep together, instead of a cold cache."""
    base = tmp_path_factory.getbasetemp()
    clips = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "clips"
    clips.mkdir(mode=0o700, exist_ok=True)

    def given(home: Path) -> Path:
        (home / "cache").mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "cache" / "clips").symlink_to(clips)
        return home

    return given


@pytest.fixture
def virtual_audio_room() -> Iterator[VirtualAudio]:
    """Virtual sound hardware; PortAudio in this process sees it."""
    virtual_audio.require()
    with virtual_audio.room() as audio:
        yield audio
