"""What somebody has done, as the calendar of a course needs it, and what a session adds to it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from player.core.course import AgeBand, Calendar
from player.core.plan import Plan, Trait
from player.core.session import Session, done_enough, done_of
from player.core.states import Closing, Ending, Finished
from player.files.facts import Answered
from player.files.history import History, SessionDone
from player.routine.compile.gates import INTERVIEW

OVER_45, FROM_35, SORENESS = "over_45", "over_35", "soreness"  # facts of the library
COMPLETED = "completed"


def calendar_of(history: History, known: Mapping[str, Answered], asof: datetime) -> Calendar:
    """Return the calendar as it was known just before `asof`."""
    before = [one for one in history.sessions if one.began < asof]
    courses = (one.as_of(asof) for one in history.courses)
    days = tuple(one.day for one in before if one.massage)
    return Calendar(
        days=days,
        courses=tuple(course for course in courses if course is not None),
        band=age_band(known),
        sore=_sore(known, max((one.began for one in before if one.massage), default=None)),
        steam=max((one.day for one in before if one.steam), default=None),
    )


def age_band(known: Mapping[str, Answered]) -> AgeBand:
    """Return how old somebody is, from the last answers; age grows, so a "yes" is good for ever."""
    if OVER_45 in known and known[OVER_45].yes:
        return AgeBand.OVER_45
    if FROM_35 in known:
        return AgeBand.FROM_35 if known[FROM_35].yes else AgeBand.UNDER_35
    return AgeBand.UNKNOWN


def _sore(known: Mapping[str, Answered], massage: datetime | None) -> int:
    """Return how many times in a row it was sore, when that was said in or after the last massage."""
    last = known.get(SORENESS)
    if last is None or not last.yes or massage is None or last.at < massage:
        return 0
    return last.row


def led(kept: History, routine: str) -> int:
    """Return how often somebody was led through a routine to its end: who is new to it is told more."""
    return sum(one.routine == routine and one.ending == COMPLETED for one in kept.sessions)


def done_in(plan: Plan, session: Session, began: datetime) -> SessionDone | None:
    """Return what a session of `plan` that began then was; None: nothing was done in it."""
    begun = [plan.steps[index] for index in set(session.runs)]
    done, of = done_of(plan, session)
    if plan.id == INTERVIEW or not (done or any(step.trait is Trait.QUIET for step in begun)):
        return None
    state = session.state
    ending = state.ending if isinstance(state, Finished | Closing) else None
    return SessionDone(
        began=began.astimezone(UTC),
        day=began.astimezone().date(),
        routine=plan.id,
        title=plan.title,
        ending=COMPLETED if ending is Ending.COMPLETED else "stopped" if ending else "interrupted",
        done=done,
        of=of,
        massage=done_enough(plan, session) and any(step.massage for step in begun),
        steam=any(step.trait is Trait.STEAM for step in begun),
    )
