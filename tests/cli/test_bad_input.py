"""Wrong input of every kind: one clear line and what to do, the documented exit code, soon, no traceback."""

import os
import resource
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.cli.conftest import CPU_S, Answer

GOOD = """format: 1
title: Mine
steps:
  - id: one
    say: Rub your palms.
    seconds: 5
"""


ROUTINE = "quick-facial-acupressure"


def refused(answer: Answer, code: int, *words: str, lines: int = 2) -> None:
    assert answer.code == code, answer
    assert "Traceback" not in answer.err + answer.out
    told = answer.err.strip().splitlines()
    assert 1 <= len(told) <= lines, answer.err
    assert not answer.err.startswith(":")
    for word in words:
        assert word in answer.err, answer.err
    assert answer.cpu_s < CPU_S


BROKEN = {
    "empty": (b"", "empty"),
    "only-a-comment": (b"# nothing\n", "empty"),
    "not-yaml": (b"steps: [a, b\ntitle: }\n", "broken.yaml:1:8"),
    "tab": (b"format: 1\n\ttitle: x\n", "broken.yaml:2"),
    "wrong-type": (GOOD.replace("seconds: 5", "seconds: soon").encode(), "broken.yaml:6"),
    "a-list": (b"- a\n- b\n", "broken.yaml:1"),
    "duplicate-key": (GOOD.replace("title: Mine", "title: Mine\ntitle: Yours").encode(), "title"),
    "misspelt-key": (GOOD.replace("title", "titel").encode(), "did you mean `title`"),
    "latin-1": (GOOD.replace("Mine", "M\xe9ne").encode("latin-1"), "UTF-8"),
    "utf-16": (GOOD.encode("utf-16"), "UTF-8"),
    "zeros": (bytes(1000), "broken.yaml"),
    "brackets": (b"steps: " + b"[" * 200_000, "broken.yaml"),
    "braces": (b"{a: " * 100_000, "broken.yaml"),
    "aliases": (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 120)),
        "broken.yaml",
    ),
    "unknown-format": (GOOD.replace("format: 1", "format: 99").encode(), "broken.yaml:1"),
}


@pytest.mark.parametrize(
    ("kind", "command"),
    [*((kind, "play") for kind in BROKEN), *product(("not-yaml", "brackets"), ("show", "rehearse"))],
)
def test_a_broken_script(kind, command, player, tmp_path):
    content, words = BROKEN[kind]
    (tmp_path / "broken.yaml").write_bytes(content)
    refused(player(command, "broken.yaml"), 3, "broken.yaml", words, lines=20)


@pytest.mark.parametrize("kind", BROKEN)
def test_check_tells_what_is_broken(kind, player, tmp_path):
    content, words = BROKEN[kind]
    (tmp_path / "broken.yaml").write_bytes(content)
    answer = player("check", "broken.yaml")
    assert answer.code == 3
    assert words in answer.out
    assert "Traceback" not in answer.out + answer.err
    assert answer.cpu_s < CPU_S


def test_a_script_that_is_right_is_not_refused(player, tmp_path):
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert player("check", "mine.yaml").code == 0
    assert player("rehearse", "mine.yaml").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("play", "nosuch"), 3, ("`nosuch`", "player list")),
        (("play", "quick-facial-acupresure"), 3, ("did you mean `quick-facial-acupressure`",)),
        (("play", "nosuch.yaml"), 3, ("nosuch.yaml",)),
        (("show", "nosuch"), 3, ("`nosuch`", "player list")),
        (("rehearse", "nosuch"), 3, ("`nosuch`", "player list")),
        (("check", "nosuch.yaml"), 3, ()),
        (("export", ROUTINE, "o.mp3", "--voice", "nobody"), 3, ("`nobody`", "calm")),
        (("play", "--from", "nowhere"), 2, ("`nowhere`", "between-brows")),
        (("play", "--from", "99"), 2, ("`99`", "between-brows")),
        (("play", "--from", "temples"), 2, ("did you mean `temple`",)),
        (("play", "--log", "nowhere/log.jsonl", "--out", "o.wav"), 5, ("nowhere/log.jsonl",)),
        (("play", "--log", ".", "--out", "o.wav"), 5, ("log",)),
        (("play", "--out", "nowhere/out.wav"), 5, ("nowhere/out.wav",)),
        (("play", "--out", "o.wav", "--in", "nosuch.wav"), 3, ("nosuch.wav",)),
        (("play", "--out", "o.wav", "--in", "microphone"), 2, ("--in",)),
        (("rehearse", ROUTINE, "--product", "powder"), 2, ("there is no product `powder`",)),
        (("rehearse", "sculptural-talc-20", "--product", "oil"), 2, ("there is no product in",)),
        (
            ("rehearse", ROUTINE, "--set", "pregnent=yes"),
            2,
            ("no param or fact `pregnent`", "did you mean `pregnant`"),
        ),
        (("rehearse", ROUTINE, "--set", "pregnant=maybe"), 2, ("say yes or no",)),
        (("play", "--ears", "vosk", "--out", "o.wav", "--in", "quiet.wav"), 4, ("player models get",)),
        (("models", "path", "nosuch"), 4, ("nosuch", "player models list")),
        (("models", "get", "nosuch"), 4, ("nosuch",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_does_not_exist(arguments, code, words, player, tmp_path):
    soundfile.write(tmp_path / "quiet.wav", np.zeros(16_000), 16_000)
    answer = player(*arguments)
    if arguments[0] == "check":
        assert (answer.code, "nosuch.yaml" in answer.out) == (code, True)
    else:
        refused(answer, code, *words)


@pytest.mark.parametrize("value", ["-3", "0", "nan", "inf", "-inf", "241", "soon"])
@pytest.mark.parametrize("command", ["play", "rehearse", "show"])
def test_a_time_out_of_range(command, value, player):
    answer = player(command, ROUTINE, f"--minutes={value}")
    assert answer.code == 2
    assert answer.err.splitlines()[-1].endswith(
        f"`{value}` is not a time in minutes: give a number from 1 to 240"
    )


@pytest.mark.parametrize("option", ["--minutes", "--hours"])
@pytest.mark.parametrize("value", ["-1", "nan", "inf"])
def test_a_measure_out_of_range(option, value, player):
    answer = player("bench", "soak", f"{option}={value}")
    assert answer.code == 2
    assert "give a number from" in answer.err.splitlines()[-1]


SPOKEN = b"nobody may write over this"


@pytest.mark.parametrize("again", ["mic.wav", "./mic.wav", "link.wav", "hard.wav"])
@pytest.mark.parametrize("option", ["--out", "--log"])
def test_what_is_read_is_never_written_over(option, again, player, tmp_path):
    (tmp_path / "mic.wav").write_bytes(SPOKEN)
    (tmp_path / "link.wav").symlink_to("mic.wav")
    (tmp_path / "hard.wav").hardlink_to(tmp_path / "mic.wav")
    other = ("--out", "o.wav") if option == "--log" else ()
    refused(player("play", "--in", "mic.wav", option, again, *other), 2, "--in", option, "the same file")
    assert (tmp_path / "mic.wav").read_bytes() == SPOKEN
    assert not (tmp_path / "o.wav").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("play", "mine.yaml", "--out", "o.wav", "--log", "mine.yaml"),
        ("play", "--out", "o.wav", "--log", "./o.wav"),
        ("show", "mine.yaml", "--map", "./mine.yaml"),
    ],
    ids=" ".join,
)
def test_two_names_for_one_file(arguments, player, tmp_path):
    (tmp_path / "mine.yaml").write_text(GOOD)
    refused(player(*arguments), 2, "the same file")
    assert (tmp_path / "mine.yaml").read_text() == GOOD
    assert not (tmp_path / "o.wav").exists()


def test_two_files_may_be_one_device(player):
    assert player("play", "--from", "finish", "--out", "o.wav", "--log", "/dev/null").code == 0


@pytest.mark.parametrize("option", ["--out", "--in"])
def test_a_session_goes_on_with_devices_alone(option, player, tmp_path):
    refused(player("resume", option, "x.wav"), 2, option, "--from STEP")
    assert not (tmp_path / "x.wav").exists()


@pytest.mark.parametrize("value", ["0.49", "2.01", "-1", "nan", "inf", "fast", ""])
def test_a_pace_out_of_range(value, player):
    answer = player("play", f"--pace={value}")
    assert answer.code == 2
    assert "0.5" in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("nosuchcommand",), ("play", "--ears", "both"), ("play", "--nosuch"), ("models",), ("rehearse",)],
    ids=" ".join,
)
def test_arguments_that_are_none(arguments, player):
    answer = player(*arguments)
    assert answer.code == 2
    assert "usage: player" in answer.out + answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"no sound at all" * 100, b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0"], ids=len
)
def test_a_microphone_file_that_is_no_sound(content, player, tmp_path):
    (tmp_path / "mic.wav").write_bytes(content)
    refused(player("play", "--in", "mic.wav", "--out", "out.wav"), 3, "mic.wav", "WAV")


def test_a_microphone_file_without_one_sample(player, tmp_path):
    soundfile.write(tmp_path / "mic.wav", np.zeros(0), 16_000)
    refused(player("play", "--in", "mic.wav", "--out", "out.wav"), 3, "mic.wav")


def test_no_permission(player, tmp_path):
    """Root may do everything, so the folder is one in which nobody may."""
    refused(player("play", "--out", "/proc/out.wav"), 5, "/proc/out.wav")
    refused(player("play", "--out", "out.wav", "--log", "/proc/log"), 5, "/proc/log")


SMALL = 100_000  # bytes that a file may have: what a full disk does, for every file of the process


def with_small_files(
    arguments: tuple[str, ...], folder: Path, home: Path
) -> "subprocess.CompletedProcess[str]":
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))

    return subprocess.run(
        [sys.executable, "-m", "player", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PLAYER_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
    )


def test_a_disk_that_is_full_for_the_sound_file(tmp_path, home):
    done = with_small_files(("play", "--from", "finish", "--out", "out.wav"), tmp_path, home)
    assert done.returncode == 5, done
    assert "out.wav" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert (tmp_path / "out.wav").stat().st_size <= SMALL


def test_a_cache_that_cannot_be_written_costs_the_cache_not_the_session(player, tmp_path):
    """The clips live in memory then: the sound is the same to the byte."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").write_text("a file where the folder should be")
    usual = player("play", "--from", "finish", "--out", "usual.wav")
    answer = player("play", "--from", "finish", "--out", "out.wav", PLAYER_HOME=str(tmp_path / "home"))
    assert (usual.code, answer.code) == (0, 0), answer
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) <= 1
    assert (tmp_path / "out.wav").read_bytes() == (tmp_path / "usual.wav").read_bytes()


def test_a_log_on_a_full_disk_costs_the_log_not_the_session(player, tmp_path):
    answer = player("play", "--from", "finish", "--out", "out.wav", "--log", "/dev/full")
    assert answer.code == 0
    assert "/dev/full" in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["play --from finish --out out.wav", "demo --out out.wav"])
def test_a_reader_that_leaves_does_not_end_the_session(command, tmp_path):
    line = f"set -o pipefail; {sys.executable} -m player {command} | true"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    whole = {"play": 10, "demo": 40}[command.split()[0]]
    assert soundfile.info(tmp_path / "out.wav").duration > whole


def test_a_reader_that_leaves_is_no_fault(tmp_path):
    command = f"{sys.executable} -m player list | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""


def test_an_evening_into_a_file_takes_no_page(player, tmp_path):
    for asked in (("--page",), ("evening", "--page-host", "127.0.0.1")):
        answer = player(*asked, "--out", tmp_path / "out.wav")
        assert answer.code == 2
        assert answer.err.startswith("--page: a sound file is made faster than anybody can look")
        assert not (tmp_path / "out.wav").exists()
