"""Ears of which there is no wheel here: told with the cure, and the session is led all the same."""

from pathlib import Path

import pytest

# Python imports this by itself when it starts: from then on these packages are not installed.
MISSING = """
from importlib.machinery import PathFinder
found = PathFinder.find_spec
def find_spec(name, *rest):
    return None if name in {names} else found(name, *rest)
PathFinder.find_spec = find_spec
"""
PACKAGES = ("pocketsphinx", "vosk", "moonshine_voice")


@pytest.fixture
def without(tmp_path):
    """Return the environment in which these packages are not installed, for the player and its children."""

    def environment(*names: str) -> dict[str, str]:
        folder = tmp_path / "shadow"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(MISSING.format(names=names))
        nowhere = f"unix:{tmp_path}/nowhere"
        return {"PYTHONPATH": f"{folder}:{Path.cwd()}", "PULSE_SERVER": nowhere, "COLUMNS": "400"}

    return environment


def findings(out: str) -> dict[str, tuple[str, str]]:
    """Return what doctor printed: for every thing its sign, and its line with the cure."""
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for line in out.splitlines():
        if line.startswith(" "):
            found[name] = (found[name][0], found[name][1] + line)
        else:
            sign, rest = line.split(None, 1)
            name = rest[: rest.index(": ", 5)] if rest.startswith("ears") else rest.partition(":")[0]
            found[name] = (sign, rest)
    return found


def test_doctor_tells_every_ear_that_is_missing_and_the_cure(player, without):
    answer = player("doctor", **without(*PACKAGES))
    found = findings(answer.out)
    for name, words in {
        "ears: pocketsphinx": ("not installed", "Python 3.11 or 3.13"),
        "ears: vosk": ("not installed", "64-bit"),
        "ears: moonshine": ("not installed", "moonshine"),
    }.items():
        assert found[name][0] == "without", found
        assert all(word in found[name][1] for word in words), found
    assert found["ears: auto"][0] == "problem"
    assert "player models get" in found["ears: auto"][1]
    assert answer.code == 4
    assert "Traceback" not in answer.out + answer.err


def test_doctor_calls_one_missing_ear_no_problem_where_another_hears(player, without):
    found = findings(player("doctor", **without("vosk", "moonshine_voice")).out)
    assert found["ears: vosk"][0] == found["ears: moonshine"][0] == "without"
    assert found["ears: pocketsphinx"][0] == found["ears: auto"][0] == "ok"


def test_a_file_cannot_be_listened_to_without_an_ear_and_that_is_one_line(player, without, tmp_path):
    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "in.wav", np.zeros(16000), 16000)
    answer = player("play", "--in", tmp_path / "in.wav", "--out", tmp_path / "out.wav", **without(*PACKAGES))
    assert answer.code == 4
    assert answer.err.splitlines() == [
        "PocketSphinx is not installed",
        "  with Python 3.11 or 3.13 it comes along; without it, `player models get` brings an ear (vosk)",
    ]


def test_a_session_without_ears_is_led_to_its_end(player, without, tmp_path):
    (tmp_path / "short.yaml").write_text(
        "format: 1\ntitle: Short\nsteps:\n  - id: one\n    say: Rub your palms.\n    seconds: 2\n"
    )
    answer = player("play", "short.yaml", "--from", "one", **without(*PACKAGES))
    assert answer.code == 0, answer.err
    assert "PocketSphinx is not installed" in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err
