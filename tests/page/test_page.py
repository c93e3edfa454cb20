"""The page's process: who is let in, what is shown to whom, and that nothing that happens to it matters."""

import json
import os
import queue
import re
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import player.page
from player.app.choices import Choices
from player.backends import machine_clock
from player.cli.address import host
from player.cli.page import page_beside
from player.core.commands import Command
from player.core.observations import CommandObeyed, ListeningChanged, Origin, PrivacyChanged, StepStarted
from player.errors import BackendUnavailable, UsageError
from player.files import languages
from player.page.client import PageContent, PageProcess
from player.page.shown import PageObserver
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from tests.page.browser import ROUTINE
from tests.page.visitor import Visitor
from tests.session.worlds import SHORT
from tests.waiting import until

TITLE = "Quiet <b>& calm</b>"
CONTENT = PageContent(TITLE, "en", '<svg id="view-front"></svg>', [], {"say_stop": "</script>stop"})
STATIC = Path(player.page.__file__).parent / "static"


@pytest.fixture
def pressed() -> "queue.SimpleQueue[Command]":
    return queue.SimpleQueue()


@pytest.fixture
def page(pressed):
    serving = PageProcess("127.0.0.1", CONTENT, lambda command, _at_s: pressed.put(command))
    yield serving
    serving.close()


@pytest.fixture
def visitor(page) -> Visitor:
    one = Visitor(page.address())
    assert one.come_in().code == 303
    return one


def test_without_the_cookie_there_is_nothing_and_a_code_is_good_once(page, pressed):
    stranger, first, second = (Visitor(page.address()) for _ in range(3))
    wrong = Visitor(page.address()[:-1] + ("a" if page.address()[-1] != "a" else "b"))
    assert wrong.come_in().code == 403
    for path in ("/", "/events", "/page.js", "/page.css", "/nowhere"):
        assert stranger.ask(path).code == 403, path
    assert stranger.post("/press", "stop").code == 403
    assert first.come_in().code == 303
    assert "HttpOnly" in first.come_in().headers.get("set-cookie", "HttpOnly")
    assert second.come_in().code == 403
    assert second.ask("/", Cookie=first.cookie[:-1]).code == 403
    assert first.ask("/").code == 200
    assert pressed.empty()


def test_a_button_does_what_the_word_does_and_nothing_else_is_a_command(visitor, pressed):
    for command in Command:
        assert visitor.post("/press", command.value).code == 204
        assert pressed.get(timeout=20) is command
    assert visitor.post("/press", "explode").code == 204
    assert visitor.post("/press", "x" * 5000).code == 413
    visitor.post("/press", "stop")
    assert pressed.get(timeout=20) is Command.STOP


def test_another_page_and_another_name_are_refused(visitor, pressed):
    for origin in ("http://evil.example", "null", f"https://{urlsplit(visitor.address).netloc}"):
        assert visitor.post("/press", "stop", Origin=origin).code == 403, origin
    assert visitor.ask("/press", "POST", "stop").code == 403
    port = urlsplit(visitor.address).port
    for name in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}"):
        assert visitor.ask("/", Host=name).code == 421, name
    assert visitor.ask("/", Host=f"localhost:{port}").code == 200
    assert pressed.empty()


def test_every_answer_is_guarded_and_nothing_comes_from_elsewhere(page, visitor):
    answers = [visitor.ask(path) for path in ("/", "/page.js", "/page.css", "/icon.svg", "/nowhere")]
    for answer in (*answers, Visitor(page.address()).ask("/"), visitor.ask("/", Host="evil.example")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
        foreign = set(re.findall(r"(?:https?:)?//[\w.]+", re.sub(r"^\s*//.*$", "", answer.text, flags=re.M)))
        assert foreign <= {"http://www.w3.org"}, foreign  # a name, which nobody fetches
    html = answers[0].text
    assert "Quiet &lt;b&gt;&amp; calm&lt;/b&gt;" in html
    assert "</script>stop" not in html
    assert not re.search(r"<style|style=|<script(?! src| type=.application/json)| on\w+=", html)


def test_a_late_page_and_one_that_comes_back_are_right_at_once(page, visitor, pressed):
    page.show({"said": "early"})
    with visitor.watching() as events:
        assert until(lambda: next(events) == {"said": "early"})
    page.show({"said": "now"})
    with visitor.watching() as events:
        assert until(lambda: next(events) == {"said": "now"})
    before = page.pid
    os.kill(before, signal.SIGKILL)
    assert until(lambda: page.pid not in (0, before) and visitor.there())
    with visitor.watching() as events:
        assert next(events) == {"said": "now"}
    assert visitor.post("/press", "pause").code == 204
    assert pressed.get(timeout=20) is Command.PAUSE
    assert Visitor(page.address()).come_in().code == 403  # its code was used already


@pytest.mark.skipif(sys.platform != "linux", reason="reads which ports Linux lends to clients")
def test_whoever_looks_for_a_page_that_is_away_cannot_be_lent_its_port_and_meet_himself(page):
    lent = [int(end) for end in Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()]
    assert urlsplit(page.address()).port not in range(lent[0], lent[1] + 1)


def test_what_is_served_next_is_there_before_it_is_shown_and_after_a_crash(page, visitor):
    page.show({"said": "first", "number": 0})
    page.turn(replace(CONTENT, title="The second", number=1))
    page.show({"said": "second", "number": 1})
    with visitor.watching() as events:
        assert next(one for one in events if one["number"] == 1)["said"] == "second"
    assert "The second" in visitor.ask("/").text
    before = page.pid
    os.kill(before, signal.SIGKILL)
    assert until(lambda: page.pid not in (0, before) and visitor.there(), 30.0)
    assert until(lambda: "The second" in visitor.ask("/").text)
    with visitor.watching() as events:
        assert next(events)["number"] == 1
    page.turn(replace(CONTENT, title="The third", number=2))
    assert until(lambda: "The third" in visitor.ask("/").text)


def test_ten_pages_at_once_and_one_that_never_reads(page, visitor):
    page.show({"number": "first"})
    with ExitStack() as open_pages:
        open_pages.enter_context(visitor.watching())  # never read
        ten = [open_pages.enter_context(visitor.watching()) for _ in range(10)]
        for events in ten:
            next(events)
        os.kill(page.pid, signal.SIGSTOP)
        for number in range(300):  # more than waits for a process that takes nothing
            page.show({"number": number, "heavy": "x" * 5_000})
        page.show({"number": "last"})
        os.kill(page.pid, signal.SIGCONT)
        for events in ten:
            assert until(lambda events=events: next(events).get("number") == "last")


def test_a_process_that_hangs_is_started_again_and_holds_nothing_up(page, visitor, pressed):
    before = page.pid
    os.kill(before, signal.SIGSTOP)
    begun_s = time.monotonic()
    for number in range(2000):
        page.show({"number": number, "heavy": "x" * 2000})
    assert time.monotonic() - begun_s < 5  # none of them waited for it
    assert until(lambda: page.pid not in (0, before) and visitor.there())
    page.show({"number": "new"})
    with visitor.watching() as events:
        assert until(lambda: next(events)["number"] == "new")


def test_one_socket_listens_and_only_for_this_computer(page):
    listening = Path(f"/proc/{page.pid}/net/tcp").read_text().splitlines()[1:]
    own = {str(one.readlink()) for one in Path(f"/proc/{page.pid}/fd").iterdir()}
    rows = [row.split() for row in listening if f"socket:[{row.split()[9]}]" in own]
    assert [row[1].partition(":")[0] for row in rows if row[3] == "0A"] == ["0100007F"]
    tcp6 = Path(f"/proc/{page.pid}/net/tcp6")
    assert not tcp6.exists() or not [row for row in tcp6.read_text().split() if f"socket:[{row}]" in own]


def test_it_ends_with_the_player(page):
    pid = page.pid
    page.close()
    assert not Path(f"/proc/{pid}").exists()
    assert not [one.name for one in threading.enumerate() if one.name.startswith("page")]


def test_an_address_of_another_computer_is_one_line():
    with pytest.raises(BackendUnavailable, match=r"192\.0\.2\.1 is no address of this computer"):
        PageProcess("192.0.2.1", CONTENT, lambda _command, _at_s: None)


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::", "*"])
def test_a_page_is_for_this_computer_alone_unless_one_address_is_named(everywhere):
    assert host("", wanted=False) == ""
    assert host("", wanted=True) == "127.0.0.1"
    assert host("192.168.1.20", wanted=False) == "192.168.1.20"
    with pytest.raises(UsageError, match="served at one address"):
        host(everywhere, wanted=True)


def led():
    """Return what a page is about."""
    asked = Request(with_gates=True)
    return load_plan(ROUTINE, request=asked), languages.load("en"), ROUTINE, asked


def at(address: str) -> Choices:
    return Choices("", page=address)


def test_for_the_network_a_code_is_drawn_and_its_address_is_good_there_alone(capsys):
    """127.0.0.2 stands for this computer's address in a network."""
    with page_beside(at("127.0.0.2"), *led(), print, print) as (observer,):
        printed = capsys.readouterr().out
        address = next(word for word in printed.split() if "?code=" in word)
        assert (
            sum(len(line) > 20 and set(line) <= set(" █▀▄\x1b[0123456789;m") for line in printed.splitlines())
            > 10
        )
        visitor = Visitor(address)
        assert visitor.come_in().code == 303
        assert visitor.ask("/", Host=f"localhost:{urlsplit(address).port}").code == 421
        with pytest.raises(OSError, match="refused"):
            Visitor(address.replace("127.0.0.2", "127.0.0.1")).ask("/")
        assert observer.shown["said"] == "Quick facial acupressure"


def test_a_session_is_led_without_a_page_that_cannot_be_and_says_so_once():
    told = []
    with page_beside(at("192.0.2.1"), *led(), print, lambda *said: told.append(said)) as observers:
        assert observers == ()
    assert [(key, "192.0.2.1" in reason, bool(hint)) for key, reason, hint in told] == [
        ("no_page", True, True)
    ]


def test_an_invited_device_gets_a_code_of_its_own(page, visitor):
    invited = json.loads(visitor.post("/invite").text)
    assert "<path" in invited["svg"]
    other = Visitor(invited["address"])
    assert other.come_in().code == 303
    assert other.ask("/").code == 200
    assert Visitor(invited["address"]).come_in().code == 403


def test_what_is_heard_about_health_is_not_shown():
    shown = []
    observer = PageObserver(SHORT, languages.load("en"), shown.append)
    for one in (
        StepStarted("one", 0, 3, "the chin"),
        ListeningChanged((Command.NO, Command.STOP, Command.YES)),
        PrivacyChanged(True),
        CommandObeyed(Command.YES, Origin.VOICE),
    ):
        observer.observe(1.0, one)
    assert "yes" not in {one["heard"] for one in shown}
    assert shown[-1]["can"] == ["stop", "yes", "no"]
    observer.observe(2.0, PrivacyChanged(False))
    observer.observe(3.0, CommandObeyed(Command.NEXT, Origin.VOICE))
    assert shown[-1]["heard"] == "next"


def test_a_button_that_is_pressed_while_the_page_starts_again_counts(pressed):
    told = [
        {"kind": "ready", "port": 50_000},
        {"kind": "press", "command": "pause", "at_s": 4.5},
        {"kind": "told"},
    ]
    program = "import sys\n" + "".join(f"print({json.dumps(one)!r}, flush=True)\n" for one in told)
    child = (sys.executable, "-c", program + "sys.stdin.read()")
    serving = PageProcess("127.0.0.1", CONTENT, lambda *press: pressed.put(press), command=child)
    assert pressed.get(timeout=20) == (Command.PAUSE, 4.5)  # as old as it is
    serving.close()


def test_a_button_is_pressed_at_its_moment(page, visitor, monkeypatch):
    moments = queue.SimpleQueue()
    monkeypatch.setattr(page, "_press", lambda _command, at_s: moments.put(at_s))
    before_s = machine_clock.now_s()
    visitor.post("/press", "pause")
    assert before_s < moments.get(timeout=20) < machine_clock.now_s()
