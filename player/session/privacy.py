"""What of a session concerns health: the journal holds none of it, a replay takes it from the person's file.

While a step of care is led the journal keeps events without their places, and of an answer only that there
was one. Which it was is in the person's own file alone (`player/files/facts.py`), in the same order; so is
the step at which a session goes on that was interrupted there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from player.core.actions import counts
from player.core.commands import Command
from player.core.events import Alarmed, Event, Found, Heard, Lost, Started
from player.core.place import Place
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Choosing, Finished, Live, Offering, Passed, Playing, State
from player.core.transitions import passed
from player.session.codec import Plain, from_plain, place_to_plain, to_plain

STARTED, ANSWERED, EARLY, WITHIN = "started", "answered", "early", "within"
_ANSWERING = frozenset({Command.YES, Command.NO})


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
    plain = to_plain(event)
    if private(plan, session) or (isinstance(event, Started) and in_care(plan, event.place)):
        plain = _unplaced(plain)
    elif isinstance(event, Heard | Alarmed | Lost | Found) and in_care(plan, event.place):
        plain = _unplaced({**plain, "place": place_to_plain(session.place)})  # it has been left meanwhile
    if isinstance(event, Heard) and _means_an_answer(session.state, event.command, event.name):
        if isinstance(session.state, Passed) and event.command is Command.YES:
            return _unsaid(plain)  # late
        if private(plan, session):
            return _unsaid(plain) if _answers(plan, session, event) else {"event": EARLY}
    return plain


def in_care(plan: Plan, place: Place | None) -> bool:
    """Whether that is a place of care: which one it is, is in no journal."""
    return place is not None and plan.steps[place.step].care


def placed(entries: Sequence[Mapping[str, Any]], step: int | None) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of a journal with the step of care at which its session began, where it is known."""
    return tuple(entry if step is None else _placed(entry, step) for entry in entries)


def _placed(entry: Mapping[str, Any], step: int) -> Mapping[str, Any]:
    hidden = entry.get("event") == STARTED and WITHIN in entry
    return {**entry, "place": [step, *entry[WITHIN]]} if hidden else entry


def _means_an_answer(state: State, command: str, name: str) -> bool:
    """Whether a word means an answer in `state`: a name, or "slower", is one where it is a choice."""
    chosen = isinstance(state, Choosing) and (name or command) in dict(state.choices)
    return command in _ANSWERING or (chosen and command != Command.STOP)


def _answers(plan: Plan, session: Session, event: Heard) -> bool:
    """Whether "yes", "no" or a choice answers what the step asks: the first two where it has been named."""
    step = plan.steps[session.place.step]
    if step.ask is None or step.ask.choices:
        return step.ask is not None
    spot = event.place if isinstance(session.state, Playing) else session.place
    return counts(step, yes=event.command is Command.YES, place=spot)


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
    """Return a session as a journal may hold it: what was asked besides health, what comes to everyone."""
    asks = [(step.care, step.ask.fact) for step in plan.steps if step.ask is not None]
    of_health = {fact for care, fact in asks if care}
    told = {fact for _care, fact in asks} - of_health
    answers = tuple(one for one in session.answers if one[0] in told)
    heading = None if in_care(plan, session.heading) else session.heading
    return replace(session, runs=runs_of_everyone(plan, session.runs), answers=answers, heading=heading)


def runs_of_everyone(plan: Plan, runs: Iterable[int]) -> tuple[int, ...]:
    """Return these runs without steps of care that only an answer leads to: they would tell which it was.

    Nothing hangs on them: what was asked there has its answer, and of no such step is there a most.
    """
    return tuple(run for run in runs if not (plan.steps[run].care and plan.steps[run].when is not None))


def put_back(plan: Plan, session: Session, plain: Mapping[str, Any], given: Iterator[bool]) -> Event | None:
    """Return the event of a journal's entry; None for an answer that is no longer known.

    `given` has the answers that the journal does not hold, in their order. Raises `KeyError`, `TypeError` or
    `ValueError` for an entry that is none.
    """
    if plain["event"] == EARLY:
        return None  # an answer before its question: it changes nothing
    if plain["event"] == STARTED:
        return from_plain(plain)  # where that is not known any more it begins anew
    then = session.when(plain.get("number"))
    if plain["event"] == ANSWERED:
        yes = next(given, None)
        if yes is None:
            return None
        plain = {**plain, "event": "heard", "command": (Command.YES if yes else Command.NO).value}
    elif private(plan, then) and _means_an_answer(
        then.state, plain.get("command", ""), plain.get("name", "")
    ):
        return None  # said elsewhere, after an answer that is not known here
    if WITHIN in plain:
        plain = {**plain, "place": [then.place.step, *plain[WITHIN]]}
    return from_plain(plain)
