"""The listening chain of a session around an ear, and what it makes of a sound."""

import platform
import sys
from collections.abc import Iterable, Sequence

import pytest

from player.backends.vad import VoiceActivity
from player.core.commands import Command
from player.core.decision import Hearing, Recognition
from player.ears.pipeline import ListeningChain
from player.ports import Recogniser
from tests.ears.speech import chunks, phrases

needs_moonshine = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="moonshine-voice has no wheel that fits this machine",
)


def chain_of(recogniser: Recogniser, listen: Iterable[Command] = Command, **options) -> ListeningChain:
    chain = ListeningChain(recogniser, phrases(), VoiceActivity(), **options)
    chain.listen(listen)
    return chain


def feed(chain: ListeningChain, pcm: bytes, size: int = 640) -> Sequence[Hearing]:
    return [hearing for chunk in chunks(pcm, size) for hearing in chain.accept(chunk)]


def heard(events: Iterable[Hearing]) -> Sequence[Recognition]:
    return [event for event in events if isinstance(event, Recognition)]
