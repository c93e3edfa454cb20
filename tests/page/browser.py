"""A page that is served, and a browser in front of it: for tests and for pictures."""

import queue
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from player.cli.page import content_of
from player.core.commands import Command
from player.files import languages
from player.page.client import PageContent, PageProcess
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from tests.waiting import until

ROUTINE = "quick-facial-acupressure"
CAN = ["stop", "pause", "next", "repeat", "previous", "where", "how_long", "slower", "faster", "help"]
SAID = (
    "Circle fifteen times in the little dip at the end, and breathe easily, and stay there, off the eyeball."
)


def comes(page: Page, true: str) -> None:
    assert until(lambda: page.evaluate(true), 30.0), true


@dataclass(slots=True)
class Beside:
    """A page that is served, and a browser that has been let in."""

    serving: PageProcess
    content: PageContent
    browser: Browser
    steps: list[str]
    pressed: "queue.SimpleQueue[Command]"
    state: object = None
    told: list[str] = field(default_factory=list)

    def show(self, step: str, **more: object) -> None:
        index = self.steps.index(step)
        place = {"part": "strokes", "count": 2, "of": 15, "set": 0, "sets": 1}
        usual = {"step": index, "label": "a place", "said": SAID, "mode": "", "heard": "next", "can": CAN}
        self.serving.show({**usual, "lost": [], "left_s": 312, "place": place, **more})

    def opened(self, size: tuple[int, int] = (1366, 768), **more: object) -> Page:
        wide, high = size
        context = self.browser.new_context(
            viewport={"width": wide, "height": high}, storage_state=self.state, **more
        )
        page = context.new_page()
        page.on("console", lambda message: self.told.append(message.text))
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.goto(self.serving.address().partition("?")[0] if self.state else self.serving.address())
        self.state = self.state or context.storage_state()
        comes(page, "document.getElementById('label').textContent == 'a place'")
        return page


def chromium() -> str | None:
    """Return where a browser of this kind is; None: there is none."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


@contextmanager
def beside() -> Iterator[Beside]:
    asked = Request(with_gates=True)
    plan = load_plan(ROUTINE, request=asked)
    pressed: queue.SimpleQueue[Command] = queue.SimpleQueue()
    content = content_of(plan, languages.load("en"), ROUTINE, asked)
    serving = PageProcess("127.0.0.1", content, pressed.put)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            one = Beside(serving, content, browser, [step.id for step in plan.steps], pressed)
            one.show("between-brows")
            yield one
            browser.close()
    finally:
        serving.close()
