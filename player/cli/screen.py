"""What a session looks like: a live view on a terminal, plain lines elsewhere. Both are observers."""

from collections.abc import Mapping
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from player.cli.pipe import left
from player.core.commands import Command
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Strokes, Timed
from player.core.timing import left_s
from player.core.wording import Language


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

    def note(self, t: float, event: str, fields: Mapping[str, object]) -> None:
        """Print what a person without a screen reader's patience wants to know."""
        text = self._text(event, fields)
        if text:
            self._print(f"[{clock(t)}] {text}")

    def _text(self, event: str, fields: Mapping[str, object]) -> str:
        match event:
            case "step":
                words = self._screen["step"].format(step=int(str(fields["index"])) + 1, of=fields["of"])
                return f"-- {words}: {fields['label']}"
            case "speech_started":
                return str(fields["text"])
            case "command":
                return f"< {fields['command']}"
            case "rejected" if fields["text"]:
                return f"? {fields['text']} ({fields['reason']})"
            case "lost" | "found":
                return f"! {event}: {fields['device']}"
            case "finished":
                return f"-- {fields['ending']}"
            case _:
                return ""

    def tell(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show what is missing, why, and the cure."""
        self._print(f"! {self._screen[key]} {reason}", *filter(None, [hint]))

    def _print(self, *lines: str) -> None:
        try:
            print(*lines, sep="\n  ", file=self._out, flush=True)
        except BrokenPipeError:  # the session is led for more than its text
            left(self._out)

    def close(self) -> None:
        """Nothing to put back."""


class View:
    """The live view; drawn by a thread of its own, so a slow terminal holds nothing up."""

    def __init__(self, plan: Plan, language: Language, console: Console) -> None:
        self._plan = plan
        self._language = language
        self._place = Place(0)
        self._begun = False  # a step; before, it may be asked whether to go on elsewhere
        self._caption = ""
        self._heard = ""
        self._mode = ""
        self._can_say: tuple[str, ...] = ()
        self._troubles: tuple[str, ...] = ()
        self._live = Live(console=console, get_renderable=self._drawn, refresh_per_second=8, transient=False)

    def note(self, t: float, event: str, fields: Mapping[str, object]) -> None:
        """Take one note; the next drawing shows it."""
        del t
        if event == "started":  # not before: until then a progress bar may be shown
            self._live.start()
        self._note_place(event, fields)
        self._note_words(event, fields)

    def _note_place(self, event: str, fields: Mapping[str, object]) -> None:
        screen = self._language.screen
        match event:
            case "step":
                self._begun = True
                self._place = Place(int(str(fields["index"])))
                self._mode = ""
            case "stroke":
                self._place = Place(
                    self._place.step,
                    Part[str(fields["part"]).upper()],
                    int(str(fields["set"])),
                    int(str(fields["stroke"])),
                    int(str(fields["elapsed_ms"])),
                )
                self._mode = self._halt() if fields["part"] == "done" else ""
            case "paused":
                self._mode = screen["paused"]
            case "resumed":
                self._mode = ""
            case "finished":
                self._mode = str(fields["ending"])

    def _halt(self) -> str:
        """Return what the end of a step waits for."""
        advance = self._plan.steps[self._place.step].advance
        if advance is Advance.AUTO:
            return ""
        return self._language.screen["passes" if advance is Advance.UNLESS_NO else "waiting"]

    def _note_words(self, event: str, fields: Mapping[str, object]) -> None:
        match event:
            case "speech_started" if fields["role"] != "count":
                self._caption = str(fields["text"])
            case "command":
                self._heard = self._language.name(Command(str(fields["command"])))
            case "rejected":
                self._heard = f"{fields['text']}?" if fields["text"] else self._heard
            case "listening":
                names = [self._language.name(Command(str(c))) for c in list_of(fields["commands"])]
                self._can_say = tuple(sorted(names))

    def tell(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show what is missing, why, and the cure."""
        self._troubles = (*self._troubles, " ".join(filter(None, (self._language.screen[key], reason, hint))))

    def close(self) -> None:
        """Leave the last drawing on the screen and give the terminal back."""
        self._live.stop()

    def _drawn(self) -> Group:
        plan, place, screen = self._plan, self._place, self._language.screen
        step = plan.steps[place.step]
        head = Table.grid(expand=True)
        head.add_column()
        head.add_column(justify="right")
        head.add_row(Text(plan.title, style="bold"), f"{clock(left_s(plan, place))} {escape(screen['left'])}")
        counted = screen["step"].format(step=place.step + 1, of=len(plan.steps))
        where = f"{counted}: {step.label}" if self._begun else ""
        head.add_row(Text(where, style="cyan"), Text(self._mode, style="yellow"))
        heard = Text.assemble((f"{screen['heard']}: ", "dim"), (self._heard, "green"))
        can_say = Text.assemble((f"{screen['say']}: ", "dim"), " · ".join(self._can_say))
        return Group(
            head,
            Padding(Text(self._caption, style="italic"), (1, 2)),
            self._progress(),
            Text(),
            heard,
            can_say,
            Text(screen["keys"], style="dim"),
            *(Text(trouble, style="yellow") for trouble in self._troubles),
        )

    def _progress(self) -> Table | Text:
        place, screen = self._place, self._language.screen
        work = self._plan.steps[place.step].work
        if place.part is Part.STROKES and isinstance(work, Strokes):
            words = screen["stroke"].format(stroke=place.stroke + 1, of=work.reps)
            return _bar(work.reps, place.stroke + 1, words)
        if place.part is Part.HOLD:
            return Text(screen["hold"].format(count=place.stroke + 1))
        if place.part is Part.TIME and isinstance(work, Timed):
            left = clock(work.secs - place.elapsed_ms / 1000)
            return _bar(work.secs, place.elapsed_ms / 1000, screen["time"].format(time=left))
        return Text()


def _bar(total: float, completed: float, words: str) -> Table:
    row = Table.grid(padding=(0, 2))
    row.add_row(ProgressBar(total=total, completed=completed, width=40), Text(words))
    return row


def list_of(value: object) -> list[object]:
    """Return a note's list field."""
    return list(value) if isinstance(value, list | tuple) else []
