"""What of a session concerns health: the journal holds none of it, a replay takes it from the person's facts.

While a step of care is led the journal keeps events without their places, and of an answer only that there
was one. Which it was is in the person's own file alone (`player/files/facts.py`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from player.core.actions import counts
from player.core.commands import Command
from player.core.events import Doubted, Event, Heard
from player.core.place import Part, Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Finished, Live, Offering, Passed, Playing
from player.session.codec import Plain, from_plain, place_to_plain, to_plain

ANSWERED = "answered"
_ANSWERING = frozenset({Command.YES, Command.NO, Command.NAME})


def private(plan: Plan, session: Session) -> bool:
    """Whether a matter of health is being led."""
    led = isinstance(session.state, Live) and not isinstance(session.state, Offering)
    return led and plan.steps[session.place.step].care


def kept(plan: Plan, session: Session, event: Event) -> Plain | None:
    """Return what the journal keeps of an event that comes to `session`; None: nothing."""
    if isinstance(event, Heard) and not isinstance(session.state, Finished):
        session = session.when(event.number)  # what was said counts where it was begun
    if isinstance(event, Heard) and isinstance(session.state, Passed) and event.command is Command.YES:
        return None  # late, and always the same answer
    if not private(plan, session):
        return to_plain(event)
    if isinstance(event, Heard) and event.command in _ANSWERING:
        step = plan.steps[session.place.step]
        spot = event.place if isinstance(session.state, Playing) else session.place
        named = event.command is Command.NAME
        counted = step.ask is not None and (
            named or counts(step, yes=event.command is Command.YES, place=spot)
        )
        return {"event": ANSWERED} if counted else to_plain(Doubted())
    hidden = {"place", "number"} if isinstance(event, Heard) else {"place"}
    return {name: value for name, value in to_plain(event).items() if name not in hidden}


def without_care(plan: Plan, session: Session) -> Session:
    """Return a session without what was answered to questions of care, as a journal may hold it."""
    asks = {step.ask.fact for step in plan.steps if step.care and step.ask is not None}
    return replace(session, answers=tuple(one for one in session.answers if one[0] not in asks))


def put_back(
    plan: Plan, session: Session, plain: Mapping[str, Any], answers: Mapping[str, bool]
) -> Event | None:
    """Return the event of a journal's entry; None for an answer that is no longer known.

    Raises `KeyError`, `TypeError` or `ValueError` for an entry that is none.
    """
    if plain["event"] == ANSWERED:
        ask = plan.steps[session.place.step].ask
        if ask is None or ask.fact not in answers:
            return None
        command = Command.YES if answers[ask.fact] else Command.NO
        return Heard(command, Place(session.place.step, Part.DONE))
    if private(plan, session) and plain.get("command") in _ANSWERING:
        return None  # said elsewhere, after an answer that is not known here
    if plain["event"] in {"heard", "lost", "found"} and "place" not in plain:
        return from_plain({**plain, "place": place_to_plain(session.place)})
    return from_plain(plain)
