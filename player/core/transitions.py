"""What the engine can make of a session: lead from a place, begin a step, wait, say something, close.

Every move is pure and gives the session after it and the orders that make it happen.
"""

from collections.abc import Iterator
from dataclasses import replace

from player.core.condition import holds
from player.core.events import Device
from player.core.orders import Bed, Order, Perform, Phrase, Tone
from player.core.orientation import duration, said, where
from player.core.place import Part, Place
from player.core.plan import ASKING, Advance, Eyes, Plan
from player.core.session import Introduction, Session, comes, done_enough, due, is_open, may_begin, restart_of
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Ending,
    Offering,
    Passed,
    Paused,
    Playing,
    Questioning,
    Said,
    Unanswered,
    Waiting,
)
from player.core.timing import left_s

OFFER_S = 12.0  # of silence before a session that might have gone on begins anew

SILENT_S = 3600.0  # of a pause in which it can be heard that the player is still there
BED_IN_S, BED_OUT_S, BED_CUT_S = 4.0, 4.0, 0.06  # how fast the sound under a session comes and goes
MOST_NAMED = 4  # places left out that are named; of more only their number is said

Outcome = tuple[Session, tuple[Order, ...]]


def bed_in(session: Session) -> Bed:
    """Return what becomes of the sound under the session: it never outlasts a "stop"."""
    match session.state:
        case Playing() | Waiting() | Asking():
            return Bed(on=session.sounds, fade_s=BED_IN_S)
        case Closing(ending=Ending.COMPLETED) | Paused():
            return Bed(on=False, fade_s=BED_OUT_S)
        case _:
            return Bed(on=False, fade_s=BED_CUT_S)


def perform(session: Session, place: Place | None, *preface: Phrase | Tone, listen_s: float = 0.0) -> Outcome:
    """Start another performance; whatever was under way ends."""
    number = session.number + 1
    order = Perform(
        number=number, place=place, preface=preface, pace=session.pace, brief=session.brief, listen_s=listen_s
    )
    return replace(session, number=number), (order,)


def play(plan: Plan, session: Session, place: Place, *preface: Phrase | Tone) -> Outcome:
    """Lead from `place`, after the care that is due; a step begun from its instruction is counted."""
    first = due(plan, session, place.step)
    if first is not None:
        return play(plan, replace(session, heading=session.heading or place), Place(first), *preface)
    if place.part is Part.DONE and plan.steps[place.step].advance is not Advance.AUTO:
        return wait(plan, session, place, *preface)
    runs = (*session.runs, place.step) if place == Place(place.step) else session.runs
    introduction = Introduction(place.step, tuple(one for one in preface if isinstance(one, Phrase)))
    led = replace(session, state=_playing(plan, session, place), runs=runs, introduction=introduction)
    return perform(led, place, *preface)


def _playing(plan: Plan, session: Session, place: Place) -> Playing:
    if plan.steps[place.step].advance is Advance.CHOOSE:
        return choosing(plan, place)
    if plan.steps[place.step].advance in ASKING:
        return Questioning(place)
    return Playing(place) if passed(plan, session, place.step) is None else Passed(place)


def choosing(plan: Plan, place: Place) -> Choosing:
    """Return the state in which the step at `place` lets one choose."""
    ask = plan.steps[place.step].ask
    return Choosing(place, () if ask is None else ask.choices)


def passed(plan: Plan, session: Session, index: int) -> int | None:
    """Return the question just before step `index` that silence passed and nobody has answered, if any."""
    before = next((run for run in reversed(session.runs) if run != index), index)
    if before >= index or plan.steps[before].advance is not Advance.UNLESS_YES:
        return None
    ask = plan.steps[before].ask
    return before if ask is not None and ask.fact not in dict(session.answers) else None


def paused(plan: Plan, place: Place) -> Paused:
    """Return the pause at `place`: a question stays open in it."""
    return Unanswered(place) if plan.steps[place.step].advance in ASKING else Paused(place)


def begin(plan: Plan, session: Session, index: int, *preface: Phrase | Tone) -> Outcome:
    """Begin step `index`, or the first after it that may be begun; on the way to a place only care."""
    goal = session.heading
    if goal is not None and index <= goal.step:
        told = (i for i in range(index, goal.step) if _leads_to_care(plan, session, i))
        care = next(told, None)
        if care is None:
            return take_up(plan, replace(session, heading=None), goal, *preface)
        return play(plan, session, Place(care), *preface)
    while index < len(plan.steps) and not may_begin(plan, session, index):
        index += 1
    if index == len(plan.steps):
        return _end(plan, session, *preface)
    return play(plan, replace(session, heading=None), Place(index), *preface)


def _leads_to_care(plan: Plan, session: Session, index: int) -> bool:
    """Whether step `index` belongs to the care on the way: open, or said because of an answer."""
    step = plan.steps[index]
    said_because = step.care and step.when is not None and step.ask is None
    return (said_because or is_open(plan, session, index)) and comes(plan, session, index)


def _end(plan: Plan, session: Session, *preface: Phrase | Tone) -> Outcome:
    """Close the session, unless care is still due."""
    first = due(plan, session, len(plan.steps))
    if first is not None:
        return play(plan, session, Place(first), *preface)
    if not plan.framed:
        return close(session, Ending.COMPLETED, *preface)
    return close(session, Ending.COMPLETED, *preface, *_partings(plan, session), farewell(plan), Tone.BELL)


def _partings(plan: Plan, session: Session) -> Iterator[Phrase]:
    """Yield what is said at the end of a session of which enough was done to count."""
    if done_enough(plan, session):
        answers = dict(session.answers)
        yield from (said(one.text) for one in plan.partings if holds(one.when, answers))


def start(plan: Plan, session: Session) -> Outcome:
    """Begin the plan, saying what it is and how long it takes."""
    if not plan.framed:
        return begin(plan, session, 0)
    title = Phrase("welcome", (("title", plan.title),))
    length = duration("takes", left_s(plan, Place(0), session.pace, session.facts()))
    deaf = () if plan.heard else (Phrase("cannot_listen"),)
    short = (Phrase("offer_short"),) if plan.known_well and plan.heard and not session.brief else ()
    today = (said(text) for text in (*plan.today, *plan.course))
    told = (*short, *_left_out(plan.left_out_labels), *today, *deaf)
    return begin(plan, session, 0, Tone.BELL, title, length, *_opening(plan), *told)


def _opening(plan: Plan) -> tuple[Phrase, ...]:
    """Return how to end, and what to end for, before hands come to a face; and how to go on after a wait."""
    waits = plan.heard and any(step.advance is Advance.WAIT for step in plan.steps)
    said_next = (Phrase("say_next"),) if waits else ()
    if not plan.hands_on:
        return said_next
    return (Phrase("say_stop"), Phrase("signs"), *said_next) if plan.heard else (Phrase("take_away"),)


def farewell(plan: Plan) -> Phrase:
    """Return the last sentence: eyes may open, and nobody who has lain still gets up in a hurry."""
    if not plan.hands_on and plan.steps[-1].eyes is not Eyes.CLOSED:
        return Phrase("completed")
    return Phrase("rise" if plan.steps[-1].eyes is Eyes.OPEN else "open_and_rise")


def _left_out(labels: tuple[str, ...]) -> tuple[Phrase, ...]:
    if len(labels) <= MOST_NAMED:
        return (Phrase("left_out", (("places", ", ".join(labels)),)),) if labels else ()
    names, more = ", ".join(labels[: MOST_NAMED - 1]), len(labels) - MOST_NAMED + 1
    return (Phrase("left_out_more", (("places", names), ("n", more))),)


def offer(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Ask whether an interrupted session goes on at `place`."""
    asked = (*preface, Phrase("you_were"), *where(plan, place), Phrase("go_on"))
    return perform(
        replace(session, state=Offering(place, said_so_far(session))), None, *asked, listen_s=OFFER_S
    )


def said_so_far(session: Session) -> Said:
    """Return what came while the question at hand was open."""
    return session.state.said if isinstance(session.state, Offering | Questioning | Asking) else Said.NOTHING


def go_on(plan: Plan, session: Session, place: Place, *preface: Phrase) -> Outcome:
    """Take an interrupted session up again."""
    begun = restart_of(plan.steps[place.step], place) != Place(place.step)
    runs = session.runs or ((place.step,) if begun else ())
    return take_up(plan, replace(session, runs=runs), place, *preface)


def take_up(plan: Plan, session: Session, place: Place, *preface: Phrase | Tone) -> Outcome:
    """Go on after an interruption at `place`, saying where that is; a step used up is passed over.

    What was to be said before its instruction, and was not heard to its end, is said again.
    """
    again = restart_of(plan.steps[place.step], place)
    if due(plan, session, again.step) is not None:
        return play(plan, session, again, *preface)  # where that is will be said when it comes to it
    restarts = again == Place(again.step)
    if not (may_begin if restarts else comes)(plan, session, again.step):
        return begin(plan, session, again.step + 1, *preface)
    return play(plan, session, again, *preface, *(session.introduction.unheard(place) or where(plan, again)))


def wait(plan: Plan, session: Session, place: Place, *preface: Phrase | Tone) -> Outcome:
    """Wait at the end of a step; the performance of such a place is a long silence with one reminder."""
    done = Place(place.step, Part.DONE)
    advance = plan.steps[place.step].advance
    if advance is Advance.CHOOSE:
        return perform(replace(session, state=choosing(plan, done)), done, *preface)
    state = Waiting(done) if advance is Advance.WAIT else Asking(done, said_so_far(session))
    return perform(replace(session, state=state), done, *preface)


def tell(plan: Plan, session: Session, place: Place, *phrases: Phrase) -> Outcome:
    """Say something and go on from the same stroke; in a pause only say it, and what was offered again.

    Into what is said before an instruction: then all of that follows, as nobody knows how much was heard.
    """
    if isinstance(session.state, Offering):
        return offer(plan, session, session.state.place, *phrases)
    if isinstance(session.state, Playing):
        unheard = session.introduction.unheard(place)
        return perform(replace(session, state=replace(session.state, place=place)), place, *phrases, *unheard)
    if isinstance(session.state, Waiting | Asking):
        return perform(session, session.state.place, *phrases)
    return silent(session, *phrases)


def found(plan: Plan, session: Session, device: Device, place: Place) -> Outcome:
    """Tell that a lost device is back; with the voice, what was only shown meanwhile is said whole."""
    if session.over or device not in session.warned:
        return session, ()
    session, news = replace(session, warned=session.warned - {device}), Phrase(f"found_{device}")
    state = session.state
    instructed = isinstance(state, Playing) and place.part is Part.INSTRUCTION
    if device is Device.VOICE and (instructed or isinstance(state, Asking)):
        return play(plan, session.left(place), Place(session.place.step), news)
    return tell(plan, session, place, news)


def silent(session: Session, *phrases: Phrase) -> Outcome:
    """Say something, or nothing, outside of any step; then be silent, with a sign of life now and then."""
    return perform(session, None, *phrases, listen_s=SILENT_S)


def close(session: Session, ending: Ending, *last: Phrase | Tone) -> Outcome:
    """Say the last sentence."""
    return perform(replace(session, state=Closing(ending), history=()), None, *last)


def in_full(outcome: Outcome) -> Outcome:
    """Let this one performance be in full, also for the practised."""
    session, orders = outcome
    return session, tuple(replace(o, brief=False) if isinstance(o, Perform) else o for o in orders)
