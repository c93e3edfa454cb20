"""Fixtures that more than one folder of tests needs."""

import os
import signal
from collections.abc import Iterator

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


@pytest.fixture
def virtual_audio_room() -> Iterator[VirtualAudio]:
    """Virtual sound hardware; PortAudio in this process sees it."""
    virtual_audio.require()
    with virtual_audio.room() as audio:
        yield audio
