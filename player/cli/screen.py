"""What a session looks like: a live view on a terminal, plain lines elsewhere.

In: observations (`core/observations.py`); out: text on the terminal, or one line for each on a stream.
"""

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import TextIO

from rich.console import Console, Group
from rich.control import Control
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from player.cli.pipe import left
from player.core.commands import Command, weightiest_first
from player.core.notation import Role
from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    ListeningChanged,
    Observation,
    SessionFinished,
    SessionPaused,
    SessionResumed,
    SessionStarted,
    SpeechStarted,
    StepStarted,
    StrokeStarted,
    UtteranceRejected,
)
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Strokes, Timed
from player.core.timing import left_s, speech_s
from player.core.wording import Language

MOST_NAMES = 12  # of what is on offer


def clock(seconds: float) -> str:
    """Return m:ss."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"


class Lines:
    """Captions and events, one plain line each."""

    def __init__(self, plan: Plan, language: Language, out: TextIO) -> None:
        self._plan = plan
        self._screen = language.screen
        self._out = out
        self._told: set[str] = set()

    def show(self, plan: Plan) -> None:
        """Show another plan from now on."""
        self._plan = plan

    def observe(self, t_s: float, observation: Observation) -> None:
        """Print what a person without a screen reader's patience wants to know."""
        text = self._text(observation)
        if text:
            self._print(f"[{clock(t_s)}] {text}")

    def _text(self, observation: Observation) -> str:
        match observation:
            case StepStarted(index=index, label=label):
                return f"-- {_numbered(self._plan, index, label, self._screen)}"
            case SpeechStarted(text=text):
                return text
            case CommandObeyed(command=command, name=name):
                return f"< {name or command}"
            case UtteranceRejected(text=text, reason=reason) if text:
                return f"? {text} ({reason})"
            case DeviceLost(device=device):
                return f"! lost: {device}"
            case DeviceFound(device=device):
                return f"! found: {device}"
            case SessionFinished(ending=ending):
                return f"-- {ending}"
            case _:
                return ""

    def tell(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show what is missing, why, and the cure; a cure for two things once."""
        new = [text for text in (reason, hint) if text and text not in self._told]
        self._told.update(new)
        self._print(f"! {self._screen[key]}", *new)

    def _print(self, *lines: str) -> None:
        try:
            print(*lines, sep="\n  ", file=self._out, flush=True)
        except OSError:  # nobody reads it, or the disk is full: the session is led for more than its text
            left(self._out)

    def close(self) -> None:
        """Nothing to put back."""


class LiveView:
    """The live view; drawn by a thread of its own, so a slow terminal holds nothing up."""

    def __init__(
        self, plan: Plan, language: Language, console: Console, clock: Callable[[], float] = monotonic
    ) -> None:
        self._plan = plan
        self._language = language
        self._clock = clock
        self._since_s = clock()  # when the step began
        self._place = Place(0)
        self._begun = False  # a step; before, it may be asked whether to go on elsewhere
        self._caption = ""
        self._heard = ""
        self._mode = ""
        self._can_say: tuple[str, ...] = ()
        self._troubles: tuple[str, ...] = ()
        self._console = console
        self._size = console.size
        self._live = Live(
            console=console, get_renderable=self._drawn, refresh_per_second=8, vertical_overflow="crop"
        )

    def observe(self, t_s: float, observation: Observation) -> None:
        """Take it in; the next drawing shows it."""
        del t_s
        if isinstance(observation, SessionStarted):  # not before: until then a progress bar may be shown
            self._live.start()
        self._see_place(observation)
        self._see_words(observation)

    def show(self, plan: Plan) -> None:
        """Show another plan from now on."""
        self._begun, self._mode, self._place, self._plan = (
            False,
            "",
            Place(0),
            plan,
        )  # drawn by another thread

    def _see_place(self, observation: Observation) -> None:
        screen = self._language.screen
        match observation:
            case StepStarted(index=index):
                self._begun = True
                self._since_s = self._clock()
                self._place = Place(index)
                self._mode = ""
            case StrokeStarted(place=place):
                self._place = place
                self._mode = self._halt() if place.part is Part.DONE else ""
            case SessionPaused():
                self._mode = screen["paused"]
            case SessionResumed():
                self._mode = ""
            case SessionFinished(ending=ending):
                self._mode = ending

    def _halt(self) -> str:
        """Return what the end of a step waits for."""
        advance = self._plan.steps[self._place.step].advance
        if advance is Advance.AUTO:
            return ""
        return self._language.screen["passes" if advance is Advance.UNLESS_YES else "waiting"]

    def _see_words(self, observation: Observation) -> None:
        match observation:
            case SpeechStarted(text=text, role=role) if role is not Role.COUNT:
                self._caption = text
            case CommandObeyed(command=command, name=name):
                self._heard = name or self._language.name(command)
            case UtteranceRejected(text=text) if text:
                self._heard = f"{text}?"
            case ListeningChanged(commands=commands, names=names):
                forms = set() if self._plan.has_short_form else {Command.BRIEF, Command.FULL}
                known = weightiest_first(set(commands) - {Command.NAME} - forms)
                self._can_say = (*map(self._language.name, known), *names[:MOST_NAMES])

    def tell(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show what is missing, why, and the cure; a cure for two things once."""
        lines = (self._language.screen[key], *(f"  {text}" for text in (reason, hint) if text))
        self._troubles = tuple(dict.fromkeys((*self._troubles, *lines)))

    def close(self) -> None:
        """Leave the last drawing on the screen and give the terminal back."""
        self._live.stop()

    def _drawn(self) -> Group:
        """Return as much as there is room for: what is said first, what can be said last."""
        if self._console.size != self._size:  # what stands there was drawn for another size
            self._size = self._console.size
            self._console.control(Control.clear(), Control.home())
        wide, high = self._console.size
        options = self._console.options.update(width=wide, height=None)
        for drawing in self._drawings():
            if len(self._console.render_lines(drawing, options)) < high:
                return drawing
        return self._essentials()

    def _drawings(self) -> Iterator[Group]:
        """Yield the whole, and what of it is left out first where there is no room."""
        screen = self._language.screen
        said = Text(self._caption, style="bold")
        body = (self._head(), self._progress()) if self._plan.steps else ()  # an evening begins without one
        heard = Text.assemble((f"{screen['heard']}: ", "dim"), (self._heard, "green"))
        troubles = tuple(Text(trouble, style="yellow") for trouble in self._troubles)
        can_say = Text.assemble((f"{screen['say']}: ", "dim"), " · ".join(self._can_say))
        keys = Text(screen["keys"], style="dim")
        yield Group(Padding(said, (1, 2)), *body, Text(), heard, *troubles, Text(), can_say, keys)
        yield Group(said, *body, heard, *troubles, can_say, keys)
        yield Group(said, *body, heard, *troubles, can_say)
        yield Group(said, *body, heard, can_say)

    def _essentials(self) -> Group:
        """Return what is said, the step, the stroke and what can be said, for a small terminal."""
        return Group(
            *([Text(self._caption, style="bold")] if self._caption else []),
            Text(self._where(), style="cyan", no_wrap=True, overflow="ellipsis"),
            Text(self._counted() or self._mode, no_wrap=True, overflow="ellipsis"),
            Text(f"{self._language.screen['say']}: {', '.join(self._can_say)}"),
        )

    def _where(self) -> str:
        if not self._begun:
            return ""
        step = self._plan.steps[self._place.step]
        return _numbered(self._plan, self._place.step, step.label, self._language.screen)

    def _head(self) -> Table:
        left = f"{clock(self._left_s())} {escape(self._language.screen['left'])}"
        head = Table.grid(expand=True)
        head.add_column()
        head.add_column(justify="right")
        head.add_row(Text(self._where(), style="cyan"), Text(self._mode, style="yellow"))
        head.add_row(Text(self._plan.title, style="dim"), left)
        return head

    def _left_s(self) -> float:
        """Return what is left; while an instruction is spoken that goes down as well."""
        step, whole_s = self._plan.steps[self._place.step], left_s(self._plan, self._place)
        if self._place.part is not Part.INSTRUCTION:
            return whole_s
        return whole_s - min(self._clock() - self._since_s, speech_s(step.say) + step.settle_s)

    def _counted(self) -> str:
        """Return how far the step's work is, in words."""
        if not self._plan.steps:
            return ""
        place, screen = self._place, self._language.screen
        work = self._plan.steps[place.step].work
        if place.part is Part.STROKES and isinstance(work, Strokes):
            return screen["stroke"].format(stroke=place.stroke + 1, of=work.reps)
        if place.part is Part.HOLD:
            return screen["hold"].format(count=place.stroke + 1)
        if place.part is Part.TIME and isinstance(work, Timed):
            return screen["time"].format(time=clock(work.secs - place.elapsed_ms / 1000))
        return ""

    def _progress(self) -> Table | Text:
        place, work = self._place, self._plan.steps[self._place.step].work
        if place.part is Part.STROKES and isinstance(work, Strokes):
            return _bar(work.reps, place.stroke + 1, self._counted())
        if place.part is Part.TIME and isinstance(work, Timed):
            return _bar(work.secs, place.elapsed_ms / 1000, self._counted())
        return Text(self._counted())


def _numbered(plan: Plan, index: int, label: str, screen: Mapping[str, str]) -> str:
    """Return which step this is, by the number that it has everywhere; a question of health has none."""
    if plan.steps[index].care:
        return label
    return f"{screen['step'].format(step=plan.number(index), of=plan.counted)}: {label}"


def _bar(total: float, completed: float, words: str) -> Table:
    row = Table.grid(padding=(0, 2))
    row.add_row(ProgressBar(total=total, completed=completed, width=40), Text(words))
    return row
