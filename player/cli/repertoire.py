"""What can be led in an evening for one person: the routines, the interview, what was interrupted."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from player.app import care, evening, resume
from player.app.choices import Choices
from player.app.evening import Shelf
from player.cli import keeping
from player.cli.performer import Performer
from player.core.condition import Fact
from player.core.engine import Engine
from player.core.evening import GOOD_NIGHT, HOW, SORE, WHERE, Evening, LastTime, ordered
from player.core.menu_words import Words
from player.core.plan import Plan
from player.core.session import Session, led_past_care
from player.core.states import Ending
from player.errors import PlayerError, StoreError
from player.files import paths
from player.routine.compile.compose import plan_of
from player.routine.compile.course_steps import routine_instead
from player.routine.compile.load import Scripts
from player.session.keepers import Keepers
from player.session.recovery import Recovered, taken_up

_LATE = 17  # from this hour on it is evening


@dataclass(frozen=True, slots=True)
class Chosen:
    """A routine as it was asked for; `recovered`: where it goes on."""

    led: keeping.Led
    recovered: Recovered | None = None


@dataclass(slots=True)
class Repertoire:
    """Knows the shelf and the person; `tell` gets what could not be kept.

    `wishes`: what is usual here. `under_way`: what was interrupted, or stopped, and can go on.
    """

    choices: Choices
    words: Words
    wishes: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _line: None
    shelf: Shelf = field(init=False)
    under_way: Chosen | None = None
    began: datetime = field(default_factory=care.now)  # the session that was led last
    asked: bool = False  # about health, this evening, so that it need not be asked again

    def __post_init__(self) -> None:
        self.shelf = Shelf(Scripts(paths.scripts()), self.words)
        self.under_way = _interrupted()

    def closed(self) -> Ending | None:
        """Return how the last session had been closed, whose farewell was cut off."""
        one = resume.unfinished()
        return None if one is None else resume.closed(one)

    def take_back(self) -> None:
        """Let the session that was stopped last be what can go on: the minute for that is not over."""
        self.under_way = _interrupted(stopped=True)

    def informed(self, now: Evening, last: LastTime) -> Evening:
        """Return the evening with the shelf as it is by what is known of the listener now."""
        person, asof = care.person(self.choices.who), care.now()
        heard = self.choices.hears
        asked = evening.request(replace(now, wishes={}), person, asof, heard=heard, everyday=True)
        last = replace(last, wishes={**self.wishes, **last.wishes})
        shelf = ordered(self.shelf.offers(asked), last, late=asof.astimezone().hour >= _LATE)
        due = not self.asked and evening.interview_due(self.shelf.scripts, person, asof)
        return replace(now, shelf=shelf, last=last, interview=due)

    def chosen(self, now: Evening) -> Chosen:
        """Return the routine that was chosen, as it was asked for. Raises `PlayerError`."""
        person, asof = care.person(self.choices.who), care.now()
        asked = evening.request(now, person, asof, heard=self.choices.hears, everyday=not self.asked)
        asked = keeping.knowing(asked, person, now.chosen)
        shelf, names = self.shelf, self.words.language.routine
        plan = plan_of(shelf.routine(now.chosen), shelf.scripts, names, asked)
        return Chosen(keeping.Led(plan, now.chosen, asked, person, asof))

    def lead(self, now: Evening, chosen: Chosen, performer: Performer, ahead: Iterable[str]) -> Engine:
        """Lead a routine, and what was chosen in its place; `ahead`: what will be said after it."""
        engine = self._lead(chosen, performer, ahead)
        if instead := routine_instead(engine.session.facts()):
            chosen = self.chosen(replace(now, chosen=instead, wishes={}))
            engine = self._lead(chosen, performer, ahead)
        elif keeping.begins_course(self.choices.who, engine.session):
            chosen = self.chosen(now)
            engine = self._lead(chosen, performer, ahead)
        self.asked = self.asked or led_past_care(engine.plan, engine.session)
        left = taken_up(engine.plan, *engine.left) if engine.left else None
        self.under_way = replace(chosen, recovered=left) if left else None
        return engine

    def _lead(self, chosen: Chosen, performer: Performer, ahead: Iterable[str]) -> Engine:
        found, self.began = chosen.recovered, chosen.led.asof
        begins = found.session if found else Session()
        start, changed = (found.place, found.changed) if found else (None, False)
        begins_now = performer.begun(chosen.led.plan, begins)
        led = replace(chosen.led, begins=begins_now, start=start, resumed=bool(found))
        with keeping.kept(led, performer.world.post, self.tell) as keepers:
            return performer.perform(
                led.plan, begins, keepers, ahead=ahead, led=led, start=start, changed=changed
            )

    def interview_plan(self) -> Plan:
        """Return the questions about health that are open."""
        return evening.interview(self.shelf.scripts, self.words, care.person(self.choices.who), care.now())

    def interview(self, performer: Performer, ahead: Iterable[str]) -> Engine:
        """Ask about health what is not known."""
        with keeping.remembering(care.person(self.choices.who), {}, self.tell) as remember:
            keepers = Keepers(remember=remember)
            engine = performer.perform(self.interview_plan(), keepers=keepers, ahead=ahead)
        self.asked = True
        return engine

    def note(self, answers: Mapping[str, Fact]) -> None:
        """Keep how it was, and where it is sore."""
        place = str(answers.get(WHERE, ""))
        with suppress(StoreError):
            if answers[HOW] != GOOD_NIGHT:
                care.note_soreness(self.choices.who, self.began, sore=answers[HOW] == SORE, place=place)


def _interrupted(*, stopped: bool = False) -> Chosen | None:
    """Return the session that was interrupted last, or `stopped`, where it can go on."""
    with suppress(PlayerError):
        one = resume.unfinished(stopped=stopped)
        kept = resume.kept(one, stopped=stopped) if one else None
        if kept is not None:
            led = keeping.Led(kept.plan, kept.routine, kept.request, kept.person, kept.asof)
            return Chosen(led, kept.recovered)
    return None
