"""Fixtures that more than one folder of tests needs."""

from collections.abc import Iterator

import pytest

from tests import virtual_audio
from tests.virtual_audio import VirtualAudio


@pytest.fixture
def virtual_audio_room() -> Iterator[VirtualAudio]:
    """Virtual sound hardware; PortAudio in this process sees it."""
    virtual_audio.require()
    with virtual_audio.room() as audio:
        yield audio
