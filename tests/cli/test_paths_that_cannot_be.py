"""A name that is too long for any file, or that lies in a closed folder, is told in one line."""

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import Answer
from tests.cli.test_wrong_files import LIKE_ANYBODY

ROUTINE = "focus-jaw"
PASTED = "rub your hands slowly and " * 12  # a sentence in the place of a name


def told(answer: Answer, code: int) -> None:
    """Check that what cannot be is told in one line, with at most one more for the cure."""
    assert "Traceback" not in answer.err + answer.out, answer.err
    assert answer.code == code, answer.err
    lines = (answer.err or answer.out).splitlines()
    assert 1 <= len(lines) <= 2, answer


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (3, ("play", PASTED)),
        (3, ("play", f"{PASTED}.yaml")),
        (3, ("show", PASTED)),
        (3, ("show", f"./{PASTED}")),
        (3, ("rehearse", PASTED)),
        (3, ("check", PASTED)),
        (3, ("check", f"{PASTED}.yaml")),
        (5, ("play", ROUTINE, "--out", f"{PASTED}.wav")),
        (5, ("play", ROUTINE, "--in", f"{PASTED}.wav", "--out", "o.wav")),
        (5, ("export", ROUTINE, f"{PASTED}.mp3")),
        (5, ("export", "--all", PASTED)),
        (5, ("show", ROUTINE, "--map", f"{PASTED}.svg")),
        (5, ("play", ROUTINE, "--log", PASTED, "--out", "o.wav")),
        (2, ("play", ROUTINE, "--from", "9" * 5000)),
    ],
    ids=lambda value: " ".join(one[:12] for one in value) if isinstance(value, tuple) else None,
)
def test_a_name_that_is_too_long(player, code, arguments):
    told(player(*arguments), code)


def test_a_device_of_such_a_name_is_none(player):
    """It could be one: what is no file is looked for among the devices."""
    for option in ("--out", "--in"):
        answer = player("play", ROUTINE, option, PASTED)
        assert (answer.code, "Traceback" in answer.err) == (4, False), answer.err


def test_a_step_is_still_named_by_its_number(player):
    refused = player("play", ROUTINE, "--from", "0", "--out", "o.wav").err
    last = refused.partition("steps: 1 to ")[2].split()[0].rstrip(".,;")
    for number in (last, f"0{last}"):
        assert player("play", ROUTINE, "--from", number, "--out", "o.wav").code == 0


@pytest.fixture
def closed(tmp_path):
    """A folder that may not be entered, with a script in it."""
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "mine.yaml").write_text("format: 1\n")
    folder.chmod(0)
    yield
    folder.chmod(0o700)


@pytest.fixture
def anybody(tmp_path):
    """Run the player as somebody who may not do everything."""

    def call(*arguments: str) -> Answer:
        start = LIKE_ANYBODY if os.geteuid() == 0 else []
        done = subprocess.run(
            [*start, sys.executable, "-m", "player", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr, 0.0)

    return call


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (3, ("play", "closed/mine.yaml")),
        (3, ("show", "closed/mine")),
        (3, ("check", "closed/mine.yaml")),
        (5, ("play", ROUTINE, "--out", "closed/o.wav")),
        (5, ("play", ROUTINE, "--in", "closed/i.wav", "--out", "o.wav")),
        (5, ("play", ROUTINE, "--log", "closed/log", "--out", "o.wav")),
        (5, ("export", ROUTINE, "closed/x.mp3")),
        (5, ("export", "--all", "closed")),
        (5, ("show", ROUTINE, "--map", "closed/m.svg")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_folder_that_may_not_be_entered(closed, anybody, code, arguments):
    answer = anybody(*arguments)
    told(answer, code)
    assert "closed" in answer.err + answer.out


@pytest.mark.parametrize(("code", "command"), [(5, "settings"), (0, "list")])
def test_a_closed_folder_of_settings(anybody, tmp_path, monkeypatch, code, command):
    (tmp_path / "own/config").mkdir(parents=True)
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "own"))
    (tmp_path / "own/config").chmod(0)
    answer = anybody(command)
    (tmp_path / "own/config").chmod(0o700)
    assert (answer.code, "Traceback" in answer.err) == (code, False), answer.err
    assert len(answer.err.splitlines()) == (2 if code else 0)
