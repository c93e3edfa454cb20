"""Make `docs/sample.ogg`, twelve seconds of a session, by the player: `python -m tests.docs_sample`."""

import tempfile
from pathlib import Path

import soundfile

from player.app import virtual
from player.app.choices import DEFAULT_VOICE, starting_place
from player.app.session_config import SessionConfig
from player.core.observations import Observation, SpeechStarted
from player.core.plan import hands_off
from player.files import languages, voices
from player.ports import RATE_HZ
from player.routine.compile.compose import load_plan
from player.voice.fallback import FallbackVoice

ROUTINE, STEP, FIRST = "quick-facial-acupressure", "inner-brow", "Sweep to and fro across it, fifteen times."
LENGTH_S = 12.0
SAMPLE = Path(__file__).resolve().parent.parent / "docs" / "sample.ogg"


class Watch:
    """Notes when the first sentence of the sample begins."""

    at_s = 0.0

    def observe(self, t_s: float, observation: Observation) -> None:
        if isinstance(observation, SpeechStarted) and observation.text == FIRST:
            self.at_s = t_s


def main() -> None:
    plan, watch = hands_off(load_plan(ROUTINE)), Watch()
    with tempfile.TemporaryDirectory() as folder, FallbackVoice(voices.find(DEFAULT_VOICE)) as voice:
        whole = Path(folder) / "whole.wav"
        language, start = languages.load(plan.language), starting_place(plan, STEP)
        setting = SessionConfig(plan, language, voice.render, start=start, observers=(watch,))
        virtual.lead(setting, virtual.Files(whole), "keyboard")
        begin = round((watch.at_s - 0.3) * RATE_HZ)
        sound, _ = soundfile.read(whole, start=begin, frames=round(LENGTH_S * RATE_HZ), dtype="float32")
    soundfile.write(SAMPLE, sound, RATE_HZ, format="OGG", subtype="VORBIS")


if __name__ == "__main__":
    main()
