"""The page in a real browser, at the sizes of a phone, a tablet, a laptop and a television."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe

from player.core.commands import Command
from tests.missing import missing
from tests.page import browser
from tests.page.browser import Beside, comes
from tests.waiting import until

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1366, 768), "television": (1920, 1080)}
SHOWN = {
    "step": 0,
    "label": "",
    "said": "A question?",
    "mode": "",
    "heard": "",
    "can": [],
    "lost": [],
    "left_s": 9,
    "place": {},
}
SHORT = (740, 360)  # a phone on its side: some things are left out


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    if browser.chromium() is None:
        missing("the page is looked at in a browser (apt: chromium)")
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


def test_ten_pages_at_once_and_one_that_hangs_harms_nothing(beside):
    beside.show("between-brows")
    pages = [beside.opened((500, 500)) for _ in range(10)]
    pages[0].evaluate("void setTimeout(() => { for (;;) {} }, 0)")
    pages[-1].click("button[data-command=stop]")
    assert beside.pressed.get(timeout=20) is Command.STOP
    beside.show("between-brows", can=[], ended="stopped", still=True)
    for page in pages[1:]:
        comes(page, "document.querySelector('[data-command=stop]').disabled")
    for page in pages:
        page.context.close()


def test_a_page_that_nobody_sees_takes_no_line_and_is_right_at_once_when_it_is_seen(beside):
    beside.show("between-brows", heard="before")
    page = beside.opened()
    seen = "Object.defineProperty(document, 'visibilityState', {{value: '{}', configurable: true}}); "
    told = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(seen.format("hidden") + told)
    assert page.evaluate("stream") is None
    beside.show("between-brows", heard="after")
    page.evaluate(FRAMES)
    assert page.text_content("#heard") == "before"
    page.evaluate(seen.format("visible") + told)
    comes(page, "document.getElementById('heard').textContent == 'after'")
    page.context.close()


HOSTILE = """<!doctype html><iframe name="inside"></iframe><iframe src="{at}"></iframe>
<form method="post" action="{at}press" target="inside" enctype="text/plain"><input name="stop"></form>
<script>
document.forms[0].submit();
const asked = [["press", {{method: "POST", body: "stop", mode: "no-cors", credentials: "include"}}],
               ["press", {{method: "POST", body: "stop", credentials: "include"}}],
               ["events", {{credentials: "include"}}], ["", {{credentials: "include"}}]];
Promise.allSettled(asked.map(([path, how]) => fetch("{at}" + path, how)))
  .then(all => {{ window.read = all.map(one => one.status === "fulfilled"); }});
</script>"""


def test_a_hostile_page_in_the_same_browser_neither_steers_nor_reads(beside, tmp_path):
    """On another port of this computer, so even the cookie goes along."""
    beside.show("between-brows")
    page = beside.opened()
    (tmp_path / "index.html").write_text(HOSTILE.format(at=page.url))
    files = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        other = page.context.new_page()
        refused = []
        other.on("response", lambda answer: refused.append((answer.url, answer.status)))
        other.goto(f"http://127.0.0.1:{server.server_port}/")
        comes(other, "window.read !== undefined")
        assert other.evaluate("window.read") == [False] * 4
        presses = f"{page.url}press"
        assert until(lambda: other.evaluate("1") and (presses, 403) in refused)  # the form's
        assert not [one for one in other.frames if one.url == page.url]
        server.shutdown()
    assert beside.pressed.empty()
    page.click("button[data-command=pause]")  # its own button still does
    assert beside.pressed.get(timeout=20) is Command.PAUSE
    page.context.close()


def test_a_page_follows_the_evening_from_one_plan_to_the_next(beside):
    beside.show("between-brows", heard="before")
    page = beside.opened()
    other = beside.content
    beside.serving.turn(replace(other, title="The next plan", steps=other.steps[:1], number=1))
    with page.expect_navigation():
        beside.serving.show({**SHOWN, "number": 1})
    comes(page, "document.title == 'The next plan'")
    comes(page, "document.getElementById('said').textContent == 'A question?'")
    beside.serving.show({**SHOWN, "said": "of before", "number": 0})  # it comes late
    beside.serving.show({**SHOWN, "heard": "yes", "number": 1})
    comes(page, "document.getElementById('heard').textContent == 'yes'")
    assert page.text_content("#said") == "A question?"
    page.context.close()
    beside.serving.turn(other)
