"""What the engine can make of a session: lead from a place, begin a step, wait, say something, close.

Every move is pure and gives the session after it and the orders that make it happen.
"""

from dataclasses import replace

from player.core.orders import Order, Perform, Phrase
from player.core.orientation import where
from player.core.place import Part, Place
from player.core.plan import Advance, Plan
from player.core.session import Session, may_begin, restart_of
from player.core.states import Asking, Closing, Ending, Playing, Waiting

Outcome = tuple[Session, tuple[Order, ...]]


def perform(session: Session, place: Place | None, *preface: Phrase) -> Outcome:
    """Start another performance; whatever was under way ends."""
    number = session.number + 1
    order = Perform(number, place, preface, session.pace, session.brief)
    return replace(session, number=number), (order,)


def play(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Lead from `place`; a step begun from its instruction is counted."""
    if place.part is Part.DONE and plan.steps[place.step].advance is not Advance.AUTO:
        return wait(plan, session, place, *preface)
    runs = (*session.runs, place.step) if place == Place(place.step) else session.runs
    return perform(replace(session, state=Playing(place), runs=runs), place, *preface)


def begin(plan: Plan, session: Session, index: int, *preface: Phrase) -> Outcome:
    """Begin step `index`, or the first one after it that may still be begun."""
    while index < len(plan.steps) and not may_begin(plan, session, index):
        index += 1
    if index == len(plan.steps):
        return close(session, Ending.COMPLETED, Phrase("completed"))
    return play(plan, session, Place(index), *preface)


def take_up(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Go on after an interruption at `place`, saying where that is; a step used up is passed over."""
    again = restart_of(plan.steps[place.step], place)
    if again == Place(again.step) and not may_begin(plan, session, again.step):
        return begin(plan, session, again.step + 1, *preface)
    return play(plan, session, again, *preface, *where(plan, again))


def wait(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Wait at the end of a step; the performance of such a place is a long silence with one reminder."""
    done = Place(place.step, Part.DONE)
    asks = plan.steps[place.step].advance in {Advance.YES, Advance.ANSWER}
    return perform(replace(session, state=Asking(done) if asks else Waiting(done)), done, *preface)


def tell(session: Session, place: Place, *phrases: Phrase) -> Outcome:
    """Say something and go on from the same stroke; in a pause only say it."""
    if isinstance(session.state, Playing):
        return perform(replace(session, state=Playing(place)), place, *phrases)
    if isinstance(session.state, Waiting | Asking):
        return perform(session, session.state.place, *phrases)
    return perform(session, None, *phrases)


def close(session: Session, ending: Ending, phrase: Phrase) -> Outcome:
    """Say the last sentence."""
    return perform(replace(session, state=Closing(ending), history=()), None, phrase)


def in_full(outcome: Outcome) -> Outcome:
    """Let this one performance be in full, also for the practised."""
    session, orders = outcome
    return session, tuple(replace(o, brief=False) if isinstance(o, Perform) else o for o in orders)
