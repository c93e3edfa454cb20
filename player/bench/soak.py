"""Hours of session: memory, handles, threads and the error of the beat, minute by minute, drawn as curves.

In virtual time the loop, engine, mixer, journal and listening chain are the real ones, and the loudspeaker is
a counter; the chain hears hiss, and now and then something louder that it has to decode. In real time the
loudspeaker is the machine's. The voice is silence of the right length, so that only the beat sounds.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from player.app.ears import listening_chain
from player.backends.null_devices import SilentLoudspeaker
from player.backends.portaudio import PortAudioLoudspeaker
from player.bench.curves import svg
from player.core.commands import Command
from player.core.engine import Engine
from player.core.notation import samples
from player.core.place import Place
from player.core.plan import CountAloud, Plan, Step, Strokes
from player.core.timing import speech_s
from player.ears.pipeline import ListeningChain
from player.files import languages
from player.files.journal import Journal
from player.ports import BLOCK, EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, NullEars, Samples
from player.session.inbox import Inbox, News, RealInbox, VirtualInbox
from player.session.keepers import Keepers
from player.session.loop import Leader
from player.session.reconnecting_loudspeaker import ReconnectingLoudspeaker
from player.session.stage import Stage
from player.sound.mixer import Mixer

BEAT = RATE_HZ  # one a second
_STEP = Strokes(
    reps=55, bpm=60.0, count_aloud=CountAloud.NONE
)  # under a voice a beat is quieter, and seen later
_LOUD = 0.01
_BURST_S, _EVERY_S = 0.6, 30.0


@dataclass(frozen=True, slots=True)
class Minute:
    """What the process held at the end of a minute of session, and the largest error of the beat in it."""

    memory_mb: float
    handles: int
    threads: int
    beats: int
    error: int  # samples


class BeatWatch:
    """Counts beats as they go to the loudspeaker, and how far each is from a second after the last."""

    def __init__(self) -> None:
        self.beats = 0
        self.error = 0
        self._last = -10 * RATE_HZ  # long ago

    def __call__(self, sample: int, block: Samples) -> None:
        """Look at one block."""
        for place in np.flatnonzero(np.abs(block) > _LOUD):
            at = sample + int(place)
            gap = at - self._last
            if gap > BEAT // 2:
                self.beats += 1
                if gap < BEAT * 3 // 2:  # more is the pause between two steps
                    self.error = max(self.error, abs(gap - BEAT))
                self._last = at

    def taken(self) -> tuple[int, int]:
        """Return beats and error since the last call."""
        figures = self.beats, self.error
        self.beats = self.error = 0
        return figures


class _HissEars:
    """Hears a quiet room in which something happens every half minute."""

    def __init__(self, chain: ListeningChain) -> None:
        self._chain = chain
        self._noise = np.random.default_rng(1).normal(0.0, 1.0, EARS_RATE_HZ)
        self._block = 0

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        self._chain.listen(commands, names)

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it."""

    def advance(self) -> tuple[News, ...]:
        """Let 20 ms pass; nothing that is heard is a command."""
        at_s = self._block * EARS_BLOCK / EARS_RATE_HZ
        gain = 3000.0 if at_s % _EVERY_S < _BURST_S else 20.0
        start = self._block * EARS_BLOCK % EARS_RATE_HZ
        self._block += 1
        self._chain.accept((self._noise[start : start + EARS_BLOCK] * gain).astype("<i2").tobytes())
        return ()


def run(minutes: float = 10.0, *, real: bool = False, plot: Path | None = None) -> list[tuple[str, str]]:
    """Return rows of (what, figure) and draw the curves into `plot`. Raises `BackendError`, `StoreError`."""
    begun_s = time.monotonic()
    found = list(_soak(minutes, real=real))
    if plot is not None:
        plot.write_text(_drawn(found), encoding="utf-8")
    settled = found[len(found) // 5 :]  # libraries have allocated what they keep
    return [
        ("session", f"{len(found)} min in {time.monotonic() - begun_s:.0f} s{', real time' if real else ''}"),
        (
            "beats",
            f"{sum(one.beats for one in found)}, largest error {max(one.error for one in found)} samples",
        ),
        ("memory", f"{settled[0].memory_mb:.1f} MB, at the end {settled[-1].memory_mb:.1f} MB"),
        ("handles", f"{settled[0].handles}, at the end {settled[-1].handles}"),
        ("threads", f"{settled[0].threads}, at the end {settled[-1].threads}"),
    ]


def _soak(minutes: float, *, real: bool) -> Iterator[Minute]:
    """Lead one long session; yield what was seen at the end of each minute of it."""
    found: list[Minute] = []
    language = languages.load("en")
    mixer, watch = Mixer(), BeatWatch()
    engine = Engine(_plan(minutes))

    def tap(sample: int, block: Samples) -> None:
        if not engine.session.over:  # the bell of the farewell is no beat
            watch(sample, block)

    mixer.tap = tap
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        journal = Journal(folder, {})
        closing.callback(journal.close)
        ears: _HissEars | NullEars
        if real:
            inbox, played = _real(mixer, closing)
            ears = NullEars()
        else:
            ears = _HissEars(listening_chain("pocketsphinx", language))
            inbox, played = _virtual(mixer, ears)
        looking = _Looking(inbox, played, lambda: found.append(_minute(watch)))
        stage = Stage(engine.plan, language, _render, mixer, played, ears)
        Leader(engine, stage, looking, Keepers(journal.write)).lead(
            Place(0)
        )  # without the bell: only the beat sounds
    yield from found


def _real(mixer: Mixer, closing: ExitStack) -> tuple[Inbox, Callable[[], int]]:
    inbox: RealInbox[News] = RealInbox()
    loudspeaker = ReconnectingLoudspeaker(PortAudioLoudspeaker(), SilentLoudspeaker, inbox.post)
    loudspeaker.start(mixer.render)
    closing.callback(loudspeaker.close)
    return inbox, loudspeaker.played


def _virtual(mixer: Mixer, ears: _HissEars) -> tuple[Inbox, Callable[[], int]]:
    def play() -> tuple[News, ...]:
        mixer.render(BLOCK)
        return ()

    return VirtualInbox(play, ears.advance), lambda: mixer.rendered


class _Looking:
    """An inbox that calls `look` at the end of every minute of session."""

    def __init__(self, inbox: Inbox, played: Callable[[], int], look: Callable[[], None]) -> None:
        self._inbox = inbox
        self._played = played
        self._look = look
        self._due = 60 * RATE_HZ

    def take(self) -> tuple[News, ...]:
        """Take; look when a minute is over."""
        if self._played() >= self._due:
            self._due += 60 * RATE_HZ
            self._look()
        return self._inbox.take()


def _plan(minutes: float) -> Plan:
    steps = (
        Step(f"s{n}", f"place {n}", "Small circles.", _STEP, settle_s=1.0) for n in range(round(minutes))
    )
    return Plan("soak", "Soak", "en", tuple(steps) or (Step("s", "a place", "Circles.", _STEP),))


def _render(text: str, *, brisk: bool = False) -> Samples:  # noqa: ARG001 - a voice of silence
    return np.zeros(samples(speech_s(text)), np.float32)


def _minute(watch: BeatWatch) -> Minute:
    return Minute(_memory_mb(), _handles(), threading.active_count(), *watch.taken())


def _memory_mb() -> float:
    statm = Path("/proc/self/statm")
    if sys.platform == "win32" or not statm.exists():
        return 0.0  # this system does not say it simply
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _handles() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _drawn(found: list[Minute]) -> str:
    return svg(
        "minutes of session",
        (
            ("memory, MB", [one.memory_mb for one in found]),
            ("open handles", [float(one.handles) for one in found]),
            ("threads", [float(one.threads) for one in found]),
            ("largest error of the beat, samples", [float(one.error) for one in found]),
        ),
    )
