"""The chapters of an evening and their journals: written while they are led, read when one was cut off."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from player.core.evening import Chapter, ChapterOutcome, Evening
from player.core.plan import Plan
from player.core.session import Session
from player.core.states import Closing, Ending, Finished
from player.errors import StoreError
from player.files import evenings, journal
from player.files.evenings import CutOff
from player.files.journal import Journal
from player.files.sealed import NOT_OURS
from player.session.codec import session_from_plain, session_to_plain
from player.session.inbox import News
from player.session.keepers import Keep, reporter
from player.session.recovery import Recovered, recover, replay


@contextmanager
def chapter_kept(
    now: Evening, who: str, plan: Plan | None, begins: Session, post: Callable[[News], None]
) -> Iterator[Keep]:
    """Keep the place in an evening; a disk that refuses costs that alone. A greeting is no place."""
    kept = None
    if now.chapter is not Chapter.GREETING:
        with suppress(StoreError):
            folder = evenings.folder()
            journal.tidy(folder)
            header = {**evenings.header(now, who, plan), "session": session_to_plain(begins)}
            kept = Journal(folder, header, reporter(post))
    try:
        yield kept.write if kept else lambda _entry: None
    finally:
        if kept:
            kept.close()


def ending(outcome: ChapterOutcome) -> dict[str, Any]:
    """Return the last entry of a chapter that is no menu; what care has ended tells nothing of it."""
    return {"event": "ended", "ending": "" if outcome.ending is Ending.DECLINED else outcome.ending.value}


def ended(plan: Plan | None, cut: CutOff) -> ChapterOutcome | None:
    """Return how the chapter that was cut off had ended, and what was answered in it; None: it had not."""
    closes = [entry["ending"] for entry in cut.entries[-1:] if entry.get("event") == "ended"]
    session = None if plan is None else _replayed(plan, cut)
    state = session.state if session else None
    if isinstance(state, Closing | Finished) and session:
        return ChapterOutcome(state.ending, dict(session.answers))
    if closes:
        answers: Mapping[str, Any] = dict(session.answers) if session else {}
        return ChapterOutcome(Ending(closes[0]) if closes[0] else Ending.DECLINED, answers)
    return None


def _replayed(plan: Plan, cut: CutOff) -> Session | None:
    """Return the session at the end of a menu's journal, as far as it is of this plan."""
    if not cut.led(plan):
        return None
    with suppress(*NOT_OURS):
        sessions = [session for _event, session, _place in replay(plan, cut.entries, _begun(cut))]
        return sessions[-1] if sessions else None
    return None


def place_in(plan: Plan, cut: CutOff) -> Recovered | None:
    """Return where a menu that was cut off goes on; None: at its beginning, as one that asks about health."""
    if not cut.led(plan) or any(step.care for step in plan.steps):
        return None
    with suppress(*NOT_OURS):
        return recover(plan, cut.entries, _begun(cut))
    return None


def _begun(cut: CutOff) -> Session:
    """Return the session with which that chapter began: it may have been taken up itself."""
    return session_from_plain(cut.journal.header["session"])
