"""The shipped library: complete, with the doses of its sources, within its limits, and as it was last read.

python tests/library/test_library.py --write      # renews the transcripts in tests/golden
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

from shipped import GOLDEN, NAMES, PLAYLISTS, ROUTINES, SCRIPTS, all_moves, plan, transcript

from player.core.place import Place
from player.core.plan import Advance, CountAloud, Side, Step, Strokes, Timed, Trait
from player.core.timing import left_s, work_s
from player.files import languages
from player.routine.compile.compile_step import Move
from player.routine.compile.load_library import Work

REST_BELL, WAIT_BELL = (languages.load("en").routine[key] for key in ("rest_bell", "wait_bell"))
DOSES = Path(__file__).parent / "doses.csv"
ADVANCES = {
    "auto": Advance.AUTO,
    "wait": Advance.WAIT,
}
CONTENTS = {
    "daily-quick": ["prep-hands-and-face", "quick-facial-acupressure"],
    "daily-full": ["prep-hands-and-face", "everyday-facial-acupressure"],
    "desk-break": ["tapping-anywhere"],
    "acupressure-first": [
        "prep-hands-and-face",
        "quick-facial-acupressure",
        "prep-product",
        "sculptural-home-4-stage",
    ],
    "acupressure-last": [
        "sculptural-home-4-stage",
        "wipe-hands",
        "quick-facial-acupressure",
        "quiet-close",
    ],
    "talc-course-session": [
        "prep-sculptural",
        "sculptural-talc-20",
        "aftercare-talc-and-mask",
        "quiet-close",
    ],
    "home-course-session": [
        "prep-sculptural",
        "sculptural-home-4-stage",
        "aftercare-talc-and-mask",
        "quiet-close",
    ],
    "soft-evening": ["prep-sculptural", "lymph-drainage-thumbs", "quiet-close"],
}
ROWS = list(csv.DictReader(DOSES.read_text().splitlines()))


def _steps_named(name: str, step: str) -> list[Move]:
    return [move for move in all_moves(name) if move.spec.id == step]


def _expected_min(name: str) -> float:
    return left_s(plan(name), Place(0)) / 60


def _hands_on(name: str) -> Iterator[Move]:
    return (move for move in all_moves(name) if move.stroke.family is not Work.NONE)


# --- all of it is there, and as it was last read ------------------------------------------------------------


def test_every_routine_card_and_playlist_is_there() -> None:
    kinds = Counter(SCRIPTS.routine(name).kind for name in NAMES)
    assert kinds == {"routine": 30, "card": 4, "playlist": 8}
    assert {row["routine"] for row in ROWS} == set(ROUTINES) - {"interview"}
    assert set(CONTENTS) == set(PLAYLISTS)


@pytest.mark.parametrize("name", NAMES)
def test_the_transcript_is_as_it_was_last_read(name: str) -> None:
    assert transcript(name) == (GOLDEN / f"{name}.txt").read_text()


def test_there_is_no_transcript_too_many() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(NAMES)


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_leads_its_routines_in_order(name: str) -> None:
    first_parts = (step.id.split(".")[0] for step in plan(name).steps if not step.care)
    assert [part for part, _ in groupby(first_parts)] == CONTENTS[name]


# --- time and doses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_time_is_within_the_target(name: str) -> None:
    target = SCRIPTS.routine(name).target_min
    assert target is not None
    assert target[0] <= _expected_min(name) <= target[1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['routine']}.{row['step']}")
def test_each_step_has_the_dose_of_its_source(row: dict[str, str]) -> None:
    moves = _steps_named(row["routine"], row["step"])
    assert len(moves) == int(row["times"])
    for move in moves:
        assert _dose(move) == _dose_of(row)
        assert move.step.advance is ADVANCES[row["advance"]]
        assert move.step.ears_covered is bool(row["ears"])
        assert move.step.mouth_busy or not row["mouth"]
    if row["pressure"] and moves[0].stroke.id != "rest":
        assert [str(move.doing.pressure) for move in moves] == row["pressure"].split("/")


def _dose(move: Move) -> dict[str, float | str]:
    work = move.step.work
    found: dict[str, float | str] = {"stroke": move.stroke.id, "sets": work.sets}
    if isinstance(work, Timed):
        return found | {"secs": work.secs} | ({"bpm": work.bpm} if work.bpm else {})
    if work.reps:
        found |= {"reps": work.reps, "bpm": work.bpm, "beats": work.beats}
    return found | ({"hold": work.hold.count} if work.hold else {})


def _dose_of(row: dict[str, str]) -> dict[str, float | str]:
    numbers = {key: float(row[key]) for key in ("sets", "secs", "reps", "hold", "bpm", "beats") if row[key]}
    if "secs" in numbers:
        numbers.pop("beats", None)
    return {"stroke": row["stroke"], **numbers}


def test_the_table_of_doses_names_each_step_once() -> None:
    assert max(Counter((row["routine"], row["step"]) for row in ROWS).values()) == 1


@pytest.mark.parametrize("name", ["quick-facial-acupressure", "everyday-facial-acupressure"])
def test_everyday_points_get_twelve_to_fifteen(name: str) -> None:
    works = [move.step.work for move in all_moves(name) if move.stroke.id in {"circle", "sweep"}]
    assert works
    assert all(isinstance(work, Strokes) and 12 <= work.reps <= 15 for work in works)


@pytest.mark.parametrize(
    ("name", "param", "limits"),
    [
        ("quick-facial-acupressure", "quiet_secs", (30, 60, 600)),
        ("everyday-facial-acupressure", "quiet_secs", (120, 300, 600)),
        ("quiet-close", "quiet_secs", (120, 200, 600)),
        ("tapping-anywhere", "tap_secs", (60, 60, 120)),
        ("headache-point", "deep_secs", (60, 75, 120)),
        ("headache-point", "skull_secs", (60, 90, 120)),
        ("prep-herbal-steam", "steam_secs", (120, 420, 420)),
        ("aftercare-talc-and-mask", "mask_secs", (300, 600, 1200)),
    ],
)
def test_params_keep_their_limits(name: str, param: str, limits: tuple[float, float, float]) -> None:
    found = SCRIPTS.routine(name).params[param]
    assert (found.min, found.default, found.max) == limits


# --- places and sides ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROUTINES)
def test_no_place_is_forbidden_and_none_bears_less(name: str) -> None:
    for move in _hands_on(name):
        assert move.sites, f"{move.step.id} names no place"
        for site in move.sites:
            assert site.allowed, f"{move.step.id} works on {site.id}"
            assert (move.doing.pressure or 0) <= site.max_pressure, f"{move.step.id} presses {site.id}"


@pytest.mark.parametrize("name", ROUTINES)
def test_alternate_strokes_are_even(name: str) -> None:
    for move in all_moves(name):
        work = move.step.work
        if isinstance(work, Strokes) and work.alternate and not move.routine.rules.no_repeat:
            assert work.reps % 2 == 0, move.step.id


@pytest.mark.parametrize("name", ROUTINES)
def test_both_sides_get_the_same(name: str) -> None:
    seconds: dict[tuple[str, str], float] = defaultdict(float)
    for move in all_moves(name):
        if move.spec.id != "test-arm":  # a trial of the tool, on one arm
            seconds[move.spec.id, move.step.side.value] += work_s(move.step)
    for (step, side), done_s in list(seconds.items()):
        if side == Side.LEFT:
            assert seconds[step, Side.RIGHT.value] == done_s, step


@pytest.mark.parametrize("name", ROUTINES)
def test_the_sides_of_the_neck_are_never_worked_at_once(name: str) -> None:
    for move in _hands_on(name):
        if {site.id for site in move.sites} & {"ML11", "ML11f", "z.neck_side", "N.neck"}:
            assert move.step.side in {Side.LEFT, Side.RIGHT, Side.ALTERNATE}, move.step.id


@pytest.mark.parametrize("name", ROUTINES)
def test_a_step_of_one_side_says_which(name: str) -> None:
    for move in all_moves(name):
        if move.step.side in {Side.LEFT, Side.RIGHT}:
            assert move.step.side.value in move.step.say.lower(), move.step.id
            assert move.step.side.value in move.step.label.lower(), move.step.id


# --- what each variety is bound to --------------------------------------------------------------------------


def test_nothing_in_the_spanish_style_comes_twice() -> None:
    moves = list(_hands_on("spanish-non-repeating"))
    assert len({move.stroke.id for move in moves}) == len(moves) == 21
    assert all(move.step.trait is Trait.ONCE for move in moves)
    works = [move.step.work for move in moves]
    assert all(
        work.sets == 1 and (isinstance(work, Timed) or work.reps == 1 + work.alternate) for work in works
    )


def test_zogan_goes_round_point_lymph_muscle_and_ends_with_the_warm_up() -> None:
    kinds = [move.spec.kind for move in all_moves("zogan-inspired")]
    assert kinds == ["opening", *["point", "lymph", "muscle"] * 5, *["warmup"] * 4]


def test_the_french_style_leaves_the_muscles_alone() -> None:
    deep = {Work.MUSCLE, Work.DEEP, Work.PINCH, Work.POINT}
    for move in _hands_on("french-superficial"):
        assert move.stroke.family not in deep, move.step.id
        assert (move.doing.pressure or 0) <= 2, move.step.id
        assert move.doing.hand in {"fingertips", "boat-palms"}, move.step.id


def test_the_moroccan_style_stays_on_chin_jaw_and_cheeks() -> None:
    focus = {"z.chin", "z.under_chin", "z.jaw", "z.cheek"}
    moves = list(_hands_on("moroccan-contour"))
    inside = [move for move in moves if all(_lies_in(site.id, site.zones, focus) for site in move.sites)]
    share = sum(work_s(move.step) for move in inside) / sum(work_s(move.step) for move in moves)
    assert share >= 0.6
    assert {move.doing.hand for move in moves} == {"finger-pads", "palm-edges"}


def _lies_in(id_: str, zones: tuple[str, ...], focus: set[str]) -> bool:
    return id_ in focus or bool(set(zones) & focus)


@pytest.mark.parametrize("name", ["lymph-drainage-thumbs", "zogan-inspired"])
def test_draining_strokes_go_toward_the_collarbone(name: str) -> None:
    rank = {site.id: site.rank for site in SCRIPTS.library.sites.values()}
    draining = [move for move in all_moves(name) if move.doing.direction]
    assert len(draining) == {"lymph-drainage-thumbs": 16, "zogan-inspired": 5}[name]
    for move in draining:
        first, last = move.doing.direction or ("", "")
        assert rank[last] < rank[first] or first == last == "N.terminus", move.step.id
        assert move.doing.pressure == 1, move.step.id


def test_every_draining_stroke_has_its_direction() -> None:
    for name in ("lymph-drainage-thumbs", "zogan-inspired"):
        assert all(move.doing.direction for move in _hands_on(name) if move.stroke.family is Work.LYMPH)


def test_the_italian_style_names_points_and_joins_the_palms() -> None:
    for move in _hands_on("italian-inspired"):
        assert all(site.kind == "point" for site in move.sites), move.step.id
        assert str(move.doing.hand).startswith("joined-"), move.step.id


def test_the_tool_stays_away_from_eye_artery_nerve_and_airway() -> None:
    forbidden = set(SCRIPTS.routine("acupressure-with-tool").tools.forbidden_at)
    assert forbidden == {"BL1", "ST1", "GB1", "ST2", "EX-HN4", "TE17", "EX-HN5", "ST5", "GV26"}
    touched = {site.id for move in _hands_on("acupressure-with-tool") for site in move.sites}
    assert not touched & forbidden


def test_the_steam_never_lasts_longer_than_seven_minutes() -> None:
    steams = [move.step for name in ROUTINES for move in all_moves(name) if move.stroke.id == "steam"]
    assert len(steams) == 1
    assert all(step.trait is Trait.STEAM for step in steams)
    assert all(isinstance(step.work, Timed) and step.work.secs <= 420 for step in steams)


@pytest.mark.parametrize(
    ("name", "step", "trait"),
    [
        ("headache-point", "inner-brow", Trait.DEEP),
        ("sculptural-talc-20", "stroke-line", Trait.DEEP),
        ("italian-inspired", "cradle-jaw", Trait.DEEP),
        ("aftercare-talc-and-mask", "mask-wait", Trait.MASK),
        ("sculptural-talc-20", "vibrate-line", Trait.SHORT),
        ("contour-pinch", "jaw", Trait.SHORT),
        ("quiet-close", "still", Trait.QUIET),
        ("everyday-facial-acupressure", "quiet", Trait.QUIET),
        ("prep-herbal-steam", "bowl", Trait.NORMAL),
        ("acupressure-with-tool", "put-down", Trait.NORMAL),
    ],
)
def test_special_steps_know_what_pause_repeat_and_next_mean(name: str, step: str, trait: Trait) -> None:
    assert {move.step.trait for move in _steps_named(name, step)} == {trait}


def test_cards_only_inform() -> None:
    cards = [name for name in ROUTINES if SCRIPTS.routine(name).kind == "card"]
    for name in cards:
        assert SCRIPTS.routine(name).availability == "specialist-only"
        assert {move.stroke.id for move in all_moves(name)} == {"rest"}
        assert all(move.step.side is Side.NONE and not move.sites for move in all_moves(name))


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_each_script_says_where_it_comes_from_and_where_it_differs(name: str) -> None:
    routine = SCRIPTS.routine(name)
    assert re.match(r"The (facial acupressure|sculptural massage) text, ", routine.source)
    assert routine.honest_note
    if routine.availability == "self-adapted":
        assert "gentle home version" in routine.honest_note


@pytest.mark.parametrize("name", NAMES)
def test_instructions_are_short_and_labels_can_be_said(name: str) -> None:
    for step in plan(name).steps:
        said = step.say.removesuffix(REST_BELL).removesuffix(WAIT_BELL)
        assert len(said.split()) <= 45, step.id
        assert all(len(sentence.split()) <= 20 for sentence in re.split(r"[.:?!]", step.say)), step.id
        assert re.fullmatch(r"[A-Za-z][A-Za-z ,'-]*", step.label), f"{step.id}: {step.label}"
        assert step.label != step.id.split(".")[-1].replace("-", " ") or step.place_ids, step.id


def test_short_instructions_are_shorter() -> None:
    steps: list[Step] = [step for name in ROUTINES for step in plan(name).steps if step.say_short]
    assert len(steps) > 60
    assert all(len(step.say_short) < len(step.say) for step in steps)


def test_a_move_to_the_neighbouring_spot_is_told_by_one_word_only() -> None:
    for move in _steps_named("micromassage", "micro"):
        work = move.step.work
        assert isinstance(work, Strokes)
        assert work.count_aloud is CountAloud.NONE


if __name__ == "__main__":
    if "--write" in sys.argv:
        for script in NAMES:
            (GOLDEN / f"{script}.txt").write_text(transcript(script))
    else:
        sys.exit(__doc__)
