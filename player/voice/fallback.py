"""A voice that goes on in a lesser one: hibari, then espeak-ng, then the system's own."""

from collections.abc import Callable, Collection, Container, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from threading import Event, Lock
from typing import Self

from player.errors import SynthesisError
from player.files.clips import Clips
from player.files.voices import VoiceProfile, lesser
from player.ports import Render, Samples
from player.voice.client import EngineLost, VoicePatience, VoiceWorker
from player.voice.prefetch import Progress, prefetch

_ATTEMPTS = 2  # of a voice that has a lesser one behind it: another voice is better than a long silence


class FallbackVoice:
    """A `Synthesiser` of several; thread-safe.

    An engine that cannot run, or is lost, is left for good, and `report` gets one line. A text that only this
    engine cannot say is said by the next. `one_voice` is for a file, which nobody waits for: it has more time
    to begin, and one that has spoken is not left any more; to lose it is an error.
    """

    def __init__(
        self,
        profile: VoiceProfile,
        clips: Clips | None = None,
        report: Callable[[str], None] = lambda _line: None,
        profiles: Sequence[VoiceProfile] | None = None,
        *,
        one_voice: bool = False,
    ) -> None:
        clips = Clips() if clips is None else clips
        chain = (profile, *(lesser(profile) if profiles is None else profiles))
        patience = VoicePatience() if one_voice else replace(VoicePatience(), attempts=_ATTEMPTS)
        self._voices = [VoiceWorker(one, clips, patience) for one in chain[:-1]]
        self._voices.append(VoiceWorker(chain[-1], clips))
        self._report = report
        self._one_voice = one_voice
        self._spoken = False
        self._lock = Lock()
        self._closed = Event()
        self._ahead = 0  # how often something has been prepared

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def profile(self) -> VoiceProfile:
        """The voice that speaks now."""
        return self._voices[0].profile

    @property
    def identity(self) -> str:
        """Engine, version and settings of the voice that speaks now."""
        return self._voices[0].identity

    def without_a_trace(self, private: Container[str]) -> Render:
        """Return what renders like `render`, and keeps the clips of these texts in memory alone."""

        def render(text: str, *, brisk: bool = False) -> Samples:
            return self.render(text, brisk=brisk, on_disk=text not in private)

        return render

    def render(self, text: str, *, brisk: bool = False, on_disk: bool = True) -> Samples:
        """Return the clip of `text`. Raises only `SynthesisError`, when no voice can say it."""
        while True:
            first, *others = self._voices
            try:
                clip = first.render(text, brisk=brisk, on_disk=on_disk)
            except EngineLost as lost:
                stays = self._one_voice and self._spoken
                if not others or stays or self._closed.is_set():
                    raise
                self._leave(first, str(lost))
            except SynthesisError:
                if not others or self._closed.is_set():
                    raise
                return self._by_another(others, text, brisk=brisk, on_disk=on_disk)
            else:
                self._spoken = True
                return clip

    def prepare(
        self,
        texts: Iterable[str],
        progress: Progress = lambda _done, _all: None,
        brisk: Collection[str] = (),
        private: Container[str] = (),
    ) -> "Future[tuple[str, ...]]":
        """Render ahead in a thread, the counts in `brisk` in both ways; the result is the texts that failed.

        The clips of what is `private` are kept in memory alone. `close` ends the work early, and so does what
        is to be prepared next.
        """
        self._ahead += 1
        turn = self._ahead

        def render(text: str) -> None:
            if turn != self._ahead:
                raise SynthesisError("something else is needed first")
            keeps = text not in private
            self.render(text, on_disk=keeps)
            if text in brisk:
                self.render(text, brisk=True)

        return prefetch(render, texts, progress)

    def close(self) -> None:
        """End every child; idempotent, from any thread."""
        self._closed.set()
        for voice in self._voices:
            voice.close()

    def _leave(self, voice: VoiceWorker, why: str) -> None:
        with self._lock:
            if self._voices[0] is not voice:  # another thread was first
                return
            self._voices = self._voices[1:]
        voice.close()
        self._report(f"{voice.profile.title} cannot speak here ({why}): {self.profile.title} does instead")

    @staticmethod
    def _by_another(others: Sequence[VoiceWorker], text: str, *, brisk: bool, on_disk: bool) -> Samples:
        *some, last = others
        for voice in some:
            try:
                return voice.render(text, brisk=brisk, on_disk=on_disk)
            except SynthesisError:
                continue
        return last.render(text, brisk=brisk, on_disk=on_disk)
