"""A voice is there when it says a word; what a child of the bench died of is told in one line."""

import subprocess
import sys

import pytest

from player.bench import processes, voices
from player.bench.hearing import pool, units
from player.bench.voices import Voice, usable
from player.errors import BackendError


@pytest.fixture
def festival(tmp_path, monkeypatch):
    """Put a `festival` on the path that does what its body says."""

    def install(body: str) -> None:
        program = tmp_path / "festival"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        usable.cache_clear()

    yield install
    usable.cache_clear()


@pytest.mark.parametrize(
    "body",
    [
        "echo 'SIOD ERROR: unbound variable : voice_kal_diphone' >&2; exit 1",  # installed without its voice
        "exit 0",  # says nothing, and writes nothing
        "kill -9 $$",
    ],
)
def test_a_synthesizer_without_its_voice_is_not_there(festival, body):
    festival(body)
    assert not usable(Voice("festival", "kal_diphone"))


def test_a_voice_that_another_would_speak_for_is_not_there():
    usable.cache_clear()
    assert usable(Voice("flite", "slt"))
    assert not usable(Voice("flite", "nobody"))  # flite would speak with its first voice, without a word


def test_voices_of_espeak_are_tried_too(monkeypatch):
    usable.cache_clear()
    assert usable(Voice("espeak", "en-us"))
    usable.cache_clear()
    monkeypatch.setattr(
        voices, "_espeak", lambda _voice, _texts: [voices._to_ears(voices.np.zeros(0, "i2"), 16_000)]
    )
    assert not usable(Voice("espeak", "en-us"))
    usable.cache_clear()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (
            "raise ValueError('the voice kal_diphone is missing')",
            "ValueError: the voice kal_diphone is missing",
        ),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("raise SystemExit(3)", "code 3"),
    ],
)
def test_what_a_child_died_of_is_one_line(body, cause):
    child = subprocess.Popen(
        [sys.executable, "-c", body], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pytest.raises(BackendError) as caught:
        processes.ended(child)
    assert str(caught.value) == f"measuring the ears failed: {cause}"


def test_the_bench_s_own_children_tell_it_too():
    with pytest.raises(BackendError, match=r"measuring the ears failed: [\w.]*JSONDecodeError: "):
        processes.ended(processes.started("hearing.share", "no order"))


def test_a_child_that_dies_ends_the_work_in_one_line(monkeypatch):
    monkeypatch.setattr(pool, "asdict", lambda _one: "no order")
    work = units.planned(units.Options(conditions=("quiet room",)))
    with pytest.raises(BackendError, match="measuring the ears failed"):
        list(pool.answers(units.Options(), work))
