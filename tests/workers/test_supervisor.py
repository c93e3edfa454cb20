"""Children kept at work: asked or watched, lost, started again, ended with their supervisor."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from player.ears import client
from player.errors import AudioDeviceError, SynthesisError
from player.workers.child import ChildLost, Loss
from player.workers.protocol import line
from player.workers.supervisor import Policy, Restarts, Supervisor, SupervisorClosed

QUICK = Policy(Restarts(first_s=0.01, factor=2))
SERVING = """
import queue, sys, os
from player.workers import serving
from player.workers.protocol import line
say = serving.conversation()
requests = queue.SimpleQueue()
serving.pass_on(sys.stdin.buffer, requests.put)
hello = requests.get()
print("a library that prints")
os.write(1, b"and one in C\\n")
while request := requests.get():
    if request["kind"] == "die":
        os._exit(7)
    say(line("answer", id=request.get("id"), hello=hello["name"], pid=os.getpid()))
"""


def supervisor(code=SERVING, policy=QUICK, **options):
    return Supervisor((sys.executable, "-c", code), line("hello", name="player"), policy, **options)


@pytest.fixture
def asking():
    one = supervisor()
    yield one
    one.close()


def ask(one, kind="speak", attempts=1):
    return one.ask(kind, 20.0, 20.0, attempts)


def gone(pid):
    return not Path(f"/proc/{pid}").exists()


def test_the_first_question_starts_a_child_and_the_next_one_finds_it(asking):
    assert asking.child is None
    first, second = ask(asking), ask(asking)
    assert first["hello"] == "player"
    assert first["pid"] == second["pid"] == asking.child.pid


def test_a_child_that_is_gone_is_started_again_for_the_same_question(asking):
    pid = ask(asking)["pid"]
    os.kill(pid, signal.SIGKILL)
    assert ask(asking, attempts=2)["pid"] != pid
    assert gone(pid)


def test_a_question_is_asked_as_often_as_is_allowed_and_nothing_is_left(asking, tmp_path):
    tally = tmp_path / "tally"
    counting = supervisor(f"open({str(tally)!r}, 'a').write('x')")
    with pytest.raises(ChildLost) as caught:
        ask(counting, attempts=3)
    assert caught.value.loss is Loss.ENDED
    assert tally.read_text() == "xxx"
    assert counting.child is None


def test_a_fresh_child_may_take_longer_than_one_that_has_answered(asking):
    ask(asking)
    os.kill(asking.child.pid, signal.SIGSTOP)
    with pytest.raises(ChildLost) as caught:
        asking.ask("speak", 20.0, 0.1, 1)
    assert (caught.value.loss, caught.value.detail) == (Loss.SILENT, 0.1)
    assert asking.ask("speak", 20.0, 0.0, 1)["kind"] == "answer"


def test_each_attempt_has_twice_the_time_of_the_one_before():
    silent = supervisor("import sys; sys.stdin.read()")
    with pytest.raises(ChildLost) as caught:
        silent.ask("speak", 0.01, 0.01, 3)
    assert (caught.value.loss, caught.value.detail) == (Loss.SILENT, 0.04)


def test_nothing_is_asked_after_it_is_closed(asking):
    pid = ask(asking)["pid"]
    asking.close()
    asking.close()
    assert gone(pid)
    with pytest.raises(SupervisorClosed):
        ask(asking)


def test_the_wait_grows_up_to_its_most_and_begins_anew_with_the_next_question(monkeypatch):
    waited = []
    one = supervisor("pass", Policy(Restarts(first_s=1.0, factor=4, longest_s=10.0)))
    monkeypatch.setattr(one.closed, "wait", waited.append)
    for _ in range(2):
        with pytest.raises(ChildLost):
            ask(one, attempts=5)
    assert waited == 2 * [1.0, 4.0, 10.0, 10.0]


# --- watched


class Watched:
    """Follows children in a thread; keeps what it is told, and lets the test wait for it."""

    def __init__(self, policy=QUICK, **options):
        self.told = []
        self._more = threading.Condition()
        self.one = supervisor(policy=policy, **options)
        self.one.start()
        self.thread = threading.Thread(target=self.one.watch, args=(self.follow, self.lost, self.found))
        self.thread.start()

    def follow(self, child):
        try:
            while True:
                self.tell(child.take(60.0)["pid"])
        except ChildLost as lost:
            return lost.loss.name

    def lost(self, reason):
        self.tell(reason)

    def found(self):
        self.tell("found")

    def tell(self, what):
        with self._more:
            self.told.append(what)
            self._more.notify()

    def until(self, count):
        with self._more:
            assert self._more.wait_for(lambda: len(self.told) >= count, 30)
        return self.told

    def close(self):
        self.one.close()
        self.thread.join(20)
        assert not self.thread.is_alive()


def test_what_a_child_says_is_passed_on_and_a_lost_one_is_replaced():
    watched = Watched()
    watched.one.send(line("tell"))
    first = watched.until(1)[0]
    watched.one.send(line("die"))
    watched.until(3)
    watched.one.send(line("tell"))
    assert watched.until(4) == [first, "ENDED", "found", watched.one.child.pid]
    assert gone(first)
    watched.close()
    assert gone(watched.one.child.pid)
    assert len(watched.told) == 4  # a close is no loss


@pytest.mark.parametrize(
    ("error", "waits"),
    [(AudioDeviceError("away"), [1.0, 0.5, 0.5]), (SynthesisError("broken"), [1.0, 4.0, 16.0])],
)
def test_a_start_that_fails_is_tried_again_soon_for_a_device_and_later_otherwise(error, waits, monkeypatch):
    """The child has started well once; then two starts fail."""
    fails = iter([None, error, error, None])

    def ready(_child):
        if failure := next(fails):
            raise failure

    waited = []
    restarts = Restarts(first_s=1.0, factor=4, longest_s=30.0, absent=(AudioDeviceError,), absent_s=0.5)
    watched = Watched(Policy(restarts), ready=ready)
    monkeypatch.setattr(
        watched.one.closed, "wait", lambda wait_s: waited.append(wait_s) or watched.one.closed.is_set()
    )
    watched.one.send(line("die"))
    assert watched.until(2) == ["ENDED", "found"]
    watched.close()
    assert waited == waits


def refused(_thread):
    raise RuntimeError("can't start new thread")


def test_a_watch_outlasts_a_machine_without_threads_left(monkeypatch):
    watched = Watched()
    start, tries = threading.Thread.start, []

    def twice_refused(thread):
        tries.append(thread)
        (refused if len(tries) <= 2 else start)(thread)

    monkeypatch.setattr(threading.Thread, "start", twice_refused)
    watched.one.send(line("die"))
    assert watched.until(2) == ["ENDED", "found"]
    assert len(tries) > 2
    watched.close()


def test_a_child_that_nobody_can_watch_is_ended(monkeypatch):
    one = supervisor()
    pid = one.start().pid
    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(ChildLost, match="can't start new thread"):
        one.watched("watch", lambda _child: "", lambda _reason: None, lambda: None)
    assert gone(pid)


@pytest.mark.parametrize(("settled_s", "waits"), [(-1.0, [1.0, 1.0]), (60.0, [1.0, 4.0])])
def test_one_that_lived_long_is_started_again_soon(settled_s, waits, monkeypatch):
    waited = []
    watched = Watched(Policy(Restarts(first_s=1.0, factor=4, settled_s=settled_s)))
    monkeypatch.setattr(
        watched.one.closed, "wait", lambda wait_s: waited.append(wait_s) or watched.one.closed.is_set()
    )
    for count in (2, 4):
        watched.one.send(line("die"))
        watched.until(count)
    watched.close()
    assert waited == waits


def test_closing_while_it_waits_for_the_next_start_ends_the_watch():
    watched = Watched(Policy(Restarts(first_s=1000.0, factor=2)))
    watched.one.send(line("die"))
    watched.until(1)
    watched.close()
    assert watched.told == ["ENDED"]


def test_ears_that_crash_ten_times_in_a_row_are_never_away_for_long(monkeypatch):
    waited = []
    one = supervisor("pass", client._POLICY)
    monkeypatch.setattr(one.closed, "wait", waited.append)
    with pytest.raises(ChildLost):
        ask(one, attempts=11)
    assert len(waited) == 10
    assert max(waited) < 5.0  # and half a dozen of them come to that: a machine is not kept busy with starts
    assert sum(waited[-5:]) > 10.0
