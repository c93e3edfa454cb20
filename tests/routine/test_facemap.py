"""The face map: every place drawn where it is, on its own side, in a document that is safe to open."""

import itertools
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from player.core.plan import Side
from player.errors import FileFault
from player.facemap.drawing import FRONT, Drawing, load_drawing
from player.facemap.face import Frame
from player.facemap.labels import Box, Labels
from player.facemap.marks import Marked, PlaceMark, Shape, half, mark
from player.facemap.page import draw
from player.facemap.svg import DARK, LIGHT, text_of
from player.files import languages, paths
from player.routine.compile.compile_step import Move
from player.routine.compile.compose import session_of
from player.routine.compile.load import Scripts

SCRIPTS = Scripts(paths.scripts())
LANGUAGE = languages.load("en")
SVG = "{http://www.w3.org/2000/svg}"
each_script = pytest.mark.parametrize("name", SCRIPTS.names())


@cache
def drawing() -> Drawing:
    return load_drawing(paths.scripts() / "library")


@cache
def moves(name: str) -> tuple[Move, ...]:
    return session_of(SCRIPTS.routine(name), SCRIPTS, LANGUAGE.routine)[0]


def marked(some: tuple[Move, ...]) -> Marked:
    return mark(some, SCRIPTS.library, drawing())


@cache
def svg(name: str, *, mirrored: bool = False) -> str:
    return drawn(moves(name), SCRIPTS.routine(name).title, mirrored=mirrored)


def drawn(some: tuple[Move, ...], title: str = "A title", *, mirrored: bool = False) -> str:
    notes = [f"note {number}" for number in range(len(some))]
    return draw(title, some, notes, SCRIPTS.library, drawing(), LANGUAGE.screen, mirrored=mirrored)


def by_place(some: Marked, place: str) -> dict[Side, PlaceMark]:
    return {one.side: one for one in some.marks if one.places == (place,)}


def one_step(name: str, step: str, **changes: object) -> tuple[Move, ...]:
    """Return one move of a routine, its step changed."""
    found = next(move for move in moves(name) if move.step.id == step)
    return (replace(found, step=replace(found.step, **changes)),)  # type: ignore[arg-type]


def shapes_of(text: str) -> dict[tuple[str, str], list[float]]:
    """Return the x of everything that is drawn for (place, side), on the page."""
    found: dict[tuple[str, str], list[float]] = {}
    for one in ET.fromstring(text).iter():
        if (place := one.get("data-place")) is None:
            continue
        xs = found.setdefault((place, str(one.get("data-side"))), [])
        for inner in one.iter():
            xs += [float(pair[0]) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", inner.get("d", ""))]
            xs += [float(inner.attrib[key]) for key in ("cx", "x") if key in inner.attrib]
    return found


def page_text(text: str) -> str:
    return " ".join(one.text or "" for one in ET.fromstring(text).iter(f"{SVG}text"))


# --- the whole library ------------------------------------------------------------------------------------


@each_script
def test_a_map_is_well_formed_titled_and_described(name: str) -> None:
    root = ET.fromstring(svg(name))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    named = {one.get("id"): one.text for one in root if one.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert set(str(root.get("aria-labelledby")).split()) == set(named) == {"title", "desc"}
    assert named["title"] == SCRIPTS.routine(name).title
    assert LANGUAGE.screen["map_facing"] in str(named["desc"])


@each_script
def test_every_place_of_a_plan_is_drawn_or_listed(name: str) -> None:
    found = marked(moves(name))
    done = {(number, place) for one in found.marks for number in one.steps for place in one.places}
    undrawn = {number for number, _ in found.undrawn}
    shown = shapes_of(svg(name))
    for number, move in enumerate(moves(name), 1):
        for place in move.step.place_ids:
            assert (number, place) in done or number in undrawn, f"step {number}: {place}"
        if move.step.place_ids:
            assert f"{number} {move.step.label}" in " ".join(described(name).split())
    for one in found.marks:
        assert (" ".join(one.places), one.side.value) in shown
    for number, place in found.undrawn:
        assert f"{number} {place}" in page_text(svg(name))


def described(name: str) -> str:
    desc = ET.fromstring(svg(name)).find(f"{SVG}desc")
    assert desc is not None
    return str(desc.text)


@each_script
def test_steps_that_are_nowhere_are_named_and_no_others(name: str) -> None:
    nowhere = [str(n) for n, move in enumerate(moves(name), 1) if not move.step.place_ids]
    said = LANGUAGE.screen["map_nowhere"].replace("{steps}", ", ".join(nowhere))
    assert (said in described(name)) is bool(nowhere)


@each_script
def test_nothing_that_is_never_touched_is_a_target(name: str) -> None:
    never = {site.id for site in SCRIPTS.library.sites.values() if not site.allowed}
    assert never & {place for one in marked(moves(name)).marks for place in one.places} == set()
    assert never & {place for places_, _ in shapes_of(svg(name)) for place in places_.split()} == set()


@each_script
@pytest.mark.parametrize("mirrored", [False, True])
def test_sides_are_where_the_page_says_that_they_are(name: str, mirrored: bool) -> None:
    """The words "your left" and everything on the left lie in the same half of their view."""
    root = ET.fromstring(svg(name, mirrored=mirrored))
    word = {one.text: float(one.attrib["x"]) for one in root.iter(f"{SVG}text") if one in list(root)}
    front_left = word[LANGUAGE.screen["map_left"]] > word[LANGUAGE.screen["map_right"]]
    assert front_left is not mirrored
    front = {" ".join(one.places) for one in marked(moves(name)).marks if one.view == FRONT}
    for (place, side), xs in shapes_of(svg(name, mirrored=mirrored)).items():
        if side == "mid" or place not in front:
            continue
        on_right_half = (side == "left") is not mirrored
        assert all((x >= 535) if on_right_half else (x <= 545) for x in xs), (place, side, xs)


@each_script
def test_the_same_routine_gives_the_same_bytes(name: str) -> None:
    again = drawn(moves(name), SCRIPTS.routine(name).title)
    assert again == svg(name)


@each_script
def test_no_number_covers_another_and_all_are_on_the_page(name: str) -> None:
    root = ET.fromstring(svg(name))
    wide, high = (float(value) for value in str(root.get("viewBox")).split()[2:])
    boxes = []
    for group in root.iter(f"{SVG}g"):
        rects = [one for one in group if one.tag == f"{SVG}rect" and one.get("class") == "badge"]
        if rects and group.find(f"{SVG}text") is not None and "transform" not in group.attrib:
            x, y, w, h = (float(rects[-1].attrib[key]) for key in ("x", "y", "width", "height"))
            boxes.append(Box(x, y, x + w, y + h))
    page = Box(0, 0, wide, high)
    for box in boxes:
        if box.left > 20:  # the key's own sample stands in a moved group
            assert box.shared(page) == pytest.approx((box.right - box.left) * (box.bottom - box.top))
    for one, other in itertools.combinations(boxes, 2):
        assert one.shared(other) < 20, (name, one, other)


def test_a_mirror_flips_the_face_and_nothing_else() -> None:
    plain, mirrored = (shapes_of(svg("quick-facial-acupressure", mirrored=m)) for m in (False, True))
    assert plain.keys() == mirrored.keys()
    for key, xs in plain.items():
        width = 10 if key[0].startswith("N.") else 0
        assert [1080 - x - width for x in xs] == pytest.approx(mirrored[key], abs=0.11)


# --- sides, directions, views -----------------------------------------------------------------------------


def test_a_step_on_one_side_is_drawn_there_only() -> None:
    left = marked(one_step("quick-facial-acupressure", "temple", side=Side.LEFT))
    assert set(by_place(left, "EX-HN5")) == {Side.LEFT}
    assert by_place(left, "EX-HN5")[Side.LEFT].path[0][0] > 0.5
    right = marked(one_step("quick-facial-acupressure", "temple", side=Side.RIGHT))
    assert by_place(right, "EX-HN5")[Side.RIGHT].path[0][0] < 0.5


def test_one_side_of_an_area_across_the_midline_is_half_of_it() -> None:
    found = marked(one_step("focus-brow", "rest", side=Side.RIGHT))
    (one,) = found.marks
    assert one.side is Side.RIGHT
    assert max(x for x, _ in one.path) == pytest.approx(0.5)
    assert min(x for x, _ in one.path) < 0.35
    assert half([(0.2, 0.1), (0.8, 0.1), (0.8, 0.3), (0.2, 0.3)]) == (
        (0.5, 0.1),
        (0.8, 0.1),
        (0.8, 0.3),
        (0.5, 0.3),
    )


def test_in_turn_is_marked_and_both_at_once_is_not() -> None:
    found = marked(moves("moroccan-contour"))
    under, jaw = by_place(found, "ML14"), by_place(found, "ML1")
    assert {one.in_turn for one in under.values()} == {True}
    assert {one.in_turn for one in jaw.values()} == {False}
    assert LANGUAGE.screen["map_in_turn"] in page_text(svg("moroccan-contour"))
    assert LANGUAGE.screen["map_in_turn"] not in page_text(svg("quick-facial-acupressure"))


def test_lines_run_as_they_are_stroked() -> None:
    chin = SCRIPTS.library.sites["ML1"].path
    found = by_place(marked(moves("lymph-drainage-thumbs")), "ML1")[Side.LEFT]
    assert found.path == chin
    assert not found.to_and_fro


def test_a_direction_against_a_line_turns_its_arrow() -> None:
    (move,) = one_step("lymph-drainage-thumbs", "jaw")
    back = replace(move, doing=replace(move.doing, direction=("N.jaw_angle", "N.submental")))
    found = by_place(marked((back,)), "ML1")[Side.LEFT]
    assert found.path == tuple(reversed(SCRIPTS.library.sites["ML1"].path))


def test_a_stroke_to_and_fro_has_two_heads() -> None:
    (move,) = one_step("focus-jaw", "glide")
    once, both = (
        drawn((replace(move, stroke=replace(move.stroke, back_and_forth=fro)),)) for fro in (False, True)
    )
    assert both.count('class="head"') - once.count('class="head"') == 3  # two sides, and the key
    assert LANGUAGE.screen["map_to_and_fro"] in page_text(both)
    assert LANGUAGE.screen["map_to_and_fro"] not in page_text(once)


def test_a_drain_from_place_to_place_is_an_arrow_between_them() -> None:
    found = marked(one_step("lymph-drainage-thumbs", "mouth"))
    ways = [one for one in found.marks if one.shape is Shape.LINE]
    assert {one.places for one in ways} == {("ST4", "N.jaw_angle")}
    sites = SCRIPTS.library.sites
    assert {one.path for one in ways if one.side is Side.LEFT} == {(sites["ST4"].xy, sites["N.jaw_angle"].xy)}


def test_the_same_place_in_two_steps_is_one_mark_with_both_numbers() -> None:
    found = by_place(marked(moves("lymph-drainage-thumbs")), "N.terminus")
    assert found[Side.LEFT].steps == (2, 17)


def test_every_point_has_its_number_and_a_midline_start_has_one() -> None:
    ear = page_text(drawn(one_step("everyday-facial-acupressure", "ear-front"))).split()
    assert ear.count("1") == 6 + 1  # three points on each side, and the legend
    jaw = page_text(drawn(one_step("focus-jaw", "glide"))).split()
    assert jaw.count("1") == 1 + 1  # both lines begin at the middle of the chin


def test_the_back_of_the_head_is_seen_from_behind() -> None:
    """There the listener's left is on the left of the page, in a mirror or not."""
    for mirrored in (False, True):
        xs = shapes_of(svg("everyday-facial-acupressure", mirrored=mirrored))
        assert max(xs["GB20", "left"]) < min(xs["GB20", "right"])
    frame = Frame(drawing().views["back"], 0, 0, 1, flipped=True)
    assert frame.at((0.6, 0.5))[0] < frame.at((0.4, 0.5))[0]


def test_arms_are_drawn_beside_the_face_and_the_chosen_spot_is_a_note() -> None:
    found = by_place(marked(moves("acupressure-with-tool")), "z.forearm")
    assert {side: one.view for side, one in found.items()} == {Side.LEFT: "arms"}
    assert LANGUAGE.screen["map_arms"] in page_text(svg("acupressure-with-tool"))
    assert "6 spot you chose" in page_text(svg("headache-point"))


def test_every_place_of_the_library_but_the_chosen_spot_can_be_drawn() -> None:
    located = map(drawing().located, SCRIPTS.library.sites.values())
    lost = {s.id for s in located if s.allowed and not (s.xy or s.path or s.outline)}
    assert lost == {"z.choice"}
    assert {place for place in drawing().places if place not in SCRIPTS.library.sites} == set()


@pytest.mark.parametrize("place", ["z.throat_nogo", "z.carotid_nogo", "BL1", "CV23"])
def test_a_step_at_a_place_that_is_never_touched_is_only_a_note(place: str) -> None:
    (move,) = one_step("quick-facial-acupressure", "temple")
    site = SCRIPTS.library.sites[place]
    found = marked((replace(move, sites=(site,)),))
    assert found.marks == ()
    assert found.undrawn == ((1, site.name),)


def test_work_on_the_neck_shows_where_no_pressure_goes() -> None:
    assert marked(moves("neck-collar-decollete")).forbidden
    assert LANGUAGE.screen["map_never"] in page_text(svg("neck-collar-decollete"))
    assert not marked(moves("quick-facial-acupressure")).forbidden


# --- a safe document --------------------------------------------------------------------------------------


def test_texts_are_only_text() -> None:
    nasty = "<script>alert(1)</script> & \"quotes\" 'single' ]]> \ufffe\x08 &lt;"
    some = one_step("quick-facial-acupressure", "temple", label=nasty)
    root = ET.fromstring(drawn(some, nasty))
    assert {one.tag for one in root.iter() if "script" in one.tag} == set()
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "<script>alert(1)</script> & \"quotes\" 'single' ]]>  &lt;"
    assert text_of("a<b") == "a&lt;b"


def test_a_map_needs_nothing_from_anywhere() -> None:
    text = svg("french-superficial").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|<script|<image|<foreignObject|@import", text)
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#never"}


def test_light_and_dark_name_the_same_colours_and_print_is_light() -> None:
    assert LIGHT.keys() == DARK.keys()
    style = ET.fromstring(svg("french-superficial")).find(f"{SVG}style")
    assert style is not None
    used = set(re.findall(r"var\(--(\w+)\)", str(style.text)))
    assert used == LIGHT.keys()
    assert "@media screen and (prefers-color-scheme:dark)" in str(style.text)
    for mode in (LIGHT, DARK):
        for ink in ("ink", "soft", "way"):
            assert contrast(mode[ink], mode["paper"]) >= 4.5
            assert contrast(mode[ink], mode["skin"]) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_long_legend_goes_on_in_further_columns_on_the_page() -> None:
    (move,) = one_step("quick-facial-acupressure", "temple", label="a rather long place " * 6)
    root = ET.fromstring(drawn((move,) * 120))
    wide, high = (float(value) for value in str(root.get("viewBox")).split()[2:])
    assert high < 1500
    lines = [one for one in root.iter(f"{SVG}text") if one.get("class") == "ink"]
    assert max(float(one.attrib["y"]) for one in lines) < high
    assert max(float(one.attrib["x"]) for one in lines) < wide - 300


# --- numbers ----------------------------------------------------------------------------------------------


def test_numbers_keep_clear_of_each_other_and_inside() -> None:
    page = Box(0, 0, 300, 300)
    labels = Labels([], [])
    boxes = [labels.place("12, 34", ((150.0, 150.0 + y),), 1, page)[0] for y in range(8)]
    for one, other in itertools.combinations(boxes, 2):
        assert one.shared(other) == 0
    edge, _ = labels.place("12, 34, 56", ((298.0, 298.0),), 1, page)
    assert edge.right <= 300
    assert edge.bottom <= 300


# --- the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("window: [-0.100, 0.060, 1.100, 0.985]", "window: [1, 0, 0, 1]", "left, top, right and bottom"),
        ("xy: [0.703, 0.385]", "xy: [0.703]", "x and y"),
        ("turned: yes", "twisted: yes", "`twisted` is not a key"),
        ("  front:\n", "  face:\n", "needs the view `front`"),
        ("format: 1", "format: 9", "`format`"),
    ],
)
def test_a_fault_in_the_drawing_is_said_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (paths.scripts() / "library" / "facemap.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "facemap.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileFault, match=re.escape(said)):
        load_drawing(tmp_path)
