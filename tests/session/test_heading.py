"""A session begun behind a question: where it goes once that is answered, whatever comes between."""

from dataclasses import replace

import pytest

from player.app.changed_script import carried_over, fingerprint
from player.core.commands import Command
from player.core.engine import Engine
from player.core.events import Event, Heard, Performed, Started
from player.core.place import Part, Place
from player.core.plan import Advance, Ask, Plan, Step, Timed
from player.core.session import Session
from player.session import privacy
from player.session.codec import session_from_plain, session_to_plain
from player.session.recovery import Recovered, recover

ASKS = Step(
    id="heart",
    label="the question",
    say="Have you a heart trouble?",
    work=Timed(1.0),
    advance=Advance.ANSWER,
    ask=Ask("heart", opens=False),
    care=True,
)
STEPS = (ASKS, *(Step(id=f"s{n}", label=f"place {n}", say="Circle.", work=Timed(5.0)) for n in range(1, 7)))
PLAN = Plan("p", "P", "en", STEPS)
WANTED = Place(5)


def led(plan: Plan, begun: Session, *events: Event) -> tuple[Engine, Recovered]:
    """Lead this and be killed; return the engine, and where the session can go on."""
    engine, entries = Engine(plan, begun), []
    for event in events:
        entries.append(privacy.kept(plan, engine.session, event))
        engine.handle(event)
    recovered = recover(plan, entries, begun)
    assert recovered is not None
    return engine, recovered


def answered(plan: Plan, recovered: Recovered, *, offered: bool = False) -> Place:
    """Return where a session that goes on is once its question is answered; an offer is declined."""
    engine = Engine(plan, recovered.session)
    engine.handle(Started(recovered.place, offered))
    if offered:
        engine.handle(Heard(Command.NO, recovered.place))
        assert engine.session.place == Place(0)
    engine.handle(Performed(engine.session.number))
    engine.handle(Heard(Command.NO, Place(0, Part.DONE)))
    return engine.session.place


@pytest.fixture
def killed() -> Recovered:
    """A session that was to begin with the fifth step, killed in the question."""
    engine, recovered = led(PLAN, Session(), Started(WANTED))
    assert (engine.session.place, recovered.place) == (Place(0), Place(0))
    return recovered


def test_it_goes_where_it_was_to_go(killed):
    assert answered(PLAN, killed) == WANTED


def test_begun_anew_it_goes_through_from_the_beginning(killed):
    assert answered(PLAN, killed, offered=True) == Place(1)


def test_killed_twice_in_the_question_it_still_goes_where_it_was_to_go(killed):
    header = session_to_plain(privacy.without_care(PLAN, killed.session))
    _engine, twice = led(PLAN, session_from_plain(header), Started(killed.place))
    assert answered(PLAN, twice) == WANTED


def test_a_journal_of_before_has_no_heading(killed):
    header = session_to_plain(killed.session)
    del header["heading"]
    assert session_from_plain(header).heading is None


@pytest.mark.parametrize(
    ("steps", "then"),
    [
        ((ASKS, *STEPS[4:]), Place(2)),  # some before it are gone
        ((ASKS, *STEPS[1:3], STEPS[6], *STEPS[3:6]), Place(6)),  # one has moved before it
        (STEPS[:3], Place(1)),  # it is gone itself: from the beginning
    ],
)
def test_in_a_script_that_was_changed_it_goes_to_the_same_step(killed, steps, then):
    changed = replace(PLAN, steps=steps)
    carried = carried_over(killed, changed, [step.id for step in STEPS], [fingerprint(s) for s in STEPS])
    assert carried is not None
    assert answered(changed, carried) == then


def test_a_step_that_asks_for_something_else_now_is_gone_to_at_its_beginning():
    _engine, recovered = led(PLAN, Session(), Started(replace(WANTED, part=Part.TIME, elapsed_ms=3000)))
    other = replace(STEPS[5], say="Tap.")
    changed = replace(PLAN, steps=(*STEPS[:5], other, STEPS[6]))
    carried = carried_over(recovered, changed, [step.id for step in STEPS], [fingerprint(s) for s in STEPS])
    assert carried is not None
    assert answered(changed, carried) == WANTED
