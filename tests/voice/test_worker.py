"""The voice worker with the real engine in a real child process, and with children that misbehave."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from player.errors import SynthesisError
from player.files import voices
from player.files.clips import Clips
from player.files.voices import VoiceProfile
from player.ports import RATE_HZ
from player.voice.client import COMMAND, EngineLost, VoicePatience, VoiceWorker
from tests.contracts.synthesiser import SENTENCE, SynthesiserContract

PROFILE = VoiceProfile("test", "Test", "en", voice="en-us")
QUICK = VoicePatience(first_s=20, later_s=20, back_off_s=0.01)
HASTY = VoicePatience(first_s=20, later_s=0.3, back_off_s=0.01)


@pytest.fixture
def clips(tmp_path: Path) -> Clips:
    return Clips(tmp_path / "clips")


@pytest.fixture
def worker(clips: Clips) -> Iterator[VoiceWorker]:
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        yield worker


class TestWorker(SynthesiserContract):
    @pytest.fixture
    def synthesiser(self, worker: VoiceWorker) -> VoiceWorker:
        return worker


class TestWorkerWithoutADisk(SynthesiserContract):
    @pytest.fixture
    def synthesiser(self) -> Iterator[VoiceWorker]:
        with VoiceWorker(PROFILE, Clips(Path("/proc/no/such/place")), QUICK) as worker:
            yield worker


def child_of(worker: VoiceWorker) -> int:
    assert worker._child is not None
    return worker._child.pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(true: Callable[[], bool], within_s: float = 20) -> bool:
    """Whether something becomes true in time."""
    pause = Event()
    return any(true() or pause.wait(0.02) for _ in range(round(within_s / 0.02)))


def python(code: str) -> tuple[str, ...]:
    """A child that does something else than the worker."""
    return (sys.executable, "-c", "import sys, json, os, signal\n" + code)


def test_a_killed_child_is_started_again(worker: VoiceWorker) -> None:
    first = worker.render(SENTENCE)
    pid = child_of(worker)
    os.kill(pid, signal.SIGKILL)
    assert worker.render("Ten.").size > 0
    assert child_of(worker) != pid
    assert not alive(pid)
    assert worker.render(SENTENCE).tobytes() == first.tobytes()


def test_a_hung_child_is_ended_and_started_again(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, HASTY) as worker:
        worker.render("One.")
        pid = child_of(worker)
        os.kill(pid, signal.SIGSTOP)
        assert worker.render("Two.").size > 0
        assert not alive(pid)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('I am no voice', flush=True); sys.stdin.read()", "answered with something else"),
        ("print('[1, 2]', flush=True); sys.stdin.read()", "answered with something else"),
        ("""print('{"id": 77, "pcm": ""}', flush=True); sys.stdin.read()""", "answered with something else"),
        (
            "sys.stdout.buffer.write(bytes(range(256)) * 99 + b'\\n'); sys.stdout.flush(); sys.stdin.read()",
            "something else",
        ),
        ("sys.exit(3)", r"ended unexpectedly \(status 3\)"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"ended unexpectedly \(status -11\)"),
        ("sys.stdin.read()", "did not answer in time"),
    ],
)
def test_a_useless_child_is_an_error_after_some_attempts(clips: Clips, code: str, reason: str) -> None:
    patience = VoicePatience(first_s=0.5, later_s=0.5, back_off_s=0.01)
    with VoiceWorker(PROFILE, clips, patience, python(code)) as worker:
        with pytest.raises(SynthesisError, match=reason) as caught:
            worker.render("Rest.")
        assert "doctor" in caught.value.hint
        assert worker._child is None


def test_a_program_that_does_not_exist_is_an_error(clips: Clips) -> None:
    with (
        VoiceWorker(PROFILE, clips, QUICK, ("/no/such/program",)) as worker,
        pytest.raises(SynthesisError, match="cannot be started"),
    ):
        worker.render("Rest.")


def test_the_number_of_attempts_is_kept_and_then_the_voice_rests(clips: Clips, tmp_path: Path) -> None:
    tally = tmp_path / "tally"
    command = python(f"open({str(tally)!r}, 'a').write('x'); sys.exit(1)")
    with VoiceWorker(PROFILE, clips, replace(QUICK, attempts=3), command) as worker:
        starts = []
        for text in ("One.", "Two.", "Three.", "Four."):
            with pytest.raises(SynthesisError, match="ended unexpectedly"):
                worker.render(text)
            starts.append(len(tally.read_text()))
    assert starts == [3, 4, 4, 4]


def test_a_child_that_recovers_ends_the_trouble(clips: Clips, tmp_path: Path) -> None:
    mark = tmp_path / "came-once"
    command = python(f"""
if not os.path.exists({str(mark)!r}):
    open({str(mark)!r}, "w").close()
    sys.exit(1)
os.execv(sys.executable, {list(COMMAND)!r})
""")
    with VoiceWorker(PROFILE, clips, QUICK, command) as worker:
        assert worker.render("Rest.").size > 0


def test_an_unknown_voice_is_refused_and_the_child_lives_on(clips: Clips) -> None:
    with VoiceWorker(replace(PROFILE, voice="nobody"), clips, QUICK) as worker:
        for _ in range(2):
            with pytest.raises(SynthesisError, match="no voice `nobody`"):
                worker.render("Rest.")
        assert alive(child_of(worker))


def test_twenty_thousand_characters(clips: Clips) -> None:
    with VoiceWorker(replace(PROFILE, rate_wpm=360, sentence_pause_s=0.0), clips, QUICK) as hurried:
        clip = hurried.render("Small circles there, moving the skin over the bone. " * 480)
    assert clip.size > 600 * RATE_HZ


def test_noise_on_stdout_does_not_reach_the_client(clips: Clips) -> None:
    noisy = python("""
import player.backends.pyttsx3_voice as back, player.voice.worker as worker
speak = back.Pyttsx3Voice.speak
def loud(self, *args):
    print("Audio saved to somewhere", flush=True)
    os.write(1, b"noise from C\\n")
    return speak(self, *args)
back.Pyttsx3Voice.speak = loud
worker.main()
""")
    with VoiceWorker(PROFILE, clips, QUICK, noisy) as worker:
        assert worker.render("One.").size > 0
        assert worker.render("Two.").size > 0
        assert worker._failures == 0


# No orphans


def test_closing_ends_the_child_even_when_it_hangs(clips: Clips) -> None:
    worker = VoiceWorker(PROFILE, clips, QUICK)
    worker.render("One.")
    pid = child_of(worker)
    os.kill(pid, signal.SIGSTOP)
    refused = Event()

    def render() -> None:
        with pytest.raises(SynthesisError):
            worker.render("Two.")
        refused.set()

    Thread(target=render).start()
    assert wait_until(lambda: worker._child is not None and worker._child.asked == 2)
    closing = Thread(target=worker.close)
    closing.start()
    assert refused.wait(10)
    closing.join()
    assert not alive(pid)
    with pytest.raises(SynthesisError, match="closed"):
        worker.render("Three.")


@pytest.mark.parametrize("busy", [False, True])
def test_the_child_ends_when_the_player_is_killed(tmp_path: Path, busy: bool) -> None:
    code = f"""
import threading, pathlib
from player.files import voices
from player.files.clips import Clips
from player.files.voices import VoiceProfile
from player.voice.client import VoicePatience, VoiceWorker
worker = VoiceWorker(
    VoiceProfile("t", "T", "en"),
    Clips(pathlib.Path({str(tmp_path)!r})),
    VoicePatience(first_s=60, later_s=60),
)
worker.render("One.")
if {busy}:
    worker.prepare(["Small circles there, over the bone. " * 3000])
print(worker._child.pid, flush=True)
threading.Event().wait()
"""
    player = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert player.stdout is not None
    pid = int(player.stdout.readline())
    assert alive(pid)
    player.kill()
    player.wait()
    player.stdout.close()
    assert wait_until(lambda: not alive(pid))


def test_an_interrupt_from_the_keyboard_does_not_reach_the_child(clips: Clips) -> None:
    code = python(
        "import player.voice.worker\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nplayer.voice.worker.main()"
    )
    with VoiceWorker(PROFILE, clips, QUICK, code) as worker:
        worker.render("One.")
        pid = child_of(worker)
        assert os.getpgid(pid) != os.getpgid(0)
        os.kill(pid, signal.SIGINT)
        assert not wait_until(lambda: not alive(pid), 0.2)
        worker.render("Two.")
        assert child_of(worker) == pid


# The cache


def test_a_known_clip_needs_no_child(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        first = worker.render(SENTENCE)
    with VoiceWorker(PROFILE, clips, QUICK, ("/no/such/program",)) as worker:
        assert worker.render(SENTENCE).tobytes() == first.tobytes()


def test_a_fresh_child_and_an_empty_cache_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for run in ("first", "second"):
        with VoiceWorker(PROFILE, Clips(tmp_path / run), QUICK) as worker:
            if run == "second":
                worker.render("Something else before.")
            made.append(worker.render(SENTENCE).tobytes())
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "change",
    [{"voice": "en-gb-x-rp"}, {"rate_wpm": 120}, {"pitch": 20}, {"pitch_range": 9}, {"volume": 0.5},
     {"word_gap_ms": 100}, {"sentence_pause_s": 1.0}, {"engine": "system"}],
)  # fmt: skip
def test_everything_that_changes_the_sound_changes_the_identity(change: dict[str, object]) -> None:
    changed = replace(PROFILE, **change)  # type: ignore[arg-type]
    assert VoiceWorker(changed).identity != VoiceWorker(PROFILE).identity


def test_the_identity_of_hibari_names_all_versions_that_its_sound_depends_on() -> None:
    named = VoiceWorker(voices.find("calm")).identity
    for package in ("pyttsx3", "hibari-tts", "onnxruntime"):
        assert f"{package} {metadata.version(package)}" in named
    assert f"transforms numpy {metadata.version('numpy')}" in named
    assert VoiceWorker(voices.find("low")).identity != named != VoiceWorker(voices.find("slow")).identity


def test_name_and_title_do_not_change_the_identity() -> None:
    assert VoiceWorker(replace(PROFILE, name="x", title="y")).identity == VoiceWorker(PROFILE).identity


# A child that is not needed


def test_an_idle_child_gives_its_memory_back_and_the_next_text_starts_another(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, replace(QUICK, idle_s=0.2)) as worker:
        first = worker.render("One.")
        pid = child_of(worker)
        assert wait_until(lambda: worker._child is None)
        assert not alive(pid)
        assert worker.render("One.").tobytes() == first.tobytes()
        assert worker._child is None  # known clips need none
        assert worker.render("Two.").size > 0


def test_a_child_at_work_is_not_idle(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, replace(QUICK, idle_s=0.01)) as worker:
        assert worker.prepare([f"Number {n}." for n in range(50)]).result(120) == ()
        assert worker._failures == 0


def refusing(*allowed: str) -> Callable[[Thread], None]:
    """Start no thread but those whose names end so, as a machine does that has no more for a moment."""
    start = Thread.start

    def refuse(thread: Thread) -> None:
        if not thread.name.endswith(allowed):
            raise RuntimeError("can't start new thread")
        start(thread)

    return refuse


def test_a_machine_without_threads_left_costs_a_text_and_not_the_voice(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Thread, "start", refusing("none"))
            with pytest.raises(SynthesisError, match="can't start new thread"):
                worker.render("One.")
        assert worker.render("One.").size > 0


def test_an_idle_child_that_could_not_be_watched_is_so_from_the_next_text_on(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, replace(QUICK, idle_s=0.2)) as worker:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Thread, "start", refusing("-reader", "-writer"))
            assert worker.render("One.").size > 0
        pid = child_of(worker)
        assert worker.render("Two.").size > 0
        assert wait_until(lambda: worker._child is None)
        assert not alive(pid)


def test_a_brisk_count_is_another_and_shorter_clip(worker: VoiceWorker) -> None:
    usual, brisk = worker.render("fourteen"), worker.render("fourteen", brisk=True)
    assert brisk.size < 0.9 * usual.size
    assert worker.render("fourteen").tobytes() == usual.tobytes()


def test_an_engine_that_cannot_run_is_told_from_a_text_that_cannot_be_said(clips: Clips) -> None:
    broken = python("""
import player.voice.worker as worker
from player.errors import BackendUnavailable, SynthesisError
def refuse(*args, **more):
    raise (SynthesisError if "odd" in args[2] else BackendUnavailable)("no")
worker.deliver = refuse
worker.main()
""")
    with VoiceWorker(PROFILE, clips, QUICK, broken) as worker:
        with pytest.raises(EngineLost, match="no"):
            worker.render("One.")
        with pytest.raises(SynthesisError) as caught:
            worker.render("An odd one.")
        assert type(caught.value) is SynthesisError


# Rendering ahead


def test_preparing_renders_every_text_once_and_tells_how_far_it_is(clips: Clips) -> None:
    seen: list[tuple[int, int]] = []
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        outcome = worker.prepare(["One.", "Two.", "One.", ""], lambda done, all_: seen.append((done, all_)))
        assert outcome.result(60) == ()
    assert seen == [(1, 3), (2, 3), (3, 3)]
    with VoiceWorker(PROFILE, clips, QUICK, ("/no/such/program",)) as worker:
        assert [worker.render(text).size > 0 for text in ("One.", "Two.", "")] == [True, True, False]


def test_what_cannot_be_prepared_is_reported_and_the_rest_is_there(clips: Clips) -> None:
    deadly = python("""
import player.voice.worker as worker
deliver = worker.deliver
worker.deliver = lambda *args, **more: os._exit(9) if "deadly" in args[2] else deliver(*args, **more)
worker.main()
""")
    with VoiceWorker(PROFILE, clips, QUICK, deadly) as worker:
        outcome = worker.prepare(["One.", "A deadly text.", "Two.", "Another deadly text.", "Three."])
        assert outcome.result(60) == ("A deadly text.", "Another deadly text.")
        assert worker.render("Two.").size > 0


def test_closing_ends_the_preparation(clips: Clips) -> None:
    worker = VoiceWorker(PROFILE, clips, QUICK)
    begun = Event()
    texts = [f"Number {n}." for n in range(5000)]
    outcome = worker.prepare(texts, lambda _done, _all: begun.set())
    assert begun.wait(20)
    worker.close()
    assert len(outcome.result(20)) > 0


def test_a_fault_in_the_progress_reaches_who_waits(clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.excepthook", lambda _args: None)
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        outcome = worker.prepare(["One."], lambda _done, _all: 1 / 0)  # type: ignore[arg-type, return-value]
        with pytest.raises(ZeroDivisionError):
            outcome.result(20)


def test_an_urgent_text_is_rendered_while_others_are_prepared(clips: Clips) -> None:
    with VoiceWorker(PROFILE, clips, QUICK) as worker:
        outcome = worker.prepare([f"Number {n}." for n in range(300)])
        assert worker.render("Stop.").size > 0
        assert not outcome.done()


def test_samples_are_the_callers_own(worker: VoiceWorker) -> None:
    clip = worker.render("One.")
    clip *= np.float32(0)
    assert worker.render("One.").any()
