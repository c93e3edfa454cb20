"""`player list`, `show`, `rehearse`: what there is to be led."""

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from player.cli.request import plan_for, request
from player.cli.screen import clock
from player.core.plan import Plan, Side, Step, Timed
from player.core.timing import step_s
from player.files import languages, places
from player.routine.catalogue import list_routines, summary
from player.routine.compose import plan_of
from player.routine.load import Scripts
from player.routine.model import Routine
from player.session.rehearsal import Rehearsal


def run(options: argparse.Namespace) -> int:
    """Run one of the commands."""
    return {"list": _list, "show": _show, "rehearse": _rehearse}[options.command](options)


def _list(options: argparse.Namespace) -> int:
    rows = list_routines()
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return 0
    width = max((len(row.id) for row in rows), default=0)
    for row in rows:
        minutes = f"{max(1, round(row.minutes)):>3} min"
        kind = row.kind if row.kind != "routine" else row.availability
        print(f"{row.id:<{width}}  {minutes}  {kind:<12}  {row.fault or row.title}")
    return 0


def _show(options: argparse.Namespace) -> int:
    scripts = Scripts(places.scripts())
    routine = scripts.opened(options.routine)
    words = languages.load(routine.language).routine
    plan = plan_of(routine, scripts, words, request(options))
    if options.json:
        whole = asdict(summary(routine, scripts, words)) | {"plan": asdict(plan)["steps"]}
        print(json.dumps(whole, ensure_ascii=False, indent=2))
        return 0
    _print_steps(Console(), routine, plan)
    return 0


def _print_steps(console: Console, routine: Routine, plan: Plan) -> None:
    minutes = clock(sum(map(step_s, plan.steps)))
    console.print(
        f"[bold]{routine.title}[/bold]  {routine.kind}, {routine.availability.value}, about {minutes}"
    )
    for note in filter(None, (routine.honest_note, routine.source)):
        console.print(note, style="dim", markup=False)
    table = Table("", "from", "step", "place", "work", "says", box=None, header_style="bold")
    began_s = 0.0
    for number, step in enumerate(plan.steps, 1):
        table.add_row(str(number), clock(began_s), step.id, step.label, work_in_words(step), step.say)
        began_s += step_s(step)
    console.print(table)


def work_in_words(step: Step) -> str:
    """Return the dose of a step, short."""
    work = step.work
    sets = f"{work.sets} x " if work.sets > 1 else ""
    side = {Side.ALTERNATE: ", alternating", Side.LEFT: ", left", Side.RIGHT: ", right"}.get(step.side, "")
    if isinstance(work, Timed):
        return f"{sets}{work.secs:g} s{side}"
    strokes = f"{work.reps} strokes" if work.reps else ""
    hold = f"hold {work.hold.count}" if work.hold else ""
    return sets + ", ".join(filter(None, (strokes, hold))) + side


def _rehearse(options: argparse.Namespace) -> int:
    plan = plan_for(options)
    for line in Rehearsal(plan, languages.load(plan.language)).lines():
        sys.stdout.write(f"{line}\n")
    return 0
