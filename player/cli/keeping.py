"""What is kept while a session is led: its place, and what was answered."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from player.app import care, practice, resume
from player.cli.pipe import warn
from player.cli.prepared import Screen
from player.core.place import Place
from player.core.plan import Plan, asks_care
from player.core.session import Session
from player.errors import StoreError
from player.files import facts, history, journal, languages
from player.files.journal import Journal
from player.routine.compile.course_steps import BEGIN
from player.routine.compile.request import Request
from player.session import privacy
from player.session.inbox import News
from player.session.keepers import Keep, Keepers, Over, Remember, reporter


@dataclass(frozen=True, slots=True)
class Led:
    """A routine as it is led: what was asked for, for whom, and what was known of them (`asof`).

    `start`: where it begins, or goes on; None: at its beginning.
    """

    plan: Plan
    routine: str
    request: Request
    person: care.Person
    asof: datetime
    begins: Session = field(default_factory=Session)
    start: Place | None = None
    resumed: bool = False


@contextmanager
def kept(led: Led, post: Callable[[News], None], tell: Callable[[str], None]) -> Iterator[Keepers]:
    """Keep a session under way; what cannot be kept is told of, and does without."""
    header = resume.header(
        led.plan,
        led.routine,
        led.request,
        led.begins,
        resumed=led.resumed,
        who=led.person.who,
        asof=led.asof.timestamp(),
    )
    with (
        _journal_of(_journals(tell), header, post, tell) as keep,
        remembering(led.person, led.begins.facts(), tell, header["mark"], _step_of_care(led)) as remember,
    ):
        practised = led.request.practice  # that is no session
        over = None if practised else doing(led.person.who, led.plan, led.asof, tell)
        yield Keepers(keep, remember, over)


def _step_of_care(led: Led) -> int | None:
    """Return the step at which it begins where no journal may hold that."""
    return led.start.step if led.start and privacy.in_care(led.plan, led.start) else None


def _journals(tell: Callable[[str], None]) -> Path | None:
    """Return where journals are kept; None, with a line that says so, where they cannot be."""
    try:
        folder = journal.folder()
        journal.tidy(folder)
    except StoreError as error:
        tell(f"{error}: the place of this session is not kept")
        return None
    return folder


@contextmanager
def _journal_of(
    folder: Path | None, header: Mapping[str, Any], post: Callable[[News], None], tell: Callable[[str], None]
) -> Iterator[Keep | None]:
    """Keep the session's place; a disk that refuses costs the journal, not the session."""
    if folder is None:
        yield None
        return
    written = Journal(folder, header, reporter(post))
    try:
        yield written.write
    finally:
        written.close()
        if written.failed:
            tell(f"{written.path}: the place could not be kept: {written.failed}")


def knowing(request: Request, person: care.Person, routine: str) -> Request:
    """Return the request with how often this person was led through `routine`."""
    return replace(request, led=practice.led(person.history, Path(routine).stem))


def tell_of_kept(person: care.Person, screen: Screen) -> None:
    """Say once what of before cannot be used."""
    if person.fault is not None:
        screen.tell("facts_lost", str(person.fault), person.fault.hint)
    elif person.from_the_future(care.now()):
        screen.tell("facts_ahead")
    if person.history_fault is not None:
        screen.tell("history_lost", str(person.history_fault), person.history_fault.hint)
    elif person.done_in_the_future(care.now()):
        screen.tell("history_ahead")


def telling(plan: Plan, person: care.Person) -> Plan:
    """Return the plan with a sentence about what of before cannot be used, where it asks anew."""
    words = languages.load(plan.language).routine
    told = care.told_of(person, care.now(), words) if asks_care(plan) else ()
    return replace(plan, today=(*told, *plan.today))


def doing(who: str, plan: Plan, began: datetime, tell: Callable[[str], None]) -> Over:
    """Return what keeps a session that is over in the history; a disk that refuses costs that alone."""

    def keep(session: Session) -> None:
        done = practice.done_in(plan, session, began)
        if done is None:
            return
        try:
            history.add(done, who)
        except StoreError as error:
            tell(f"what was done could not be kept: {error}")

    return keep


def begins_course(who: str, session: Session) -> bool:
    """Whether a course was begun in a session, and is kept; the session itself is then led anew."""
    if not session.facts().get(BEGIN, False):
        return False
    try:
        care.begin_course(who)
    except StoreError as error:
        warn(f"{error}: the course is not begun")
        return False
    return True


@contextmanager
def remembering(
    person: care.Person,
    answered: Mapping[str, bool],
    tell: Callable[[str], None],
    session: str = "",
    step: int | None = None,
) -> Iterator[Remember]:
    """Keep what is answered; a disk that refuses costs the answers, not the session.

    `session` is the mark of its journal, where there is one; `step` that of care at which it begins.
    """
    keeper = facts.Keeper(person.facts, person.who, answered, session, step)
    try:
        yield keeper.remember
    finally:
        keeper.close()
        if keeper.failed:
            tell(f"your answers could not be kept: {keeper.failed}")
