"""Keeping a session's place: its journal, the offer to go on, and one player at a time."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from player.app import care
from player.app.changed_script import carried_over, fingerprint
from player.core.events import Device
from player.core.plan import Plan, hands_off
from player.core.session import Session
from player.errors import BusyError, FileFault, PlayerError
from player.files import journal, paths
from player.files.journal import Journaled
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session import privacy
from player.session.codec import session_from_plain, session_to_plain
from player.session.inbox import Back, Gone, News
from player.session.recovery import Recovered, fits, recover

STALE_S = 12 * 3600.0  # after a night nobody means to go on
LEAST_S = 20.0  # shorter sessions are simply begun again
# What replaying whole lines that are not of this player raises.
NOT_OURS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Kept:
    """An interrupted session that can go on: what was asked for, the plan as it is now, and where."""

    journal: Journaled
    plan: Plan
    request: Request
    recovered: Recovered


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
    begun = int(time.time())
    return {
        "begun": begun,
        "who": who,
        "asof": begun if asof is None else asof,
        "heard": request.heard,
        "everyday": request.everyday,
        "routine": routine,
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
    ours = {"known", "today", "heard", "everyday"}
    return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in ours}


def request_of(one: Journaled) -> tuple[Request, Mapping[str, bool]]:
    """Return what was asked for, with what was known then, and what was answered since.

    Raises what `NOT_OURS` names for a header that is not of this player.
    """
    asof = datetime.fromtimestamp(float(one.header["asof"]), UTC)
    person = care.person(str(one.header["who"]))
    request = Request(**one.header["request"])
    heard, everyday = bool(one.header["heard"]), bool(one.header["everyday"])
    known = care.informed(request, person, asof, heard=heard, everyday=everyday)
    return known, care.answered_since(person, asof)


def unfinished(routine: str = "") -> Journaled | None:
    """Return the newest journal that is neither finished nor stale, of `routine` where one is given."""
    for path in journal.journals(journal.folder()):
        try:
            one = journal.read(path)
        except FileFault:
            continue  # damaged, or of another version: never offered
        if routine and one.header.get("routine") != routine:
            continue
        if not any("event" in entry for entry in one.entries):
            continue  # killed before its session began: the one before it still holds
        return one if not one.finished and _fresh(one) else None
    return None


def _fresh(one: Journaled) -> bool:
    written_s = one.path.stat().st_mtime
    age_s = time.time() - written_s
    begun = one.header.get("begun")
    lasted_s = written_s - begun if isinstance(begun, int | float) else 0.0
    return age_s <= STALE_S and (lasted_s >= LEAST_S or bool(one.header.get("resumed")))


def kept(one: Journaled) -> Kept | None:
    """Return where that session can go on; None when it cannot.

    Raises `PlayerError` when the routine has changed so that the step is no longer there, or when the journal
    tells of something that cannot have been.
    """
    try:
        request, answers = request_of(one)
        plan = load_plan(str(one.header["routine"]), request=request)
        begun = session_from_plain(one.header["session"])
        ids = [step.id for step in plan.steps]
        same = plan.digest == one.header["digest"] and ids == one.header["steps"]
        as_led = hands_off(plan) if one.header.get("hands_off") else plan
        stand_in = as_led if same else replace(plan, steps=_as_before(as_led, one.header["steps"]))
        recovered = recover(stand_in, one.entries, begun, answers)
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


def reporter(post: Callable[[News], None]) -> Callable[[bool], None]:
    """Return what a journal calls when its disk fails or works again; `post` tells the session."""
    return lambda failed: post(Gone(Device.DISK) if failed else Back(Device.DISK))


@contextmanager
def alone() -> Iterator[None]:
    """Hold the one lock of a leading player. Raises `BusyError` when another one holds it."""
    path = paths.data() / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    busy = BusyError("another player is leading a session", f"end it first (the lock is {path})")
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise busy from error
