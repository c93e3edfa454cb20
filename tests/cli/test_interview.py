"""`player interview`, `--who`, and a session in which nobody can be heard."""

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

from player.backends.keys import REPEAT_S
from player.files import facts, paths
from tests.care import LASTING, interviewed

ROUTINE = "quick-facial-acupressure"


def test_where_nobody_can_be_heard_nothing_is_led_and_why_is_said(player):
    answer = player("play", ROUTINE, "--ears", "none")
    assert answer.code == 1
    assert "Nobody can be heard" in answer.out
    assert "the keys y and n answer" in answer.out
    assert "Has anything changed" not in answer.out


def test_a_sound_file_carries_the_question_as_a_notice_and_says_that_it_cannot_listen(player, tmp_path):
    answer = player("play", "quiet-close", "--set", "quiet_secs=120", "--out", "quiet.wav")
    assert (answer.code, "cannot listen" in answer.out) == (0, True)
    answer = player("play", ROUTINE, "--minutes", "3", "--out", "quick.wav")
    assert answer.code == 0, answer
    assert "This recording cannot listen." in answer.out
    assert "Has anything changed, or is anything sore or feverish today?" in answer.out
    assert "Do you have a fever" not in answer.out
    assert (tmp_path / "quick.wav").exists()


def test_what_was_said_is_shown_and_forgotten_by_person(player):
    interviewed({"jaw_trouble": True}, "maria")
    shown = player("interview", "--show", "--who", "maria")
    assert "yes  Does your jaw joint hurt, click or lock?" in shown.out
    assert len(shown.out.splitlines()) == len(LASTING) + 1
    assert "yes" not in player("interview", "--show").out.replace("eyes", "")
    assert player("interview", "--forget", "--who", "maria").code == 0
    assert "Nothing is kept" in player("interview", "--show", "--who", "maria").out
    assert player("interview", "--forget", "--who", "maria").code == 1


def test_where_nothing_can_be_kept_the_interview_is_begun_all_the_same(player, tmp_path, monkeypatch):
    (tmp_path / "home").write_text("")  # no folder can be made in it
    answer = player("interview", "--ears", "none", PLAYER_HOME=str(tmp_path / "home"))
    (line,) = answer.err.splitlines()
    assert "led without what is kept there, and keeps nothing" in line
    assert "Nobody can be heard" in answer.out  # it came as far as to the loudspeaker
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    with paths.standing_in(lambda _line: None):
        keeper = facts.Keeper(facts.load(), "", {})
        keeper.remember({"minor": False})
        keeper.close()
        assert (keeper.failed, facts.load()["minor"][-1].yes) == ("", False)


def test_a_name_is_one_word(player):
    for command in ("interview", "play"):
        answer = player(command, "--who", "../maria")
        assert (answer.code, "a name is one word" in answer.err) == (2, True)


def test_what_cannot_be_read_is_told_of_once(player):
    where = interviewed(who="paul")
    where.write_text("damaged")
    answer = player("play", ROUTINE, "--who", "paul", "--minutes", "3", "--out", "quick.wav")
    assert answer.code == 0
    assert answer.out.count("cannot be read, so it is asked once more") == 1


def led_by_keys(key: str, who: str, folder: Path, most: int) -> str:
    """Return what an interview shows that is led by one key, again and again, until `most` answers are kept.

    A key that comes again within 0.6 s is one that is held down, and one press.
    """
    main, side = pty.openpty()
    led = subprocess.Popen(
        [sys.executable, "-m", "player", "interview", "--keys", "--who", who],
        stdin=side,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=os.environ | {"TERM": "dumb", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    over = threading.Event()

    def press() -> None:
        while not over.wait(2 * REPEAT_S):
            os.write(main, (key if len(facts.load(who)) < most else "s").encode())

    presser = threading.Thread(target=press)
    presser.start()
    try:
        return led.communicate(timeout=200)[0]
    finally:
        led.kill()
        over.set()
        presser.join()
        os.close(main)
        os.close(side)


def test_the_interview_is_led_by_keys_and_kept(tmp_path, home):
    """What is pressed before its time means nothing; "stop" keeps what was answered, and it goes on there."""
    shown = led_by_keys("n", "key-n", tmp_path, most=3)
    assert "Do you have cancer" in shown
    kept = facts.load("key-n")
    assert len(kept) >= 3
    assert not any(answers[-1].yes for answers in kept.values())
    assert facts.path("key-n").stat().st_mode & 0o777 == 0o600
    shown = led_by_keys("n", "key-n", tmp_path, most=len(kept) + 1)
    assert "Do you have cancer" not in shown
    assert len(facts.load("key-n")) == len(kept) + 1


def test_yes_by_keys_ends_what_it_must_end(tmp_path, home):
    shown = led_by_keys("y", "key-y", tmp_path, most=9)
    assert "This player is for adults." in shown
    assert [name for name, answers in facts.load("key-y").items() if answers[-1].yes] == ["minor"]
