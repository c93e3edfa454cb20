"""The worker's own end: nothing of it outlives its client."""

import subprocess
import sys
from pathlib import Path

import pytest

from player.workers.child import Child, ChildLost, Loss
from tests.contracts.microphone import until

STUCK = """
import sys, threading
from player.workers import serving
serving.pass_on(sys.stdin.buffer, lambda message: None, {last_s})
threading.Event().wait()
"""


@pytest.mark.parametrize("last_s", [0.0, 0.1])
def test_one_that_is_stuck_ends_with_its_input(last_s):
    child = Child((sys.executable, "-c", STUCK.format(last_s=last_s)))
    child.end(grace_s=20)
    with pytest.raises(ChildLost) as caught:
        child.take(20)
    assert (caught.value.loss, caught.value.detail) == (Loss.ENDED, 1)  # by itself: nobody had to kill it


def test_half_a_request_of_a_client_that_was_killed_ends_it_too():
    child = Child((sys.executable, "-c", STUCK.format(last_s=0.0)))
    child.send('{"kind": "speak", "id": 1, "te')
    child.end(grace_s=20)
    with pytest.raises(ChildLost) as caught:
        child.take(20)
    assert (caught.value.loss, caught.value.detail) == (Loss.ENDED, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end with their input alone")
def test_one_that_lets_no_thread_run_ends_with_its_starter():
    """A library that hangs and holds Python's lock keeps the thread that waits for the input from running."""
    stuck = "import ctypes; from player.workers import serving; serving.die_with_starter()"
    held = f"{stuck}; print(1, flush=True); ctypes.PyDLL(None).sleep(60)"  # the hang itself
    starter = (
        "import subprocess, sys, threading\n"
        f"command = [sys.executable, '-c', {held!r}]\n"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout is not None
        pid = int(player.stdout.readline())
        player.kill()
    assert until(lambda: not Path(f"/proc/{pid}").exists(), 10)
