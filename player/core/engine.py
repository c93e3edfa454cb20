"""The engine: one table says what every command does in every state.

Rules. Everything that decides what happens next is in this file; `handle` is pure, so the same session
and event always give the same session and orders. A command that stands in no row of the table gets one
soft tone. "stop" stands in every row of a live session and asks nothing. News about a performance that is
no longer under way changes nothing. Whatever else goes wrong, a session ends only by its last step, by
"stop", or by a "no" to a safety question.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from player.core.commands import Command
from player.core.events import Device, Doubted, Event, Found, Heard, Lost, Performed, Started
from player.core.orders import Cue, End, Hush, Listen, Order, Perform, Phrase, Tone, Volume
from player.core.orientation import duration, how_long, said, time_left, where
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Timed, Trait
from player.core.session import GAINS_DB, PACES, Session, may_begin, restart_of
from player.core.states import Asking, Closing, Ending, Finished, Idle, Live, Paused, Playing, State, Waiting
from player.core.timing import left_s

Outcome = tuple[Session, tuple[Order, ...]]
Handler = Callable[[Plan, Session, Place], Outcome]


def handle(plan: Plan, session: Session, event: Event) -> Outcome:
    """Return the session after `event`, and what is to be done."""
    after, orders = _outcome(plan, session, event)
    if commands_in(after.state) != commands_in(session.state):
        orders = (*orders, Listen(commands_in(after.state)))
    return after, orders


def commands_in(state: State) -> frozenset[Command]:
    """Return what can be said in `state`: a row of the table."""
    return frozenset(TABLE[type(state)])


def _outcome(plan: Plan, session: Session, event: Event) -> Outcome:
    match event:
        case Started(place=place):
            return _start(plan, session, place)
        case Heard(command=command, place=place):
            handler = TABLE[type(session.state)].get(command, _meaningless)
            return handler(plan, session, place)
        case Doubted():
            return _meaningless(plan, session, session.place)
        case Performed(number=number):
            return _performed(plan, session) if number == session.number else (session, ())
        case Lost(device=device, place=place):
            return _lost(session, device, place)
        case Found(device=device, place=place):
            return _found(session, device, place)
        case _ as never:
            assert_never(never)


# --- performing ---------------------------------------------------------------------------------------


def _perform(session: Session, place: Place | None, *preface: Phrase) -> Outcome:
    number = session.number + 1
    order = Perform(number, place, preface, session.pace, session.brief)
    return replace(session, number=number), (order,)


def _play(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Lead from `place`; a step begun from its instruction is counted."""
    runs = (*session.runs, place.step) if place == Place(place.step) else session.runs
    if place.part is Part.DONE and plan.steps[place.step].advance is not Advance.AUTO:
        return _wait(plan, replace(session, runs=runs), place, *preface)
    return _perform(replace(session, state=Playing(place), runs=runs), place, *preface)


def _begin(plan: Plan, session: Session, index: int, *preface: Phrase) -> Outcome:
    """Begin step `index`, or the first one after it that may still be begun."""
    while index < len(plan.steps) and not may_begin(plan, session, index):
        index += 1
    if index == len(plan.steps):
        return _close(session, Ending.COMPLETED, Phrase("completed"))
    return _play(plan, session, Place(index), *preface)


def _close(session: Session, ending: Ending, phrase: Phrase) -> Outcome:
    return _perform(replace(session, state=Closing(ending), history=()), None, phrase)


def _wait(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Wait at the end of a step; the performance of such a place is a long silence with one reminder."""
    done = Place(place.step, Part.DONE)
    asks = plan.steps[place.step].advance in {Advance.YES, Advance.ANSWER}
    return _perform(replace(session, state=Asking(done) if asks else Waiting(done)), done, *preface)


def _start(plan: Plan, session: Session, place: Place | None) -> Outcome:
    if not isinstance(session.state, Idle):
        return session, ()
    if place is not None:
        place = restart_of(plan.steps[place.step], place)
        return _play(plan, session, place, *where(plan, place))
    title = Phrase("welcome", (("title", plan.title),))
    length = duration("takes", left_s(plan, Place(0), session.pace))
    left_out = (Phrase("left_out", (("n", len(plan.left_out)),)),) if plan.left_out else ()
    return _begin(plan, session, 0, title, length, *left_out)


def _performed(plan: Plan, session: Session) -> Outcome:
    state = session.state
    if isinstance(state, Closing):
        return replace(session, state=Finished(state.ending)), (End(state.ending),)
    if not isinstance(state, Playing):
        return session, ()
    if plan.steps[state.place.step].advance is Advance.AUTO:
        return _begin(plan, session, state.place.step + 1)
    return _wait(plan, session, state.place)


# --- losing and finding -------------------------------------------------------------------------------


def _lost(session: Session, device: Device, place: Place) -> Outcome:
    if session.over or device in session.warned:
        return session, ()
    session = replace(session, warned=session.warned | {device})
    if device is Device.LOUDSPEAKER:  # nobody would hear it; it is said when sound is back
        return session, ()
    return _tell(session, place, Phrase(f"lost_{device}"))


def _found(session: Session, device: Device, place: Place) -> Outcome:
    if session.over or device not in session.warned:
        return session, ()
    session = replace(session, warned=session.warned - {device})
    return _tell(session, place, Phrase(f"found_{device}"))


def _tell(session: Session, place: Place, *phrases: Phrase) -> Outcome:
    """Say something and go on from the same stroke; in a pause only say it."""
    if isinstance(session.state, Playing):
        return _perform(replace(session, state=Playing(place)), place, *phrases)
    if isinstance(session.state, Waiting | Asking):
        return _perform(session, session.state.place, *phrases)
    return _perform(session, None, *phrases)


# --- commands -----------------------------------------------------------------------------------------


def _meaningless(_plan: Plan, session: Session, _place: Place) -> Outcome:
    return session, () if session.over or isinstance(session.state, Idle) else (Cue(Tone.UNSURE),)


def _next(plan: Plan, session: Session, place: Place) -> Outcome:
    return _begin(plan, session.remembered(place), session.place.step + 1)


def _previous(plan: Plan, session: Session, place: Place) -> Outcome:
    index = max(0, session.place.step - 1)
    if not may_begin(plan, session, index):
        return _meaningless(plan, session, place)
    return _play(plan, session.remembered(place), Place(index))


def _repeat(plan: Plan, session: Session, place: Place) -> Outcome:
    index = session.place.step
    step = plan.steps[index]
    if step.trait is Trait.QUIET:
        return session, (Cue(Tone.CHIME),)
    if step.trait is Trait.MASK and place.part is Part.TIME and isinstance(step.work, Timed):
        return _tell(session, place, time_left(step.work, place))
    if step.trait is Trait.ONCE:
        return _tell(session, place, said(step.say))
    if not may_begin(plan, session, index):
        return _tell(session, place, Phrase("enough_here"))
    return _play(plan, session.remembered(place), Place(index))


def _pause(plan: Plan, session: Session, place: Place) -> Outcome:
    step = plan.steps[place.step]
    if step.trait is Trait.MASK and place.part is Part.TIME and isinstance(step.work, Timed):
        return _tell( session, place, time_left(step.work, place)
        )  # it is on the skin: its clock runs on
    paused = replace(session.remembered(place), state=Paused(place), number=session.number + 1)
    phrase = _pause_phrase(step.trait, place)
    if phrase is None:
        return paused, (Hush(), Cue(Tone.PAUSED))
    return _perform(paused, None, phrase)


def _pause_phrase(trait: Trait, place: Place) -> Phrase | None:
    if trait is Trait.STEAM and place.part is Part.TIME:
        return Phrase("lift_away")
    if place.part is Part.HOLD or (trait is Trait.DEEP and place.part in {Part.TIME, Part.STROKES}):
        return Phrase("ease_off")
    return None


def _pause_waiting(_plan: Plan, session: Session, place: Place) -> Outcome:
    session = session.remembered(place)
    return replace(session, state=Paused(session.place), number=session.number + 1), (
        Hush(),
        Cue(Tone.PAUSED),
    )


def _resume(plan: Plan, session: Session, _place: Place) -> Outcome:
    place = session.place
    again = restart_of(plan.steps[place.step], place)
    return _play_on(plan, session.remembered(place), again, *where(plan, again))


def _play_on(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Go on at `place` without counting it as another run."""
    after, orders = _play(plan, session, place, *preface)
    return replace(after, runs=session.runs), orders


def _stop(_plan: Plan, session: Session, _place: Place) -> Outcome:
    closed, orders = _close(session, Ending.STOPPED, Phrase("stopped"))
    return closed, (Hush(), *orders)


def _where(plan: Plan, session: Session, place: Place) -> Outcome:
    step = plan.steps[session.place.step]
    find = (said(step.find),) if step.find else ()
    return _tell(session, _spot(session, place), Phrase("at", (("place", step.label),)), *find)


def _how_long(plan: Plan, session: Session, place: Place) -> Outcome:
    spot = _spot(session, place)
    return _tell(session, spot, *how_long(plan, spot, session.pace))


def _spot(session: Session, place: Place) -> Place:
    """Where the listener is: the live place while something plays, else where the state stands."""
    return place if isinstance(session.state, Playing) else session.place


def _pace(direction: int) -> Handler:
    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        pace = _neighbour(PACES, session.pace, direction)
        if pace == session.pace:
            return _meaningless(plan, session, place)
        changed = replace(session.remembered(place), pace=pace)
        return _tell(changed, place, Phrase("slower" if direction < 0 else "faster"))

    return change


def _volume(direction: int) -> Handler:
    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        gain_db = _neighbour(GAINS_DB, session.gain_db, direction)
        if gain_db == session.gain_db:
            return _meaningless(plan, session, place)
        return replace(session.remembered(place), gain_db=gain_db), (Volume(gain_db), Cue(Tone.DONE))

    return change


def _neighbour(ladder: tuple[float, ...], value: float, direction: int) -> float:
    beyond = [rung for rung in ladder if (rung - value) * direction > 1e-9]
    return min(beyond, key=lambda rung: abs(rung - value), default=value)


def _help(_plan: Plan, session: Session, place: Place) -> Outcome:
    keys = sorted(commands_in(session.state) - {Command.STOP})
    can = Phrase("can_say", (("commands", ",".join(keys)),))
    return _tell(session, place, can, Phrase("can_stop"))


def _undo(plan: Plan, session: Session, place: Place) -> Outcome:
    if not session.history:
        return _meaningless(plan, session, place)
    before = session.history[-1]
    back = replace(before, number=session.number, history=session.history[:-1], warned=session.warned)
    volume = (Volume(back.gain_db),) if back.gain_db != session.gain_db else ()
    after, orders = _restore(plan, back)
    return after, (*volume, *orders)


def _restore(plan: Plan, session: Session) -> Outcome:
    state = session.state
    undone = Phrase("undone")
    if isinstance(state, Paused):
        return _perform(session, None, undone, *where(plan, state.place))
    if isinstance(state, Waiting | Asking):
        return _perform(session, state.place, undone, *where(plan, state.place))
    place = restart_of(plan.steps[session.place.step], session.place)
    return _play_on(plan, session, place, undone, *where(plan, place))


def _yes(plan: Plan, session: Session, place: Place) -> Outcome:
    return _begin(plan, _answered(plan, session.remembered(place), yes=True), session.place.step + 1)


def _no(plan: Plan, session: Session, place: Place) -> Outcome:
    step = plan.steps[session.place.step]
    session = _answered(plan, session.remembered(place), yes=False)
    if step.advance is Advance.YES:
        return _close(session, Ending.DECLINED, Phrase("declined"))
    return _begin(plan, session, session.place.step + 1)


def _answered(plan: Plan, session: Session, *, yes: bool) -> Session:
    return replace(session, answers=(*session.answers, (plan.steps[session.place.step].id, yes)))


# --- the table ----------------------------------------------------------------------------------------

_ALWAYS: dict[Command, Handler] = {
    Command.STOP: _stop,
    Command.WHERE: _where,
    Command.HOW_LONG: _how_long,
    Command.SLOWER: _pace(-1),
    Command.FASTER: _pace(+1),
    Command.LOUDER: _volume(+1),
    Command.QUIETER: _volume(-1),
    Command.HELP: _help,
    Command.UNDO: _undo,
    Command.PREVIOUS: _previous,
    Command.REPEAT: _repeat,
}

TABLE: dict[type[State], dict[Command, Handler]] = {
    Idle: {},
    Playing: {**_ALWAYS, Command.NEXT: _next, Command.PAUSE: _pause},
    # Someone who is done says "next" or "go on": both are meant.
    Waiting: {**_ALWAYS, Command.NEXT: _next, Command.RESUME: _next, Command.PAUSE: _pause_waiting},
    Asking: {**_ALWAYS, Command.YES: _yes, Command.NO: _no, Command.PAUSE: _pause_waiting},
    Paused: {**_ALWAYS, Command.NEXT: _next, Command.RESUME: _resume},
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

    def handle(self, event: Event) -> tuple[Order, ...]:
        """Take one event; return what is to be done, in order."""
        self.session, orders = handle(self.plan, self.session, event)
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
    def commands(self) -> frozenset[Command]:
        """What can be said now."""
        return commands_in(self.session.state)
