"""The wheel and the source archive that users get, built here and looked into."""

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import player
import player.errors
from player.files import paths

ROOT = Path(__file__).parent.parent
UV = next(
    (path for path in (ROOT / "build/uv/bin/uv", Path(sys.prefix) / "bin/uv") if path.exists()), Path("uv")
)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which(UV) is None and os.environ.get("PLAYER_CI") != "true":
        pytest.skip("building a wheel needs uv ('make test' brings it)")
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--quiet", "--out-dir", folder, ROOT], check=True, stdin=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> zipfile.Path:
    (path,) = dist.glob("*.whl")
    return zipfile.Path(path)


@pytest.fixture(scope="module")
def names(wheel: zipfile.Path) -> set[str]:
    return set(wheel.root.namelist())


@pytest.fixture(scope="module")
def about(wheel: zipfile.Path) -> email.message.Message:
    (folder,) = (path for path in wheel.iterdir() if path.name.endswith(".dist-info"))
    return email.message_from_string((folder / "METADATA").read_text())


@pytest.mark.parametrize("folder", ["scripts", "voices"])
def test_the_wheel_carries_every_file_that_the_player_brings(names, folder):
    here = {f"player/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / folder).rglob("*.yaml")}
    assert here
    assert here <= names


def test_the_wheel_carries_the_whole_package(names):
    tracked = {
        path.relative_to(ROOT).as_posix()
        for kind in ("*.py", "*.yaml")
        for path in (ROOT / "player").rglob(kind)
    }
    assert "player/lang/en.yaml" in tracked
    assert tracked <= names


def test_the_wheel_carries_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    ours = f"handsfree_player-{player.__version__}"
    assert tops == {"player", f"{ours}.dist-info", f"{ours}.data"}
    data = [name for name in names if ".data/" in name and not name.endswith("/")]
    assert data == [f"{ours}.data/data/share/man/man1/player.1"]
    assert not [name for name in names if re.search(r"test|\.ci|__pycache__|\.venv|\.git", name)]


def test_the_command_is_called_player(wheel):
    (folder,) = (path for path in wheel.iterdir() if path.name.endswith(".dist-info"))
    assert "player = player.__main__:main" in (folder / "entry_points.txt").read_text()


def test_what_the_wheel_says_of_itself(about):
    assert about["Name"] == "handsfree-player"
    assert about["Version"] == player.__version__
    assert about["License-Expression"] == "Apache-2.0"
    assert about["Requires-Python"] == ">=3.11"
    assert "make play" in about.get_payload()


def test_the_licence_is_whole_and_in_the_wheel(names):
    text = (ROOT / "LICENSE").read_text()
    assert text.lstrip().startswith("Apache License\n                           Version 2.0, January 2004")
    assert "END OF TERMS AND CONDITIONS" in text
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_every_dependency_has_its_reason(about):
    reasons = (ROOT / "docs/architecture.md").read_text()
    needed = [re.split(r"[^A-Za-z0-9-]", line)[0] for line in about.get_all("Requires-Dist", [])]
    assert len(needed) > 5
    for name in needed:
        assert re.search(rf"^\| {re.escape(name)} \|", reasons, re.MULTILINE | re.IGNORECASE), name


def test_the_source_archive_is_enough_for_make_and_holds_nothing_made(dist):
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {
        "pyproject.toml",
        "uv.lock",
        "Makefile",
        "LICENSE",
        "README.md",
        "tests/test_packaging.py",
    } <= inside
    assert not [name for name in inside if name.startswith((".venv", "build/", ".git/"))]


def test_a_checkout_finds_what_it_brings():
    assert (paths.scripts() / "quick-facial-acupressure.yaml").is_file()
    assert list(paths.voices().glob("*.yaml"))
    assert (paths.languages() / "en.yaml").is_file()


def test_an_installed_player_finds_what_it_brings(dist, tmp_path):
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as archive:
        archive.extractall(tmp_path)
    code = (
        "import sys; from player.files import paths;"
        "print(paths.scripts(), paths.voices(), paths.languages(), sep='\\n')"
    )
    found = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert found == [str(tmp_path / "player" / name) for name in ("scripts", "voices", "lang")]


def test_what_is_kept_is_private_and_where_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "deep" / "home"))
    for folder in (paths.data(), paths.cache(), paths.config()):
        assert folder.parent == tmp_path / "deep" / "home"
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "file"))
    with pytest.raises(player.errors.StoreError, match="cannot make this folder: ") as caught:
        paths.data()
    assert "PLAYER_HOME" in caught.value.hint
