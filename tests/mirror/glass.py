"""The mirror in a real browser with a made-up camera."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from player.cli.page import content_of
from player.core.commands import Command
from player.core.plan import Plan
from player.files import languages
from player.models import face_mesh
from player.page.client import PageContent, PageProcess
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request as Asked
from tests.mirror import camera
from tests.mirror.camera import Portrait, Pose
from tests.missing import missing
from tests.page.browser import CAN, chromium, comes
from tests.waiting import until

PARTS = Path(__file__).parents[2] / "build/face_mesh"
# For what sees a face. The page itself is drawn without, which takes a third less time.
SOFTWARE = ("--enable-unsafe-swiftshader",)
PRACTICE = Asked(practice=True)
SETTLED = 4  # looks until a face that was elsewhere is followed


def require() -> None:
    """Skip, with the reason, where browser or package is not there; in the gate that fails."""
    lacks = []
    if chromium() is None:
        lacks.append("a browser (apt: chromium)")
    if face_mesh.here(PARTS) is None:
        lacks.append("what sees a face (`make test` brings it, by npm)")
    if lacks:
        missing(f"the mirror needs {' and '.join(lacks)}")


@dataclass(slots=True)
class Mirror:
    """A page with a mirror that is served, and a browser in front of it."""

    serving: PageProcess
    browser: Browser
    context: BrowserContext
    steps: list[str]
    pressed: "queue.SimpleQueue[Command]"
    told: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def show(self, step: str, **more: object) -> None:
        """Show what is found, or tried, at a step of the routine."""
        index = self.steps.index(step)
        place = {"part": "time", "elapsed_s": 0, "of_s": 1, "set": 0, "sets": 1}
        usual = {
            "step": index,
            "label": "a place",
            "said": "Where it is.",
            "mode": "",
            "heard": "",
            "can": CAN,
        }
        self.serving.show({**usual, "lost": [], "left_s": 312, "place": place, "still": False, **more})

    def opened(self, way: str = "/mirror", *, hurried: bool = False) -> Page:
        """Open a page; `hurried`: it does not rest between looks."""
        page = self.context.new_page()
        page.on("console", lambda message: self.told.append(message.text))
        page.on("request", lambda request: self.asked.append(request))  # noqa: PLW0108 - it marks its handlers
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.goto(self.serving.address(way))
        if hurried:
            comes(page, "(share = 1)")
        return page


def says(page: Page, name: str) -> None:
    """Wait until the mirror says this line; "" for none."""
    comes(page, f"document.getElementById('sight').textContent == (texts['mirror_{name}'] || '') && {READY}")


READY = "(state != 'loading')"


def before(page: Page, film: Path, *shots: tuple[Portrait, Pose], looks: int = SETTLED) -> None:
    """Put portraits before the camera, and have the mirror open it anew and look so often."""
    shown(page, film, camera.taken(*shots), looks)


def shown(page: Page, film: Path, picture: camera.Picture, looks: int = SETTLED) -> None:
    """Put a picture before the camera, the same way."""
    camera.film(film, [picture])
    page.evaluate("(stop(), open())")
    looked = page.evaluate("looks")
    comes(page, f"looks >= {looked + looks}")


@contextmanager
def browser(camera: Path | None, *more: str) -> Iterator[Browser]:
    """Run a browser whose camera plays a film; None: without a camera."""
    fake = (
        ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}")
        if camera
        else ()
    )
    with sync_playwright() as driver:
        args = ["--no-sandbox", *SOFTWARE, *fake, *more]
        one = driver.chromium.launch(executable_path=chromium(), args=args)
        yield one
        one.close()


@contextmanager
def mirror(
    one: Browser,
    routine: str = "quick-facial-acupressure",
    parts: Path | None = PARTS,
    *,
    granted: bool = True,
    **look: object,
) -> Iterator[Mirror]:
    plan = load_plan(routine, request=PRACTICE)
    pressed: queue.SimpleQueue[Command] = queue.SimpleQueue()
    served = content(plan, routine, parts)
    serving = PageProcess("127.0.0.1", served, lambda command, _at_s: pressed.put(command))
    try:
        context = one.new_context(**look)
        if granted:
            context.grant_permissions(["camera"])
        yield Mirror(serving, one, context, [step.id for step in plan.steps], pressed)
        context.close()
    finally:
        serving.close()


def content(plan: Plan, routine: str, parts: Path | None) -> PageContent:
    made = content_of(plan, languages.load("en"), routine, PRACTICE)
    made.mirror["parts"] = str(parts or "")
    return made


@contextmanager
def looking(folder: Path) -> Iterator[Callable[[], str]]:
    """Have a mirror look at a face beside whatever else is done; what is yielded tells how often it did."""
    shots = [camera.taken((camera.portrait("collins"), Pose(x=320.0 + 2 * step))) for step in range(10)]
    film = camera.film(folder / "face.y4m", [*shots, *reversed(shots)], 1)
    with browser(film) as one, mirror(one) as before_it:
        before_it.show("temple.find")
        page = before_it.opened()
        assert until(lambda: page.evaluate("looks > 3"), 120.0)
        began, looked = time.monotonic(), page.evaluate("looks")

        def told() -> str:
            looks = page.evaluate("looks") - looked
            often = looks / (time.monotonic() - began)
            return f"{often:.1f} looks a second, {page.evaluate('cost'):.0f} ms each"

        yield told
