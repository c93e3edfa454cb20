"""`player show`: a routine as a table with times, as JSON, or as a face map."""

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from player.cli.request import request, tell_shortest
from player.cli.routine_summary import Sheet, as_data, dose, head
from player.cli.screen import clock
from player.cli.svg_file import svg_file
from player.core.condition import holds
from player.core.plan import Advance, Eyes, Step
from player.core.timing import usual_s
from player.errors import not_written
from player.facemap.drawing import load_drawing
from player.facemap.page import draw
from player.files import languages, paths
from player.files.clash import refuse_clash
from player.routine.compile.compose import session_of
from player.routine.compile.load import LIBRARY, Scripts, script_file

MOST_WIDE = 100
LEAST_WIDE = 24  # of a narrower terminal the lines are folded by itself
_INDENT = 12
_WAITS = {
    Advance.WAIT: "waits for “next”",
    Advance.ANSWER: "waits for “yes” or “no”",
    Advance.CHOICE: "“yes” or “no”, or ten seconds of silence",
}
_EYES = {Eyes.OPEN: "eyes open", Eyes.CLOSED: "eyes closed"}


def show(options: argparse.Namespace) -> int:
    """Show one routine, card or playlist in the way that was asked for."""
    map_file = svg_file("--map", options.map)
    refuse_clash(
        {
            "the routine": script_file(options.routine),
            "--map": map_file,
        }
    )
    scripts = Scripts(paths.scripts())
    routine = scripts.opened(options.routine)
    language = languages.load(routine.language)
    moves, left_out, digest = session_of(routine, scripts, language.routine, request(options))
    tell_shortest([move.step for move in moves], options.minutes)
    ids = tuple(move.step.id for move in left_out)
    sheet = Sheet(routine, scripts.library, moves, ids, digest)
    if map_file:
        drawing = load_drawing(scripts.folder / LIBRARY)
        counted = tuple(move for move in moves if not move.step.care)
        svg = draw(
            routine.title,
            counted,
            list(map(dose, counted)),
            scripts.library,
            drawing,
            language.screen,
            mirrored=options.mirror,
        )
        _write(map_file, svg)
    if options.json:
        print(json.dumps(as_data(sheet), ensure_ascii=False, indent=2))
    elif map_file:
        print(options.map)
    else:
        console = Console(highlight=False)
        for line in _lines(sheet, max(LEAST_WIDE, min(console.width, MOST_WIDE)), brief=options.brief):
            console.print(line, soft_wrap=True)
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise not_written(path, path.parent, error) from error


def _lines(sheet: Sheet, wide: int, *, brief: bool) -> Iterator[Text]:
    yield from (Text(line, "bold") for line in textwrap.wrap(sheet.routine.title, wide))
    for name, text in head(sheet):
        yield from _paragraph(f"{name:<{_INDENT}}", text, wide)
    began_s, eyes, number = 0.0, sheet.routine.eyes, 0
    for move in sheet.moves:
        number += not move.step.care
        yield Text()
        yield _first_line("" if move.step.care else f"{number}", began_s, move.step.label, dose(move), wide)
        said = (move.step.say_short or move.step.say) if brief else move.step.say
        yield from _paragraph(" " * _INDENT, said, wide, _asides(move.step, eyes))
        began_s += usual_s((move.step,))
        eyes = move.step.eyes
    yield Text()
    yield Text(f"{'':>4}{clock(began_s):>6}  the end", "bold")


def _first_line(number: str, began_s: float, label: str, work: str, wide: int) -> Text:
    line = Text(f"{number:>4}{clock(began_s):>6}  ", "bold")
    gap = wide - _INDENT - len(label) - len(work)
    line.append(textwrap.shorten(label, wide - _INDENT, placeholder=" …"))
    if gap >= 2:
        return line.append(" " * gap + work, "not bold")
    return line.append("\n" + " " * _INDENT + work, "not bold")


def _asides(step: Step, eyes_before: Eyes) -> str:
    eyes = _EYES.get(step.eyes, "") if step.eyes is not eyes_before else ""
    chosen = "" if holds(step.when, {}) else "after a “yes” alone"
    every = ", ".join(filter(None, (_WAITS.get(step.advance, ""), eyes, chosen)))
    return f" ({every})" if every else ""


def _paragraph(start: str, text: str, wide: int, aside: str = "") -> Sequence[Text]:
    lines = textwrap.wrap(text + aside, wide, initial_indent=start, subsequent_indent=" " * _INDENT)
    return [Text(line, "dim") if not start.strip() else Text(line) for line in lines]
