"""`player export`: a routine, or all of them, as sound files for the phone."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from player.app import bed, care, export
from player.app.choices import DEFAULT_VOICE
from player.app.export import ExportRequest
from player.app.session_config import SessionConfig
from player.cli.pipe import warn
from player.cli.request import request, tell_shortest
from player.cli.settings import fill
from player.core.observations import Observation
from player.core.plan import Plan
from player.core.timing import usual_s
from player.errors import PlayerError, UsageError, not_written
from player.export.captions import KINDS
from player.facemap.cover import cover
from player.facemap.drawing import load_drawing
from player.files import languages, paths, settings, voices
from player.files.clash import refuse_clash
from player.routine.compile.compose import plan_of, session_of
from player.routine.compile.gates import INTERVIEW
from player.routine.compile.load import LIBRARY, Scripts, script_file
from player.routine.compile.request import Request
from player.session.texts import private
from player.voice.fallback import FallbackVoice


def run(options: argparse.Namespace) -> int:
    """Make the files; a routine of all that cannot be made is told of, and the others are."""
    fill(options)
    wanted = dict(_wanted(options))
    if lack := export.without_cover():
        warn(f"no cover: {lack} ({lack.hint})")
    with paths.standing_in(warn):
        person = care.person(options.who)
        _tell_of(person)
        asked = care.informed(request(options, with_gates=True), person, care.now(), heard=True)
        asked = replace(asked, calendar=None)  # a file is of no day
        profile = voices.find(options.voice or DEFAULT_VOICE)
        with FallbackVoice(profile, report=warn, one_voice=True) as voice:  # a file has one, or is not made
            failed = [_led(options, name, to, asked, voice) for name, to in wanted.items()]
    return max(failed, default=0)


def _wanted(options: argparse.Namespace) -> Iterator[tuple[str, ExportRequest]]:
    """Yield each routine, and where it goes. Raises `UsageError`, `BackendUnavailable`."""
    kinds = _captions(options.captions)
    if options.all:
        folder = Path(options.all)
        if options.routine:
            raise UsageError(
                "--all DIR takes no ROUTINE and no FILE", "give the one or the other; --as names the kind"
            )
        _refuse_closed(folder)
        names = [name for name in Scripts(paths.scripts()).names() if name != INTERVIEW]
        files = [(name, folder / f"{name}.{options.kind.lstrip('.')}") for name in names]
    elif options.routine and options.file:
        files = [(options.routine, Path(options.file))]
    else:
        raise UsageError(
            "what, and where to?", "`player export ROUTINE FILE.mp3`, or `player export --all DIR`"
        )
    for name, target in files:
        asked = ExportRequest(target, kinds, options.wait)
        refuse_clash({"the routine": script_file(name), **asked.files})
        yield name, asked


def _refuse_closed(folder: Path) -> None:
    """Say once of a folder that takes no file what each file would say. Raises `StoreError`."""
    try:
        with TemporaryDirectory(prefix=".player-export-", dir=folder):
            pass
    except OSError as error:
        raise not_written(folder, folder, error) from error


def _captions(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind for kind in text.split(",") if kind != "none"))
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"--captions {kind}: there are {', '.join(KINDS)}", "or none")
    return kinds


def _tell_of(person: care.Person) -> None:
    if not person.facts:
        warn(
            "Your interview is not known: each file first says all its questions about health. After "
            "`player interview` it says one."
        )
    elif any(answers[-1].yes for answers in person.facts.values() if answers):
        warn(
            "Made for you: what you said about your health leaves out steps, and the file says so. Keep it "
            "to yourself."
        )


def _led(
    options: argparse.Namespace, name: str, asked: ExportRequest, wish: Request, voice: FallbackVoice
) -> int:
    """Make the files of one routine; return 0, or the exit code of what went wrong where others go on."""
    try:
        _export(options, name, asked, wish, voice)
    except PlayerError as error:
        if not options.all or isinstance(error, UsageError):
            raise
        warn(f"{name}: {error}")
        return error.exit_code
    print(*asked.files.values(), sep="\n")
    return 0


def _export(
    options: argparse.Namespace, name: str, asked: ExportRequest, wish: Request, voice: FallbackVoice
) -> None:
    scripts = Scripts(paths.scripts())
    routine = scripts.opened(name)
    language = languages.load(routine.language)
    plan = plan_of(routine, scripts, language.routine, wish)
    tell_shortest(plan.steps, wish.minutes)
    moves, _left_out, _digest = session_of(routine, scripts, language.routine, wish)
    drawn = cover(moves, scripts.library, load_drawing(scripts.folder / LIBRARY))
    sound = bed.loop_of(options.bed, headphones=True)
    with _progress(plan) as watch:
        setting = SessionConfig(
            plan=plan,
            language=language,
            render=voice.without_a_trace(private(plan)),
            pace=options.pace,
            brief=options.brief,
            observers=(watch,),
            signs_of_life=settings.load().signs_of_life,
        )
        if sound is not None:
            setting = replace(setting, bed=sound, sounds=True)
        export.lead(setting, ExportRequest(asked.target, asked.captions, asked.wait_s, drawn))


@dataclass(slots=True)
class _Watch:
    """An observer that moves a bar."""

    bar: Progress
    whole_s: float
    _task: int = field(init=False)

    def start(self, title: str) -> None:
        self._task = self.bar.add_task(title, total=self.whole_s)

    def observe(self, t_s: float, observation: Observation) -> None:
        del observation
        self.bar.update(self._task, completed=min(t_s, self.whole_s))  # type: ignore[arg-type]


@contextmanager
def _progress(plan: Plan) -> Iterator[_Watch]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        watch = _Watch(bar, usual_s(plan.steps))
        watch.start(plan.title)
        yield watch
