"""Every voice engine of the registry, in a real child process."""

import pytest

from player import registry
from player.files.clips import Clips
from player.files.voices import VoiceProfile
from player.voice.client import VoiceWorker
from tests.contracts.synthesiser import SynthesiserContract


class TestRegistered(SynthesiserContract):
    @pytest.fixture(params=registry.VOICE_ENGINES)
    def synthesiser(self, request, tmp_path):
        profile = VoiceProfile("test", "Test", "en", engine=request.param, sentence_pause_s=None)
        with VoiceWorker(profile, Clips(tmp_path / "clips")) as worker:
            yield worker
