"""The care of the shipped routines: what each correction of the domain asks for, in what is led and said."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from shipped import GOLDEN, NAMES, PLAYLISTS, ROUTINES, SCRIPTS, all_moves

from player.core.plan import Advance, CountAloud, Eyes, Plan, Side, Step, Strokes, Timed, Trait
from player.core.score import sentences
from player.core.timing import RETURN_GAP_S, gap_s
from player.files import languages
from player.routine.compile.compose import NOTHING_ASKED, Request, plan_of
from player.routine.lint.places import NECK
from player.routine.lint.wordlists import word_lists
from player.routine.model.script import Family

FACTS = [
    "asthma",
    "clot",
    "eye_trouble",
    "heart",
    "high_pressure",
    "jaw_trouble",
    "large_mole",
    "low_pressure",
    "neck_trouble",
    "neck_vessels",
    "pregnant",
    "rosacea",
    "temple_tender",
    "thin_blood",
    "allergy_to_plants",
]
HANDS_ON = [n for n in ROUTINES if SCRIPTS.routine(n).family in {Family.ACUPRESSURE, Family.SCULPTURAL}]
QUICK = ["quick-facial-acupressure", "tapping-anywhere", *(n for n in ROUTINES if n.startswith("focus-"))]
OPENING = (
    "Say stop at any time; it ends at once.",
    "Say stop if you are dizzy or numb, or if your heart races.",
)
OTHER = {Side.LEFT: "right", Side.RIGHT: "left"}


def _plan(name: str, request: Request = NOTHING_ASKED) -> Plan:
    routine = SCRIPTS.routine(name)
    return plan_of(routine, SCRIPTS, languages.load(routine.language).routine, request)


def _step(name: str, id_: str, request: Request = NOTHING_ASKED) -> Step:
    return next(step for step in _plan(name, request).steps if step.id.split(".")[-1] == id_)


def _whole(name: str) -> Plan:
    """Return a session with everything around it, as a listener hears it."""
    return _plan(name, Request(with_prep=True, with_after=True))


# --- safety -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HANDS_ON)
def test_a_step_on_the_neck_names_the_hand_and_begins_behind_the_ear(name: str) -> None:
    for move in all_moves(name):
        if not {site.id for site in move.sites} & (NECK | {"z.behind_ear"}):
            continue
        hands = [OTHER[move.step.side]] if move.step.side in OTHER else ["right", "left"]
        for hand in hands:
            for text in (move.step.say, move.step.say_short):
                assert re.search(rf"\b{hand}\s+hand\b", text.lower()), (move.step.id, text)
        assert "chin" not in move.step.say, move.step.id


def test_behind_the_ear_one_side_is_drained_at_a_time_with_flat_fingers() -> None:
    moves = [move for move in all_moves("lymph-drainage-thumbs") if move.spec.id == "behind-ear"]
    assert [move.step.side for move in moves] == [Side.LEFT, Side.RIGHT]
    assert {move.doing.hand for move in moves} == {"four-pads"}
    assert not SCRIPTS.library.sites["SI17"].allowed


def test_no_line_begins_or_ends_at_the_inner_corner_of_the_eye() -> None:
    lines = [site for site in SCRIPTS.library.sites.values() if site.kind == "line"]
    said = [step.say for name in NAMES for step in _plan(name).steps]
    assert not [
        text for text in (*said, *(line.find for line in lines)) if re.search(r"inner (eye )?corner", text)
    ]
    for line in ("ML4", "ML5l"):
        nearest = min(SCRIPTS.library.sites[line].path, key=lambda xy: abs(xy[0] - 0.545))
        assert nearest[1] > SCRIPTS.library.sites["ST1"].xy[1], f"{line} runs into the corner of the eye"


def test_the_thumbs_under_the_brows_bear_no_head_and_half_a_minute() -> None:
    step = _step("headache-point", "inner-brow")
    assert isinstance(step.work, Timed)
    assert step.work.secs == 30
    assert "lean" not in step.say.lower()


def test_deep_presses_of_a_headache_are_eased_off_slowly() -> None:
    plan = _plan("headache-point", Request(facts={"opt_in": True}))
    deep = [step for step in plan.steps if step.trait is Trait.DEEP]
    assert len(deep) == 9
    for step in deep:
        assert isinstance(step.work, Timed)
        assert "slowly" in step.work.announcements[-1].text.lower(), step.id
        assert step.work.announcements[-1].left_s == 5


def test_each_ring_finger_goes_round_its_own_eye() -> None:
    (move,) = [move for move in all_moves("spanish-non-repeating") if move.spec.id == "m12"]
    assert move.stroke.id == "eye_ring"
    assert "each ring fingertip to the bone around its own eye" in move.step.say


def test_a_place_is_left_out_with_the_facts_of_the_zones_in_which_it_lies() -> None:
    sites = SCRIPTS.library.sites
    for site in sites.values():
        for zone in site.zones:
            missing = set(sites[zone].forbidden_when) - set(site.forbidden_when)
            assert not (site.allowed and missing), f"{site.id} lies in {zone}: {missing}"


def test_every_fact_that_a_place_or_stroke_names_is_asked() -> None:
    library = SCRIPTS.library
    named = {
        fact for one in (*library.sites.values(), *library.strokes.values()) for fact in one.forbidden_when
    }
    assert named == set(FACTS)
    assert named <= set(library.facts)


@pytest.mark.parametrize("fact", FACTS)
def test_nothing_is_led_under_a_fact_that_forbids_it(fact: str) -> None:
    library = SCRIPTS.library
    request = Request(facts={fact: True, "opt_in": True, "opt_in_mask": True, "literal_forearm": True})
    left_out = 0
    for name in NAMES:
        led = {step.id for step in _plan(name, request).steps}
        for move in all_moves(name):
            forbidden = any(fact in one.forbidden_when for one in (*move.sites, move.stroke))
            if forbidden and move.stroke.id != "rest":
                assert move.step.id not in led, (name, move.step.id)
                left_out += 1
    assert left_out
    assert library.facts[fact].default is False


def test_the_contour_is_not_pinched_on_thin_blood_and_no_steam_is_led_with_asthma() -> None:
    pinch = "stage-4-contour.pinch-contour"
    assert pinch in {step.id for step in _plan("sculptural-home-4-stage").steps}
    thin = _plan("sculptural-home-4-stage", Request(facts={"thin_blood": True}))
    assert pinch not in {step.id for step in thin.steps}
    left = _plan("prep-herbal-steam", Request(facts={"asthma": True})).steps
    assert [step.id for step in left if not step.id.startswith("care.")] == ["care"]


@pytest.mark.parametrize("name", [*HANDS_ON, *PLAYLISTS])
def test_a_session_opens_with_how_to_end_it_and_ends_with_a_rest(name: str) -> None:
    plan, told = _plan(name), (GOLDEN / f"{name}.txt").read_text()
    if plan.hands_on:
        assert [told.count(sentence) for sentence in OPENING] == [1, 1]
        assert told.index(OPENING[1]) < told.index(sentences(plan.steps[0].say)[0])
    assert "rise slowly" in told.lower().splitlines()[-3]  # then the bell and the end
    rests = [step for step in plan.steps[-3:] if isinstance(step.work, Timed) and step.work.bpm is None]
    assert max(step.work.secs for step in rests if isinstance(step.work, Timed)) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_and_a_steam_come_once_in_a_session(name: str) -> None:
    routine = SCRIPTS.routine(name)
    request = Request(with_prep=True, with_after=True, facts={"opt_in_mask": True, "opt_in_steam": True})
    traits = Counter(step.trait for step in plan_of(routine, SCRIPTS, _words(), request).steps)
    assert traits[Trait.MASK] <= 1
    assert traits[Trait.STEAM] <= 1


def _words() -> dict[str, str]:
    return dict(languages.load("en").routine)


def test_points_are_pressed_with_clean_hands() -> None:
    first = [step.id for step in _plan("acupressure-first").steps]
    product = first.index("prep-product.product")
    assert first.index("quick-facial-acupressure.finish") == product - 1
    assert not [id_ for id_ in first[:product] if id_.endswith(".product")]
    last = [step.id for step in _plan("acupressure-last").steps]
    wiped = last.index("wipe-hands.wipe")
    assert last[wiped + 1] == "quick-facial-acupressure.settle"
    assert last[wiped - 1].startswith("sculptural-home-4-stage.")


# --- time and counting -------------------------------------------------------------------------------------


def test_circles_tick_and_the_hold_after_them_is_spoken_otherwise() -> None:
    steps = [step for step in _plan("sculptural-talc-20").steps if step.id.endswith("knead-line")]
    assert len(steps) == 5
    for step in steps:
        work = step.work
        assert isinstance(work, Strokes)
        assert work.count_aloud is CountAloud.NONE
        assert work.hold is not None
        assert (work.hold.begin, work.hold.end) == ("And hold", "Ease")
        assert work.between.startswith("Once more, from ")
        assert gap_s(work) == RETURN_GAP_S == 3.0


def test_both_hands_get_their_stroke_on_the_throat() -> None:
    work = _step("spanish-non-repeating", "m04").work
    assert isinstance(work, Strokes)
    assert work.alternate
    assert work.reps == 2


def test_the_end_is_told_at_the_end() -> None:
    *_, stroke, rest = _plan("sculptural-home-4-stage").steps
    assert "end" not in stroke.say.split()
    assert "This is the end of the massage." in rest.say
    last = _plan("zogan-inspired").steps[-1]
    assert isinstance(last.work, Timed)
    assert last.work.secs >= 30


def test_the_circle_of_the_stacked_palms_has_its_time() -> None:
    work = _step("italian-inspired", "stacked-circle").work
    assert isinstance(work, Strokes)
    assert work.reps * work.beats * 60 / work.bpm >= 6
    assert len(re.findall(r"\b(six|once|twice)\b", _step("italian-inspired", "prayer-open").say)) == 1


@pytest.mark.parametrize(
    ("name", "id_"), [("quick-facial-acupressure", "temple"), ("everyday-facial-acupressure", "skull-base")]
)
def test_what_is_called_slow_is_slow(name: str, id_: str) -> None:
    step = _step(name, id_)
    assert isinstance(step.work, Strokes)
    assert "slow" in step.say
    assert step.work.bpm <= 60


def test_the_light_is_dimmed_with_open_eyes_and_time() -> None:
    dim = _step("headache-point", "dim")
    assert (dim.eyes, dim.advance) == (Eyes.OPEN, Advance.WAIT)
    assert "light" not in _step("headache-point", "settle").say


@pytest.mark.parametrize("name", NAMES)
def test_eyes_that_open_have_something_to_do(name: str) -> None:
    """A step with open eyes between closed ones waits for the listener."""
    steps = [step for step in _whole(name).steps if step.eyes is not Eyes.EITHER]
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        if (before.eyes, step.eyes, after.eyes) == (Eyes.CLOSED, Eyes.OPEN, Eyes.CLOSED):
            assert step.advance is not Advance.AUTO, step.id
        if step.eyes is Eyes.CLOSED and after.eyes is Eyes.CLOSED:
            assert "open your eyes" not in step.say.lower(), step.id


def test_there_is_time_to_sit_up_before_the_thumbs_go_under_the_skull() -> None:
    ids = [step.id for step in _plan("everyday-facial-acupressure").steps]
    assert ids.index("sit-up") == ids.index("skull-base") - 1
    up = _step("everyday-facial-acupressure", "sit-up")
    assert isinstance(up.work, Timed)
    assert up.work.secs >= 10


def test_the_tapping_names_its_places_as_they_come() -> None:
    tapping = [step for step in _plan("everyday-facial-acupressure").steps if step.id.endswith("tap-over")]
    assert [step.place_ids for step in tapping] == [
        (f"z.{place}",) for place in ("brow", "temple", "cheekbone", "nose", "chin", "jaw")
    ]
    assert {step.work.secs for step in tapping if isinstance(step.work, Timed)} == {20}


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_one_ends_with_a_minute_of_quiet_and_may_have_ten(name: str) -> None:
    quiet = SCRIPTS.routine(name).params["quiet_secs"]
    assert (quiet.default, quiet.max) == (60, 600)


@pytest.mark.parametrize("name", HANDS_ON)
def test_hands_have_time_where_hand_or_side_change(name: str) -> None:
    hand, side = "", Side.NONE
    for move, step in zip(_led(name), _plan(name).steps, strict=True):
        now = move.doing.hand or hand
        changed = now != hand or (step.side in OTHER and step.side is not side)
        if changed and move.doing.settle is None and move.stroke.settle:
            assert step.settle_s >= 5, step.id
        hand, side = now, step.side


def _led(name: str) -> Iterator[object]:
    led = {step.id for step in _plan(name).steps}
    return (move for move in all_moves(name) if move.step.id in led)


# --- words --------------------------------------------------------------------------------------------------


def test_what_is_not_so_is_not_said() -> None:
    assert "still" not in _step("focus-jaw", "melt").say
    first = next(s for s in _plan("sculptural-talc-20").steps if s.id.endswith("knead-line"))
    assert "close the knuckles softly on the skin" in first.say
    moroccan = " ".join(step.say for step in _plan("moroccan-contour").steps)
    assert not re.search(r"\boil\b", moroccan), "nobody has oil on the hands without the preparation"


@pytest.mark.parametrize("tool", ["mixer", "stone", "chopstick-plastic", "chopstick-wood"])
def test_ends_are_named_only_of_a_tool_that_has_two(tool: str) -> None:
    said = " ".join(s.say for s in _plan("acupressure-with-tool", Request(tool=tool)).steps)
    assert bool(re.search(r"\b(large|small) end\b", said)) is (tool == "mixer")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_more_than_twice_in_a_session(name: str) -> None:
    heard = Counter(text for step in _whole(name).steps if not step.care for text in _told(step))
    assert not {text: times for text, times in heard.items() if times > 2}


def _told(step: Step) -> Iterator[str]:
    yield from sentences(step.say)
    if isinstance(step.work, Timed):
        yield from (notice.text for notice in step.work.announcements if notice.text)
    else:
        yield from (step.work.between,) * (step.work.sets - 1) if step.work.between else ()


def test_sentences_for_a_product_are_sentences() -> None:
    verbs = word_lists("en").verbs
    for name in NAMES:
        for move in all_moves(name):
            for text in move.spec.say_by_product.values():
                for sentence in sentences(text.lower()):
                    assert verbs & set(re.findall(r"[a-z]+", sentence)), (name, sentence)


def test_a_session_ends_with_one_farewell() -> None:
    said = [step.say for name in NAMES for step in _plan(name).steps]
    assert not [text for text in said if re.search(r"[Tt]hat (is|was) all", text)]


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_session_has_a_short_form(name: str) -> None:
    if SCRIPTS.routine(name).family is Family.INFO:
        return
    for step in _whole(name).steps:
        if step.care or step.ask is not None:
            continue  # a question is short as it is
        assert step.say_short or step.id.split(".")[-1] == "product", step.id
