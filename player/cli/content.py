"""`player list`, `show`, `rehearse`: what there is to be led."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from player.cli.check import counted
from player.cli.request import request, tell_shortest
from player.cli.show import show
from player.files import languages, paths
from player.routine.catalogue import list_routines
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts
from player.routine.lint.linter import check_script
from player.session.rehearsal import Rehearsal


def run(options: argparse.Namespace) -> int:
    """Run one of the commands."""
    return {"list": _list, "show": show, "rehearse": _rehearse}[options.command](options)


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


def _rehearse(options: argparse.Namespace) -> int:
    scripts = Scripts(paths.scripts())
    routine = scripts.opened(options.routine)
    language = languages.load(routine.language)
    plan = plan_of(routine, scripts, language.routine, request(options, with_gates=True))
    tell_shortest(plan.steps, options.minutes)
    for line in Rehearsal(plan, language, brief=options.brief).lines():
        sys.stdout.write(f"{line}\n")
    if faults := check_script(Path(routine.path), scripts):
        print(f"{counted(faults)}: `player check {routine.path}`", file=sys.stderr)
    return 0
