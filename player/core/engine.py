"""The engine: one table says what every command does in every state.

Rules. Everything that decides what happens next is here, in `core.actions` (what each command does) and in
`core.transitions` (what can be done); `handle` is pure, so the same session and event always give
the same session and orders. A command that stands in no row of the table gets one soft tone. "stop" stands in
every row of a live session and asks nothing. News about a performance that is no longer under way changes
nothing. No way leads past a question of care that nobody has answered (`core.session.due`). Whatever else
goes wrong, a session ends only by its last step, by "stop", or by a step that says that it ends there.
"""

from dataclasses import replace
from typing import assert_never

from player.core import actions, news, silence, transitions
from player.core.actions import Handler
from player.core.commands import Command
from player.core.events import Alarmed, Doubted, Event, Found, Heard, Lost, Performed, Started, Unclear
from player.core.orders import Hush, Listen, Order, Perform, Phrase
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Finished,
    Idle,
    Live,
    Offering,
    Passed,
    Paused,
    Playing,
    Questioning,
    State,
    Unanswered,
    Waiting,
)
from player.core.transitions import Outcome, bed_in, tell

MOST_NAMES = 8  # that "help" tells


def handle(plan: Plan, session: Session, event: Event) -> Outcome:
    """Return the session after `event`, and what is to be done."""
    after, orders = _outcome(plan, session, event)
    if isinstance(event, Heard) and after != session:
        after = replace(after, turns=())
    elif not isinstance(event, Started) and after.number != session.number:
        after = session.turned(after)
    if (bed := bed_in(after)) != bed_in(session):
        orders = (*orders, bed)
    if (listen := _listen_in(after.state)) != _listen_in(session.state):
        orders = (*orders, listen)
    return after, orders


def commands_in(state: State) -> frozenset[Command]:
    """Return what can be said in `state`: a row of the table, and what the step's choices name."""
    row = frozenset(TABLE[type(state)])
    if not isinstance(state, Choosing):
        return row
    answers = {phrase for phrase, _ in state.choices}
    named = frozenset({Command.NAME}) if names_in(state) else frozenset[Command]()
    return (row - {Command.NAME}) | named | {command for command in Command if command in answers}


def names_in(state: State) -> tuple[str, ...]:
    """Return the names that can be said in `state`."""
    if not isinstance(state, Choosing):
        return ()
    return tuple(phrase for phrase, _ in state.choices if phrase not in _IDS)


def _listen_in(state: State) -> Listen:
    return Listen(commands_in(state), names_in(state))


def _outcome(plan: Plan, session: Session, event: Event) -> Outcome:
    match event:
        case Started():
            return news.started(plan, session, event)
        case Heard():
            return _heard(plan, session, event)
        case Doubted():
            return actions.meaningless(plan, silence.broken(session), session.place)
        case Unclear():
            return silence.broken(session), ()
        case Alarmed(place=place):
            return silence.alarmed(plan, silence.broken(session), place)
        case Performed(number=number):
            return news.performed(plan, session) if number == session.number else (session, ())
        case Lost(device=device, place=place):
            return news.lost(plan, session, device, place)
        case Found(device=device, place=place):
            return transitions.found(plan, session, device, place)
        case _ as never:
            assert_never(never)


# --- commands ----------------------------------------------------------------------------------------


def _heard(plan: Plan, session: Session, event: Heard) -> Outcome:
    """Obey a command as it was meant: in the state in which its word began."""
    then = session if isinstance(session.state, Finished) else session.when(event.number)
    handler = _meant(then.state, event)
    if then is session:
        return handler(plan, session, _place_now(session, event))
    after, orders = handler(plan, then, event.place)
    if after == then:
        return session, orders
    if not any(isinstance(order, Perform | Hush) for order in orders):
        return handler(plan, session, session.place)  # it leads nowhere, so it matters not from where
    return _unless_begun(session, then, after, orders)


def _meant(state: State, event: Heard) -> Handler:
    """Return what is meant: the answer of that name where one may choose, else what the table says."""
    phrase = event.name or event.command.value
    if isinstance(state, Choosing) and event.command is not Command.STOP and phrase in dict(state.choices):
        return actions.choose(phrase)
    return TABLE[type(state)].get(event.command, actions.meaningless)


def _place_now(session: Session, event: Heard) -> Place:
    """Return the place of an event, or where the session stands when another command has led it elsewhere."""
    if event.number is None or event.place.step == session.place.step:
        return event.place
    return session.place


def _unless_begun(session: Session, then: Session, after: Session, orders: tuple[Order, ...]) -> Outcome:
    """Return what a command leads to; what has begun by itself meanwhile is not begun again."""
    if isinstance(after.state, Closing) and after.state == session.state:
        return session, ()
    forward = after.place == Place(after.place.step) and after.place.step > then.place.step
    if not (forward and isinstance(after.state, Playing) and isinstance(session.state, Playing)):
        return after, orders
    same = session.place.step == after.place.step
    answered = after.answers != then.answers  # an answer may lead elsewhere than the silence did
    if session.place.step < after.place.step or (answered and not same):
        return after, orders
    state = replace(after.state, place=session.place) if same else session.state
    return replace(after, state=state, number=session.number, runs=session.runs), ()


# --- the table ---------------------------------------------------------------------------------------


def _help(plan: Plan, session: Session, place: Place) -> Outcome:
    forms = set() if plan.has_short_form else {Command.BRIEF, Command.FULL}
    keys = sorted(commands_in(session.state) - {Command.STOP, Command.NAME} - forms)
    can = Phrase("can_say", (("commands", ",".join(keys)),))
    return tell(plan, session, place, can, *_named(session.state), Phrase("can_stop"))


def _named(state: State) -> tuple[Phrase, ...]:
    """Return the names that can be said, one for each answer."""
    means = dict(reversed(state.choices)) if isinstance(state, Choosing) else {}
    first = {value: name for name, value in means.items() if name not in _IDS}
    few = list(reversed(first.values()))[:MOST_NAMES]
    return (Phrase("can_name", (("names", ", ".join(few)),)),) if few else ()


_ALWAYS: dict[Command, Handler] = {
    Command.STOP: actions.stop,
    Command.WHERE: actions.say_where,
    Command.HOW_LONG: actions.say_how_long,
    Command.SLOWER: actions.pace(-1),
    Command.FASTER: actions.pace(+1),
    Command.LOUDER: actions.volume(+1),
    Command.QUIETER: actions.volume(-1),
    Command.HELP: _help,
    Command.BRIEF: actions.brief(on=True),
    Command.FULL: actions.brief(on=False),
    Command.SOUND: actions.sound(on=True),
    Command.SILENCE: actions.sound(on=False),
    Command.UNDO: actions.undo,
    Command.PREVIOUS: actions.go_previous,
    Command.REPEAT: actions.repeat,
}

_ANSWERS: dict[Command, Handler] = {
    Command.YES: actions.answer(yes=True),
    Command.NO: actions.answer(yes=False),
}

_IDS = frozenset(command.value for command in Command)

# "next" stands in no row of an open question: nobody shall pass one without having meant to.
TABLE: dict[type[State], dict[Command, Handler]] = {
    Idle: {},
    Offering: {
        Command.YES: actions.accept,
        Command.NO: actions.refuse,
        Command.REPEAT: actions.offer_again,
        Command.STOP: actions.stop,
        Command.LOUDER: actions.volume(+1),
        Command.QUIETER: actions.volume(-1),
    },
    Playing: {**_ALWAYS, Command.NEXT: actions.go_next, Command.PAUSE: actions.pause},
    Questioning: {**_ALWAYS, **_ANSWERS, Command.PAUSE: actions.pause},
    Passed: {
        **_ALWAYS,
        Command.NEXT: actions.go_next,
        Command.PAUSE: actions.pause,
        Command.YES: actions.answer_late,
    },
    # What it names is an answer here (`_meant`); "next" leaves it open, and offers what comes after it.
    Choosing: {
        **_ALWAYS,
        Command.NEXT: actions.go_next,
        Command.PAUSE: actions.pause,
        Command.NAME: actions.meaningless,
    },
    # Someone who is done says "next" or "go on": both are meant.
    Waiting: {
        **_ALWAYS,
        Command.NEXT: actions.go_next,
        Command.RESUME: actions.go_next,
        Command.PAUSE: actions.pause_waiting,
    },
    Asking: {**_ALWAYS, **_ANSWERS, Command.PAUSE: actions.pause_waiting},
    Paused: {**_ALWAYS, Command.NEXT: actions.go_next, Command.RESUME: actions.resume},
    Unanswered: {**_ALWAYS, **_ANSWERS, Command.RESUME: actions.resume},
    Closing: {},
    Finished: {},
}


class Engine:
    """A session under way: the plan, and the session as it is now.

    Call `handle` with every event, in order, from one thread; carry out the orders before the next call.
    """

    def __init__(self, plan: Plan, session: Session | None = None) -> None:
        self.plan = plan
        self.session = session or Session()
        self.left: tuple[Session, Place] | None = None  # what "stop" ended, and where

    def handle(self, event: Event) -> tuple[Order, ...]:
        """Take one event; return what is to be done, in order."""
        before = self.session
        self.session, orders = handle(self.plan, before, event)
        if isinstance(event, Heard) and event.command is Command.STOP and isinstance(before.state, Live):
            self.left = before, _place_now(before, event)
        return orders

    @property
    def state(self) -> State:
        """Where the session is."""
        return self.session.state

    @property
    def live(self) -> bool:
        """Whether a listener is being led."""
        return isinstance(self.session.state, Live)

    @property
    def costly(self) -> frozenset[Command]:
        """What must be surer while a question of care is open: the answer that opens the way, and "undo".

        A "no" is often taken for "undo", and that would take back the answer before.
        """
        ask = self.plan.steps[self.session.place.step].ask if self.live else None
        if ask is None or ask.opens is None or Command.YES not in self.commands:
            return frozenset()
        return frozenset({Command.YES if ask.opens else Command.NO, Command.UNDO})

    @property
    def names(self) -> tuple[str, ...]:
        """What can be named now."""
        return names_in(self.session.state)

    @property
    def commands(self) -> frozenset[Command]:
        """What can be said now."""
        return commands_in(self.session.state)

    def state_when(self, number: int | None) -> State:
        """Return where the session was while performance `number` sounded; None: where it is."""
        return self.session.when(number).state
