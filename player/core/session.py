"""Everything a session is at one moment, as one frozen value.

A `Session` is what an engine's history is made of: handling an event gives another one. Nothing in it is a
clock reading, so a replay of the same events gives equal sessions.
"""

from dataclasses import dataclass, field, replace

from player.core.condition import Fact, holds
from player.core.events import Device
from player.core.orders import Phrase
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Step, Trait
from player.core.states import Asking, Closing, Finished, Idle, Offering, Paused, Playing, State, Waiting

PACES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
GAINS_DB = (-15.0, -12.0, -9.0, -6.0, -3.0, 0.0, 3.0, 6.0, 9.0)
UNDO_DEPTH = 10
TURNS = 4  # more than ever come between the beginning of a word and its decision

# How often a step may be done in one session; what is not listed may be repeated freely (domain: 7.3).
MOST_RUNS = {Trait.DEEP: 2, Trait.SHORT: 2, Trait.STEAM: 1, Trait.MASK: 1, Trait.ONCE: 1}


@dataclass(frozen=True, slots=True)
class Introduction:
    """What is said before the instruction of a step: whoever speaks into it has not heard all of it."""

    step: int = 0
    phrases: tuple[Phrase, ...] = ()

    def unheard(self, place: Place) -> tuple[Phrase, ...]:
        """Return what may not have been heard by somebody who is at `place`."""
        before = place.step == self.step and place.part is Part.INSTRUCTION and place.stroke == 0
        return self.phrases if before else ()


@dataclass(frozen=True, slots=True)
class Session:
    """One moment of a session. `runs` holds the index of each step once for every time it was begun.

    `answers` are facts and what was said of them; `heading` is where the session goes once the care that is
    due has been answered; `introduction` came before the instruction at hand.
    """

    state: State = field(default_factory=Idle)
    number: int = 0  # of the performance under way
    pace: float = 1.0
    gain_db: float = 0.0
    brief: bool = False
    sounds: bool = False  # whether the sound under the session is wanted
    runs: tuple[int, ...] = ()
    answers: tuple[tuple[str, Fact], ...] = ()
    heading: Place | None = None
    introduction: Introduction = Introduction()
    warned: frozenset[Device] = frozenset()
    history: tuple["Remembered", ...] = ()
    turns: tuple[
        "Session", ...
    ] = ()  # as it was before each time it went on by itself, since the last command

    @property
    def place(self) -> Place:
        """Where the state stands; the start when it stands nowhere."""
        if isinstance(self.state, Offering | Playing | Waiting | Asking | Paused):
            return self.state.place
        return Place(0)

    @property
    def over(self) -> bool:
        """Whether nothing more will be asked of the listener."""
        return isinstance(self.state, Closing | Finished)

    def facts(self) -> dict[str, bool]:
        """Return what was answered with yes or no."""
        return {fact: answer for fact, answer in self.answers if isinstance(answer, bool)}

    def remembered(self, place: Place, *, moved: bool = True) -> "Session":
        """Return this session with itself, as it is at `place`, kept for "undo".

        `moved` says that the command at hand leads to another place.
        """
        state = self.state
        at = replace(state, place=place) if isinstance(state, Playing) else state
        here = replace(self, state=at, history=(), turns=())
        return replace(self, history=(*self.history, Remembered(here, moved))[-UNDO_DEPTH:])

    def turned(self, after: "Session") -> "Session":
        """Return `after`, to which this session went without a command, with what it was before."""
        return replace(after, turns=(*self.turns, replace(self, turns=()))[-TURNS:])

    def when(self, number: int | None) -> "Session":
        """Return this session as it was while performance `number` sounded, when no command came since.

        Devices that were lost since stay lost, and the volume stays what it is: a device may have lowered it.
        """
        before = next((one for one in self.turns if one.number == number), None)
        if before is None:
            return self
        return replace(before, number=self.number, warned=self.warned, gain_db=self.gain_db)

    def left(self, place: Place) -> "Session":
        """Return this session leaving `place`: a run whose work had not begun is not counted."""
        if isinstance(self.state, Playing) and place.part is Part.INSTRUCTION:
            return replace(self, runs=self.runs[:-1])
        return self


@dataclass(frozen=True, slots=True)
class Remembered:
    """The session as a command found it, and whether the command led to another place."""

    before: Session
    moved: bool


def may_begin(plan: Plan, session: Session, index: int) -> bool:
    """Return whether step `index` may be begun once more in this session."""
    most = MOST_RUNS.get(plan.steps[index].trait)
    return comes(plan, session, index) and (most is None or session.runs.count(index) < most)


def comes(plan: Plan, session: Session, index: int) -> bool:
    """Return whether step `index` is there, by what has been answered."""
    return holds(plan.steps[index].when, dict(session.answers))


def done_of(plan: Plan, session: Session) -> tuple[int, int]:
    """Return how many steps at the face were begun, and of how many; of a massage its own steps alone."""
    massage = any(step.massage for step in plan.steps)
    of = {
        index
        for index, step in enumerate(plan.steps)
        if (step.massage if massage else step.place_ids) and comes(plan, session, index)
    }
    return len(of.intersection(session.runs)), len(of)


def done_enough(plan: Plan, session: Session) -> bool:
    """Whether at least half of it was done: then it counts."""
    done, of = done_of(plan, session)
    return 0 < of <= 2 * done


def led_past_care(plan: Plan, session: Session) -> bool:
    """Whether anything was begun that care stands before: then its questions are answered."""
    begun = (plan.steps[index] for index in session.runs)
    return any(not (step.care or step.ask or step.ends) for step in begun)


def due(plan: Plan, session: Session, index: int) -> int | None:
    """Return the first step before `index` that may not be passed: open care, or the end it leads to.

    Silence passes the everyday question, and only where it was asked.
    """
    open_ = (i for i in range(index) if is_open(plan, session, i) and comes(plan, session, i))
    return next(open_, None)


def is_open(plan: Plan, session: Session, index: int) -> bool:
    """Return whether step `index`, if it comes, stands in the way of what is after it."""
    step = plan.steps[index]
    if step.ask is None or step.ask.opens is None:
        return step.ends
    asked = step.advance is Advance.UNLESS_YES and index in session.runs
    return not asked and step.ask.fact not in dict(session.answers)


def restart_of(step: Step, place: Place) -> Place:
    """Return where work at `place` is taken up again: the same stroke, a hold from its count of one.

    An instruction and a question are said again whole: safer for someone who lost the thread. A deep hold was
    eased off, so it begins again (domain: 7.3).
    """
    if place.part is Part.INSTRUCTION or step.ask is not None:
        return Place(place.step)
    if place.part is Part.HOLD:
        return Place(place.step, Part.HOLD, place.set)
    if place.part is Part.TIME and step.trait is Trait.DEEP:
        return Place(place.step, Part.TIME, place.set)
    return place
