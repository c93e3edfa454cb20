"""What each command does: pure, one function for each, all of one shape (`Handler`).

`place` is where the session was when the command was given. What is special about a step (its trait) is
decided here and in `core.session`, nowhere else.
"""

from collections.abc import Callable
from dataclasses import replace

from player.core.condition import Fact
from player.core.orders import Cue, Hush, Phrase, Tone, Volume
from player.core.orientation import how_long, said, time_left, where
from player.core.place import Part, Place
from player.core.plan import Plan, Step, Timed, Trait
from player.core.score import sentences
from player.core.session import GAINS_DB, PACES, Remembered, Session, comes, may_begin
from player.core.states import Choosing, Ending, Idle, Paused, Playing
from player.core.transitions import (
    Outcome,
    begin,
    close,
    go_on,
    in_full,
    offer,
    passed,
    paused,
    play,
    silent,
    start,
    take_up,
    tell,
)

Handler = Callable[[Plan, Session, Place], Outcome]


def meaningless(_plan: Plan, session: Session, _place: Place) -> Outcome:
    """Answer with one soft tone: it means nothing now."""
    return session, () if session.over or isinstance(session.state, Idle) else (Cue(Tone.UNSURE),)


def go_next(plan: Plan, session: Session, place: Place) -> Outcome:
    """Leave this step for the one after it."""
    return begin(plan, session.remembered(place).left(place), session.place.step + 1)


def go_previous(plan: Plan, session: Session, place: Place) -> Outcome:
    """Begin the step before this one."""
    before = (i for i in reversed(range(session.place.step)) if comes(plan, session, i))
    index = next(before, session.place.step)
    if not may_begin(plan, session.left(place), index):
        if plan.steps[index].trait is Trait.MASK:
            return tell(plan, session, place, Phrase("mask_over"))
        return meaningless(plan, session, place)
    return play(plan, session.remembered(place).left(place), Place(index))


def repeat(plan: Plan, session: Session, place: Place) -> Outcome:
    """Begin this step again, as far as its trait allows."""
    index = session.place.step
    step = plan.steps[index]
    if step.trait is Trait.QUIET:
        return session, (Cue(Tone.CHIME),)
    if step.trait is Trait.MASK and place.part is Part.TIME and isinstance(step.work, Timed):
        return tell(plan, session, place, time_left(step.work, place))
    if step.trait is Trait.ONCE:
        return tell(plan, session, place, said(step.say))
    if not may_begin(plan, session.left(place), index):
        return tell(plan, session, place, Phrase("enough_here"))
    return in_full(play(plan, session.remembered(place).left(place), Place(index)))


def pause(plan: Plan, session: Session, place: Place) -> Outcome:
    """Be silent here until told to go on."""
    step = plan.steps[place.step]
    if step.trait is Trait.MASK and place.part is Part.TIME and isinstance(step.work, Timed):
        return tell(plan, session, place, time_left(step.work, place))  # it is on the skin: its clock runs on
    frozen = replace(session.remembered(place, moved=False).left(place), state=paused(plan, place))
    phrase = _pause_phrase(step.trait, place)
    return _freeze(frozen) if phrase is None else silent(frozen, phrase)


def _pause_phrase(trait: Trait, place: Place) -> Phrase | None:
    if trait is Trait.STEAM and place.part is Part.TIME:
        return Phrase("lift_away")
    if place.part is Part.HOLD or (trait is Trait.DEEP and place.part in {Part.TIME, Part.STROKES}):
        return Phrase("ease_off")
    return None


def pause_waiting(plan: Plan, session: Session, place: Place) -> Outcome:
    """Be silent while a step waits."""
    return _freeze(replace(session.remembered(place, moved=False), state=paused(plan, session.place)))


def _freeze(session: Session) -> Outcome:
    after, orders = silent(session)
    return after, (Hush(), Cue(Tone.PAUSED), *orders)


def resume(plan: Plan, session: Session, _place: Place) -> Outcome:
    """Say where we are and go on from the same stroke."""
    return take_up(plan, session.remembered(session.place, moved=False), session.place)


def stop(_plan: Plan, session: Session, _place: Place) -> Outcome:
    """End at once, without a question."""
    closed, orders = close(session, Ending.STOPPED, Phrase("stopped"))
    return closed, (Hush(), *orders)


def say_where(plan: Plan, session: Session, place: Place) -> Outcome:
    """Say the place and how to find it."""
    step = plan.steps[session.place.step]
    find = (said(step.find),) if step.find else ()
    whole = (said(step.say),) if session.brief and step.say_short else ()
    return tell(plan, session, _spot(session, place), Phrase("at", (("place", step.label),)), *find, *whole)


def say_how_long(plan: Plan, session: Session, place: Place) -> Outcome:
    """Say what is left."""
    spot = _spot(session, place)
    return tell(plan, session, spot, *how_long(plan, spot, session.pace, session.facts()))


def _spot(session: Session, place: Place) -> Place:
    """Where the listener is: the live place while something plays, else where the state stands."""
    return place if isinstance(session.state, Playing) else session.place


def pace(direction: int) -> Handler:
    """Return what changes the pace by one rung: -1 slower, +1 faster."""

    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        pace = neighbour(PACES, session.pace, direction)
        if pace == session.pace:
            return meaningless(plan, session, place)
        changed = replace(session.remembered(place, moved=False), pace=pace)
        return tell(plan, changed, place, Phrase("slower" if direction < 0 else "faster"))

    return change


def volume(direction: int) -> Handler:
    """Return what changes the volume by one rung: -1 quieter, +1 louder."""

    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        gain_db = neighbour(GAINS_DB, session.gain_db, direction)
        if gain_db == session.gain_db:
            return meaningless(plan, session, place)
        changed = replace(session.remembered(place, moved=False), gain_db=gain_db)
        return changed, (Volume(gain_db), Cue(Tone.DONE))

    return change


def neighbour(ladder: tuple[float, ...], value: float, direction: int) -> float:
    """Return the next rung below (-1) or above (+1) a value; at the end of the ladder the value itself."""
    beyond = [rung for rung in ladder if (rung - value) * direction > 1e-9]
    return min(beyond, key=lambda rung: abs(rung - value), default=value)


def undo(plan: Plan, session: Session, place: Place) -> Outcome:
    """Put back what the last command changed: where the session was only if the command led elsewhere."""
    if not session.history:
        return meaningless(plan, session, place)
    last = session.history[-1]
    back = replace(
        session.left(place) if last.moved else session,
        pace=last.before.pace,
        gain_db=last.before.gain_db,
        brief=last.before.brief,
        sounds=last.before.sounds,
        history=session.history[:-1],
    )
    if last.moved:
        before = last.before
        back = replace(
            back,
            state=before.state,
            answers=before.answers,
            heading=before.heading,
            introduction=before.introduction,
        )
    after, orders = _go_back(plan, back, last, back.place if last.moved else _spot(session, place))
    return after, (*(() if after.gain_db == session.gain_db else (Volume(after.gain_db),)), *orders)


def _go_back(plan: Plan, session: Session, last: Remembered, place: Place) -> Outcome:
    undone = Phrase("undone")
    if isinstance(last.before.state, Paused):
        frozen = replace(session.left(place), state=paused(plan, place))
        return silent(frozen, undone, *where(plan, place))
    if last.moved or isinstance(session.state, Paused):
        return take_up(plan, session, place, undone)
    return tell(plan, session, place, undone)


def answer(*, yes: bool) -> Handler:
    """Return what keeps an answer and goes on, with the echo of one that opens the way."""

    def keep(plan: Plan, session: Session, place: Place) -> Outcome:
        step = plan.steps[session.place.step]
        if step.ask is None or not counts(step, yes=yes, place=_spot(session, place)):
            return meaningless(plan, session, place)
        answered = _answered(session.remembered(place).left(place), step, yes)
        echo = (said(step.ask.echo),) if step.ask.echo and yes is step.ask.opens else ()
        return begin(plan, answered, session.place.step + 1, *echo)

    return keep


def counts(step: Step, *, yes: bool, place: Place) -> bool:
    """Whether an answer counts at `place`: only once the topic has been named, unless it closes the way.

    The topic stands in the first sentence that asks. What closes the way is the safe answer and counts
    always; a question that opens nothing, a choice, has no such answer.
    """
    if step.ask is None or place.part is not Part.INSTRUCTION:
        return True
    if step.ask.opens is not None and yes is not step.ask.opens:
        return True
    asks = (n for n, text in enumerate(sentences(step.say), 1) if text.endswith("?"))
    return place.stroke >= next(asks, 1)


def answer_late(plan: Plan, session: Session, place: Place) -> Outcome:
    """Keep a yes to the everyday question before this step, which silence had passed: care comes first."""
    asked = passed(plan, session, session.place.step)
    if asked is None:
        return meaningless(plan, session, place)
    answered = _answered(session.remembered(place), plan.steps[asked], True)
    return take_up(plan, answered.left(place), place)


def choose(phrase: str) -> Handler:
    """Return what keeps the answer that `phrase` stands for, and goes on."""

    def keep(plan: Plan, session: Session, place: Place) -> Outcome:
        step = plan.steps[session.place.step]
        value = dict(session.state.choices).get(phrase) if isinstance(session.state, Choosing) else None
        if value is None or step.ask is None:
            return meaningless(plan, session, place)
        answered = _answered(session.remembered(place).left(place), step, value)
        if value in step.ask.ends:
            return begin(plan, answered, len(plan.steps))
        echo = (said(step.ask.echo),) if step.ask.echo else ()
        return begin(plan, answered, session.place.step + 1, *echo)

    return keep


def _answered(session: Session, step: Step, value: Fact) -> Session:
    fact = "" if step.ask is None else step.ask.fact
    others = (one for one in session.answers if one[0] != fact)
    return replace(session, answers=(*others, (fact, value)))


def brief(*, on: bool) -> Handler:
    """Return what makes the instructions short for the practised, or full again."""

    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        if session.brief == on or not plan.has_short_form:
            return meaningless(plan, session, place)
        return replace(session.remembered(place, moved=False), brief=on), (Cue(Tone.DONE),)

    return change


def sound(*, on: bool) -> Handler:
    """Return what brings the sound under the session in, or takes it out."""

    def change(plan: Plan, session: Session, place: Place) -> Outcome:
        if session.sounds == on:
            return meaningless(plan, session, place)
        return replace(session.remembered(place, moved=False), sounds=on), (Cue(Tone.DONE),)

    return change


def accept(plan: Plan, session: Session, _place: Place) -> Outcome:
    """Go on with the interrupted session."""
    return go_on(plan, session, session.place)


def refuse(plan: Plan, session: Session, _place: Place) -> Outcome:
    """Begin anew: nothing of the interrupted session counts any more."""
    fresh = replace(session, runs=(), answers=(), history=(), heading=None)
    return start(plan, fresh)


def offer_again(plan: Plan, session: Session, _place: Place) -> Outcome:
    """Ask once more whether the interrupted session goes on."""
    return offer(plan, session, session.place)
