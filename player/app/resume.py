"""Keeping a session's place: its journal, and the offer to go on."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from player.app import care
from player.app.changed_script import carried_over, fingerprint
from player.core.plan import Plan, hands_off
from player.core.session import Session
from player.core.states import Closing, Ending
from player.errors import FileFault, PlayerError, StoreError
from player.files import boot, facts, journal, paths
from player.files.journal import Journaled
from player.files.sealed import NOT_OURS
from player.routine.compile.compose import load_plan
from player.routine.compile.load import routine_names, script_file
from player.routine.compile.request import Request
from player.session import privacy
from player.session.codec import session_from_plain, session_to_plain
from player.session.recovery import Recovered, fits, recover, replay

STALE_S = 12 * 3600.0  # after a night nobody means to go on
LEAST_S = 20.0  # shorter sessions are simply begun again


@dataclass(frozen=True, slots=True)
class Kept:
    """An interrupted session that can go on: what was asked for, the plan as it is now, and where."""

    journal: Journaled
    plan: Plan
    request: Request
    recovered: Recovered

    @property
    def routine(self) -> str:
        """Its name, or the path of its file."""
        return str(self.journal.header["routine"])

    @property
    def person(self) -> care.Person:
        """Who was led."""
        return care.person(str(self.journal.header["who"]))

    @property
    def asof(self) -> datetime:
        """When what was known of them was looked up."""
        return datetime.fromtimestamp(float(self.journal.header["asof"]), UTC)


def header(
    plan: Plan,
    routine: str,
    request: Request,
    session: Session,
    *,
    resumed: bool,
    who: str = "",
    asof: float | None = None,
) -> dict[str, Any]:
    """Return the first line of a session's journal; `session` is what it begins with.

    `asof` is when what is known of `who` was looked up; None: now.
    """
    stamp = boot.stamp()
    return {
        **stamp,
        "mark": secrets.token_hex(8),  # by which the answers of this session are found
        "who": who,
        "asof": stamp["begun"] if asof is None else asof,
        "heard": request.heard,
        "everyday": request.everyday,
        "led": request.led,
        "routine": named(routine),
        "request": plain_request(request),
        "session": session_to_plain(privacy.without_care(plan, session)),
        "resumed": resumed,
        "hands_off": plan == hands_off(plan),
        "digest": plan.digest,
        "steps": [step.id for step in plan.steps],
        "prints": [fingerprint(step) for step in plan.steps],
    }


def plain_request(request: Request) -> dict[str, Any]:
    """Return what was asked for, without what is known of the listener."""
    ours = {"known", "today", "heard", "everyday", "led", "calendar"}
    return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in ours}


def request_of(one: Journaled) -> tuple[Request, Mapping[str, bool]]:
    """Return what was asked for, with what was known then, and what was answered since.

    Raises what `NOT_OURS` names for a header that is not of this player.
    """
    asof = datetime.fromtimestamp(float(one.header["asof"]), UTC)
    person = care.person(str(one.header["who"]))
    request = Request(**one.header["request"], led=one.header.get("led"))
    heard, everyday = bool(one.header["heard"]), bool(one.header["everyday"])
    known = care.informed(request, person, asof, heard=heard, everyday=everyday)
    return known, care.answered_since(person, asof)


def begun_of(one: Journaled) -> tuple[Session, tuple[bool, ...]]:
    """Return what that session began with, and what it was answered about health, as far as it is known."""
    given = facts.given_in(str(one.header.get("mark", "")), str(one.header["who"]))
    begun = session_from_plain(one.header["session"])
    return replace(begun, answers=tuple(dict((*begun.answers, *given.begun)).items())), given.answers


def entries_of(one: Journaled) -> Sequence[Mapping[str, Any]]:
    """Return what happened in that session, with where it began if the person's file alone knows that."""
    given = facts.given_in(str(one.header.get("mark", "")), str(one.header["who"]))
    return privacy.placed(one.entries, given.step)


def named(routine: str) -> str:
    """Return the name of a routine that comes along, or the absolute path of its file."""
    path = script_file(routine, routine_names(paths.scripts()))
    return str(path.resolve()) if path else routine


def unfinished(routine: str = "", *, stopped: bool = False) -> Journaled | None:
    """Return the newest journal that is neither finished nor stale, of `routine` where one is given.

    `stopped`: one that "stop" ended counts as well.
    """
    try:
        found = journal.journals(journal.folder())
    except StoreError:
        return None  # nothing could be kept
    wanted = named(routine) if routine else ""
    for path in found:
        try:
            one = journal.read(path)
        except FileFault:
            continue  # damaged, or of another version: never offered
        if wanted and one.header.get("routine") != wanted:
            continue
        if _lies_anywhere(str(one.header.get("routine"))):
            continue  # of an older player: in another folder that is another script
        if not any("event" in entry for entry in one.entries):
            continue  # killed before its session began: the one before it still holds
        goes_on = not one.finished or (stopped and one.stopped)
        return one if goes_on and _fresh(one) else None
    return None


def _lies_anywhere(routine: str) -> bool:
    return routine != named(routine)


def _fresh(one: Journaled) -> bool:
    return boot.age_s(one.header) <= STALE_S and (one.lasted_s >= LEAST_S or bool(one.header.get("resumed")))


def closed(one: Journaled) -> Ending | None:
    """Return how a session had been closed whose last sentence was cut off; None: it had not."""
    with suppress(PlayerError, *NOT_OURS):
        request, _answers = request_of(one)
        begun, given = begun_of(one)
        plan = load_plan(str(one.header["routine"]), request=request)
        *_, (_event, session, _place) = replay(plan, entries_of(one), begun, given)
        return session.state.ending if isinstance(session.state, Closing) else None
    return None


def kept(one: Journaled, *, stopped: bool = False) -> Kept | None:
    """Return where that session, interrupted or `stopped`, can go on; None when it cannot.

    Raises `PlayerError` when the routine has changed so that the step is no longer there, or when the journal
    tells of something that cannot have been.
    """
    try:
        request, answers = request_of(one)
        plan = load_plan(str(one.header["routine"]), request=request)
        begun, given = begun_of(one)
        ids = [step.id for step in plan.steps]
        same = plan.digest == one.header["digest"] and ids == one.header["steps"]
        as_led = hands_off(plan) if one.header.get("hands_off") else plan
        stand_in = as_led if same else replace(plan, steps=_as_before(as_led, one.header["steps"]))
        entries, ended = entries_of(one), stopped or one.stopped
        recovered = recover(stand_in, entries, begun, given, answers, stopped=ended)
    except NOT_OURS as error:
        raise PlayerError(f"{one.path}: no session of this player: {error}", "begin anew") from error
    if recovered is None:
        return None
    if same and not fits(as_led, recovered.place):
        raise PlayerError(f"{one.path}: no place of this routine: {recovered.place}", "begin anew")
    return Kept(one, plan, request, recovered if same else _carried_over(as_led, one, recovered))


def _as_before(plan: Plan, ids: list[str]) -> tuple[Any, ...]:
    """Return steps with the ids of before, enough to replay what was commanded."""
    known = {step.id: step for step in plan.steps}
    return tuple(known.get(one, plan.steps[0]) for one in ids)


def _carried_over(plan: Plan, one: Journaled, recovered: Recovered) -> Recovered:
    """Return where the session goes on in a routine that was changed since. Raises `PlayerError`."""
    ids, prints = one.header["steps"], one.header.get("prints", ())
    carried = carried_over(recovered, plan, ids, prints)
    if carried is None:
        raise PlayerError(
            f"{one.header['routine']} has changed: the step `{ids[recovered.place.step]}` is no longer in it",
            "begin anew, or name a step: `player play ROUTINE --from STEP`",
        )
    return carried


def close(one: Journaled) -> None:
    """Mark a journal as ended, so that it is not offered any more."""
    with suppress(OSError, FileFault):  # the disk was told about already; the session is over
        journal.end(one.path, "left")
