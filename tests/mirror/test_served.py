"""What the page's server gives of the mirror, to whom, with which policy; and the places that are in it."""

from dataclasses import replace

import pytest

from player.app.choices import Choices
from player.cli.main import parser
from player.cli.page import content_of, page_beside
from player.core.plan import Side
from player.facemap import on_mesh
from player.facemap.drawing import FRONT, load_drawing
from player.facemap.marks import PlaceMark, Shape, mark
from player.facemap.on_mesh import mesh_marks
from player.files import languages, paths
from player.page.client import PageContent, PageProcess
from player.routine.compile.compose import load_plan, session_of
from player.routine.compile.load import LIBRARY, Scripts
from player.routine.compile.request import NOTHING_ASKED, Request
from player.routine.model.library import Xy
from tests.mirror import glass, mapping
from tests.page.visitor import Visitor

WORDS = languages.load("en").routine


@pytest.fixture
def content(tmp_path) -> PageContent:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/sees.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret").write_text("nothing of it")
    return PageContent(
        title="Title",
        language="en",
        map="<svg></svg>",
        steps=[],
        texts={},
        mirror={"marks": {}, "parts": str(tmp_path / "parts")},
    )


@pytest.fixture
def serving(content):
    one = PageProcess("127.0.0.1", content, print)
    yield one
    one.close()


def test_the_camera_and_webassembly_are_the_mirrors_alone(serving):
    visitor = Visitor(serving.address("/mirror"))
    assert visitor.ask("/mirror").code == 403
    came = visitor.come_in()
    assert (came.code, came.headers["location"]) == (303, "/mirror")
    policies = {
        way: visitor.ask(way).headers for way in ("/", "/mirror", "/mirror.js", "/face_mesh/sees.wasm", "/no")
    }
    for way, headers in policies.items():
        script = headers["content-security-policy"].split("; ")[1]
        wanted = "script-src 'self' 'wasm-unsafe-eval'" if way == "/mirror" else "script-src 'self'"
        assert script == wanted, way
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["permissions-policy"].startswith(
            "camera=(self)" if way == "/mirror" else "camera=()"
        ), way


def test_nothing_but_the_files_of_the_part_is_served_and_only_to_who_is_let_in(serving):
    stranger, visitor = Visitor(serving.address()), Visitor(serving.address())
    assert visitor.come_in().code == 303
    part = visitor.ask("/face_mesh/sees.wasm")
    assert (part.code, part.text, part.headers["content-type"]) == (200, "\0asm", "application/wasm")
    assert stranger.ask("/face_mesh/sees.wasm").code == 403
    for way in ("..%2fsecret", "%2e%2e/secret", "../secret", "none.js", ""):
        assert visitor.ask(f"/face_mesh/{way}").code == 404, way


def test_who_does_not_practise_has_no_mirror(content):
    asked = Request()
    plan = load_plan("quick-facial-acupressure", request=asked)
    assert content_of(plan, languages.load("en"), "quick-facial-acupressure", asked).mirror == {}
    serving = PageProcess("127.0.0.1", replace(content, mirror={}), print)
    visitor = Visitor(serving.address())
    visitor.come_in()
    assert {visitor.ask(way).code for way in ("/mirror", "/mirror.js", "/face_mesh/sees.wasm")} == {404}
    assert "mirror" not in visitor.ask("/").text
    serving.close()


def test_asked_for_the_address_leads_to_the_mirror(capsys, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    asked, routine, language = Request(practice=True), "quick-facial-acupressure", languages.load("en")
    plan = load_plan(routine, request=asked)
    for options, way in ((["--mirror"], "/mirror?code="), ([], "/?code=")):
        mirror = parser().parse_args(["learn", routine, *options]).mirror
        choices = Choices(routine, page="127.0.0.1", mirror=mirror)
        with page_beside(choices, plan, language, routine, asked, print, print):
            assert way in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in Scripts(paths.scripts()).names() if name != "interview"])
def test_each_place_is_on_the_face_or_said_to_be_beside_it(name):
    scripts = Scripts(paths.scripts())
    drawing = load_drawing(scripts.folder / LIBRARY)
    moves, _left_out, _digest = session_of(scripts.opened(name), scripts, WORDS, NOTHING_ASKED)
    drawn, laid = mark(moves, scripts.library, drawing).marks, mesh_marks(moves, scripts.library, drawing)
    for one, other in zip(drawn, laid, strict=True):
        assert (other.places, other.side, len(other.spots) == 1) == (
            one.places,
            one.side,
            bool(other.spots) and len(one.path) == 1,
        )
        beside = set(one.places) & mapping.BESIDE or one.view != "front"
        assert not (beside and other.spots)
        for *vertices, first, second in other.spots:
            assert all(0 <= vertex < 468 for vertex in vertices)
            assert min(first, second, 1 - first - second) >= -0.01


def test_the_right_side_is_the_left_one_mirrored_and_a_line_runs_as_it_is_stroked():
    library = Scripts(paths.scripts()).library
    other = on_mesh._read()["mirror"]
    assert all(other[other[vertex]] == vertex for vertex in range(468))

    def spots(name: str, side: Side, path: tuple[Xy, ...]) -> tuple[on_mesh.Spot, ...]:
        mark = PlaceMark(places=(name,), shape=Shape.LINE, view=FRONT, side=side, path=path, label=path[0])
        return on_mesh._spots(mark, library)

    path = library.sites["ML4"].path
    along = spots("ML4", Side.LEFT, path)
    assert spots("ML4", Side.LEFT, path[::-1]) == along[::-1]
    one, two, three, first, second = along[0]
    assert spots("ML4", Side.RIGHT, path)[0] == (other[two], other[one], other[three], second, first)

    left, right = on_mesh._measure(Side.LEFT, "ST7"), on_mesh._measure(Side.RIGHT, "ST7")
    assert left
    assert right
    assert (left.left_mm, left.down_mm) == (-right.left_mm, right.down_mm)
    for mine, yours in ((left.across, right.across), (left.down, right.down), (left.deep, right.deep)):
        assert mine
        assert yours == tuple(other[vertex] for vertex in mine)


def test_the_places_on_the_mesh_are_those_that_the_drawing_says():
    """The file is what the script makes of the face map, the anchors and the mesh of the package."""
    glass.require()
    assert mapping.WRITTEN.read_text(encoding="utf-8") == mapping.written(glass.PARTS)
