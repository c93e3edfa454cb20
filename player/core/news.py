"""What the engine makes of news that are no commands: a beginning, an end of a performance, a device.

Pure, as `core.actions` is: each takes a plan and a session, and gives the session after it and the orders.
"""

from dataclasses import replace

from player.core import silence
from player.core.actions import neighbour
from player.core.events import Device, Started
from player.core.orders import End, Phrase, Volume
from player.core.place import Part, Place
from player.core.plan import Advance, Plan
from player.core.session import GAINS_DB, Session, due
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Ending,
    Finished,
    Idle,
    Offering,
    Paused,
    Playing,
    Waiting,
)
from player.core.transitions import Outcome, begin, close, go_on, offer, start, tell, wait


def started(plan: Plan, session: Session, event: Started) -> Outcome:
    """Begin, or go on where an interrupted session was."""
    if not isinstance(session.state, Idle):
        return session, ()
    if event.place is None:
        return start(plan, session)
    news = (Phrase("step_changed"),) if event.changed else ()
    return (offer if event.offered else go_on)(plan, session, event.place, *news)


def performed(plan: Plan, session: Session) -> Outcome:
    """Go on after the performance under way has come to its end."""
    state = session.state
    if isinstance(state, Closing):
        return replace(session, state=Finished(state.ending)), (End(state.ending),)
    if isinstance(state, Offering | Asking):
        return silence.passed(plan, session, state)
    if isinstance(state, Choosing) and state.place.part is Part.DONE:
        return _unchosen(plan, session, state.place)
    if isinstance(state, Waiting | Paused) and not plan.waits:
        return close(session, Ending.UNANSWERED)
    if not isinstance(state, Playing):
        return session, ()
    step = plan.steps[state.place.step]
    if step.ends:
        return close(session, Ending.DECLINED, *((Phrase("declined"),) if step.care else ()))
    if step.advance is Advance.AUTO:
        return begin(plan, session, state.place.step + 1)
    return wait(plan, session, state.place)


def _unchosen(plan: Plan, session: Session, place: Place) -> Outcome:
    """Go on without a choice where that may be; else nobody is there any more."""
    ask = plan.steps[place.step].ask
    if ask is not None and ask.passes:
        return begin(plan, session, place.step + 1)
    return close(session, Ending.UNANSWERED)


def lost(plan: Plan, session: Session, device: Device, place: Place) -> Outcome:
    """Tell that a device failed, once, and go on without it."""
    if session.over or device in session.warned:
        return session, ()
    session = replace(session, warned=session.warned | {device})
    if device is Device.LOUDSPEAKER:  # nobody would hear it; it is said when sound is back
        return session, ()
    told = (Phrase(f"lost_{device}"), *_carrying_on(plan, session, device))
    after, orders = tell(plan, _softer(session, device), place, *told)
    return after, (Volume(after.gain_db), *orders) if after.gain_db != session.gain_db else orders


def _carrying_on(plan: Plan, session: Session, device: Device) -> tuple[Phrase, ...]:
    """Return what whoever cannot be heard is told as well where nothing waits for a word of theirs."""
    state = session.state
    if device is not Device.MICROPHONE or not isinstance(state, Playing):
        return ()
    waits = plan.steps[state.place.step].advance is not Advance.AUTO
    return () if waits or due(plan, session, len(plan.steps)) is not None else (Phrase("carry_on"),)


def _softer(session: Session, device: Device) -> Session:
    """Lower the voice by two rungs where the microphone hears it too loudly; "louder" brings it back."""
    if device is not Device.DISTANCE:
        return session
    gain_db = neighbour(GAINS_DB, neighbour(GAINS_DB, session.gain_db, -1), -1)
    return replace(session, gain_db=gain_db)
