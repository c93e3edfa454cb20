"""The host of an evening: leads its chapters one after the other, in one room that stays open."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from player.cli.performer import Performer, first_words
from player.core.engine import Engine
from player.core.evening import HOW, OFFER, Chapter, ChapterOutcome, Evening, begun, following
from player.core.menu_words import Words
from player.core.menus import menu
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Ending, Finished
from player.errors import StoreError
from player.files import last_time
from player.files.last_time import LastSession, spoken_of

if TYPE_CHECKING:  # it is imported beside the first words: it takes longer than they do
    from player.cli.repertoire import Repertoire

# After these more may be known of the listener, and of what can be led, than before.
_TELLING = frozenset(
    {Chapter.GREETING, Chapter.INTRODUCTION, Chapter.INTERVIEW, Chapter.STOPPED, Chapter.AFTERWARDS}
)


@dataclass(slots=True)
class Host:
    """Leads the chapters of an evening one after the other, in one room, for one person."""

    who: str
    words: Words
    last: LastSession = field(init=False)
    first: Evening = field(init=False)

    def __post_init__(self) -> None:
        self.last = last_time.load(self.who)
        spoken = spoken_of(self.last, datetime.now().astimezone().date(), self.words.weekdays)
        self.first = begun(Evening(Chapter.GREETING, last=spoken), first=not self.last.introduced)

    def menu(self, now: Evening) -> Plan:
        """Return the plan of what is led now."""
        return menu(now, self.words, hour=datetime.now().astimezone().hour)

    def lead(self, performer: Performer, repertoire: "Future[Repertoire]") -> None:
        """Lead the whole evening. The first chapter needs nothing of what can be led."""
        performer.manner = replace(performer.manner, gain_db=self.last.gain_db, brief=self.last.brief)
        now = self.first
        while now.chapter is not Chapter.OVER:
            outcome = self._led(now, performer, repertoire)
            if now.chapter in _TELLING:
                now = self._informed(now, repertoire.result())
            now = following(now, outcome)
        manner = performer.manner
        self._keep(replace(self.last, gain_db=manner.gain_db, brief=manner.brief))

    def _informed(self, now: Evening, repertoire: "Repertoire") -> Evening:
        today = datetime.now().astimezone().date()
        interrupted = now is self.first and repertoire.under_way is not None
        last = spoken_of(self.last, today, self.words.weekdays)
        return repertoire.informed(replace(now, interrupted=interrupted), last)

    def _led(self, now: Evening, performer: Performer, repertoire: "Future[Repertoire]") -> ChapterOutcome:
        if now.chapter is Chapter.ROUTINE:
            return self._routine(now, performer, repertoire.result())
        if now.chapter is Chapter.INTERVIEW:
            return _outcome(repertoire.result().interview(performer))
        engine = performer.perform(self.menu(now), ahead=self._likely(now, performer, repertoire))
        if now.chapter is Chapter.INTRODUCTION:
            self._keep(replace(self.last, introduced=True))
        answers = dict(engine.session.answers)
        if HOW in answers:
            repertoire.result().note_soreness(yes=answers[HOW] == "sore")
        return _outcome(engine)

    def _routine(self, now: Evening, performer: Performer, repertoire: "Repertoire") -> ChapterOutcome:
        chosen = repertoire.under_way if now.resumes else None
        if chosen is None:
            chosen = repertoire.chosen(now)
            today = datetime.now().astimezone().date().isoformat()
            title, wishes = chosen.led.plan.title, dict(now.wishes)
            self._keep(replace(self.last, routine=now.chosen, title=title, on=today, wishes=wishes))
        return _outcome(repertoire.lead(now, chosen, performer))

    def _likely(self, now: Evening, performer: Performer, repertoire: "Future[Repertoire]") -> Iterator[str]:
        """Yield the first words of what will probably be led next."""
        if now.chapter is Chapter.OFFER and now.offers:
            yes = ChapterOutcome(Ending.COMPLETED, {OFFER: now.offers[0].id})
            yield from first_words(self.menu(following(now, yes)))
        elif now.chapter is Chapter.QUESTIONS:
            plan = repertoire.result().chosen(now).led.plan
            yield from performer.set(plan, Session()).opening()
            yield from first_words(plan)

    def _keep(self, last: LastSession) -> None:
        self.last = last
        with suppress(StoreError):  # told of elsewhere: the evening goes on
            last_time.save(last, self.who)


def _outcome(engine: Engine) -> ChapterOutcome:
    state = engine.session.state
    assert isinstance(state, Finished)
    return ChapterOutcome(state.ending, dict(engine.session.answers))
