"""Nothing keeps "stop" waiting: every state under every thing that hangs, in real time."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from player.app.session_config import SessionConfig
from player.backends.null_devices import SilentLoudspeaker
from player.cli.screen import Lines
from player.cli.steady import SteadyOutput
from player.core.commands import Command
from player.core.observations import CommandObeyed
from player.core.place import Part, Place
from player.core.plan import Advance, Ask, Plan, Step, Timed
from player.core.states import Asking, Ending, Offering, Paused, Playing, Questioning, State, Waiting
from player.files import journal, languages
from player.files.log import Log
from player.ports import Observer, Samples
from player.session.inbox import Pressed, RealInbox
from player.session.keepers import Keepers
from player.session.loop import Leader
from player.session.reconnecting_voice import ReconnectingVoice
from player.sound.mixer import Mixer
from tests import waiting
from tests.session.worlds import Watcher, short_clip

LIMIT_S = 0.5
LANGUAGE = languages.load("en")
STATES = {
    Playing: Advance.AUTO,
    Paused: Advance.AUTO,
    Waiting: Advance.WAIT,
    Questioning: Advance.ANSWER,
    Asking: Advance.ANSWER,
    Offering: Advance.AUTO,
}


class Hanging:
    """What hangs from some moment on: a voice, a disk, whoever reads."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.begun, self.over = threading.Event(), threading.Event()

    def render(self, text: str, *, brisk: bool = False) -> Samples:
        if self.what == "voice" and self.begun.is_set():
            self.over.wait(30)
        return short_clip(text)


class FullPipe:
    """A file that nobody reads; once it is full, who writes to it waits."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pipe"
        os.mkfifo(self.path)
        self._reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def fill(self) -> None:
        writing = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:
                os.write(writing, b"x" * 4096)
        os.close(writing)

    def close(self) -> None:
        os.close(self._reading)


class NoEars:
    def listen(self, commands: object, names: object = ()) -> None: ...

    def own_voice(self, *, audible: bool) -> None: ...


def plan(state: type[State]) -> Plan:
    work = Timed(0.3 if state in {Waiting, Asking} else 60.0)
    say = "Sit well. " * (30 if state is Questioning else 1)
    ask = Ask("a", opens=False) if STATES[state] is Advance.ANSWER else None
    step = Step(id="a", label="a place", say=say, work=work, advance=STATES[state], settle_s=0.1, ask=ask)
    after = replace(step, id="b", work=Timed(60.0), advance=Advance.AUTO, ask=None)
    return Plan("p", "P", "en", (step, after))


class World:
    """A session in real time, in which something hangs."""

    def __init__(self, state: type[State], hanging: Hanging, folder: Path, closing: ExitStack) -> None:
        self.state, self.hanging, self.notes = state, hanging, Watcher()
        self.inbox, mixer, loudspeaker = RealInbox(), Mixer(), SilentLoudspeaker()
        self.pipe = FullPipe(folder)
        closing.callback(self.pipe.close)
        self.kept = journal.Journal(folder, {})
        closing.callback(self.kept.close)
        voice = closing.enter_context(ReconnectingVoice(hanging.render, self.inbox.post))
        observers = (self.notes, *self.observers(closing))
        config = SessionConfig(plan(state), LANGUAGE, voice, observers=observers)
        closing.callback(loudspeaker.close)
        closing.callback(hanging.over.set)
        loudspeaker.start(mixer.render)
        self.stage, self.engine = config.stage(mixer, loudspeaker.played, NoEars()), config.engine()

    def observers(self, closing: ExitStack) -> Iterator[Observer]:
        if self.hanging.what == "log":
            yield Log(self.pipe.path)
        if self.hanging.what == "screen":
            out = closing.enter_context(self.pipe.path.open("w"))
            yield Lines(plan(self.state), LANGUAGE, SteadyOutput(out))

    def stop_in_it(self) -> None:
        """Wait until the session is where it should be, let something hang, ask for what is new, say stop."""
        until(lambda: self.stage.now_s > 0.5)
        if self.state is Paused:
            self.inbox.post(Pressed(Command.PAUSE))
        until(lambda: isinstance(self.engine.state, self.state))
        self.hanging.begun.set()
        if self.hanging.what in {"log", "screen"}:
            self.pipe.fill()
        asked_s = self.stage.now_s
        self.inbox.post(Pressed(Command.HOW_LONG))
        until(lambda: self.stage.now_s > asked_s + 0.2)
        self.pressed_s = self.stage.now_s
        self.inbox.post(Pressed(Command.STOP))

    def lead(self) -> Ending:
        user = threading.Thread(target=self.stop_in_it, daemon=True)
        user.start()
        offered = self.state is Offering
        start = Place(0, Part.TIME, 0, 0, 100) if offered else None
        return Leader(self.engine, self.stage, self.inbox, Keepers(self.kept.write)).lead(
            start, offered=offered
        )


def until(true: Callable[[], object]) -> None:
    assert waiting.until(true, 30)


@pytest.mark.parametrize("what", ["nothing", "voice", "log", "screen", "journal"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_stop_is_taken_at_once_whatever_hangs(state, what, tmp_path, monkeypatch):
    hanging = Hanging(what)
    if what == "journal":
        monkeypatch.setattr(journal._Sheet, "append", lambda _self, _data: hanging.over.wait(30))
    with ExitStack() as closing:
        world = World(state, hanging, tmp_path, closing)
        assert world.lead() is Ending.STOPPED
    taken_s = [t_s for t_s, _observation in world.notes.of(CommandObeyed)][-1]
    assert taken_s - world.pressed_s < LIMIT_S
