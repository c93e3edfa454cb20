"""Histories for the laws: a plan with everything in it, and a room in which it is led without sound.

The room performs real scores with a made-up length of speech, so every event carries the place where a real
session would have been, and performances really end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from player.core.commands import Command
from player.core.condition import Logic, Value
from player.core.engine import commands_in, handle, names_in
from player.core.events import Device, Doubted, Event, Found, Heard, Lost, Performed, Started
from player.core.notation import RATE_HZ, Score
from player.core.orders import Hush, Order, Perform, Tone
from player.core.place import Part, Place
from player.core.plan import (
    Advance,
    Announcement,
    Ask,
    CountAloud,
    Hold,
    Plan,
    Side,
    Step,
    Strokes,
    Timed,
    Trait,
    Work,
)
from player.core.score import Manner, announce, compose
from player.core.session import Session
from player.core.states import Paused, State


def measure(text: str) -> int:
    """Samples of a text in the room: 30 ms a letter."""
    return len(text) * RATE_HZ * 3 // 100


def step(name: str, work: Work, **more: object) -> Step:
    return Step(name, f"the {name}", f"Find the {name}. Stroke it.", work, **more)  # type: ignore[arg-type]


def no(*facts: str) -> Logic:
    return Logic("not", (Logic("or", tuple(map(Value, facts))),))


def both(*parts: Value | Logic) -> Logic:
    return Logic("and", parts)


def question(fact: str, opens: bool | None = False, **more: object) -> Step:
    """A question of care, unless told otherwise."""
    more = {"advance": Advance.ANSWER, "care": True, **more}
    return Step(
        id=fact,
        label=f"about {fact}",
        say=f"Now this. Is it {fact}? Tell me.",
        work=Timed(1),
        ask=Ask(fact, opens, "Good."),
        settle_s=0.0,
        **more,
    )


def because(fact: str, when: Value | Logic, **more: object) -> Step:
    """What is said because of an answer."""
    return Step(
        id=fact, label=f"{fact}", say=f"Because of {fact}.", work=Timed(1), when=when, care=True, **more
    )  # type: ignore[arg-type]


WHICH = Ask("which", choices=(("yes", "soft"), ("no", ""), ("jaw", "jaw")), patience_s=20)
HEART, JAW, NEW = Value("heart"), Value("jaw"), Value("everyday")

PLAN = Plan(
    id="everything",
    title="Everything",
    language="en",
    steps=(
        step("temple", Strokes(12, 120, hold=Hold(4)), find="Feel for the soft hollow.", say_short="Temple."),
        question("heart"),
        question("heart.doctor", opens=True, when=HEART),
        because("heart.ends", both(HEART, no("heart.doctor")), ends=True),
        because("heart.told", both(HEART, Value("heart.doctor"))),
        question("jaw"),
        because("jaw.told", JAW),
        step(
            "cheek",
            Strokes(reps=6, bpm=90, beats=2, sets=2, hold=Hold(2), alternate=True),
            side=Side.ALTERNATE,
        ),
        step("oil", Strokes(4, 120), advance=Advance.WAIT),
        step("deep", Timed(8), trait=Trait.DEEP, when=no("jaw")),
        step("deep-strokes", Strokes(3, 60, hold=Hold(3)), trait=Trait.DEEP),
        step("steam", Timed(60), trait=Trait.STEAM, when=no("heart")),
        step("mask", Timed(50, announcements=(Announcement(20, "Soon."),)), trait=Trait.MASK),
        step("once", Strokes(1, 30, count_aloud=CountAloud.NONE), trait=Trait.ONCE),
        step("hum", Timed(6, sets=2, hum=True), trait=Trait.SHORT),
        question("marks", None, advance=Advance.CHOICE),
        step("lightly", Timed(4), when=both(Value("marks"), no("jaw"))),
        step("chosen", Timed(2), advance=Advance.CHOOSE, ask=WHICH, say_again="Which is it?"),
        step("breath", Strokes(3, 30, 4, breath=True), ears_covered=True, advance=Advance.WAIT),
        step("jaws", Timed(2), when=Value("which")),
        question("everyday", advance=Advance.UNLESS_YES),
        question("fever", when=NEW),
        because("fever.ends", both(NEW, Value("fever")), ends=True),
        step("quiet", Timed(60), trait=Trait.QUIET),
    ),
    left_out=("chin",),
    left_out_labels=("chin",),
)

WITHOUT_WAITS = replace(
    PLAN,
    steps=tuple(
        replace(one, advance=Advance.AUTO, ask=None, when=None) for one in PLAN.steps if not one.ends
    ),
)


# Every question of care is answered: nothing stands in the way; all but the everyday one.
ANSWERED = Session(answers=(("heart", False), ("jaw", False), ("everyday", False)))
UNASKED = Session(answers=ANSWERED.answers[:2])
CHOSEN = Session(answers=(*ANSWERED.answers, ("which", True)))  # what was chosen has a step of its own
AGREED = Session(answers=(("heart", True), ("heart.doctor", True)))  # what is said because of it has one too
REFUSED = Session(answers=(("heart", True), ("heart.doctor", False)))  # so that it ends

SECONDS = (0.05, 0.7, 1.0, 2.3, 4.1, 7.0, 11.0, 33.3, 61.0)
KINDS = (
    *("advance", "fit") * 5,
    *("end", "work", "lead") * 3,
    "any",
    "lost",
    "found",
    "doubted",
    "late",
    "again",
)
LEADING = {Command.PAUSE, Command.RESUME, Command.REPEAT, Command.PREVIOUS, Command.UNDO}


@dataclass(frozen=True)
class Action:
    """Something that happens in the room; `pick` chooses among what is possible then."""

    kind: str
    pick: int = 0


@dataclass
class Stretch:
    """A performance and how much of it sounded."""

    order: Perform
    score: Score
    upto: int = 0
    paused: bool = False  # what sounds in a pause is no work

    @property
    def places(self) -> list[Place]:
        return [mark.place for mark in self.score.marks if mark.at < self.upto or mark.at == 0 < self.upto]


@dataclass
class Room:
    """Leads a plan, event by event; keeps everything that happened."""

    plan: Plan = PLAN
    session: Session = field(default_factory=Session)
    start: Place | None = None
    offered: bool = False
    events: list[tuple[Session, Event, Session, tuple[Order, ...]]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    playing: Stretch | None = None
    last: Place = field(default_factory=lambda: Place(0))

    def __post_init__(self) -> None:
        self.take(Started(self.start, self.offered))

    @property
    def place(self) -> Place:
        if self.playing is not None:
            self.last = self.playing.score.place_at(self.playing.upto) or self.last
        return self.last

    @property
    def orders(self) -> list[Order]:
        return [order for *_, orders in self.events for order in orders]

    def take(self, event: Event) -> tuple[Order, ...]:
        before = self.session
        self.session, orders = handle(self.plan, before, event)
        self.events.append((before, event, self.session, orders))
        for order in orders:
            if isinstance(order, Perform):
                self._perform(order)
            elif isinstance(order, Hush):
                self.playing = None
        return orders

    def _perform(self, order: Perform) -> None:
        preface = tuple(
            item if isinstance(item, Tone) else f"{item.key} {dict(item.values)}"[:40]
            for item in order.preface
        )
        if order.place is None:
            score = announce(preface, measure, Manner(), order.listen_s)
        else:
            manner = Manner(order.pace, order.brief, "Take your time.")
            score = compose(self.plan.steps[order.place.step], order.place, preface, measure, manner)
            self.last = order.place
        self.playing = Stretch(order, score, paused=isinstance(self.session.state, Paused))
        self.stretches.append(self.playing)

    def advance(self, count: int) -> None:
        """Let `count` samples sound; what ends is told and what follows begins."""
        while count > 0 and self.playing is not None:
            now = min(count, self.playing.score.length - self.playing.upto)
            self.playing.upto += now
            count -= now
            if self.playing.upto < self.playing.score.length:
                return
            self.end()

    def end(self) -> None:
        """Let what is being performed sound to its end."""
        if self.playing is None:
            return
        done, self.playing = self.playing, None
        done.upto = done.score.length
        self.last = done.score.place_at(done.upto) or self.last
        self.take(Performed(done.order.number))

    def say(self, command: Command) -> tuple[Order, ...]:
        return self.take(Heard(command, self.place, name=_named(command, self.session.state)))

    def moment(self) -> tuple[int, Place]:
        """The performance that sounds now, and the place."""
        return self.session.number if self.playing is None else self.playing.order.number, self.place

    def say_about(self, command: Command, number: int, place: Place) -> tuple[Order, ...]:
        name = _named(command, self.session.when(number).state)
        return self.take(Heard(command, place, number, name))

    def go_to(self, name: str, part: Part) -> "Room":
        """Let things happen, answering every question, until `part` of step `name` is under way."""
        index = next(i for i, one in enumerate(self.plan.steps) if one.id == name)
        for _ in range(10_000):
            if (self.place.step, self.place.part) == (index, part):
                return self
            if self.playing is None or self.playing.order.place is None:
                raise AssertionError((name, part, self.place))
            for command in (Command.NO, Command.RESUME):
                if command in commands_in(self.session.state):
                    self.say(command)
            self.advance(RATE_HZ // 5)
        raise AssertionError((name, part))

    def do(self, action: Action) -> None:
        ending = {Command.STOP}
        row = commands_in(self.session.state)
        # What may end a session is chosen, but not often: histories shall be long.
        offered = sorted(row - ending if action.pick % 11 else row & ending)
        if action.kind == "advance":
            self.advance(round(SECONDS[action.pick % len(SECONDS)] * RATE_HZ))
        elif action.kind == "end":
            self.end()
        elif action.kind == "work":
            while self.playing and self.playing.order.place and self.place.part is Part.INSTRUCTION:
                self.advance(RATE_HZ // 2)
        elif action.kind == "lead" and (leading := sorted(row & LEADING)):
            self.say(leading[action.pick % len(leading)])
        elif action.kind == "fit" and offered:
            self.say(offered[action.pick % len(offered)])
        else:
            self.take(self.news(action.kind, action.pick))

    def news(self, kind: str, pick: int) -> Event:
        device = list(Device)[pick % len(Device)]
        some: dict[str, Event] = {
            "lost": Lost(device, self.place),
            "found": Found(device, self.place),
            "doubted": Doubted(),
            "late": Performed(max(0, self.session.number - 1 - pick % 4)),
            "again": Started(None),
        }
        return some.get(kind) or Heard(list(Command)[pick % len(Command)], self.place)

    def run(self, actions: Sequence[Action]) -> "Room":
        for action in actions:
            self.do(action)
        return self

    def worked(self, index: int) -> list[Stretch]:
        """The performances in which work of step `index` sounded."""
        return [
            one
            for one in self.stretches
            if not one.paused
            and any(p.step == index and Part.INSTRUCTION < p.part < Part.DONE for p in one.places)
        ]


def _named(command: Command, state: State) -> str:
    """The first of the names on offer, where a name is said."""
    return next(iter(names_in(state)), "") if command is Command.NAME else ""


# One number for each action: quick to draw, and it shrinks to advancing by a moment.
ACTIONS = st.integers(0, len(KINDS) * 720 - 1).map(lambda n: Action(KINDS[n % len(KINDS)], n // len(KINDS)))
DEVICES = st.sampled_from(Device)
# Anywhere; rare things more often.
_HALTS = {Advance.WAIT, Advance.CHOOSE}
_RARE = [i for i, one in enumerate(PLAN.steps) if one.trait is Trait.STEAM or one.advance in _HALTS]
_ASKED = next(i for i, one in enumerate(PLAN.steps) if one.advance is Advance.UNLESS_YES)
_CHOICE = next(i for i, one in enumerate(PLAN.steps) if one.advance is Advance.CHOICE)
STARTS = st.one_of(
    st.none(),
    *(st.builds(Place, st.sampled_from(some)) for some in (range(len(PLAN.steps)), _RARE)),
    *(st.just(Place(_ASKED)),) * 7,
    *(st.just(Place(_CHOICE)),) * 3,
    *(st.just(Place(_ASKED + 1)),) * 2,
    st.just(Place(_ASKED - 1)),
    st.just(Place(len(PLAN.steps) - 1, Part.TIME)),
)
HISTORIES = st.builds(
    lambda session, start, offered, actions: Room(PLAN, session, start, offered).run(actions),
    st.sampled_from((Session(), *(UNASKED,) * 4, REFUSED, CHOSEN, AGREED)),
    STARTS,
    st.sampled_from((False, False, True)),
    st.lists(ACTIONS, min_size=15, max_size=40),
)


def places(plan: Plan) -> st.SearchStrategy[Place]:
    """Any place that a journal of this plan could hold, and some that it could not."""
    return st.builds(
        Place,
        st.integers(0, len(plan.steps) - 1),
        st.sampled_from(Part),
        st.integers(0, 2),
        st.integers(0, 12),
        st.integers(0, 70_000),
    )
