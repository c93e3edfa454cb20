"""A short plan, and worlds in which it is led by keys: virtual time, and real time with no device."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from player.app.session_config import SessionConfig
from player.backends.null_devices import SilentLoudspeaker
from player.core.commands import Command
from player.core.observations import Observation
from player.core.plan import Plan, Step, Strokes, Timed
from player.core.states import Ending
from player.files import languages
from player.ports import BLOCK, RATE_HZ, Samples
from player.session.inbox import News, Pressed, RealInbox, VirtualInbox
from player.session.keepers import Keepers
from player.session.loop import Leader
from player.sound.mixer import Mixer

SHORT = Plan(
    "short",
    "Short",
    "en",
    (
        Step("one", "the chin", "Circle.", Strokes(4, bpm=240), settle_s=0.2),
        Step("two", "the brow", "Rest.", Timed(1.0), settle_s=0.2),
        Step("three", "the cheek", "Circle again.", Strokes(3, bpm=240), settle_s=0.2),
    ),
)
Timetable = Sequence[tuple[float, News]]


def short_clip(text: str, *, brisk: bool = False) -> Samples:
    """As long as the text, a hundredth of a second for each letter."""
    return np.full(RATE_HZ // 100 * len(text), 0.01, np.float32)


@dataclass(slots=True)
class Watcher:
    """Keeps all that it observes."""

    entries: list[tuple[float, Observation]] = field(default_factory=list)

    def observe(self, t_s: float, observation: Observation) -> None:
        self.entries.append((t_s, observation))

    def of(self, *kinds: type[Observation]) -> list[tuple[float, Observation]]:
        return [entry for entry in self.entries if isinstance(entry[1], kinds)]

    def what(self, *kinds: type[Observation]) -> list[Observation]:
        """What was observed, without its times."""
        return [observation for _t_s, observation in self.of(*kinds)]


@dataclass(slots=True)
class Ears:
    """Writes down what it is told."""

    listening: list[frozenset[Command]] = field(default_factory=list)
    audible: list[bool] = field(default_factory=list)

    def listen(self, commands, names=()) -> None:
        self.listening.append(frozenset(commands))

    def own_voice(self, *, audible: bool) -> None:
        self.audible.append(audible)


@dataclass(slots=True)
class World:
    """What came of a session."""

    ending: Ending
    watcher: Watcher
    ears: Ears
    kept: list[dict[str, object]]


def pressed(*presses: tuple[float, Command]) -> list[tuple[float, News]]:
    return [(at_s, Pressed(command)) for at_s, command in presses]


class _Due:
    def __init__(self, timetable: Timetable, played: Callable[[], int]) -> None:
        self._left = sorted(timetable, key=lambda one: one[0])
        self._played = played

    def __call__(self) -> tuple[News, ...]:
        due = [news for at_s, news in self._left if at_s * RATE_HZ <= self._played()]
        del self._left[: len(due)]
        return tuple(due)


def _lead(
    setting: SessionConfig,
    mixer: Mixer,
    played: Callable[[], int],
    inbox,
    watcher: Watcher,
    remember=None,
    **leader: bool,
) -> World:
    ears, kept = Ears(), []
    stage = setting.stage(mixer, played, ears)
    ending = Leader(setting.engine(), stage, inbox, Keepers(kept.append, remember), **leader).lead(
        setting.start
    )
    return World(ending, watcher, ears, kept)


def _setting(watcher: Watcher, plan: Plan, render: Callable[[str], Samples], observers=()) -> SessionConfig:
    return SessionConfig(plan, languages.load("en"), render, observers=(watcher, *observers))


def virtual(
    timetable: Timetable = (),
    plan: Plan = SHORT,
    render=short_clip,
    observers=(),
    until_s: float | None = None,
    **leader,
) -> World:
    mixer, watcher = Mixer(), Watcher()
    if until_s is not None:  # somebody ends it
        timetable = [*timetable, (until_s, Pressed(Command.STOP))]

    def advance() -> tuple[News, ...]:
        mixer.render(BLOCK)
        return ()

    played = lambda: mixer.rendered  # noqa: E731
    inbox = VirtualInbox(advance, _Due(timetable, played))
    return _lead(_setting(watcher, plan, render, observers), mixer, played, inbox, watcher, **leader)


def real(timetable: Timetable = (), plan: Plan = SHORT, render=short_clip) -> World:
    mixer, watcher, inbox = Mixer(), Watcher(), RealInbox()
    loudspeaker = SilentLoudspeaker()
    due = _Due(timetable, loudspeaker.played)

    def render_block(frames: int) -> Samples:
        for news in due():
            inbox.post(news)
        return mixer.render(frames)

    loudspeaker.start(render_block)
    try:
        return _lead(_setting(watcher, plan, render), mixer, loudspeaker.played, inbox, watcher)
    finally:
        loudspeaker.close()
