"""Laws of the evening: whatever is said, it can be left, ends by itself, and offers only what may be led."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from player.core.commands import Command
from player.core.engine import names_in
from player.core.evening import (
    GOOD_NIGHT,
    MOST_OFFERS,
    RESUME,
    Chapter,
    ChapterOutcome,
    Evening,
    LastTime,
    Offer,
    begun,
    following,
    ordered,
)
from player.core.events import Heard
from player.core.menus import menu
from player.core.notation import RATE_HZ
from player.core.plan import Advance, Ask, Plan, Step, Timed
from player.core.states import Choosing, Ending, Finished, Live, Paused
from player.files import languages
from tests.core.histories import Room

WORDS = languages.evening(languages.load("en"))
LAW = settings(max_examples=100, deadline=None)
_ASKED = Step(
    id="care.sore",
    label="the question",
    say="Is it sore?",
    work=Timed(0),
    advance=Advance.ANSWER,
    ask=Ask("sore", opens=False),
    care=True,
)
_WORK = Step("work", "the work", "Stroke it.", Timed(20), place_ids=("LI20",))
ROUTINE = Plan("routine", "Routine", "en", (_WORK, _ASKED, _WORK))
INTERVIEW = Plan("interview", "Questions", "en", (Step("thanks", "the end", "These were all.", Timed(1)),))

OFFERS = st.lists(
    st.builds(
        Offer,
        id=st.sampled_from(("quick", "jaw", "talc", "soft", "long", "eyes")),
        title=st.just("Something"),
        minutes=st.floats(1, 40),
        groups=st.sampled_from(((), ("acupressure",), ("sculptural", "rest"))),
        products=st.sampled_from((("none",), ("none", "oil"), ("talc", "cream", "none"))),
        quiet=st.booleans(),
        restful=st.booleans(),
        allowed=st.sampled_from((True, True, False)),
    ),
    max_size=6,
    unique_by=lambda offer: offer.id,
).map(lambda offers: tuple(replace(one, names=(f"the {one.id}",)) for one in offers))
LAST = st.builds(
    LastTime,
    st.sampled_from(("", "quick", "talc", "gone")),
    st.integers(0, 9),
    st.just("Monday"),
    st.sampled_from(({}, {"product": "oil", "quiet": "300"}, {"minutes": "10"})),
    st.sampled_from(("", "Something")),
)


@dataclass
class Led:
    """An evening, and the room of what is led in it now."""

    evening: Evening
    room: Room = field(init=False)
    kinds: list[Chapter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.kinds.append(self.evening.chapter)
        plans = {Chapter.ROUTINE: ROUTINE, Chapter.INTERVIEW: INTERVIEW}
        if self.evening.chapter is not Chapter.OVER:
            plan = plans.get(self.evening.chapter) or menu(self.evening, WORDS, hour=20)
            self.room = Room(replace(plan, waits=False))

    @property
    def over(self) -> bool:
        return self.evening.chapter is Chapter.OVER

    def told(self) -> None:
        """Go on to the next plan when this one has ended."""
        while not self.over and isinstance(self.room.session.state, Finished):
            outcome = ChapterOutcome(self.room.session.state.ending, dict(self.room.session.answers))
            self.evening = following(self.evening, outcome)
            self.begin()

    def say(self, word: str) -> None:
        """Say one word, and let the player say what it has to say at its own end."""
        command = Command(word) if word in set(Command) else Command.NAME
        name = word if command is Command.NAME else ""
        self.room.take(Heard(command, self.room.place, name=name))
        self.settle()

    def settle(self) -> None:
        """Let the player say what it has to say at an end."""
        while not isinstance(self.room.session.state, Live | Finished):
            self.room.end()
        self.told()

    def silence(self) -> None:
        """Let what is being led come to its end without a word."""
        self.room.end()
        self.settle()

    @property
    def sayable(self) -> tuple[str, ...]:
        state = self.room.session.state
        said = ("stop", "next", "previous", "repeat", "pause", "resume", "yes", "no", "undo", "help")
        return (*said, *names_in(state))


def evenings() -> Iterator[st.SearchStrategy[Led]]:
    def led(shelf, last, flags, words) -> Led:
        first, interview, interrupted, late, halfway = flags
        evening = Evening(Chapter.OFFER, ordered(shelf, last, late=late), last, interview=interview)
        now = Led(begun(replace(evening, interrupted=interrupted), first=first))
        if halfway and evening.offers:
            now = Led(replace(evening, chapter=Chapter.ROUTINE, chosen=evening.offers[0].id))
        elif late and not first:
            now = Led(evening)  # the greeting is over
        for pick in words:
            if now.over:
                break
            if pick % 4 == 3:
                now.room.advance(RATE_HZ * (pick % 97))
                now.settle()
                continue
            if now.evening.chapter is Chapter.ROUTINE and pick % 4:
                now.silence() if pick % 4 == 2 else now.say("stop" if pick % 3 else "no")
                continue
            several = now.sayable[1:] if pick % 5 else now.sayable
            now.say(several[pick % len(several)])
        return now

    flags = st.tuples(*(st.booleans(),) * 5)
    yield st.builds(led, OFFERS, LAST, flags, st.lists(st.integers(0, 10_000), max_size=25))


(EVENINGS,) = evenings()


@LAW
@given(EVENINGS)
def test_stop_ends_the_evening_and_from_a_routine_what_is_left_is_a_minute(led: Led) -> None:
    for _ in range(2):
        if not led.over:
            was = led.evening.chapter
            led.say("stop")
            a_minute_is_left = led.evening.chapter is Chapter.STOPPED
            assert led.over or (a_minute_is_left and was in {Chapter.ROUTINE, Chapter.INTRODUCTION})
    assert led.over


@LAW
@given(EVENINGS)
def test_good_night_is_at_most_three_words_away(led: Led) -> None:
    for _ in range(3):
        if led.over or led.evening.chapter is Chapter.GOOD_NIGHT:
            break
        state = led.room.session.state
        if isinstance(state, Choosing):
            led.say("good night")
        elif led.evening.chapter in {Chapter.ROUTINE, Chapter.INTERVIEW, Chapter.QUIET}:
            led.say("stop")
        else:
            chooses = led.room.plan.steps[led.room.session.place.step].advance is Advance.CHOOSE
            led.say("resume" if isinstance(state, Paused) and chooses else "next")
    assert led.over or led.evening.chapter is Chapter.GOOD_NIGHT


@LAW
@given(EVENINGS)
def test_without_a_word_every_evening_ends(led: Led) -> None:
    for _ in range(60):
        if led.over:
            return
        led.silence()
    raise AssertionError(led.kinds)


def test_an_open_question_of_care_is_never_passed_by_a_silence_and_ends_in_good_night() -> None:
    led = Led(Evening(Chapter.ROUTINE))
    while led.evening.chapter is Chapter.ROUTINE:
        assert led.room.session.runs in {(0,), (0, 1)}
        led.silence()
    assert led.kinds[-1] is Chapter.GOOD_NIGHT


@LAW
@given(EVENINGS)
def test_every_menu_says_something_and_can_be_answered(led: Led) -> None:
    if led.over or led.evening.chapter in {Chapter.ROUTINE, Chapter.INTERVIEW}:
        return
    plan = led.room.plan
    assert plan.steps
    for step in plan.steps:
        if step.ask is not None and led.evening.chapter is not Chapter.QUIET:
            assert "good night" in dict(step.ask.choices)
            assert GOOD_NIGHT in step.ask.ends


@LAW
@given(EVENINGS)
def test_nothing_is_offered_or_led_that_the_facts_forbid(led: Led) -> None:
    allowed = {offer.id for offer in led.evening.shelf if offer.allowed}
    assert {offer.id for offer in led.evening.offers} <= allowed
    assert led.evening.chosen in {"", *allowed}
    if led.evening.chapter is Chapter.OFFER:
        ids = {offer.id for offer in led.evening.shelf}
        for step in led.room.plan.steps:
            assert step.ask is not None
            assert {value for _, value in step.ask.choices} & ids <= allowed


def test_the_random_evenings_reach_every_kind() -> None:
    kinds: set[Chapter] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(EVENINGS)
    def collect(led: Led) -> None:
        kinds.update(led.kinds)

    collect()
    assert kinds == set(Chapter)


SHELF = (
    Offer("everyday", "Everyday", 18, ("everyday",), ("acupressure",)),
    Offer("jaw", "Jaw", 4, ("jaw",), ("acupressure",)),
    Offer(id="talc", title="Talc", minutes=20, names=("talc",), groups=("sculptural",), allowed=False),
    Offer(id="rest", title="Rest", minutes=6, names=("rest",), groups=("rest",), restful=True),
)


def test_the_offers_begin_with_last_times_then_what_fits_the_hour() -> None:
    last = LastTime("everyday")
    assert [o.id for o in ordered(SHELF, last, late=True)] == ["everyday", "rest", "jaw", "talc"]
    assert [o.id for o in ordered(SHELF, LastTime(), late=False)][:2] == ["jaw", "rest"]
    evening = Evening(Chapter.OFFER, SHELF)
    assert [o.id for o in evening.offers] == ["everyday", "jaw", "rest"]
    assert len(evening.offers) <= MOST_OFFERS
    for among, ids in (("short", ["jaw", "rest"]), ("minutes:5", ["jaw", "rest"]), ("group:rest", ["rest"])):
        assert [o.id for o in replace(evening, among=among).offers] == ids


def test_stop_can_be_tried_and_taken_back_and_what_follows_is_the_same() -> None:
    led = Led(Evening(Chapter.INTRODUCTION, interview=True))
    led.say("stop")
    assert led.evening.chapter is Chapter.STOPPED
    assert "how it ends" in led.room.plan.steps[0].say
    led.say("resume")
    assert led.evening.chapter is Chapter.INTERVIEW


def test_a_change_of_mind_a_stop_taken_back_and_quiet() -> None:
    led = Led(Evening(Chapter.OFFER, SHELF, LastTime("jaw", 1, "Monday", {"minutes": "5"})))
    for word, kind in (
        ("next", Chapter.OFFER),
        ("something short", Chapter.OFFER),
        ("talc", Chapter.OFFER),  # is forbidden, so it is no word here
        ("jaw", Chapter.QUESTIONS),
        ("another", Chapter.OFFER),
        ("jaw", Chapter.QUESTIONS),
        ("as last time", Chapter.QUESTIONS),
        ("ready", Chapter.ROUTINE),
        ("stop", Chapter.STOPPED),
        ("resume", Chapter.ROUTINE),
    ):
        led.say(word)
        if word in {"jaw", "as last time"}:
            led.room.end()
        assert led.evening.chapter is kind, word
    assert (led.evening.chosen, led.evening.resumes) == ("jaw", True)
    assert led.evening.wishes == {"minutes": "5"}
    after = following(led.evening, ChapterOutcome(Ending.COMPLETED))
    assert (after.chapter, after.led, after.resumes) == (Chapter.AFTERWARDS, True, False)
    quiet = following(after, ChapterOutcome(Ending.COMPLETED, {"how": "good", "next": "quiet"}))
    assert following(quiet, ChapterOutcome(Ending.COMPLETED)).chapter is Chapter.OVER
    stopped = replace(quiet, chapter=Chapter.STOPPED)
    assert following(stopped, ChapterOutcome(Ending.UNANSWERED)).chapter is Chapter.OVER
    (taken_back,) = menu(stopped, WORDS, hour=8).steps
    assert taken_back.ask is not None
    assert dict(taken_back.ask.choices)["resume"] == RESUME
