"""The page in a real browser, at the sizes of a phone, a tablet, a laptop and a television."""

import json
import os
import signal
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from player.core.commands import Command
from tests.page import browser
from tests.page.browser import Beside, comes

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1366, 768), "television": (1920, 1080)}
SHORT = (740, 360)  # a phone on its side: some things are left out


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    if browser.chromium() is None:
        reason = "the page is looked at in a browser (apt: chromium)"
        pytest.fail(reason) if os.environ.get("PLAYER_CI") == "true" else pytest.skip(reason)
    with browser.beside() as one:
        yield one


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [*SIZES.values(), SHORT], ids=[*SIZES, "short"])
def test_all_that_matters_is_on_the_screen_at_every_size(beside, size, scheme):
    beside.show("between-brows", mode="paused")
    page = beside.opened(size, color_scheme=scheme)
    wide, high = size
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    names = ["#label", "#said", "#ring", "#left", "#mode", ".mark.now", "button[data-command=stop]"]
    for name in [*names, "button[data-command=next]", "button[data-command=pause]"]:
        box = page.locator(name).first.bounding_box()
        assert box, name
        assert 0 <= box["x"] <= box["x"] + box["width"] <= wide, name
        assert 0 <= box["y"] <= box["y"] + box["height"] <= high, name
    letters = page.evaluate("parseFloat(getComputedStyle(document.getElementById('said')).fontSize)")
    assert letters >= max(20, min(wide, high) / 22)  # read from two metres
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in found] == []
    page.context.close()


def test_twice_the_letters_push_nothing_out(beside):
    """A laptop's page at 200 %: half as many pixels."""
    page = beside.opened((683, 384))
    assert page.evaluate("document.documentElement.scrollWidth") <= 683
    assert page.locator("button[data-command=stop]").is_visible()
    page.context.close()


def test_a_click_is_a_command_and_the_pause_button_goes_on_after_a_pause(beside):
    beside.show("between-brows")
    page = beside.opened()
    for name in ("pause", "repeat", "next", "stop"):
        page.click(f"button[data-command={name}]")
        assert beside.pressed.get(timeout=20).value == name
    beside.show("between-brows", can=["stop", "resume"], still=True)
    comes(page, "document.querySelector('[data-command=pause]').textContent == 'continue'")
    page.click("button[data-command=pause]")
    assert beside.pressed.get(timeout=20) is Command.RESUME
    assert page.locator("button[data-command=next]").is_disabled()
    assert not page.locator("button[data-command=yes]").is_visible()
    beside.show("between-brows", can=["stop", "yes", "no"])
    comes(page, "!document.querySelector('[data-command=no]').hidden")
    page.context.close()


HANDS = "[...document.querySelectorAll('.hand')].map(one => one.outerHTML).join()"
FRAMES = (
    "new Promise(done => { let n = 9; const on = () => n-- ? requestAnimationFrame(on) : done(); on(); })"
)


def test_the_place_is_lit_the_hand_moves_and_keeps_still_for_who_wants_it(beside):
    beside.show("between-brows", place={"part": "time", "elapsed_s": 3, "of_s": 60, "set": 0, "sets": 1})
    page, calm = beside.opened(), beside.opened(reduced_motion="reduce")
    assert page.locator(".mark.now").count() == 1
    assert page.locator(".mark.soon").count() == 2
    assert page.evaluate("document.querySelector('.mark.now').innerHTML.includes('hand')")
    before, still = page.evaluate(HANDS), calm.evaluate(HANDS)
    comes(page, f"{HANDS} != {json.dumps(before)}")
    calm.evaluate(FRAMES)
    assert calm.evaluate(HANDS) == still
    page.context.close()
    calm.context.close()


def test_as_in_a_mirror_the_left_is_on_the_left_until_it_faces_you(beside):
    beside.show("inner-brow")
    page = beside.opened()
    middle = "(document.querySelector('.mark.now[data-side=left]').getBoundingClientRect().x"
    right = "document.querySelector('.mark.now[data-side=right]').getBoundingClientRect().x)"
    assert page.evaluate(f"{middle} < {right}")
    assert page.text_content("#word-left") == "your left"
    page.click("#side")
    assert page.evaluate(f"{middle} > {right}")
    assert page.text_content("#word-left") == "your right"
    page.context.close()


def test_a_page_comes_back_by_itself_and_complains_of_nothing(beside):
    beside.show("between-brows", heard="before")
    page = beside.opened()
    said = list(beside.told)
    os.kill(beside.serving.pid, signal.SIGKILL)
    comes(page, "document.body.classList.contains('away')")
    beside.show("between-brows", heard="after")
    comes(page, "document.getElementById('heard').textContent == 'after'")
    assert not page.evaluate("document.body.classList.contains('away')")
    page.context.close()
    assert said == []  # no script failed, and the policy forbade nothing that the page does
