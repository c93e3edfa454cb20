"""What is kept while a session is led: its place, and what was answered."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from player.app import care, resume
from player.cli.log import warn
from player.core.session import Session
from player.core.states import Ending, Finished
from player.errors import StoreError
from player.files import facts, journal, practice
from player.files.journal import Journal
from player.routine.compile.request import Request
from player.session.inbox import News
from player.session.loop import Keep, Remember


def journals() -> Path | None:
    """Return where journals are kept; None, with a line that says so, where they cannot be."""
    try:
        folder = journal.folder()
        journal.tidy(folder)
    except StoreError as error:
        warn(f"{error}: the place of this session is not kept")
        return None
    return folder


@contextmanager
def journal_of(
    folder: Path | None, header: Mapping[str, Any], post: Callable[[News], None], tell: Callable[[str], None]
) -> Iterator[Keep | None]:
    """Keep the session's place; a disk that refuses costs the journal, not the session."""
    if folder is None:
        yield None
        return
    kept = Journal(folder, header, resume.reporter(post))
    try:
        yield kept.write
    finally:
        kept.close()
        if kept.failed:
            tell(f"{kept.path}: the place could not be kept: {kept.failed}")


def knowing(request: Request, person: care.Person, routine: str) -> Request:
    """Return the request with how often this person was led through `routine`. Raises `StoreError`."""
    name = resume.named(routine) if routine else ""
    return replace(request, led=practice.led(person.who).get(name, 0))


def practised(session: Session, routine: str, person: care.Person, tell: Callable[[str], None]) -> None:
    """Count a session that was led to its end."""
    if session.state == Finished(Ending.COMPLETED):
        try:
            practice.count(resume.named(routine), person.who)
        except StoreError as error:
            tell(f"it is not counted that you were led through this: {error}")


@contextmanager
def remembering(
    person: care.Person, answered: Mapping[str, bool], tell: Callable[[str], None], session: str = ""
) -> Iterator[Remember]:
    """Keep what is answered; a disk that refuses costs the answers, not the session.

    `session` is the mark of its journal, where there is one.
    """
    keeper = facts.Keeper(person.facts, person.who, answered, session)
    try:
        yield keeper.remember
    finally:
        keeper.close()
        if keeper.failed:
            tell(f"your answers could not be kept: {keeper.failed}")
