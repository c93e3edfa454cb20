"""What each construct of the language becomes in the plan."""

from itertools import pairwise

import pytest

from player.core.condition import Logic, Value
from player.core.plan import (
    Advance,
    Announcement,
    Ask,
    CountAloud,
    Eyes,
    Hold,
    Plan,
    Side,
    Step,
    Strokes,
    Timed,
    Trait,
)
from player.errors import FileFault, UsageError
from player.routine.compile.budget import fitted
from player.routine.compile.request import Request
from player.routine.lint.linter import check_script
from player.routine.template import new_script
from tests.routine.folders import Folder

BELL = "When you hear the bell again, ten seconds are left."


def steps(folder: Folder, text: str, request: Request | None = None) -> tuple[Step, ...]:
    return folder.plan(text, request).steps


def one(folder: Folder, text: str) -> Step:
    return steps(folder, text)[0]


def ids(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


def test_three_lines_are_a_step(folder: Folder) -> None:
    step = one(folder, "- say: Circle.\n  at: temple\n  stroke: circle\n")
    assert (step.id, step.label, step.side, step.place_ids) == (
        "step-1",
        "both temples",
        Side.BOTH,
        ("EX-HN5",),
    )
    assert step.work == Strokes(
        reps=15, bpm=120.0, beats=1, sets=1, hold=None, count_aloud=CountAloud.EVERY_5
    )
    assert step.find.startswith("From midway")
    assert (step.settle_s, step.advance, step.trait, step.line) == (3.0, Advance.AUTO, Trait.NORMAL, 5)


def test_what_a_step_says_wins_over_its_stroke(folder: Folder) -> None:
    text = "- {say: Circle., at: temple, stroke: circle, beat: 60, beats: 2, strokes: 8, sets: 3,"
    text += " hold: {count: 4, beat: 50}}"
    step = one(folder, text)
    assert step.work == Strokes(
        reps=8, bpm=60.0, beats=2, sets=3, hold=Hold(4, 50.0, "And hold", "Ease"), count_aloud=CountAloud.EACH
    )
    assert step.trait is Trait.DEEP


def test_a_hold_alone(folder: Folder) -> None:
    step = one(folder, "- {say: Hold., at: crown, stroke: press_hold, hold: 4, sets: 3}")
    assert step.work == Strokes(
        reps=0, bpm=60.0, beats=1, sets=3, hold=Hold(4, end="Ease"), count_aloud=CountAloud.NONE
    )
    assert (step.side, step.label) == (Side.MID, "crown")


@pytest.mark.parametrize(
    ("side", "label"),
    [
        ("left", "left temple"),
        ("right", "right temple"),
        ("both", "both temples"),
        ("alternate", "both temples, one side, then the other"),
    ],
)
def test_labels_name_the_side(folder: Folder, side: str, label: str) -> None:
    step = one(folder, f"- {{say: Circle., at: temple, stroke: circle, side: {side}}}")
    assert (step.label, step.side) == (label, Side(side))
    assert isinstance(step.work, Strokes)
    assert step.work.alternate == (side == "alternate")


def test_two_places(folder: Folder) -> None:
    step = one(folder, "- {say: Tap., at: [GB1, EX-HN5], stroke: tap}")
    assert step.label == "outside both eye corners and both temples"
    assert step.find.count(".") == 2


def test_a_tone_at_each_interval_counts_from_the_beginning(folder: Folder) -> None:
    step = one(folder, "- {say: Rest., seconds: 200, announce: chime every 60}")
    assert isinstance(step.work, Timed)
    assert step.work.announcements == (Announcement(140), Announcement(80), Announcement(20))


def test_only_the_first_long_rest_says_what_its_bell_means(folder: Folder) -> None:
    rests = steps(folder, "- {say: Rest., seconds: 90}\n- {say: Rest again., seconds: 90}")
    assert [step.say for step in rests] == [
        f"Rest. {BELL}",
        "Rest again.",
    ]
    waits = "- {say: Wash., seconds: 90, advance: wait}\n- {say: Dry., seconds: 90, advance: wait}\n"
    assert [step.say for step in steps(folder, f"{waits}- {{say: Rest., seconds: 90}}")] == [
        "Wash. A bell tells the time; there is no hurry.",
        "Dry.",
        f"Rest. {BELL}",
    ]


def test_timed_steps_and_their_notices(folder: Folder) -> None:
    text = '- {say: Rest., seconds: 90, announce: "halfway, last 10, chime at 30, 60, 100"}'
    step = one(folder, text)
    assert isinstance(step.work, Timed)
    assert step.work.secs == 90
    assert step.work.announcements == (
        Announcement(60, "1 minute left."),
        Announcement(45, "Halfway."),
        Announcement(30),
        Announcement(10, "The last 10 seconds."),
    )


def test_a_notice_in_the_scripts_own_words(folder: Folder) -> None:
    text = '- {say: Rest., seconds: 200, announce: [150, 1], say_on_announce: "{time} more. All well?"}'
    work = one(folder, text).work
    assert isinstance(work, Timed)
    texts = [notice.text for notice in work.announcements]
    assert texts == ["2 minutes and 30 seconds more. All well?", "1 second more. All well?"]


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("stroke: steam, seconds: 300", Trait.STEAM),
        ("stroke: mask, seconds: 300", Trait.MASK),
        ("stroke: vibrate, at: z.cheek", Trait.SHORT),
        ("stroke: deep_circle, at: GB20", Trait.DEEP),
        ("seconds: 60", Trait.QUIET),
        ("seconds: 60, advance: wait", Trait.NORMAL),
        ("seconds: 5", Trait.NORMAL),
        ("seconds: 5, special: mask", Trait.MASK),
    ],
)
def test_traits(folder: Folder, text: str, trait: Trait) -> None:
    step = one(folder, f"- {{say: Go., {text}}}")
    assert step.trait is trait


def test_movements_that_come_once(folder: Folder) -> None:
    text = "rules: {no_repeat: yes}\nsteps:\n- {say: Fan., at: z.cheek, stroke: fan}\n"
    text += "- {say: Rest., seconds: 30}"
    assert [step.trait for step in steps(folder, text)] == [Trait.ONCE, Trait.QUIET]


def test_loops_nest_and_items_win(folder: Folder) -> None:
    text = """
- group: g
  for_each:
  - {line: ML1, words: chin}
  - {line: ML4, words: cheek, pressure: feather, hand: ring-tips}
  steps:
  - group: h
    for_each: {side: [left, right]}
    steps:
    - {id: a, say: "{side} {words}. The {side}.", stroke: glide, pressure: light, strokes: 6}
"""
    plan = folder.plan(text.strip())
    assert ids(plan) == ["g.ML1.h.left.a", "g.ML1.h.right.a", "g.ML4.h.left.a", "g.ML4.h.right.a"]
    assert [step.say for step in plan.steps][1:3] == ["Right chin. The right.", "Left cheek. The left."]
    assert [step.side for step in plan.steps] == [Side.LEFT, Side.RIGHT] * 2
    assert plan.steps[0].label == "chin to the left ear lobe"


def test_an_item_may_have_a_condition_and_is_named_by_place_and_side(folder: Folder) -> None:
    text = (
        "- group: g\n  for_each:\n"
        "  - {node: N.neck, side: left, words: Left hand there, when: not clot}\n"
        "  - {line: ML1, words: Chin}\n"
        "  steps:\n  - {id: a, say: '{words}.', stroke: glide, pressure: feather}\n"
    )
    assert ids(folder.plan(text)) == ["g.N-neck-left.a", "g.ML1.a"]
    assert ids(folder.plan(text, Request(facts={"clot": True}))) == ["g.ML1.a"]


def test_words_between_sets_come_from_the_loop(folder: Folder) -> None:
    text = (
        "- group: g\n  for_each:\n  - {line: ML1, again: 'Again, from the chin.'}\n"
        "  steps:\n  - {say: Pinch., say_between: '{again}', at: ML1, stroke: circle, strokes: 4, sets: 2}\n"
    )
    work = folder.plan(text).steps[0].work
    assert isinstance(work, Strokes)
    assert work.between == "Again, from the chin."


@pytest.mark.parametrize(
    ("second", "settle"),
    [
        ("at: mid cheek, hand: middle-tips", 3),
        ("at: mid cheek, hand: ring-tips", 5),
        ("at: mid cheek, hand: middle-tips, side: left", 5),
        ("at: mid cheek", 3),
        ("at: mid cheek, hand: ring-tips, settle: 1", 1),
    ],
)
def test_hands_settle_longer_where_hand_or_side_change(folder: Folder, second: str, settle: float) -> None:
    text = (
        "- {say: Circle., at: nose wing, hand: middle-tips, stroke: circle}\n"
        f"- {{say: 'Circle, left.', stroke: circle, {second}}}\n"
    )
    first, after = folder.plan(text).steps
    assert first.settle_s == 5, "the hands come from nowhere"
    assert after.settle_s == settle


def test_a_mapping_of_two_names_is_a_loop_in_a_loop(folder: Folder) -> None:
    text = "- {group: g, for_each: {line: [ML1, ML2], side: [left, right]},"
    text += " steps: [{id: a, say: Go., stroke: glide}]}"
    assert ids(folder.plan(text)) == ["g.ML1.left.a", "g.ML1.right.a", "g.ML2.left.a", "g.ML2.right.a"]


def test_a_place_of_a_loop_is_spoken_by_its_name(folder: Folder) -> None:
    text = """
- group: g
  for_each: {line: [ML1, nose wing to top of ear]}
  steps: [{say: "Glide: {line}.", label: "line {line}", at: "{line}", stroke: glide}]
"""
    found = steps(folder, text.strip())
    assert [step.say for step in found] == ["Glide: chin to ear lobe.", "Glide: nose wing to top of ear."]
    assert [step.label for step in found] == ["line chin to ear lobe", "line nose wing to top of ear"]
    assert [step.place_ids for step in found] == [("ML1",), ("ML3",)]


def test_repeat_pick_and_round(folder: Folder) -> None:
    text = '- {group: g, repeat: 2, steps: [{id: a, say: "Round {round}."}]}'
    plan = folder.plan(text)
    assert [(step.id, step.say) for step in plan.steps] == [("g.1.a", "Round 1."), ("g.2.a", "Round 2.")]
    text = (
        "- {group: g, pick: 2, steps: [{id: a, say: A., keep: if-time}, {id: b, say: B.}, {id: c, say: C.}]}"
    )
    assert ids(folder.plan(text)) == ["g.b", "g.c"]


def test_what_a_fact_leaves_out_is_not_among_the_picked_rounds(folder: Folder) -> None:
    items = "[{name: a, when: not pregnant}, {name: b}, {name: c}]"
    text = f'- {{group: g, pick: 2, for_each: {items}, steps: [{{id: x, say: "{{name}}."}}]}}'
    for facts, said in (({}, ["A.", "B."]), ({"pregnant": True}, ["B.", "C."])):
        assert [step.say for step in folder.plan(text, Request(facts=facts)).steps] == said


def test_conditions(folder: Folder) -> None:
    text = "- {id: a, say: A., when: pregnant}\n"
    text += "- {id: b, say: B., when: not pregnant and days_since_steam >= 7}\n"
    assert ids(folder.plan(text)) == ["b"]
    assert ids(folder.plan(text, Request(facts={"pregnant": True}))) == ["a"]
    assert ids(folder.plan(text + "- {id: c, say: C.}", Request(facts={"days_since_steam": 3.0}))) == ["c"]


def test_products(folder: Folder) -> None:
    head = "products: {default: oil, allowed: [oil, cream]}\nsteps:\n"
    text = head + '- {say: "Take {product}.", say_by_product: {oil: Warm it., cream: Spread it.}}'
    assert one(folder, text).say == "Take plain oil. Warm it."
    assert steps(folder, text, Request(product="cream"))[0].say == "Take massage cream. Spread it."
    with pytest.raises(UsageError, match="no product in example called `gel`"):
        steps(folder, text, Request(product="gel"))


def test_tools(folder: Folder) -> None:
    head = "tools: {options: [stone, chopstick-wood]}\nsteps:\n"
    text = (
        head
        + "- {id: wash, say: Wash., when: tool.reusable}\n- {id: bin, say: Throw., when: not tool.reusable}"
    )
    assert ids(folder.plan(text)) == ["wash"]
    assert ids(folder.plan(text, Request(tool="chopstick-wood"))) == ["bin"]


def test_params(folder: Folder) -> None:
    head = "params: {rest_secs: {default: 60, min: 30, max: 90}}\nsteps:\n"
    text = head + '- {say: "Rest for {rest_secs}.", seconds: rest_secs}'
    assert one(folder, text).say == f"Rest for 1 minute. {BELL}"
    step = steps(folder, text, Request(params={"rest_secs": 45}))[0]
    assert (step.work.secs if isinstance(step.work, Timed) else 0, step.say) == (
        45,
        f"Rest for 45 seconds. {BELL}",
    )
    with pytest.raises(FileFault, match="example takes 30 to 90"):
        steps(folder, text, Request(params={"rest_secs": 5}))
    with pytest.raises(UsageError, match=r"no param or fact `rest_sec` \(did you mean `rest_secs`"):
        steps(folder, text, Request(params={"rest_sec": 45}))


def test_eyes_are_announced_when_they_change(folder: Folder) -> None:
    text = """
- {id: a, say: Sit., eyes: closed}
- {id: b, say: Rest., eyes: closed}
- {id: c, say: Pour., eyes: open}
- {id: d, say: Go on.}
- {id: e, say: "Close your eyes, please.", eyes: closed}
- {id: f, say: "You may open your eyes.", eyes: closed}
- {id: g, say: Rest., eyes: closed}
"""
    said = [step.say for step in steps(folder, text.strip())]
    assert said == [
        "Now close your eyes. Sit.",
        "Rest.",
        "Now open your eyes. Pour.",
        "Go on.",
        "Close your eyes, please.",
        "You may open your eyes.",
        "Now close your eyes. Rest.",
    ]


def test_advance_and_flags(folder: Folder) -> None:
    text = "- {say: Go., advance: wait, mouth_busy: yes, ears_covered: yes, eyes: open, settle: 9}"
    step = one(folder, text)
    assert (step.advance, step.eyes, step.mouth_busy, step.ears_covered) == (
        Advance.WAIT,
        Eyes.OPEN,
        True,
        True,
    )
    assert step.settle_s == 9


def test_running_another_routine(folder: Folder) -> None:
    folder.write(
        "params: {n_secs: {default: 5, min: 1, max: 99}}\nsteps:\n- {id: x, say: X., seconds: n_secs}",
        "inner",
    )
    plan = folder.plan("- {id: a, say: A.}\n- {id: b, run: inner, use: {n_secs: 42}}\n- {id: c, say: C.}")
    assert ids(plan) == ["a", "b.x", "c"]
    work = plan.steps[1].work
    assert isinstance(work, Timed)
    assert work.secs == 42


def test_a_routine_that_runs_itself_through_another(folder: Folder) -> None:
    folder.write("- {say: X., run: example}", "inner")
    with pytest.raises(FileFault, match="runs itself"):
        folder.plan("- {say: A., run: inner}")


def test_prep_gates_and_after(folder: Folder) -> None:
    folder.write("- {id: p, say: P., when: opt_in_scrub}\n- {id: q, say: Q.}", "before")
    folder.write("- {id: z, say: Z.}", "later")
    text = "prep: before\nprep_facts: {opt_in_scrub: yes}\n"
    text += "after: later\ngates: contra-basic\nsteps:\n- {id: a, say: A.}"
    plan = folder.plan(text, Request(with_prep=True, with_after=True, with_gates=True))
    assert [id_ for id_ in ids(plan) if not id_.startswith("care.")] == [
        "before.p",
        "before.q",
        "a",
        "later.z",
    ]
    assert (plan.steps[0].id, plan.steps[0].advance) == ("care.everyday", Advance.UNLESS_YES)


def test_a_step_that_asks_gets_its_question_and_what_the_answers_mean(folder: Folder) -> None:
    text = "- {id: a, say: A.}\n- {ask: lenses}\n- {ask: opt_in_mask, id: mask}\n"
    text += (
        "- {id: b, say: B., when: opt_in_mask and not lenses}\n- {id: c, say: C., ends: yes, when: lenses}"
    )
    plan = folder.plan(text)
    assert ids(plan) == ["a", "care.lenses", "care.lenses.told", "mask", "b", "c"]
    a, lenses, told, mask, b, c = plan.steps
    assert (lenses.ask, lenses.advance, lenses.say) == (
        Ask("lenses", opens=False, echo="No lenses: good."),
        Advance.ANSWER,
        "Are you wearing contact lenses?",
    )
    assert (told.when, told.advance, told.care) == (Value("lenses"), Advance.WAIT, True)
    assert (mask.ask, mask.advance, mask.care) == (Ask("opt_in_mask"), Advance.CHOICE, False)
    assert b.when == Logic("and", (Value("opt_in_mask"), Logic("not", (Value("lenses"),))))
    assert (c.ends, a.when) == (True, None)
    known = folder.plan(text, Request(facts={"lenses": False}))
    assert ids(known) == ["a", "mask", "b"]
    assert known.steps[-1].when == Value("opt_in_mask")


def test_later_rounds_are_said_in_their_own_words(folder: Folder) -> None:
    text = '- {group: g, repeat: 3, steps: [{id: a, say: "Circle slowly.", say_again: "Once more."}]}'
    assert [step.say for step in folder.plan(text).steps] == ["Circle slowly.", "Once more.", "Once more."]


def test_a_name_outside_of_the_folder_is_no_name(folder: Folder) -> None:
    for name in ("../example", "/etc/passwd", "a/b", ".."):
        with pytest.raises(FileFault, match="run"):
            folder.plan(f"- {{say: A., run: {name}}}")


def test_digest_tells_a_changed_script(folder: Folder) -> None:
    first, same, other = (folder.plan(f"- say: {word}.").digest for word in ("A", "A", "B"))
    assert first == same != other


def test_fitting_keeps_ends_and_both_sides(folder: Folder) -> None:
    middle = "".join(f"- {{id: m{n}, say: Circle here., at: temple, stroke: circle}}\n" for n in range(10))
    sides = (
        "- {group: g, for_each: {side: [left, right]}, steps: [{id: s, say: Go., at: ML1, stroke: glide}]}\n"
    )
    text = (
        "- {id: first, say: Sit.}\n"
        + middle
        + sides
        + "- {id: rest, say: Rest., seconds: 30}\n- {id: end, say: Bye.}"
    )
    plan = folder.plan(text, Request(minutes=2.5))
    assert {"first", "rest", "end"} <= set(ids(plan))
    assert len({"g.left.s", "g.right.s"} & set(ids(plan))) in {0, 2}
    left = [name for name in plan.left_out if name.startswith("m")]
    assert 0 < len(left) < 10
    assert set(ids(plan)) | set(plan.left_out) == set(ids(folder.plan(text)))
    gaps = sorted(int(name[1:]) for name in left)
    assert max(b - a for a, b in pairwise(gaps)) <= 4, "what is left out lies evenly"


ENDS = "- {{id: first, say: Sit.}}\n{}- {{id: end, say: Bye.}}"
WORK = "at: temple, stroke: circle, strokes: 60, side: both"


@pytest.mark.parametrize(("minutes", "rounds"), [(5, "1234"), (2.7, "12"), (1.5, "1"), (0.4, "")])
def test_fitting_drops_the_last_round_first_and_each_as_a_whole(
    folder: Folder, minutes: float, rounds: str
) -> None:
    text = f"""- group: rain
  repeat: 4
  steps:
  - {{id: a, say: "Round {{round}}.", {WORK}}}
  - {{id: b, say: And on., {WORK}}}
"""
    found = ids(folder.plan(ENDS.format(text), Request(minutes=minutes)))
    assert found == ["first", *(f"rain.{n}.{step}" for n in rounds for step in "ab"), "end"]


def test_a_place_that_is_still_there_is_not_said_to_be_left_out(folder: Folder) -> None:
    group = f"- {{group: g, repeat: 3, steps: [{{id: a, say: Circle., {WORK}}}]}}\n"
    plan = folder.plan(ENDS.format(group), Request(minutes=1))
    assert (plan.left_out, plan.left_out_labels) == (("g.2.a", "g.3.a"), ())
    plan = folder.plan(ENDS.format(group), Request(minutes=0.1))
    assert plan.left_out_labels == ("both temples",)


def test_fitting_keeps_the_first_round_of_a_group_that_ends_the_session(folder: Folder) -> None:
    text = f"- {{group: g, repeat: 3, steps: [{{id: a, say: Circle., {WORK}}}]}}"
    assert ids(folder.plan(text, Request(minutes=0.1))) == ["g.1.a"]


def test_fitting_never_breaks_a_cycle(folder: Folder) -> None:
    turns = "".join(
        f"- {{id: {kind[0]}{n}, say: Work here., kind: {kind}, {WORK}}}\n"
        for n in range(4)
        for kind in ("point", "muscle")
    )
    text = "rules: {cycle: [point, muscle]}\nsteps:\n" + ENDS.format(turns)
    counts = []
    for minutes in (5, 4, 2.7, 0.1):
        kept = ids(folder.plan(text, Request(minutes=minutes)))[1:-1]
        assert [name[0] for name in kept] == ["p", "m"] * (len(kept) // 2)
        assert [name[1:] for name in kept[::2]] == [name[1:] for name in kept[1::2]]
        counts.append(len(kept))
    assert counts == [8, 6, 4, 0]


def test_fitting_shortens_times_before_it_leaves_anything_out(folder: Folder) -> None:
    head = "params: {rest_secs: {default: 300, min: 120, max: 600}}\nsteps:\n"
    text = head + "- {id: a, say: Sit.}\n- {id: b, say: Now rest., seconds: rest_secs}\n- {id: c, say: Bye.}"
    plan = folder.plan(text, Request(minutes=4))
    assert (ids(plan), plan.left_out) == (["a", "b", "c"], ())
    work = plan.steps[1].work
    assert isinstance(work, Timed)
    assert work.secs % 5 == 0
    assert 220 <= work.secs <= 235
    asked = folder.plan(text, Request(minutes=4, params={"rest_secs": 290})).steps[1].work
    assert isinstance(asked, Timed)
    assert asked.secs == 290, "what the listener asked for is not shortened"


def test_fitting_without_a_limit_changes_nothing() -> None:
    assert fitted((), None) == ((), ())
    assert fitted((), 5) == ((), ())


def test_a_new_script_is_clean(folder: Folder) -> None:
    script = folder.path / "my-evening.yaml"
    script.write_text(new_script("my-evening"))
    assert check_script(script, folder.scripts()) == []
    with pytest.raises(ValueError, match="small letters"):
        new_script("../x")
