"""How long a click on the page takes to be obeyed: a real browser, a real session on virtual hardware.

python -m tests.page.stop_time [--count 5]    # sessions; the line of figures is for docs/page.md

From the click in the browser to the line of the log that says that it is obeyed: pause and continue
in turn, then stop. Beside it the machine's noise: how late a wait of 10 ms came back meanwhile.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests import virtual_audio
from tests.faults.led import Led
from tests.page.browser import chromium, comes

TURNS = 4
WAIT_S = 0.01
CLOCK = "window.addEventListener('click', () => { window.clicked = Date.now() }, true)"


def click(led: Led, page: Page, button: str, command: str) -> float:
    """Click; return how many seconds later it was obeyed."""
    comes(page, f"!document.querySelector('[data-command={button}]').disabled")
    before_s = time.monotonic()
    page.click(f"[data-command={button}]")
    told = led.until(before_s, "command", command=command)
    clicked_s = page.evaluate("window.clicked") / 1000 - (time.time() - time.monotonic())
    return told.at_s - clicked_s


def session(browser: Browser) -> Iterator[tuple[str, float]]:
    """Lead one; yield every click."""
    with virtual_audio.room() as audio, tempfile.TemporaryDirectory() as home:
        shown = Path(home, "shown")
        options = ("--from", "counted", "--ears", "keyboard", "--page")
        led = Led(audio, Path(home), *options, shown=shown)
        try:
            address = led.wait_for(
                lambda: [word for word in shown.read_text().split() if "?code=" in word], "it is served"
            )[0]
            page = browser.new_page()
            page.goto(address)
            page.evaluate(CLOCK)
            led.until(0.0, "speech_started", 120.0, text="5")
            for _ in range(TURNS):
                yield "pause", click(led, page, "pause", "pause")
                comes(page, "document.querySelector('[data-command=pause]').textContent == 'continue'")
                yield "continue", click(led, page, "pause", "resume")
                comes(page, "document.querySelector('[data-command=pause]').textContent == 'pause'")
            yield "stop", click(led, page, "stop", "stop")
            led.ends()
            page.close()
        finally:
            led.close()


@contextmanager
def noise() -> Iterator[list[float]]:
    """Give how late each wait of 10 ms came back."""
    late, over = list[float](), threading.Event()

    def wait() -> None:
        while not over.is_set():
            begun_s = time.monotonic()
            over.wait(WAIT_S)
            late.append(time.monotonic() - begun_s - WAIT_S)

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield late
    finally:
        over.set()
        thread.join()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=5)
    count = options.parse_args().count
    with noise() as late, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        took = [one for _ in range(count) for one in session(browser)]
        browser.close()
    for name in ("pause", "continue", "stop"):
        ms = sorted(1000 * s for command, s in took if command == name)
        print(f"{name}: {len(ms)} clicks, median {median(ms):.0f} ms, longest {ms[-1]:.0f} ms")
    print(f"the machine was late by {1000 * median(late):.1f} ms (median), {1000 * max(late):.0f} ms (most)")


if __name__ == "__main__":
    main()
