"""What leads plan after plan: a voice that can be exchanged, and who watches beside the screen."""

from collections.abc import Callable, Collection, Container, Iterable
from typing import Protocol

from player.core.plan import Plan
from player.files.voices import VoiceProfile
from player.ports import Observer, Render

Watching = Callable[[Plan], tuple[Observer, ...]]


class Speaking(Protocol):
    """A voice that speaks plan after plan: `FallbackVoice`."""

    @property
    def profile(self) -> VoiceProfile:
        """Which it is."""

    def prepare(
        self, texts: Iterable[str], *, brisk: Collection[str] = (), private: Container[str] = ()
    ) -> object:
        """Render ahead, in a thread."""

    def without_a_trace(self, private: Container[str]) -> Render:
        """Return what renders, and keeps the clips of these texts on no disk."""
