"""The recognisers and voice engines that can be chosen: a name and the module that brings it.

Adding one is one new file and one line here; the command line, `player doctor`, the contract tests and the
documents follow from these tables (docs/contributing.md, "Add a recogniser"). A module is imported only when
it is asked for.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.ports import RecogniserKind, VoiceEngine

# Each module holds `RECOGNISER`. In the order in which `--ears auto` takes the first that can listen here.
RECOGNISERS = {
    "vosk": "player.backends.vosk_ears",
    "moonshine": "player.ears.ensemble",
    "pocketsphinx": "player.backends.pocketsphinx_ears",
}

# Each module holds `VOICE_ENGINE`. In the order in which one takes over for the one before it.
VOICE_ENGINES = {
    "hibari": "player.backends.hibari_driver",
    "espeak": "player.backends.espeak_driver",
    "system": "player.backends.pyttsx3_voice",
}


def recogniser(name: str) -> "RecogniserKind":
    """Return what there is of that name. Raises `KeyError`."""
    kind: RecogniserKind = importlib.import_module(RECOGNISERS[name]).RECOGNISER
    return kind


def voice_engine(name: str) -> "VoiceEngine":
    """Return what there is of that name. Raises `KeyError`."""
    engine: VoiceEngine = importlib.import_module(VOICE_ENGINES[name]).VOICE_ENGINE
    return engine
