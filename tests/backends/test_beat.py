"""The bench of the beat, in a short form."""

import pytest

from player.backends import portaudio_library
from player.bench.sound import measure_beat
from tests.virtual_audio import VirtualAudio, steady


@pytest.mark.parametrize("seconds", [6.0])
@steady
def test_the_bench_hears_every_beat_exactly(virtual_audio_room: VirtualAudio, seconds: float) -> None:
    portaudio_library.reinitialise()
    figures = measure_beat(seconds)
    assert (figures.recorded, figures.wrong_gaps, figures.error) == (12, 0, 0)
