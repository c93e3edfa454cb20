"""Every voice engine of the registry, in a real child process, and behind it those for what it cannot say."""

import pytest

from player import registry
from player.files.clips import Clips
from player.files.voices import VoiceProfile
from player.voice.fallback import FallbackVoice
from tests.contracts.synthesiser import SynthesiserContract


class TestRegistered(SynthesiserContract):
    @pytest.fixture(params=registry.VOICE_ENGINES)
    def synthesiser(self, request, tmp_path):
        profile = VoiceProfile("test", "Test", "en", engine=request.param, sentence_pause_s=None)
        with FallbackVoice(profile, Clips(tmp_path / "clips")) as voice:
            yield voice
            assert voice.profile is profile  # it has not given up its place
