"""What silence means while a question is open, and what breaks it.

Only silence is silence: whatever was said and not understood leaves the question open. It is asked once more,
and from then on an answer is waited for.
"""

from dataclasses import replace

from player.core import actions
from player.core.events import Device
from player.core.orders import Phrase
from player.core.orientation import said
from player.core.place import Place
from player.core.plan import Advance, Plan
from player.core.score import REMIND_S
from player.core.session import Session
from player.core.states import Asking, Live, Offering, Questioning, Said
from player.core.transitions import Outcome, begin, offer, perform, tell

# Without one of these nobody is heard, or has heard the question: silence means nothing then.
HEARD = frozenset(
    {Device.MICROPHONE, Device.SIGNAL, Device.QUIET, Device.HEADROOM, Device.LEVEL, Device.VOICE}
)


def broken(session: Session) -> Session:
    """Return the session with an open question to which something was said."""
    state = session.state
    if isinstance(state, Offering | Questioning | Asking) and state.said is Said.NOTHING:
        return replace(session, state=replace(state, said=Said.UNCLEAR))
    return session


def alarmed(plan: Plan, session: Session, place: Place) -> Outcome:
    """Break off and ask for the word once more, then go on from the same stroke."""
    if not isinstance(session.state, Live):
        return session, ()
    return tell(plan, session, place, Phrase("stop_meant"))


def passed(plan: Plan, session: Session, state: Offering | Asking) -> Outcome:
    """Go on when nobody has answered: after an offer a silence means no."""
    if state.said is not Said.NOTHING:
        return _after_unclear(plan, session, state)
    if isinstance(state, Offering):
        return actions.refuse(plan, session, state.place)
    return _silence(plan, session, state.place)


def _after_unclear(plan: Plan, session: Session, state: Offering | Asking) -> Outcome:
    """Ask once more when something was said that was not understood; from then on wait for an answer."""
    if state.said is Said.ASKED_AGAIN:
        return perform(session, None, Phrase("remind_answer"), listen_s=REMIND_S)
    asked = replace(session, state=replace(state, said=Said.ASKED_AGAIN))
    if isinstance(state, Offering):
        return offer(plan, asked, state.place, Phrase("not_understood"))
    question = plan.steps[state.place.step].say
    return perform(asked, None, Phrase("not_understood"), said(question), listen_s=REMIND_S)


def _silence(plan: Plan, session: Session, place: Place) -> Outcome:
    """Go on after a silence where the question allows it and somebody could be heard; else remind."""
    advance = plan.steps[place.step].advance
    if advance is Advance.UNLESS_YES and not session.warned & HEARD:
        return begin(plan, session, place.step + 1)
    if advance is Advance.CHOICE:
        return begin(plan, session, place.step + 1, Phrase("not_answered"))
    return perform(session, None, Phrase("remind_answer"), listen_s=REMIND_S)
