"""Every question of care: a routine that needs it, led with yes, no, silence, a wrong word, undo."""

from datetime import UTC, date, datetime
from functools import cache

import pytest

from player.core.commands import Command
from player.core.events import Doubted
from player.core.orders import Perform, Phrase
from player.core.place import Place
from player.core.plan import Advance, Plan
from player.core.score import RATE_HZ
from player.core.session import Session
from player.core.states import Asking, Closing, Ending, Finished, Playing, Questioning, Waiting
from player.files.facts import Answered
from player.routine.compile.compose import load_plan, session_of
from player.routine.compile.request import Request
from player.routine.lint.questions import trouble
from player.routine.lint.wordlists import word_lists
from player.routine.model.library import Means, doctor_of
from tests.care import FACTS, LASTING
from tests.core.histories import Room
from tests.library.shipped import SCRIPTS, WORDS

TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
CARE = {name: fact for name, fact in FACTS.items() if fact.means is not None}
RIGHT_NOW = ("fever", "open_skin", "injected", "scrubbed", "face_surgery", "tender")
EXTRAS: dict[str, tuple[str, dict[str, object]]] = {
    "lenses": ("focus-eyes", {}),
    "steam": ("home-course-session", {"facts": {"opt_in_steam": True}}),
    "patch": ("moroccan-contour", {"product": "oil_with_essential"}),
    **{name: ("headache-point", {}) for name in CARE if name.startswith("headache")},
}
SCULPTURAL = "sculptural-home-4-stage"
STOPS = [name for name, fact in CARE.items() if fact.means is Means.ENDS]
DOCTORS = [name for name, fact in CARE.items() if fact.means is Means.DOCTOR]
PARTS = [name for name, fact in CARE.items() if fact.means is Means.LEAVE_OUT]
ASKED = [name for name in CARE if name != "everyday"]


def kept(**has: bool) -> dict[str, Answered]:
    """What was answered at noon: no to every lasting question, but for `has`."""
    said = {**dict.fromkeys(LASTING, False), **has}
    return {name: Answered(yes, NOON) for name, yes in said.items()}


@cache
def plan_that_asks(name: str) -> Plan:
    """A session in which this is not known, and everything lasting that stands before it is."""
    routine, more = EXTRAS.get(name, (SCULPTURAL, {}))
    known = kept()
    if name in LASTING:
        del known[name]
    return load_plan(routine, request=Request(with_gates=True, known=known, today=TODAY, **more))  # type: ignore[arg-type]


def opening(room: Room) -> Command:
    ask = room.plan.steps[room.session.place.step].ask
    return Command.YES if ask is not None and ask.opens else Command.NO


def asked(name: str) -> Room:
    """The session as it asks this, every other question answered; of right now, because something is new."""
    plan = plan_that_asks(name)
    room = Room(plan, Session())
    for _ in range(3000):
        step = plan.steps[room.session.place.step]
        if step.id == f"care.{name}" and isinstance(room.session.state, Asking):
            return room
        if step.id == "care.everyday" and isinstance(room.session.state, Asking):
            room.say(Command.YES if name in RIGHT_NOW else Command.NO)
        elif isinstance(room.session.state, Asking):
            room.say(opening(room))
        elif isinstance(room.session.state, Waiting):
            room.say(Command.NEXT)
        room.end()
    raise AssertionError(f"{name} is never asked")


def led_on(room: Room) -> list[str]:
    """Lead the session to its end, everything else answered well; return the steps of work that were led."""
    for _ in range(2000):
        if isinstance(room.session.state, Finished):
            break
        if isinstance(room.session.state, Asking):
            room.say(opening(room))
        elif isinstance(room.session.state, Waiting):
            room.say(Command.NEXT)
        else:
            room.end()
    led = (o.place.step for o in room.orders if isinstance(o, Perform) and o.place is not None)
    steps = (room.plan.steps[index] for index in led)
    return list(dict.fromkeys(step.id for step in steps if not step.care))


def said(room: Room) -> str:
    """The step that is led now, in its words."""
    return room.plan.steps[room.session.place.step].say


# --- each row ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED)
def test_no_is_echoed_and_leads_on(name: str) -> None:
    room = asked(name)
    orders = room.say(Command.NO)
    (order,) = (o for o in orders if isinstance(o, Perform))
    assert [dict(p.values)["text"] for p in order.preface] == [CARE[name].no]
    assert dict(room.session.answers)[name] is False
    assert led_on(room)
    assert room.session.state == Finished(Ending.COMPLETED)


@pytest.mark.parametrize("name", ASKED)
def test_yes_leads_to_what_it_means_and_is_said_at_once(name: str) -> None:
    room = asked(name)
    room.say(Command.YES)
    step = room.plan.steps[room.session.place.step]
    assert step.care
    assert step.id.startswith(f"care.{name}.")
    if CARE[name].means is Means.DOCTOR or CARE[name].clears:
        assert (step.id, step.say) == (f"care.{name}.doctor", "Has your doctor agreed to facial massage?")
    else:
        assert step.say.startswith(CARE[name].yes.split("{")[0])


@pytest.mark.parametrize("name", ASKED)
def test_silence_never_answers(name: str) -> None:
    room = asked(name)
    before = room.session.answers
    for _ in range(8):
        room.advance(60 * RATE_HZ)
    assert isinstance(room.session.state, Asking)
    assert (room.session.answers, room.plan.steps[room.session.place.step].id) == (before, f"care.{name}")


@pytest.mark.parametrize("name", ASKED)
def test_a_wrong_word_never_answers(name: str) -> None:
    room = asked(name)
    before = room.session.answers
    for command in (Command.NEXT, Command.RESUME, Command.REPEAT, Command.NEXT):
        room.say(command)
        room.take(Doubted())
    assert (room.session.answers, room.plan.steps[room.session.place.step].id) == (before, f"care.{name}")
    assert isinstance(room.session.state, Questioning)


@pytest.mark.parametrize("answer", [Command.YES, Command.NO])
@pytest.mark.parametrize("name", ASKED)
def test_undo_takes_the_answer_back_and_asks_again(name: str, answer: Command) -> None:
    room = asked(name)
    before = room.session.answers
    room.say(answer)
    room.advance(RATE_HZ)
    room.say(Command.UNDO)
    assert (room.session.answers, room.plan.steps[room.session.place.step].id) == (before, f"care.{name}")
    assert isinstance(room.session.state, Asking | Questioning)


@pytest.mark.parametrize("name", ["over_45", "over_35"])
def test_the_age_may_be_declined_and_is_no_matter_of_care(name: str) -> None:
    """Asked where nothing of it is known; silence leaves it open, a wrong word answers nothing."""
    for answer, kept_of_it in ((Command.YES, True), (Command.NO, False), (None, None)):
        room = age_asked(name)
        if answer:
            room.say(Command.NEXT)
            room.take(Doubted())
            room.end()
        assert name not in dict(room.session.answers)
        room.say(answer) if answer else room.end()
        assert dict(room.session.answers).get(name) is kept_of_it
        ask = room.plan.steps[room.session.place.step].ask
        more = name == "over_45" and answer is Command.NO  # who declines is not asked the other one either
        assert (ask.fact if ask else "") == ("over_35" if more else "")
        assert not room.plan.steps[room.session.place.step].ends
        room.say(Command.UNDO)
        assert name not in dict(room.session.answers)
        assert led_on(room)[-1] == "thanks"
        assert room.session.state == Finished(Ending.COMPLETED)


def age_asked(name: str) -> Room:
    known = {fact: answer for fact, answer in kept().items() if fact not in {"over_45", "over_35"}}
    room = Room(load_plan("interview", request=Request(known=known, today=TODAY)))
    for _ in range(100):
        ask = room.plan.steps[room.session.place.step].ask
        if ask is not None and ask.fact == name and isinstance(room.session.state, Asking):
            return room
        if isinstance(room.session.state, Asking):
            room.say(opening(room))
        else:
            room.end()
    raise AssertionError(f"{name} is never asked")


# --- what yes means ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STOPS)
def test_what_ends_a_session_lets_nothing_be_led(name: str) -> None:
    room = asked(name)
    before = led_so_far(room)
    room.say(Command.YES)
    room.say(Command.NEXT)
    room.end()
    assert room.session.state == Closing(Ending.DECLINED)
    assert led_so_far(room) == before


def led_so_far(room: Room) -> set[int]:
    return {index for index, step in enumerate(room.plan.steps) if not step.care and room.worked(index)}


@pytest.mark.parametrize("name", DOCTORS)
def test_without_a_doctors_agreement_it_ends_and_with_it_it_goes_on(name: str) -> None:
    room = asked(name)
    room.say(Command.YES)
    room.say(Command.NO)
    assert said(room) == WORDS["doctor_first"]
    room.end()
    assert room.session.state == Closing(Ending.DECLINED)
    room = asked(name)
    room.say(Command.YES)
    room.end()
    room.say(Command.YES)
    assert dict(room.session.answers)[doctor_of(name)] is True
    assert said(room) == CARE[name].yes
    assert led_on(room)
    assert room.session.state == Finished(Ending.COMPLETED)


@pytest.mark.parametrize("name", [*DOCTORS, *(name for name in PARTS if CARE[name].clears)])
def test_whether_a_doctor_agreed_is_answered_by_nothing_else_and_taken_back(name: str) -> None:
    room = asked(name)
    room.say(Command.YES)
    room.end()
    asks = f"care.{name}.doctor"
    for _ in range(4):  # silence, wrong words
        room.advance(60 * RATE_HZ)
        room.say(Command.NEXT)
        room.take(Doubted())
        assert room.plan.steps[room.session.place.step].id == asks
        assert doctor_of(name) not in dict(room.session.answers)
    room.say(Command.YES)
    room.advance(RATE_HZ)
    room.say(Command.UNDO)
    assert room.plan.steps[room.session.place.step].id == asks
    assert dict(room.session.answers)[name] is True
    room.say(Command.UNDO)
    assert room.plan.steps[room.session.place.step].id == f"care.{name}"
    assert name not in dict(room.session.answers)


@pytest.mark.parametrize("name", [*PARTS, *DOCTORS])
def test_what_is_answered_on_the_way_leaves_out_what_is_left_out_when_it_is_known(name: str) -> None:
    """What is decided when the step comes is decided as it would have been when the plan was made."""
    agreed = CARE[name].means is Means.DOCTOR
    room = asked(name)
    room.say(Command.YES)
    if agreed or CARE[name].clears:
        room.end()
        room.say(Command.YES if agreed else Command.NO)
    led = led_on(room)
    assert room.session.state == Finished(Ending.COMPLETED)
    if name in LASTING:
        has = {name: True, **({doctor_of(name): True} if agreed else {})}
        routine, more = EXTRAS.get(name, (SCULPTURAL, {}))
        request = Request(with_gates=True, known=kept(**has), today=TODAY, **more)  # type: ignore[arg-type]
        later = load_plan(routine, request=request)
        assert led == [step.id for step in later.steps if not step.care]
        assert (CARE[name].today in later.today) == (len(led) < len(work(plan_that_asks(name))))


def test_what_is_firm_is_led_lightly_on_thin_blood_and_says_so() -> None:
    request = Request(with_gates=True, known=kept(thin_blood=True), today=TODAY)
    later = load_plan("quick-facial-acupressure", request=request)
    firm = ["under-cheekbone", "jaw-muscle"]
    light = {step.id: step for step in later.steps if step.id.endswith(".lightly")}
    assert list(light) == [f"{name}.lightly" for name in firm]
    assert not {step.id for step in later.steps} & set(firm)
    for step in light.values():
        assert step.say.endswith(" Keep it light.")
        assert step.say_short.endswith(" Keep it light.")
    assert later.today == (CARE["thin_blood"].today,)
    usual = load_plan("quick-facial-acupressure", request=Request(with_gates=True, known=kept(), today=TODAY))
    assert set(firm) <= {step.id for step in usual.steps}


def work(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps if not step.care]


@pytest.mark.parametrize("name", [name for name in LASTING if FACTS[name].leaves_out])
@pytest.mark.parametrize("script", SCRIPTS.names())
def test_no_shipped_routine_leads_what_a_fact_leaves_out(name: str, script: str) -> None:
    routine = SCRIPTS.routine(script)
    request = Request(
        with_gates=True, known=kept(**{name: True}), today=TODAY, with_prep=True, with_after=True
    )
    moves, _, _ = session_of(routine, SCRIPTS, WORDS, request)
    for move in moves:
        places = {name for site in move.sites for name in (site.id, *site.zones)}
        assert not {move.stroke.id, move.stroke.family.value, *places} & set(FACTS[name].leaves_out), (
            move.step.id
        )
        assert all(name not in site.forbidden_when for site in move.sites)
        assert not FACTS[name].lightens or (move.doing.pressure or 0) < 3


@pytest.mark.parametrize("name", ["heart", "jaw_trouble", "pregnant"])
def test_who_begins_in_the_middle_is_asked_what_is_not_known_and_nothing_else(name: str) -> None:
    plan = plan_that_asks(name)
    goal = next(index for index, step in enumerate(plan.steps) if step.id.endswith("tap-nape"))
    known = {"everyday": False, **{fact: False for fact in CARE if fact not in {name, *LASTING}}}
    room = Room(plan, Session(answers=tuple(known.items())), start=Place(goal))
    assert said(room) == CARE[name].question
    room.end()
    room.say(Command.NO)
    assert room.session.place.step == goal


# --- the everyday question --------------------------------------------------------------------------------


def everyday(routine: str, **more: object) -> Room:
    known = {"known": kept(), "today": TODAY, **more}
    return Room(load_plan(routine, request=Request(with_gates=True, **known)))  # type: ignore[arg-type]


def test_a_known_interview_leaves_one_question_which_silence_passes_and_says_so() -> None:
    room = everyday("quick-facial-acupressure")
    assert said(room) == f"{CARE['everyday'].question} If not, we begin in a moment."
    room.end()
    room.end()
    assert not room.plan.steps[room.session.place.step].care


@pytest.mark.parametrize(
    ("routine", "more"),
    [(SCULPTURAL, {}), ("acupressure-first", {}), ("quick-facial-acupressure", {"heard": False})],
)
def test_a_massage_and_somebody_who_is_not_heard_wait_for_a_no(routine: str, more: dict[str, object]) -> None:
    room = everyday(routine, **more)
    assert room.plan.steps[0].advance is Advance.ANSWER
    assert said(room) == CARE["everyday"].question
    for _ in range(5):
        room.end()
    assert room.session.state == Asking(room.session.place)
    room.say(Command.NO)
    assert isinstance(room.session.state, Playing)


def test_the_everyday_question_hears_no_wrong_word_and_is_taken_back() -> None:
    room = everyday(SCULPTURAL)
    for answer in (Command.NO, Command.YES):
        room.end()
        for command in (Command.NEXT, Command.RESUME):
            room.say(command)
            room.take(Doubted())
            assert (room.session.answers, said(room)) == ((), CARE["everyday"].question)
        room.say(answer)
        assert dict(room.session.answers) == {"everyday": answer is Command.YES}
        room.advance(RATE_HZ)
        room.say(Command.UNDO)
        assert (room.session.answers, said(room)) == ((), CARE["everyday"].question)


def passed_by_silence() -> Room:
    room = everyday("quick-facial-acupressure")
    room.end()
    room.end()
    room.advance(3 * RATE_HZ)
    return room


@pytest.mark.parametrize("name", ["fever", "open_skin", "injected", "face_surgery"])
def test_a_late_yes_asks_about_right_now_and_may_end_it(name: str) -> None:
    room = passed_by_silence()
    room.say(Command.YES)
    for _ in range(40):
        if room.plan.steps[room.session.place.step].id == f"care.{name}":
            break
        if isinstance(room.session.state, Asking):
            room.say(Command.NO)
        room.end()
    room.say(Command.YES)
    assert said(room).startswith(CARE[name].yes.split("{")[0])
    room.end()
    assert room.session.state == Closing(Ending.DECLINED)


def test_a_late_yes_of_which_nothing_comes_goes_on_where_it_was() -> None:
    room = passed_by_silence()
    there = room.session.place.step
    room.say(Command.YES)
    asked_of = []
    for _ in range(40):
        step = room.plan.steps[room.session.place.step]
        if not step.care:
            break
        if isinstance(room.session.state, Asking):
            asked_of.append(step.id)
            room.say(Command.NO)
        else:
            room.end()
    right_now = ("fever", "open_skin", "injected", "face_surgery", "tender")
    assert asked_of == [f"care.{name}" for name in right_now]
    assert room.session.place.step == there


def test_a_yes_that_still_counts_needs_no_question_and_names_its_day() -> None:
    plan = load_plan(
        "quick-facial-acupressure",
        request=Request(with_gates=True, known=kept(injected=True), today=TODAY),
    )
    assert (plan.steps[0].id, plan.steps[0].ends) == ("care.injected.ends", True)
    assert "Ask me again on 12 December." in plan.steps[0].say
    later = Request(with_gates=True, known=kept(injected=True), today=date(2026, 12, 12))
    assert not load_plan("quick-facial-acupressure", request=later).steps[0].ends


def test_after_half_a_year_the_interview_is_asked_once_more() -> None:
    later = Request(with_gates=True, known=kept(jaw_trouble=True), today=date(2027, 6, 1))
    plan = load_plan("quick-facial-acupressure", request=later)
    assert {step.ask.fact for step in plan.steps if step.ask is not None} >= set(LASTING) & set(CARE)


def test_what_is_left_out_because_of_a_fact_is_said_once() -> None:
    known = kept(jaw_trouble=True, pregnant=True)
    plan = load_plan("quick-facial-acupressure", request=Request(with_gates=True, known=known, today=TODAY))
    assert plan.today == ("Your jaw joint is left out today.",)  # nothing of pregnancy is in it
    room = Room(plan)
    (first, *rest) = (o for o in room.orders if isinstance(o, Perform))
    assert {"text": "Your jaw joint is left out today."} in [
        dict(phrase.values) for phrase in first.preface if isinstance(phrase, Phrase)
    ]
    assert not rest


def test_powder_gives_way_to_what_is_borne() -> None:
    request = Request(with_gates=True, known=kept(asthma=True), today=TODAY)
    routine = SCRIPTS.routine("sculptural-talc-20")
    moves, _, _ = session_of(routine, SCRIPTS, WORDS, request)
    assert not any(move.step.id == "care.powder" for move in moves)


# --- polarity ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CARE)
def test_every_question_asks_directly_for_the_trouble_and_every_yes_means_something(name: str) -> None:
    fact = CARE[name]
    assert trouble(fact.question, word_lists("en")) == ""
    assert fact.yes
    assert fact.no.endswith(".")
    leads_on = fact.means is Means.LEAVE_OUT
    by_place = any(name in site.forbidden_when for site in SCRIPTS.library.sites.values())
    assert not leads_on or fact.leaves_out or by_place


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("Healthy skin today, no fever?", "`no` turns"),
        ("Are you well or not?", "turns the answer round"),
        ("Is it sudden? Is there fever?", "two questions"),
        ("You do not bruise easily?", "`not` turns"),
        ("Tell me about your skin.", "question mark"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(question: str, wrong: str) -> None:
    assert wrong in trouble(question, word_lists("en"))
