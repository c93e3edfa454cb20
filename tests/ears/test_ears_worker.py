"""The ears as a process of their own: started, talked to, killed, restarted, ended."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from player.core.commands import Command
from player.core.decision import Accepted, Doubtful, Onset, Reason, Recognition, Rejected
from player.ears import client, protocol, worker
from player.ears.aec.canceller import KEEP, EchoCanceller
from player.ears.client import EarsFound, EarsLost, EarsProcess
from player.ears.enrolment.features import take_of, to_text
from player.errors import AudioDeviceError, BackendUnavailable, RecognitionError
from player.workers.protocol import error_line, read
from tests.ears import room
from tests.ears.speech import others, phrases, stream
from tests.waiting import until

SETUP = protocol.Setup("pocketsphinx", phrases(), others())


@pytest.fixture
def start(tmp_path):
    """Start ears that hear the given sound; what they post is the second value."""
    started = []

    def begin(pcm, mode="normal", setup=SETUP):
        sound = tmp_path / "sound.raw"
        sound.write_bytes(pcm)
        news = []
        command = (sys.executable, "-m", "tests.ears.room", str(sound), mode)
        ears = EarsProcess(setup, news.append, command)
        started.append(ears)
        return ears, news

    yield begin
    for ears in started:
        ears.close()


def verdicts(news):
    return [item.verdict for item in news if isinstance(item, Recognition)]


def gone(pid):
    return not Path(f"/proc/{pid}").exists()


def test_a_word_in_the_room_arrives_as_news(start):
    ears, news = start(stream(2.0, "repeat", 1.0, "continue", 1.0))
    ears.listen(Command)
    assert until(lambda: len(verdicts(news)) == 2, 20)
    assert verdicts(news) == [Accepted(Command.REPEAT), Accepted(Command.RESUME)]
    assert sum(isinstance(item, Onset) for item in news) == 2
    assert until(lambda: any(isinstance(item, protocol.Levels) for item in news))


def test_what_means_something_is_told_across(start):
    ears, news = start(stream(2.0, "repeat", 1.0, "continue", 1.0))
    ears.listen([Command.RESUME])
    assert until(lambda: len(verdicts(news)) == 2, 20)
    assert verdicts(news) == [Rejected(Reason.NOT_NOW), Accepted(Command.RESUME)]


def test_the_own_voice_is_told_across(start):
    ears, news = start(stream(2.0, "continue", 1.0))
    ears.listen(Command)
    ears.own_voice(audible=True)
    assert until(lambda: verdicts(news), 20)
    assert verdicts(news) == [Rejected(Reason.OWN_VOICE)]


def test_closing_ends_the_process_at_once_and_may_be_repeated(start):
    ears, _ = start(stream(1.0))
    pid, begun = ears.pid, time.monotonic()
    ears.close()
    ears.close()
    assert gone(pid)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("mode", ["abort", "hang"])
def test_a_process_that_dies_or_hangs_is_replaced(start, mode):
    ears, news = start(stream(0.2), mode)
    first = ears.pid
    assert until(lambda: any(isinstance(item, EarsFound) for item in news), 20)
    assert isinstance(next(item for item in news if isinstance(item, EarsLost | EarsFound)), EarsLost)
    assert ears.pid != first
    assert gone(first)


def test_one_that_was_stopped_is_replaced_soon(start):
    ears, news = start(stream(0.2))
    assert until(lambda: news)
    begun_s, first = time.monotonic(), ears.pid
    os.kill(first, signal.SIGSTOP)
    assert until(lambda: any(isinstance(item, EarsLost) for item in news), 20)
    assert time.monotonic() - begun_s < client._SILENCE_S - 1.0
    assert until(lambda: any(isinstance(item, EarsFound) for item in news), 20)
    assert gone(first)


@pytest.mark.parametrize("mode", ["slow word", "slow device"])
def test_one_that_takes_its_time_is_left_alone(start, mode):
    assert client._IDLE_S < room.SLOW_S < client._SILENCE_S < client._OPENING_S
    ears, news = start(stream(0.2), mode)
    pid = ears.pid
    assert until(lambda: news)
    time.sleep(2 * room.SLOW_S)  # that it is not replaced has no event
    reasons = {item.reason for item in news if isinstance(item, EarsLost)}
    assert reasons <= {"the microphone fell silent"}
    assert ears.pid == pid


def test_ears_may_not_grow_without_end():
    """In a process of its own, of which the limit would be this one's too."""
    program = (
        "from player.ears.worker import bound_memory\n"
        "bound_memory(50_000_000)\n"
        "small = bytes(10_000_000)\n"
        "print('small', flush=True)\n"
        "large = bytes(100_000_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "small\n"
    assert "MemoryError" in done.stderr


def played_alone(seconds: int, played: list[bytes]) -> int:
    """Tell ears whose microphone is away what is played; return how many bytes of it they hold."""
    loop = worker.EarsLoop(SETUP, room.FileMicrophone(b"", "normal"), lambda _line: None)
    for pcm in played * seconds:
        loop._obey(read(protocol.reference_line(pcm)))
    return len(loop._played)


def test_what_is_played_while_the_microphone_is_away_is_not_kept_without_end():
    second = [bytes(range(256)) * 125]
    assert played_alone(4, second) == 128_000
    assert played_alone(60, second) == played_alone(120, second) == 2 * KEEP


def test_what_is_not_kept_of_it_is_not_needed():
    """The canceller begins anew with the newest, whether it is given a minute or only the end of it."""
    noise = np.random.default_rng(5).integers(-3000, 3000, 70 * 16_000, np.int16).tobytes()
    minute, then = noise[: 60 * 32_000], noise[60 * 32_000 :]
    left = []
    for missed in (minute, minute[-2 * KEEP :]):
        canceller = EchoCanceller(60.0)
        blocks = [then[at : at + 640] for at in range(0, 3 * 32_000, 640)]
        heard = [canceller.accept(one, one) for one in blocks]
        heard += [canceller.accept(blocks[0], missed)]
        left.append([*heard, *(canceller.accept(one, one) for one in blocks)])
    assert left[0] == left[1]


def test_what_is_no_message_is_a_failure():
    with pytest.raises(RecognitionError, match="no message"):
        EarsProcess(SETUP, print, (sys.executable, "-c", "print('[1]', flush=True); input()"))


def test_what_was_told_is_told_to_the_next_process_too(start):
    ears, news = start(stream(2.0, "continue", 1.0))
    ears.listen(Command)
    assert until(lambda: len(verdicts(news)) == 1, 20)
    os.kill(ears.pid, signal.SIGKILL)
    assert until(lambda: len(verdicts(news)) == 2, 20)
    assert verdicts(news)[1] == Accepted(Command.RESUME)


@pytest.mark.parametrize("mode", ["lost", "unplugged"])
def test_a_microphone_that_was_lost_is_opened_again(start, mode):
    ears, news = start(stream(0.2), mode)
    pid = ears.pid
    assert until(lambda: any(isinstance(item, EarsFound) for item in news), 10)
    kinds = [type(item) for item in news if isinstance(item, EarsLost | EarsFound)]
    assert kinds == [EarsLost, EarsFound]
    assert ears.pid == pid


def test_no_microphone_is_an_error_at_the_start(start):
    with pytest.raises(AudioDeviceError, match="no microphone is connected") as caught:
        start(b"", "absent")
    assert caught.value.hint == "connect one"


def test_without_a_microphone_no_recogniser_is_loaded(monkeypatch):
    """Ears that cannot be had are tried again and again: what a try costs is taken from the voice."""

    def find(_name):
        raise BackendUnavailable("there is no microphone", "plug one in")

    said, orders = [], BytesIO(protocol.setup_line(SETUP).encode() + b"\n")
    monkeypatch.setattr(worker, "find_microphone", find)
    monkeypatch.setattr(worker, "recogniser", pytest.fail)
    worker.run(orders, said.append, worker.microphone)
    assert said == [error_line(BackendUnavailable("there is no microphone", "plug one in"))]


def test_no_model_is_an_error_at_the_start(start, tmp_path):
    with pytest.raises(BackendUnavailable, match="no such model folder"):
        start(b"", setup=protocol.Setup("vosk", phrases(), (), str(tmp_path / "absent")))


def test_a_process_that_ends_at_once_is_an_error_at_the_start():
    with pytest.raises(RecognitionError, match="ended by themselves"):
        EarsProcess(SETUP, print, (sys.executable, "-c", "pass"))


def test_sound_is_suppressed_for_ears_with_which_that_pays_but_not_beside_takes():
    take = take_of(stream(0.2, "stop", 0.2))
    text = (to_text(take.clean), to_text(take.noisy))
    chains = [worker.listening_chain(replace(SETUP, takes=takes)) for takes in ({}, {"stop": [text] * 3})]
    assert [chain._suppressor is not None for chain in chains] == [True, False]


def _player(sound: Path) -> "subprocess.Popen[str]":
    """Start a player that does nothing but listen; it tells the process id of its ears."""
    program = (
        "import signal, sys\n"
        "from tests.ears.test_ears_worker import SETUP, EarsProcess\n"
        "command = (sys.executable, '-m', 'tests.ears.room', sys.argv[1], 'normal')\n"
        "print(EarsProcess(SETUP, lambda news: None, command).pid, flush=True)\n"
        "signal.pause()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, str(sound)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
    )


def test_nothing_outlives_the_player(tmp_path):
    sound = tmp_path / "sound.raw"
    sound.write_bytes(stream(1.0))
    parent = _player(sound)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    assert until(lambda: gone(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end with their input alone")
def test_not_even_ears_that_are_stopped_outlive_the_player(tmp_path):
    sound = tmp_path / "sound.raw"
    sound.write_bytes(stream(1.0))
    parent = _player(sound)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
        os.kill(pid, signal.SIGSTOP)
        parent.kill()
        parent.wait()
    try:
        assert until(lambda: gone(pid))
    finally:
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)


HEARD = Recognition(
    text="next",
    command=Command.NEXT,
    score=-1.5,
    margin=2.25,
    start_s=1.0,
    end_s=1.5,
    decided_s=1.8,
    verdict=Accepted(Command.NEXT),
)


@pytest.mark.parametrize(
    "hearing",
    [
        Onset(1.25),
        HEARD,
        Recognition(
            text="",
            command=None,
            score=None,
            margin=None,
            start_s=1.0,
            end_s=1.5,
            decided_s=1.8,
            verdict=Rejected(Reason.NO_COMMAND),
        ),
        Recognition(
            text="undo",
            command=Command.UNDO,
            score=0.0,
            margin=0.0,
            start_s=1.0,
            end_s=1.5,
            decided_s=1.8,
            verdict=Doubtful(Command.UNDO),
        ),
    ],
)
def test_what_was_heard_survives_the_wire(hearing):
    import json

    assert protocol.read_hearing(json.loads(protocol.hearing_line(hearing))) == hearing


def test_the_setup_survives_the_wire():
    import json

    setup = replace(SETUP, cancel=True, drift_ppm=-12.5)
    assert protocol.read_setup(json.loads(protocol.setup_line(setup))) == setup
