"""What of a session concerns health: the journal holds none of it, a replay takes it from the person's file.

While a step of care is led the journal keeps events without their places, and of an answer only that there
was one. Which it was is in the person's own file alone (`player/files/facts.py`), in the same order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from player.core.actions import counts
from player.core.commands import Command
from player.core.events import Event, Heard
from player.core.place import Place
from player.core.plan import Plan, Step
from player.core.session import Session
from player.core.states import Finished, Live, Offering, Passed, Playing
from player.core.transitions import passed
from player.session.codec import Plain, from_plain, to_plain

ANSWERED, EARLY, WITHIN = "answered", "early", "within"
_ANSWERING = frozenset({Command.YES, Command.NO, Command.NAME})


def private(plan: Plan, session: Session) -> bool:
    """Whether a matter of health is being led."""
    led = isinstance(session.state, Live) and not isinstance(session.state, Offering)
    return led and plan.steps[session.place.step].care


def overheard(plan: Plan, session: Session, place: Place, command: Command | None) -> bool:
    """Whether a word that began at `place` of `session` may tell of health; `command`: what it means.

    In the step after a question that silence has passed an answer may do so; what is no command holds one.
    """
    if isinstance(session.state, Offering):
        return False
    if private(plan, session) or plan.steps[place.step].care:
        return True
    asked = passed(plan, session, session.place.step) is not None
    return asked and (command is None or command in _ANSWERING)


def kept(plan: Plan, session: Session, event: Event) -> Plain:
    """Return what the journal keeps of an event that comes to `session`."""
    if isinstance(event, Heard) and not isinstance(session.state, Finished):
        session = session.when(event.number)  # what was said counts where it was begun
    plain = _unplaced(to_plain(event)) if private(plan, session) else to_plain(event)
    if isinstance(event, Heard) and event.command in _ANSWERING:
        yes = event.command is Command.YES
        step = plan.steps[session.place.step]
        if isinstance(session.state, Passed) and yes:
            return _unsaid(plain)  # late
        if private(plan, session):
            spot = event.place if isinstance(session.state, Playing) else session.place
            return _unsaid(plain) if _answers(step, event.command, spot) else {"event": EARLY}
    return plain


def _answers(step: Step, command: Command, spot: Place) -> bool:
    """Return whether "yes", "no" or a name said at `spot` answers what the step asks."""
    if step.ask is None:
        return False
    named = command is Command.NAME
    return bool(step.ask.choices) if named else counts(step, yes=command is Command.YES, place=spot)


def _unsaid(plain: Plain) -> Plain:
    hidden = {"command", "name"}
    return {**{name: value for name, value in plain.items() if name not in hidden}, "event": ANSWERED}


def _unplaced(plain: Plain) -> Plain:
    """Keep of a place where it is within its step, not which step that is: the questions tell of answers."""
    if "place" not in plain:
        return plain
    _step, *within = plain["place"]
    return {**{name: value for name, value in plain.items() if name != "place"}, WITHIN: within}


def without_care(plan: Plan, session: Session) -> Session:
    """Return a session without what was answered to questions of care, as a journal may hold it."""
    asks = {step.ask.fact for step in plan.steps if step.care and step.ask is not None}
    return replace(session, answers=tuple(one for one in session.answers if one[0] not in asks))


def put_back(plan: Plan, session: Session, plain: Mapping[str, Any], given: Iterator[bool]) -> Event | None:
    """Return the event of a journal's entry; None for an answer that is no longer known.

    `given` has the answers that the journal does not hold, in their order. Raises `KeyError`, `TypeError` or
    `ValueError` for an entry that is none.
    """
    if plain["event"] == EARLY:
        return None  # an answer before its question: it changes nothing
    if plain["event"] == ANSWERED:
        yes = next(given, None)
        if yes is None:
            return None
        plain = {**plain, "event": "heard", "command": (Command.YES if yes else Command.NO).value}
    elif private(plan, session) and plain.get("command") in _ANSWERING:
        return None  # said elsewhere, after an answer that is not known here
    if WITHIN in plain:
        step = session.when(plain.get("number")).place.step
        plain = {**plain, "place": [step, *plain[WITHIN]]}
    return from_plain(plain)
