"""The host of an evening: leads its chapters one after the other, in one room that stays open."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from player.app.speaking import Speaking
from player.cli.chapters import chapter_kept, ended, ending, place_in
from player.cli.performer import Performer, first_words
from player.core.engine import Engine
from player.core.evening import (
    HOW,
    KEEP,
    NEXT,
    OFFER,
    VOICE,
    AnsweredBy,
    Chapter,
    ChapterOutcome,
    Evening,
    begun,
    following,
    taken_up,
)
from player.core.menu_words import Words
from player.core.menus import menu
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Ending, Finished
from player.errors import PlayerError, StoreError
from player.files import evenings, last_time, settings
from player.files.evenings import CutOff
from player.files.last_time import LastSession, spoken_of
from player.session.keepers import Keepers

if TYPE_CHECKING:  # it is imported beside the first words: it takes longer than they do
    from player.cli.repertoire import Repertoire

_NO_MENUS = frozenset({Chapter.ROUTINE, Chapter.INTERVIEW})
# After these more may be known of the listener, and of what can be led, than before.
_TELLING = frozenset(
    {Chapter.GREETING, Chapter.INTRODUCTION, Chapter.INTERVIEW, Chapter.STOPPED, Chapter.AFTERWARDS}
)


@dataclass(slots=True)
class Host:
    """Leads the chapters of an evening one after the other, in one room, for one person.

    `cut`: the evening that was cut off, until it has been taken up.
    """

    who: str
    words: Words
    last: LastSession = field(init=False)
    first: Evening = field(init=False)
    cut: CutOff | None = field(init=False)
    usual: Speaking | None = None  # the voice of before, while others are tried
    by: AnsweredBy = AnsweredBy.VOICE  # what is answered by; it is known when the devices are there

    def __post_init__(self) -> None:
        self.last, self.cut = last_time.load(self.who), evenings.cut_off(self.who)
        cut_off = self.cut is not None and self.cut.evening.chapter is not Chapter.ROUTINE  # that is offered
        spoken = spoken_of(self.last, datetime.now().astimezone().date(), self.words.weekdays)
        greeting = Evening(Chapter.GREETING, last=spoken, interrupted=cut_off)
        self.first = begun(greeting, first=not self.last.introduced and self.cut is None)

    def menu(self, now: Evening) -> Plan:
        """Return the plan of what is led now."""
        return menu(now, self.words, hour=datetime.now().astimezone().hour, by=self.by)

    def lead(self, performer: Performer, repertoire: "Future[Repertoire]") -> None:
        """Lead the whole evening. The first chapter needs nothing of what can be led."""
        self.by = performer.world.answered_by
        performer.manner = replace(performer.manner, gain_db=self.last.gain_db, brief=self.last.brief)
        repertoire.add_done_callback(partial(self._foresee, performer))
        now = self.first
        while now.chapter is not Chapter.OVER:
            outcome = self._led(now, performer, repertoire)
            now = self._after(now, outcome, repertoire)
        evenings.over()
        manner = performer.manner
        self._keep(replace(self.last, gain_db=manner.gain_db, brief=manner.brief))

    def _after(self, now: Evening, outcome: ChapterOutcome, repertoire: "Future[Repertoire]") -> Evening:
        if now.chapter not in _TELLING or outcome.ending is Ending.STOPPED:
            return following(now, outcome)
        if now is self.first and self.cut is not None:
            return self._taken_up(self.cut, repertoire.result())
        return following(self._informed(now, repertoire.result()), outcome)

    def _taken_up(self, cut: CutOff, repertoire: "Repertoire") -> Evening:
        """Return the evening that was cut off, as it goes on."""
        before, under_way = self._informed(cut.evening, repertoire), repertoire.under_way is not None
        outcome = ended(self._plan_of(before), cut)
        if before.chapter is Chapter.ROUTINE and outcome is None and not under_way:
            closed = repertoire.closed()
            outcome = None if closed is None else ChapterOutcome(closed)
        after = taken_up(replace(before, interrupted=under_way), outcome)
        if after.chapter is Chapter.STOPPED:
            repertoire.take_back()
        return after

    def _plan_of(self, now: Evening) -> Plan | None:
        return None if now.chapter in _NO_MENUS else self.menu(now)

    def _informed(self, now: Evening, repertoire: "Repertoire") -> Evening:
        today = datetime.now().astimezone().date()
        interrupted = now is self.first and repertoire.under_way is not None
        last = spoken_of(self.last, today, self.words.weekdays)
        return repertoire.informed(replace(now, interrupted=interrupted), last)

    def _led(self, now: Evening, performer: Performer, repertoire: "Future[Repertoire]") -> ChapterOutcome:
        if now.chapter is Chapter.VOICE:
            return self._another_voice(now, performer)
        plan = self._plan_of(now)
        begins, start = self._place_in(plan)
        ahead = self._likely(now, performer, repertoire)
        kept = begins if plan is None else performer.begun(plan, begins)
        with chapter_kept(now, self.who, plan, kept, performer.world.post) as keep:
            if plan is None:
                led = self._routine if now.chapter is Chapter.ROUTINE else self._interview
                outcome = led(now, performer, repertoire.result(), ahead)
                keep(ending(outcome))
                return outcome
            engine = performer.perform(plan, begins, Keepers(keep), ahead, start=start)
        if now.chapter is Chapter.INTRODUCTION:
            self._keep(replace(self.last, introduced=True))
        answers = dict(engine.session.answers)
        if HOW in answers:
            repertoire.result().note(answers)
        return _outcome(engine)

    def _another_voice(self, now: Evening, performer: Performer) -> ChapterOutcome:
        """Ask in the next voice whether it is to be kept, from now on; only a yes does that."""
        self.usual = self.usual or performer.voice
        performer.voice = performer.another(performer.voice)
        outcome = _outcome(performer.perform(self.menu(now)))
        answer = outcome.answers.get(NEXT)
        if answer == KEEP:
            with suppress(PlayerError):  # told of elsewhere: it is this evening's all the same
                settings.remember("voice", performer.voice.profile.name)
        elif answer != VOICE:
            performer.voice = self.usual
        self.usual = self.usual if answer == VOICE else None
        return outcome

    def _place_in(self, plan: Plan | None) -> tuple[Session, Place | None]:
        """Return where the chapter that was cut off goes on, once; else the beginning."""
        cut = self.cut
        if plan is None or cut is None or plan.id == Chapter.GREETING:
            return Session(), None
        self.cut = None
        found = place_in(plan, cut)
        return (found.session, found.place) if found else (Session(), None)

    def _interview(
        self, _now: Evening, performer: Performer, repertoire: "Repertoire", ahead: Iterator[str]
    ) -> ChapterOutcome:
        return _outcome(repertoire.interview(performer, ahead))

    def _routine(
        self, now: Evening, performer: Performer, repertoire: "Repertoire", ahead: Iterator[str]
    ) -> ChapterOutcome:
        chosen = repertoire.under_way if now.resumes else None
        if chosen is None:
            chosen = repertoire.chosen(now)
            today = datetime.now().astimezone().date().isoformat()
            title, wishes = chosen.led.plan.title, dict(now.wishes)
            self._keep(replace(self.last, routine=now.chosen, title=title, on=today, wishes=wishes))
        return _outcome(repertoire.lead(now, chosen, performer, ahead))

    def _likely(self, now: Evening, performer: Performer, repertoire: "Future[Repertoire]") -> Iterator[str]:
        """Yield the first words of what will probably be led next."""
        if now.chapter is Chapter.QUESTIONS:
            asked = repertoire.result().chosen(now).led.plan
            yield from performer.set(asked, Session()).opening()
            yield from first_words(asked)
            return
        answers = {OFFER: now.offers[0].id} if now.chapter is Chapter.OFFER and now.offers else {}
        after = following(now, ChapterOutcome(Ending.COMPLETED, answers))
        if now is not self.first and after.chapter is not Chapter.OVER and (plan := self._plan_of(after)):
            yield from first_words(plan)

    def _foresee(self, performer: Performer, made: "Future[Repertoire]") -> None:
        """Let what comes after the first words be rendered as soon as it is known."""
        if self.cut is not None or made.exception():
            return
        with suppress(PlayerError):  # whoever needs it is told
            after = following(self._informed(self.first, made.result()), ChapterOutcome(Ending.COMPLETED))
            likely = self._plan_of(after) or made.result().interview_plan()
            now = self.menu(self.first)  # it is being said, so it comes before what is to come
            performer.prepare(chain(first_words(now, len(now.steps)), first_words(likely)), likely)

    def _keep(self, last: LastSession) -> None:
        self.last = last
        with suppress(StoreError):  # told of elsewhere: the evening goes on
            last_time.save(last, self.who)


def _outcome(engine: Engine) -> ChapterOutcome:
    state = engine.session.state
    assert isinstance(state, Finished)
    return ChapterOutcome(state.ending, dict(engine.session.answers))
