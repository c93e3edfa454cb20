"""PocketSphinx writing down whole sentences with its own language model, to measure voices by."""

from typing import Any

from player.errors import BackendUnavailable, RecognitionError
from player.ports import EARS_RATE_HZ


class PocketsphinxDictation:
    """Writes down what was said. Raises `BackendUnavailable` when it cannot start."""

    name = "pocketsphinx"

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder

            self._decoder: Any = Decoder(samprate=EARS_RATE_HZ, loglevel="FATAL")
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise BackendUnavailable(f"PocketSphinx cannot start: {error}", "reinstall the player") from error

    def transcribe(self, pcm: bytes) -> str:
        """Return what it writes for a sentence (s16le, 16 kHz). Raises `RecognitionError`."""
        try:
            self._decoder.start_utt()
            self._decoder.process_raw(pcm, no_search=False, full_utt=True)
            self._decoder.end_utt()
        except RuntimeError as error:
            raise RecognitionError(f"PocketSphinx failed: {error}") from error
        found = self._decoder.hyp()
        return found.hypstr if found else ""
