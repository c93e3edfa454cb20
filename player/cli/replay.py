"""`player replay`: what happened in a session."""

import argparse
from pathlib import Path

from player.app import resume
from player.core.commands import Command
from player.core.events import Heard
from player.core.orientation import where
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.wording import Language
from player.errors import PlayerError
from player.files import journal, languages
from player.files.journal import Journaled
from player.files.sealed import NOT_OURS
from player.routine.compile.compose import load_plan
from player.session.recovery import replay


def run(options: argparse.Namespace) -> int:
    """Print every event with where the session was; strokes are left out. Raises `FileFault`."""
    found = [Path(options.journal)] if options.journal else journal.journals(journal.folder())
    if not found:
        raise PlayerError("there is no journal yet", "lead a session first: `player play`")
    journaled = journal.read(found[0])
    try:
        _show(journaled)
    except NOT_OURS as error:
        raise PlayerError(f"{journaled.path}: no session of this player: {error}") from error
    return 0


def _show(journaled: Journaled) -> None:
    request, _answers = resume.request_of(journaled)
    plan = load_plan(str(journaled.header["routine"]), request=request)
    language = languages.load(plan.language)
    ended = "ended" if journaled.finished else "interrupted"
    print(f"{journaled.path}: {plan.title}, {len(journaled.entries)} entries, {ended}")
    if plan.digest != journaled.header["digest"]:
        print("the routine has changed since; places may not fit")
    place, (begun, given) = Place(0), resume.begun_of(journaled)
    for event, session, place in replay(plan, resume.entries_of(journaled), begun, given):
        if event is not None:
            name = type(event).__name__.lower()
            command = event.command if isinstance(event, Heard) else ""
            answer = command in {Command.YES, Command.NO}
            print(f"{name:<10} {'' if answer else command:<9} {_words(plan, language, session, place)}")
    step = language.screen["step"].format(step=place.step + 1, of=len(plan.steps))
    print(f"last place: {step}: {_at(plan, language, place)}")


def _words(plan: Plan, language: Language, session: Session, place: Place) -> str:
    return f"{type(session.state).__name__.lower():<9} {_at(plan, language, place)}"


def _at(plan: Plan, language: Language, place: Place) -> str:
    return " ".join(language.say(phrase) for phrase in where(plan, place))
