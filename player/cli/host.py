"""The host of an evening: leads its chapters one after the other, in one room that stays open."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from player.app import care, evening, resume
from player.app.choices import Choices
from player.app.evening import Shelf
from player.app.session_config import SessionConfig
from player.app.world import World
from player.cli import keeping
from player.cli.log import warn
from player.cli.media_keys import Watching
from player.cli.prepared import Screen
from player.core.condition import Fact
from player.core.engine import Engine
from player.core.evening import (
    GOOD_NIGHT,
    HOW,
    SORE,
    WHERE,
    Chapter,
    ChapterOutcome,
    Evening,
    begun,
    following,
    ordered,
)
from player.core.menu_words import Words
from player.core.menus import menu
from player.core.plan import Plan
from player.core.score import sentences
from player.core.session import Session, led_past_care
from player.core.states import Ending, Finished
from player.errors import PlayerError, StoreError
from player.files import last_time, paths
from player.files.last_time import LastSession
from player.routine.compile.compose import plan_of
from player.routine.compile.course_steps import routine_instead
from player.routine.compile.load import Scripts
from player.routine.compile.request import Request
from player.session.recovery import Recovered, taken_up
from player.session.texts import brisk_counts, private, spoken
from player.voice.fallback import FallbackVoice

_LATE = 17  # from this hour on it is evening


@dataclass(frozen=True, slots=True)
class Chosen:
    """A routine as it was asked for, and what was known then; `recovered`: where it goes on."""

    plan: Plan
    routine: str
    request: Request
    person: care.Person
    asof: datetime
    recovered: Recovered | None = None


@dataclass(slots=True)
class Host:
    """Leads the chapters of an evening one after the other, in one room."""

    choices: Choices
    words: Words
    screen: Screen
    voice: FallbackVoice
    world: World
    setting: SessionConfig
    shelf: "Future[Shelf]"
    manner: Session = field(default_factory=Session)  # pace, volume and form go from plan to plan
    wishes: Mapping[str, str] = field(default_factory=dict)  # what is usual here
    last: LastSession = field(default_factory=LastSession)
    under_way: Chosen | None = None
    watching: Watching = lambda _plan: ()  # beside the observers of the setting, for each plan
    sounds: bool = False  # whether the sound under a session is wanted
    interviewed: bool = False  # this evening, so that it need not be asked again
    began: datetime = field(default_factory=care.now)  # the session that was led last

    def lead(self) -> None:
        """Lead the whole evening."""
        self.last = last_time.load(self.choices.who)
        self.manner = Session(pace=self.choices.pace, gain_db=self.last.gain_db, brief=self.last.brief)
        self.under_way, self.sounds = self._interrupted(), self.setting.sounds
        interrupted = self.under_way is not None
        now = Evening(Chapter.OFFER, interrupted=interrupted, interview=self._due() and not interrupted)
        now = begun(now, first=not self.last.introduced)
        while now.chapter is not Chapter.OVER:
            if now.chapter in {Chapter.OFFER, Chapter.QUESTIONS}:
                now = self._informed(now)
            now = following(now, self._led(now))
        self._keep(replace(self.last, gain_db=self.manner.gain_db, brief=self.manner.brief))

    def _led(self, now: Evening) -> ChapterOutcome:
        if now.chapter is Chapter.ROUTINE:
            return self._routine(now)
        if now.chapter is Chapter.INTERVIEW:
            return self._interview()
        hour = care.now().astimezone().hour
        engine = self._perform(menu(now, self.words, hour=hour), ahead=self._likely(now))
        if now.chapter is Chapter.INTRODUCTION:
            self._keep(replace(self.last, introduced=True))
        if HOW in dict(engine.session.answers):
            self._note(dict(engine.session.answers))
        return _outcome(engine)

    def _note(self, answers: Mapping[str, Fact]) -> None:
        """Keep how it was, and where it is sore."""
        place = str(answers.get(WHERE, ""))
        with suppress(StoreError):
            if answers[HOW] != GOOD_NIGHT:
                care.note_soreness(self.choices.who, self.began, sore=answers[HOW] == SORE, place=place)

    def _perform(self, plan: Plan, begun_: Session | None = None, **more) -> Engine:  # type: ignore[no-untyped-def]
        """Lead one plan; what it says is rendered ahead, then what is likely to come after it (`ahead`)."""
        texts = chain(_first(plan), more.pop("ahead", ()), spoken(plan, self.words.language))
        self.voice.prepare(texts, brisk=brisk_counts(plan))
        self.screen.show(plan)
        manner = self.manner
        session = replace(begun_ or Session(), pace=manner.pace, gain_db=manner.gain_db, brief=manner.brief)
        setting = replace(
            self.setting,
            plan=plan,
            observers=(*self.setting.observers, *self.watching(plan)),
            render=self.voice.without_a_trace(private(plan)),
            begun=replace(session, warned=manner.warned, sounds=self.sounds and plan.framed),
            sounds=self.sounds and plan.framed,
            start=more.pop("start", None),
            changed=more.pop("changed", False),
        )
        engine = self.world.lead(setting, **more)
        self.manner = engine.session
        self.sounds = self.manner.sounds if plan.framed else self.sounds
        return engine

    def _likely(self, now: Evening) -> Iterator[str]:
        """Yield the first words of what will probably be led next."""
        if now.chapter is Chapter.OFFER and now.offers:
            after = following(now, ChapterOutcome(Ending.COMPLETED, {"offer": now.offers[0].id}))
            yield from _first(menu(after, self.words, hour=0))
        elif now.chapter is Chapter.QUESTIONS:
            plan = self._chosen(now).plan
            yield self.words.say("welcome", title=plan.title)
            yield from _first(plan)

    def _routine(self, now: Evening) -> ChapterOutcome:
        chosen = self.under_way if now.resumes else None
        chosen = chosen or self._chosen(now)
        if not chosen.recovered:
            wishes = evening.wished(now.wishes)
            today = care.now().astimezone().date().isoformat()
            self._keep(replace(self.last, routine=chosen.routine, on=today, wishes=wishes))
        engine = self._session(chosen)
        if instead := routine_instead(engine.session.facts()):
            engine = self._session(self._chosen(replace(now, chosen=instead, wishes={})))
        elif keeping.begins_course(self.choices.who, engine.session):
            engine = self._session(self._chosen(now))
        self.interviewed = self.interviewed or led_past_care(engine.plan, engine.session)
        self.under_way = replace(chosen, recovered=taken_up(*engine.left)) if engine.left else None
        return _outcome(engine)

    def _session(self, chosen: Chosen) -> Engine:
        """Lead a routine, keeping its place and what is answered."""
        folder, untold = keeping.journals(), list[str]()
        found, self.began = chosen.recovered, chosen.asof
        begins = found.session if found else Session(pace=self.manner.pace)
        header = resume.header(
            chosen.plan,
            chosen.routine,
            chosen.request,
            begins,
            resumed=bool(found),
            who=chosen.person.who,
            asof=chosen.asof.timestamp(),
        )
        with (
            keeping.journal_of(folder, header, self.world.post, untold.append) as keep,
            keeping.remembering(chosen.person, begins.facts(), untold.append, header["mark"]) as remember,
        ):
            over = keeping.doing(chosen.person.who, chosen.plan, chosen.asof, untold.append)
            where = {"start": found.place, "changed": found.changed} if found else {}
            engine = self._perform(chosen.plan, begins, keep=keep, remember=remember, over=over, **where)
        list(map(warn, untold))
        return engine

    def _interview(self) -> ChapterOutcome:
        person, untold = care.person(self.choices.who), list[str]()
        plan = evening.interview(self.shelf.result().scripts, self.words, person, care.now())
        with keeping.remembering(person, {}, untold.append) as remember:
            engine = self._perform(plan, remember=remember)
        list(map(warn, untold))
        self.interviewed = True
        return _outcome(engine)

    def _chosen(self, now: Evening) -> Chosen:
        """Return the routine that was chosen, as it was asked for. Raises `PlayerError`."""
        person, asof, shelf = care.person(self.choices.who), care.now(), self.shelf.result()
        heard, everyday = self.choices.hears, not self.interviewed
        asked = evening.request(now, person, asof, heard=heard, everyday=everyday)
        asked = keeping.knowing(asked, person, now.chosen)
        plan = plan_of(shelf.routine(now.chosen), shelf.scripts, self.words.language.routine, asked)
        return Chosen(plan=plan, routine=now.chosen, request=asked, person=person, asof=asof)

    def _interrupted(self) -> Chosen | None:
        """Return the session that was interrupted last, where it can go on."""
        with suppress(PlayerError):
            one = resume.unfinished()
            kept = resume.kept(one) if one else None
            if kept is not None:
                who = care.person(str(kept.journal.header["who"]))
                asof = datetime.fromtimestamp(float(kept.journal.header["asof"])).astimezone()
                routine = str(kept.journal.header["routine"])
                return Chosen(
                    plan=kept.plan,
                    routine=routine,
                    request=kept.request,
                    person=who,
                    asof=asof,
                    recovered=kept.recovered,
                )
        return None

    def _informed(self, now: Evening) -> Evening:
        """Return the evening with the shelf as it is by what is known of the listener now."""
        person, asof = care.person(self.choices.who), care.now()
        here = asof.astimezone()
        asked = evening.request(
            replace(now, wishes={}), person, asof, heard=self.choices.hears, everyday=True
        )
        last = evening.last_time(self.last, here.date(), self.words)
        usual = {**self.wishes, **last.wishes}
        last = replace(last, wishes=usual)
        shelf = ordered(self.shelf.result().offers(asked), last, late=here.hour >= _LATE)
        return replace(now, shelf=shelf, last=last)

    def _due(self) -> bool:
        shelf = Scripts(paths.scripts()) if not self.shelf.done() else self.shelf.result().scripts
        return evening.interview_due(shelf, care.person(self.choices.who), care.now())

    def _keep(self, last: LastSession) -> None:
        self.last = last
        with suppress(StoreError):  # told of elsewhere: the evening goes on
            last_time.save(last, self.choices.who)


def _outcome(engine: Engine) -> ChapterOutcome:
    state = engine.session.state
    assert isinstance(state, Finished)
    return ChapterOutcome(state.ending, dict(engine.session.answers))


def _first(plan: Plan) -> Iterator[str]:
    """Yield what a plan says first."""
    for step in plan.steps[:3]:
        yield from sentences(step.say)
