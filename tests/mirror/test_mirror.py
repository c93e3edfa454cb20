"""The mirror in a real browser, before a made-up camera: where places lie, what it says, what it keeps."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from player.core.commands import Command
from tests.mirror import camera, glass, mapping, sheets, shots
from tests.mirror.camera import Pose
from tests.mirror.glass import Mirror, says
from tests.mirror.head import HeadTurn, head
from tests.mirror.shots import POSES, ROUTINE, TURNED
from tests.page.browser import comes

# what Chromium itself answers on a computer without one; a second browser cannot be had beside the first
NO_CAMERA = (
    "MediaDevices.prototype.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }"
)
NEAR = 0.04  # of the distance of the pupils
# usual and worst of each; beyond the first face, what the mesh can tell of cheek and jaw: half a finger
FACES = {"collins": (0.03, NEAR), "hopper": (0.05, 0.13), "smith": (0.05, 0.13)}
TURNS = {0: (0.045, 0.13), 15: (0.04, 0.11), 25: (0.05, 0.12), 35: (0.075, 0.17)}  # mean and worst
LATE = {"TE23", "GB1", "ST7"}  # at the edge of brow and cheek: they go a little later
DIM = 0.15  # so dark that it is told, and faces are still found
HALF = 0.13  # what faces the camera so much is drawn half
COVERED = """vertices => vertices.map(vertex => {
    const [x, y] = face[vertex];
    return drawn[0].area.isPointInFill(new DOMPoint(x, y));
})"""
AROUND = {  # vertices of the lids, upper and lower, and of the rim above and below
    "left": ((386, 374, 385, 380), (444, 450)),
    "right": ((159, 145, 158, 153), (224, 230)),
}
FADES = "drawn.map(one => ({side: one.mark.side, opacity: one.opacity}))"


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Return the film that the camera plays."""
    glass.require()
    picture = shots.shot(*POSES["straight"]).picture
    return camera.film(tmp_path_factory.mktemp("camera") / "film.y4m", [picture])


@pytest.fixture(scope="module")
def before(film) -> Iterator[tuple[Mirror, Page]]:
    """Return a mirror that is open, and sees a face."""
    with glass.browser(film) as browser, glass.mirror(browser, ROUTINE, color_scheme="dark") as mirror:
        mirror.show("temple.find")
        page = mirror.opened(hurried=True)
        comes(page, "document.body.classList.contains('seen')")
        yield mirror, page


@pytest.mark.parametrize("name", POSES)
def test_each_point_lies_where_it_was_marked_by_hand(before, film, name):
    _mirror, page = before
    one, sample = shots.looked(page, film, name)
    found = shots.errors(one, sample)
    print(shots.told(name, found))
    usual, worst = FACES[POSES[name][0]]
    assert np.median(list(found.values())) <= usual
    assert max(found.values()) <= worst, max(found, key=found.__getitem__)


@pytest.mark.parametrize("name", TURNED)
def test_on_a_real_head_that_turns_places_stay_and_what_it_hides_fades(before, film, name):
    mirror, page = before
    mirror.show("temple.find")
    one, sample = shots.looked(page, film, name)
    turn = TURNED[name][1]
    assert isinstance(turn, HeadTurn)
    hidden = {key for key, at in head().points.items() if head().hidden(at, turn)}
    found = {key: far for key, far in shots.errors(one, sample).items() if key not in hidden}
    print(shots.told(name, found))
    mean, worst = TURNS[abs(round(turn.across))]
    assert np.mean(list(found.values())) <= mean
    assert max(found.values()) <= worst, max(found, key=found.__getitem__)
    assert abs(page.evaluate("turnOf(face)") + turn.across) < 4
    if abs(turn.across) > 20:
        faces = {(at["id"], at["side"]): at["faces"] for at in sample["points"]}
        assert {id_ for id_, side in hidden if faces[id_, side] > HALF} <= LATE
        assert faces["EX-HN5", "left" if turn.across > 0 else "right"] > HALF
    says(page, "")


@pytest.mark.parametrize("degrees", [25, -35])
def test_places_stay_on_a_head_that_turns_and_those_behind_it_fade(before, film, degrees):
    """The mask of the portrait's own face is turned; its mesh tells where each place should be then."""
    mirror, page = before
    mirror.show("temple.find")
    shot = (camera.portrait("collins"), Pose(x=350, y=190, scale=3.0, lean=9))
    glass.before(page, film, shot)
    face = np.array(page.evaluate("face"))[:468]
    _vertices, triangles = mapping.canonical(glass.PARTS)
    mask, there = camera.turned(camera.taken(shot), face, triangles, degrees)
    glass.shown(page, film, mask)
    found = np.array(page.evaluate("face"))[:468]
    off = np.linalg.norm((found - there)[:, :2], axis=1) / np.linalg.norm((there[33] - there[263])[:2])
    assert np.median(off) < NEAR
    near, far = ("left", "right") if degrees > 0 else ("right", "left")
    fades = {one["side"]: one["opacity"] for one in page.evaluate(FADES)}
    assert fades[far] < 0.5 < fades[near]
    says(page, "")


def test_the_page_sends_no_picture_and_keeps_nothing(before):
    """Of all that is asked for since it opened: files of the page, its stream, and one word for a button."""
    mirror, page = before
    mirror.show("between-brows.find")
    page.click("button[data-command=where]")
    assert mirror.pressed.get(timeout=20) is Command.WHERE
    looked = page.evaluate("looks")
    comes(page, f"looks > {looked + 2}")
    own = urlsplit(page.url).netloc
    assert {urlsplit(one.url).netloc for one in mirror.asked} == {own}
    assert not [one.url for one in mirror.asked if urlsplit(one.url).query and "code=" not in one.url]
    assert [(one.method, one.post_data) for one in mirror.asked if one.method != "GET"] == [("POST", "where")]
    ways = {urlsplit(one.url).path for one in mirror.asked}
    assert {way for way in ways if not way.startswith("/face_mesh/face_mesh")} <= {
        *("/", "/mirror", "/page.css", "/page.js", "/mirror.css", "/mirror.js", "/embind.js", "/icon.svg"),
        *("/events", "/press"),
    }
    kept = page.evaluate(
        "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
        ".then(all => [...all.flat(), ...Object.keys(localStorage), ...Object.keys(sessionStorage)])"
    )
    assert kept == []
    assert [one["name"] for one in mirror.context.cookies()] == [f"player-{urlsplit(page.url).port}"]
    assert not [told for told in mirror.told if "Error" in told or "violates" in told]


def test_only_the_mirror_may_ask_for_the_camera(before):
    mirror, _page = before
    other = mirror.opened("/")
    asked = "navigator.mediaDevices.getUserMedia({video: true}).then(() => 'yes', error => error.name)"
    assert other.evaluate(asked) == "NotAllowedError"
    assert other.get_by_role("link", name="Mirror").is_visible()
    other.close()


def test_an_area_around_the_eyes_leaves_the_lids_free_also_when_they_are_closed(before, film):
    mirror, page = before
    mirror.show("temple.find")
    glass.shown(page, film, head().taken(HeadTurn()))
    page.evaluate("all => Object.assign(marks, all)", sheets.everything())
    usual = page.evaluate("steps[shown.step].marks")
    for area in ("z.orbit_rim left", "z.orbit_rim right"):
        page.evaluate("area => { steps[shown.step].marks = [area]; drawMarks(); }", area)
        lids, rim = AROUND[area.split()[1]]
        assert page.evaluate(COVERED, lids) == [False] * 4
        assert page.evaluate(COVERED, rim) == [True] * 2
    page.evaluate("usual => { steps[shown.step].marks = usual; drawMarks(); }", usual)


def test_it_is_a_mirror_that_names_both_sides_and_fingertips_are_as_large_as_they_are(before):
    mirror, page = before
    mirror.show("temple.find")
    comes(page, "document.querySelectorAll('.dot').length == 2")
    left, right = (
        f"document.querySelector('[data-side={side}]').getBoundingClientRect().x"
        for side in ("left", "right")
    )
    assert page.evaluate(f"{left} < {right}")
    assert [page.text_content(f"#word-{side}") for side in ("left", "right")] == ["your left", "your right"]
    wide = "one.group.querySelector('.dot').r.baseVal.value * 2 / far(face[468], face[473])"
    for share in page.evaluate(f"(moveMarks(), drawn.map(one => {wide}))"):
        assert 0.8 * 16 / 62 < share < 1.2 * 16 / 62
    mirror.show("ear-front.find")
    says(page, "beside")
    assert page.locator(".view:visible .mark.now").count() == 6  # three beside each ear, on the drawing


@pytest.mark.parametrize("size", [(1280, 720), (740, 360)])
def test_beside_a_long_text_the_whole_glass_is_in_sight(before, size):
    mirror, page = before
    usual = page.viewport_size
    page.set_viewport_size({"width": size[0], "height": size[1]})
    mirror.show("temple.find", said="Where it is, told at great length. " * 12)
    comes(page, "document.getElementById('said').textContent.length > 400")
    glass, buttons = (page.locator(name).bounding_box() for name in ("#glass", "#buttons"))
    assert glass["y"] + glass["height"] <= buttons["y"]
    assert glass["height"] > 0.5 * size[1]
    page.set_viewport_size(usual)


def test_it_breathes_unless_nothing_is_to_move(before):
    mirror, page = before
    mirror.show("temple.find")
    comes(page, "drawn.length == 2")
    two = "(moveMarks(0), [overlay.innerHTML, (moveMarks(1000), overlay.innerHTML)])"
    first, second = page.evaluate(two)
    assert first != second
    page.emulate_media(reduced_motion="reduce")
    first, second = page.evaluate(two)
    assert first == second
    page.emulate_media(reduced_motion="no-preference")


def test_without_a_gpu_it_looks_five_times_a_second_at_most_and_leaves_time_to_the_voice(before):
    _mirror, page = before
    times = page.evaluate("(share = 3, [61, 100, 400].map(apart))")
    page.evaluate("share = 1")
    assert times == [200, 300, 1200]


def test_the_keyboard_is_enough_and_nothing_stands_in_the_way_of_a_reader(before):
    mirror, page = before
    page.locator("a.small").focus()
    reached = ["link"]
    while "next" not in reached and len(reached) < 12:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.command || document.activeElement.id"))
    page.keyboard.press("Enter")
    assert mirror.pressed.get(timeout=20) is Command.NEXT
    assert reached == ["link", "invite", "pause", "repeat", "where", "next"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [(one["id"], one["impact"]) for one in Axe().run(page).response["violations"]] == []


def test_dark_two_faces_and_nobody_are_one_calm_line_and_the_map(before, film):
    mirror, page = before
    one, other = camera.portrait("collins"), camera.portrait("hopper")
    seen = ((one, Pose()),)
    two = ((one, Pose(x=170, scale=1.3)), (other, Pose(x=490, scale=0.85)))
    night = ((one, Pose(light=0.04)),)
    mirror.show("temple.find")
    for name, seen_so in (("two", two), ("", seen), ("nobody", ()), ("dark", night), ("", seen)):
        glass.before(page, film, *seen_so, looks=1)
        says(page, name)
        assert page.locator(".view .mark.now").first.is_visible() is bool(name)
        assert page.locator(".dot").count() == (0 if name else 2)


def test_a_head_that_is_turned_too_far_is_told_and_not_lost(before, film):
    mirror, page = before
    mirror.show("temple.find")
    for across, line in ((44, "turned"), (33, ""), (-44, "turned"), (0, "")):
        glass.shown(page, film, head().taken(HeadTurn(across)))
        says(page, line)
        assert page.locator(".dot").count() == 2


def test_light_is_asked_for_first_and_a_second_face_once_it_is_light(before, film):
    """What is seen in the dark is not sure: how many there are is told when it is light."""
    mirror, page = before
    mirror.show("temple.find")
    one, other = camera.portrait("collins"), camera.portrait("hopper")
    two = camera.taken((one, Pose(x=170, scale=1.3)), (other, Pose(x=490, scale=0.85)))
    dim = (two * DIM).astype(np.uint8)
    behind, before_it = (
        np.concatenate([a[:, :320], b[:, 320:]], axis=1) for a, b in ((two, dim), (dim, two))
    )
    for picture, line in ((dim, "dark"), (two, "two"), (behind, "two"), (before_it, "two")):
        glass.shown(page, film, picture)
        assert page.evaluate("count") == 2
        says(page, line)


@pytest.mark.parametrize("line", ["missing", "refused", "none", "cannot"])
def test_without_a_camera_or_what_sees_with_it_the_map_is_there(before, tmp_path, line):
    seeing, _page = before
    parts = {"missing": None, "cannot": tmp_path}.get(line, glass.PARTS)
    with glass.mirror(seeing.browser, parts=parts, granted=line in {"none", "cannot"}) as mirror:
        if line == "none":
            mirror.context.add_init_script(NO_CAMERA)
        _map_alone(mirror, line)


def _map_alone(mirror: Mirror, line: str) -> None:
    mirror.show("temple.find")
    page = mirror.opened()
    comes(page, "Boolean(document.querySelector('.view .mark.now'))")  # it knows the step
    says(page, line)
    assert page.locator(".view .mark.now").first.is_visible()
    assert not page.locator("#video").is_visible()
    assert page.evaluate("video.srcObject === null")  # a camera that is of no use is given back
    assert not [told for told in mirror.told if "rror" in told]
