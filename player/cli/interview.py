"""`player interview`: asks about the listener's health for all routines; shows and forgets what was said."""

import argparse
from collections.abc import Mapping

from player.app import care
from player.cli import play
from player.cli.pipe import warn
from player.cli.settings import fill
from player.errors import PlayerError
from player.files import facts, paths
from player.files.facts import Answered
from player.routine.compile.gates import INTERVIEW
from player.routine.compile.known import asks, standing
from player.routine.compile.load import LIBRARY, Scripts
from player.routine.compile.load_library import load_library
from player.routine.compile.request import Request
from player.routine.model.library import FactOf


def run(options: argparse.Namespace) -> int:
    """Run one of the forms of the command."""
    fill(options)
    if options.forget:
        return _forget(options.who)
    if options.show:
        return _show(options.who)
    with paths.standing_in(warn):
        return _led(options)


def _led(options: argparse.Namespace) -> int:
    options.routine, options.start, options.pace, options.brief = INTERVIEW, "", 1.0, False
    if options.keys:
        options.ears = "keyboard"
    person = care.person(options.who)
    return play.begin(
        options, Request(known=_not_asked(person), today=care.now().astimezone().date()), person
    )


def _not_asked(person: care.Person) -> Mapping[str, Answered]:
    """Return what need not be asked: it goes on where it was, or begins anew when nothing is missing."""
    shelf = load_library(paths.scripts() / LIBRARY).facts
    last = facts.before(person.facts, care.now())
    known = standing(shelf, last, care.now().astimezone().date())
    lasting = (
        name for name in asks(Scripts(paths.scripts()).routine(INTERVIEW).steps) if shelf[name].lasting
    )
    if all(name in known for name in lasting):
        return {
            name: answer
            for name, answer in last.items()
            if name in shelf and shelf[name].sticky and answer.yes
        }
    return last


def _show(who: str) -> int:
    kept = facts.load(who)
    if not kept:
        print("Nothing is kept about your health.")
        return 0
    shelf: Mapping[str, FactOf] = load_library(paths.scripts() / LIBRARY).facts
    for name, answers in kept.items():
        last = answers[-1]
        print(f"{last.on}  {'yes' if last.yes else 'no':<3}  {_question(name, shelf)}")
    print(f"Kept in {facts.path(who)}; `player interview --forget` deletes it.")
    return 0


def _question(name: str, shelf: Mapping[str, FactOf]) -> str:
    fact, _, doctor = name.partition(".")
    known = shelf.get(name) or shelf.get(fact)
    asked = known.question if known else name
    return f"{asked} Has your doctor agreed?" if doctor == "doctor" else asked


def _forget(who: str) -> int:
    if not facts.forget(who):
        raise PlayerError("nothing is kept about your health")
    print("What you told about your health is deleted.")
    return 0
