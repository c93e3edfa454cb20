"""The process of the media keys: what the desktop is told, what a key does, and what where there are none."""

import queue
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from player.cli.main import main
from player.core.commands import Command
from player.core.notation import Role
from player.core.observations import (
    ListeningChanged,
    SessionFinished,
    SessionPaused,
    SpeechStarted,
    StepStarted,
)
from player.core.states import Ending
from player.errors import BackendUnavailable
from player.files import languages
from player.media_keys.client import MediaKeysProcess, card
from player.page.shown import PageObserver
from tests.private_bus import PrivateBus, private_bus
from tests.session.worlds import SHORT
from tests.waiting import until

RUNS = (Command.NEXT, Command.PAUSE, Command.PREVIOUS, Command.STOP)
STANDS = (Command.NEXT, Command.PREVIOUS, Command.RESUME, Command.STOP)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as one:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", one.address)
        yield one


@pytest.fixture
def pressed() -> "queue.SimpleQueue[Command]":
    return queue.SimpleQueue()


@pytest.fixture
def lost() -> list[str]:
    return []


@pytest.fixture
def keys(bus, pressed, lost) -> Iterator[MediaKeysProcess]:
    serving = MediaKeysProcess(lambda command, _at_s: pressed.put(command), lost.append)
    yield serving
    serving.close()


def watching(keys: MediaKeysProcess, plan=SHORT) -> PageObserver:
    return PageObserver(plan, languages.load("en"), lambda shown: keys.show(card(plan, shown)))


def test_the_desktop_knows_title_step_and_time_and_no_sentence(bus, keys):
    seen = watching(keys)
    for one in (
        ListeningChanged(RUNS),
        StepStarted("two", 1, 3, "the brow"),
        SpeechStarted("Rest, and say nothing.", Role.INSTRUCTION),
    ):
        seen.observe(0.0, one)
    assert until(lambda: bus.playerctl("metadata", "xesam:title") == "the brow")
    told = bus.playerctl("metadata")
    assert "Rest" not in told
    assert bus.playerctl("metadata", "--format", "{{artist}}, {{xesam:trackNumber}}") == "Short, 2"
    assert bus.playerctl("status") == "Playing"
    assert int(bus.playerctl("metadata", "mpris:length")) > 0
    seen.observe(1.0, SessionPaused())
    seen.observe(1.0, ListeningChanged(STANDS))
    assert until(lambda: bus.playerctl("status") == "Paused")
    where = bus.playerctl("position")
    assert float(where) > 0
    assert bus.playerctl("position") == where  # it stands
    seen.observe(1.0, SessionFinished(Ending.STOPPED))
    assert until(lambda: bus.playerctl("status") == "Stopped")


def test_a_key_is_a_command_where_it_means_something(bus, keys, pressed):
    seen = watching(keys)
    seen.observe(0.0, ListeningChanged(RUNS))
    assert until(lambda: bus.playerctl("status") == "Playing")
    for key in ("play", "pause", "play-pause", "next", "previous", "stop"):  # "play" changes nothing
        bus.playerctl(key)
    assert [pressed.get(timeout=20).value for _ in range(5)] == ["pause", "pause", "next", "previous", "stop"]
    seen.observe(0.0, ListeningChanged(STANDS))
    assert until(lambda: bus.playerctl("status") == "Paused")
    for key in ("pause", "play", "play-pause"):  # "pause" changes nothing
        bus.playerctl(key)
    assert [pressed.get(timeout=20).value for _ in range(2)] == ["resume", "resume"]
    seen.observe(0.0, ListeningChanged((*RUNS, Command.RESUME)))  # it waits, and "go on" would lead on
    assert until(lambda: bus.playerctl("status") == "Playing")
    bus.playerctl("play")
    bus.playerctl("play-pause")
    assert pressed.get(timeout=20) is Command.PAUSE
    assert pressed.empty()


def test_of_a_question_about_health_the_desktop_knows_the_title_alone():
    care = SHORT.steps[0].__class__("asked", "do you have a fever", "Do you?", SHORT.steps[1].work, care=True)
    plan = SHORT.__class__("short", "Short", "en", (care, *SHORT.steps))
    cards = []
    seen = PageObserver(plan, languages.load("en"), lambda shown: cards.append(card(plan, shown)))
    for one in (StepStarted("asked", 0, 4, "do you have a fever"), StepStarted("one", 1, 4, "the chin")):
        seen.observe(0.0, one)
    assert [one["label"] for one in cards] == ["", "the chin"]
    assert "fever" not in str(cards)


def test_the_time_goes_on_with_the_session_and_stands_with_it():
    from dbus_fast import Message

    from player.media_keys.mpris import PATH, PLAYER, MediaPlayer

    class Bus:
        sent: list[Message] = []  # noqa: RUF012 - of this one

        def add_message_handler(self, answer):
            self.answer = answer

        def send(self, message):
            self.sent.append(message)

    now = [0.0]
    bus = Bus()
    remote = MediaPlayer(bus, lambda command: None, lambda: now[0])
    get = Message(
        path=PATH,
        interface="org.freedesktop.DBus.Properties",
        member="Get",
        signature="ss",
        body=[PLAYER, "Position"],
        serial=1,
    )

    def at_s() -> float:
        return bus.answer(get).body[0].value / 1e6

    shown = {"title": "Short", "label": "", "number": 1, "stands": False, "can": ["pause"], "over": False}
    remote.show({**shown, "left_s": 100})
    now[0] = 10.0
    assert at_s() == 10.0
    remote.show({**shown, "left_s": 90.5})
    assert "Seeked" not in [one.member for one in bus.sent]
    remote.show({**shown, "left_s": 40})  # "next": a jump is told
    assert [one.body for one in bus.sent if one.member == "Seeked"] == [[60_000_000]]
    remote.show({**shown, "left_s": 40, "stands": True})
    now[0] = 99.0
    assert at_s() == 60.0


def test_a_bus_that_dies_is_told_of_and_the_keys_come_back_with_it(bus, keys, pressed, lost):
    seen = watching(keys)
    seen.observe(0.0, StepStarted("two", 1, 3, "the brow"))
    assert until(lambda: bus.playerctl("metadata", "xesam:title") == "the brow")
    bus.stop()
    assert until(lambda: lost == ["ConnectionError: the session bus is gone"])
    bus.start()
    assert until(lambda: bus.playerctl("metadata", "xesam:title") == "the brow", 30.0)
    bus.playerctl("stop")
    assert pressed.get(timeout=20) is Command.STOP


def test_it_ends_with_the_player(bus, keys):
    pid = keys.pid
    keys.close()
    assert not Path(f"/proc/{pid}").exists()
    assert bus.playerctl("status") == ""


def test_a_bus_that_does_not_answer_holds_nothing_up_for_long(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "bus"))
        deaf.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
        with pytest.raises(BackendUnavailable, match="the session bus does not answer"):
            MediaKeysProcess(print)


WITHOUT = "import sys; sys.modules['dbus_fast'] = None; from player.media_keys.worker import main; main()"


@pytest.mark.parametrize(
    ("platform", "address", "command", "said"),
    [
        ("darwin", "unix:path=/nowhere", None, "on Linux alone"),
        ("linux", "unix:path=/nowhere", None, "there is no session bus"),
        ("linux", "disabled:", None, "there is no session bus"),
        ("linux", "disabled:", (sys.executable, "-c", WITHOUT), "need the extra `media-keys`"),
    ],
    ids=["elsewhere", "no bus", "switched off", "no extra"],
)
def test_where_there_are_none_it_is_one_line(monkeypatch, platform, address, command, said):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(BackendUnavailable, match=said) as caught:
        MediaKeysProcess(print, **({"command": command} if command else {}))
    assert "\n" not in f"{caught.value}{caught.value.hint}"
    assert caught.value.hint


def test_a_sound_file_has_nobody_who_presses_and_the_setting_says_what_it_may_be(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    assert main(["play", "--out", str(tmp_path / "x.wav"), "--media-keys"]) == 2
    assert "faster than anybody can press" in capsys.readouterr().err
    assert main(["settings", "media_keys=perhaps"]) == 3
    assert "off" in capsys.readouterr().err
    assert main(["settings", "media_keys=on"]) == 0
    assert "media_keys on" in capsys.readouterr().out
