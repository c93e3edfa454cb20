"""Back to where an interrupted session was: the journal's events replayed through the engine.

In: a plan and the entries of a journal; out: the session and the place after each. Raises `ValueError` for
entries that do not belong to the plan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from player.core.engine import handle
from player.core.events import Event, Found, Heard, Lost
from player.core.place import Part, Place
from player.core.plan import Plan, Timed
from player.core.session import Session
from player.core.states import Closing, Ending, Finished, Idle, Live
from player.session.codec import place_from_plain
from player.session.privacy import put_back, runs_of_everyone

Entry = Mapping[str, Any]
Answers = Mapping[str, bool]
NO_ANSWERS: Answers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session to go on with from `place`; it is idle, and keeps pace, volume, runs and answers.

    `changed`: the step of that place is no longer what it was.
    """

    session: Session
    place: Place
    changed: bool = False


def replay(
    plan: Plan, entries: Sequence[Entry], session: Session, given: Iterable[bool] = ()
) -> Iterator[tuple[Event | None, Session, Place]]:
    """Yield the event of every entry (None: only a place) with the session and the place after it.

    `given` are the answers about health, which the journal does not hold, in order. Raises `ValueError` for
    an entry that does not belong to this plan.
    """
    place, unsaid = session.place, iter(given)
    for entry in entries:
        event: Event | None = None
        if entry.get("event") == "ended":
            return
        if "event" in entry:
            try:
                event = put_back(plan, session, entry, unsaid)
                if event is None:
                    continue
                session, _ = handle(plan, session, event)
            except (KeyError, TypeError, IndexError) as error:
                raise ValueError(f"not an event of this plan: {dict(entry)}") from error
            place = _place_after(session, event, place)
        elif "place" in entry:
            place = place_from_plain(entry["place"])
        yield event, session, place


def _place_after(session: Session, event: Event, before: Place) -> Place:
    """Return where the session is; one that is over is where it was."""
    if isinstance(session.state, Live):
        return session.place
    return event.place if isinstance(event, Heard | Lost | Found) else before


def recover(
    plan: Plan,
    entries: Sequence[Entry],
    session: Session,
    given: Iterable[bool] = (),
    answers: Answers = NO_ANSWERS,
    *,
    stopped: bool = False,
) -> Recovered | None:
    """Return where the session of these entries can go on; None when it never began or is over.

    `given`: what was answered in it; `answers`: what is known by now, which is not asked again; `stopped`:
    also one that "stop" ended. Raises `ValueError` for entries that are not of this plan.
    """
    last: tuple[Session, Place] | None = None
    for _event, after, place in replay(plan, entries, session, given):
        if stopped and isinstance(after.state, Closing | Finished) and after.state.ending is Ending.STOPPED:
            break
        last = (after, place)
    if last is None or not isinstance(last[0].state, Live) or last[1].step >= len(plan.steps):
        return None
    return taken_up(plan, *last, answers)


def taken_up(plan: Plan, session: Session, place: Place, answers: Answers = NO_ANSWERS) -> Recovered:
    """Return how a session that was at `place` goes on from there, with what was answered besides.

    It has the runs that its journal will begin with, so that a replay of that is the same.
    """
    left = session.left(place)  # an instruction is said again: its run is counted then
    left = replace(left, runs=runs_of_everyone(plan, left.runs))
    every = tuple({**dict(left.answers), **answers}.items())
    idle = replace(left, state=Idle(), number=0, history=(), warned=frozenset(), turns=(), answers=every)
    return Recovered(idle, place)


def fits(plan: Plan, place: Place) -> bool:
    """Return whether there is such a place in the plan."""
    if place.step >= len(plan.steps):
        return False
    work = plan.steps[place.step].work
    if place.part in {Part.INSTRUCTION, Part.DONE}:
        return True
    if isinstance(work, Timed):
        return place.part is Part.TIME and place.set < work.sets and place.elapsed_ms <= work.secs * 1000
    most = work.hold.count if place.part is Part.HOLD and work.hold else work.reps
    return place.part is not Part.TIME and place.set < work.sets and place.stroke <= most
