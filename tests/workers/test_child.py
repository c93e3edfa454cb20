"""One run of a worker, with real processes that answer, lie, hang and end."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import line

ECHO = """
import sys, json
for text in sys.stdin:
    print(text, end="", flush=True)
"""


@pytest.fixture
def child():
    """Start Python with a text; it is ended with the test."""
    started = []

    def start(code=ECHO):
        started.append(Child((sys.executable, "-c", code)))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def lost(child, limit_s=20.0, idle_s=None):
    with pytest.raises(ChildLost) as caught:
        child.take(limit_s, idle_s)
    return caught.value.loss, caught.value.detail


@pytest.mark.parametrize("left", [0, 1])
def test_a_machine_without_threads_left_starts_none_and_leaves_none(monkeypatch, left):
    started, start, begin = [], threading.Thread.start, subprocess.Popen

    def refuse(thread):
        if len([one for one in started if isinstance(one, threading.Thread)]) == left:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    def popen(*arguments, **more):
        started.insert(0, begin(*arguments, **more))
        return started[0]

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(ChildLost, match="can't start new thread") as caught:
        Child((sys.executable, "-c", ECHO))
    assert caught.value.loss is Loss.NOT_STARTED
    process, *threads = started
    assert process.returncode == -signal.SIGKILL
    for thread in threads:
        thread.join(10)
    assert (process.stdin.closed, process.stdout.closed) == (True, True)


def test_what_is_sent_comes_back_line_by_line(child):
    echo = child()
    echo.send(line("one", text="a\nb") + line("two", number=2))
    assert echo.take(20) == {"kind": "one", "text": "a\nb"}
    assert echo.take(20) == {"kind": "two", "number": 2}


def test_an_answer_has_the_number_of_its_question(child):
    echo = child()
    assert echo.ask("speak", 20, text="One.") == {"kind": "speak", "id": 1, "text": "One."}
    assert echo.ask("speak", 20)["id"] == 2
    assert echo.asked == 2


def test_an_answer_to_another_question_is_none(child):
    echo = child()
    echo.send(line("late", id=77))
    with pytest.raises(ChildLost) as caught:
        echo.ask("speak", 20)
    assert caught.value.loss is Loss.NO_MESSAGE


@pytest.mark.parametrize("said", ["no JSON", "[1, 2]", "{}", '{"kind": 3}', "\\u00ff", ""])
def test_what_is_no_message_is_told(child, said):
    assert lost(child(f"print({said!r}, flush=True); input()"))[0] is Loss.NO_MESSAGE


def test_bytes_that_are_no_text_are_no_message(child):
    code = "import sys; sys.stdout.buffer.write(bytes(range(128, 256)) + b'\\n'); sys.stdout.flush(); input()"
    assert lost(child(code))[0] is Loss.NO_MESSAGE


@pytest.mark.parametrize(
    "code", ["import sys; print('{', end='', flush=True); sys.exit(3)", "raise SystemExit(3)"]
)
def test_one_that_ends_is_told_with_its_code(child, code):
    assert lost(child(code)) == (Loss.ENDED, 3)


def test_one_that_is_killed_is_told_with_its_signal(child):
    echo = child()
    os.kill(echo.pid, signal.SIGKILL)
    assert lost(echo) == (Loss.ENDED, -signal.SIGKILL)


def test_a_program_that_is_not_there_is_told():
    with pytest.raises(ChildLost) as caught:
        Child(("/no/such/program",))
    assert caught.value.loss is Loss.NOT_STARTED


@pytest.mark.parametrize(
    ("code", "idle_s", "loss"),
    [
        ("input()", None, Loss.SILENT),
        ("input()", 0.5, Loss.IDLE),
        ("while True: pass", 0.5, Loss.SILENT),  # at work: it is left alone until the limit
    ],
)
def test_one_that_hangs_is_told_sooner_than_one_that_works(child, code, idle_s, loss):
    assert lost(child(code), 2.0, idle_s)[0] is loss


def test_the_input_ends_before_the_process_is_killed(child, tmp_path):
    mark = tmp_path / "ended"
    one = child(f"{ECHO}\nopen({str(mark)!r}, 'w').close()")
    one.ask("begun", 20)
    one.end(grace_s=20)
    assert mark.exists()
    assert not Path(f"/proc/{one.pid}").exists()


def test_one_that_does_not_end_is_killed_and_ending_may_be_repeated(child):
    one = child("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass")
    one.end()
    one.end()
    one.kill()
    assert lost(one) == (Loss.ENDED, -signal.SIGKILL)


def test_what_nobody_reads_is_dropped_when_it_may_be(child):
    stopped = child()
    os.kill(stopped.pid, signal.SIGSTOP)
    for number in range(2000):
        stopped.offer(line("sound", number=number, pcm="x" * 1000))
    os.kill(stopped.pid, signal.SIGCONT)
    stopped.send(line("last"))
    seen = []
    while not seen or seen[-1]["kind"] != "last":
        seen.append(stopped.take(20))
    assert 100 <= len(seen) < 1000


def test_ctrl_c_in_the_terminal_is_not_for_the_child(child):
    assert os.getpgid(child().pid) != os.getpgid(0)
