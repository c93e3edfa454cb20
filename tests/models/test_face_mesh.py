"""What the mirror sees with: another archive than the one that is meant is never taken."""

from pathlib import Path

import pytest

from player.app import doctor
from player.errors import BackendUnavailable, NetworkError
from player.files import languages
from player.models import face_mesh


@pytest.fixture
def npm(tmp_path: Path, monkeypatch) -> Path:
    """Return the folder of the only programs there are, with an `npm` that brings a wrong archive."""
    folder = tmp_path / "bin"
    folder.mkdir()
    client = folder / "npm"
    client.write_text('#!/bin/sh\necho wrong > "$6/mediapipe.tgz"\n')
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    return client


def test_a_wrong_archive_is_refused_and_nothing_of_it_is_kept(npm):
    with pytest.raises(NetworkError, match="the archive is not the one that is meant"):
        face_mesh.bring()
    assert not list(face_mesh.folder().parent.iterdir())
    with pytest.raises(BackendUnavailable, match="shows the map alone"):
        doctor._mirror(languages.load("en"))


def test_a_client_that_fails_and_one_that_is_not_there_are_one_line_each(npm, capsys):
    npm.write_text("#!/bin/sh\necho no such registry >&2\nexit 1\n")
    assert face_mesh.main([]) == NetworkError.exit_code
    npm.unlink()
    assert face_mesh.main([str(npm.parent / "there")]) == BackendUnavailable.exit_code
    first, _hint, second, _other = capsys.readouterr().err.splitlines()
    assert first.endswith("npm could not fetch it: no such registry")
    assert second == "`npm` is not here, and it brings what the mirror needs"
