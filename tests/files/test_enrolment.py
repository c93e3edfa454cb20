"""What is kept of a voice: features, privately, and only until it is to be forgotten."""

import json
import stat

import pytest

from player.errors import FileFault, UsageError
from player.files import enrolment
from player.files.enrolment import Enrolment, KeptTake, RoomMeasurement


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))


KEPT = Enrolment(
    made="2026-01-31",
    language="en",
    microphone="desk microphone",
    room=RoomMeasurement(-62.5, -41.0, 0.12),
    takes={
        "next": (KeptTake("AAAA", "BBBB"), KeptTake("CCCC", "DDDD", palms=True)),
        "stop": (KeptTake("E", "F"),),
    },
    weak=("next",),
)


def test_what_is_saved_is_what_is_loaded():
    enrolment.save(KEPT)
    assert enrolment.load() == KEPT


def test_nothing_kept_is_none():
    assert enrolment.load() is None


def test_only_its_owner_can_read_it():
    path = enrolment.save(KEPT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_saving_again_replaces_it_and_leaves_nothing_else():
    enrolment.save(KEPT)
    path = enrolment.save(Enrolment("2026-02-01", "en", "", RoomMeasurement(-60.0), {}))
    assert enrolment.load().made == "2026-02-01"
    assert list(path.parent.iterdir()) == [path]


def test_forgetting_deletes_it_and_tells_whether_there_was_one():
    path = enrolment.save(KEPT)
    assert enrolment.forget()
    assert not path.exists()
    assert enrolment.load() is None
    assert not enrolment.forget()


def test_it_fits_only_its_own_microphone_and_language():
    assert KEPT.fits("en", "desk microphone")
    assert not KEPT.fits("en", "")
    assert not KEPT.fits("de", "desk microphone")


def changed(change):
    path = enrolment.save(KEPT)
    kept = json.loads(path.read_text())
    change(kept)
    path.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda kept: kept.update(version=99), "another version of the player .99."),
        (lambda kept: kept.update(enrolment=kept["enrolment"].replace("AAAA", "AAAB")), "damaged"),
        (lambda kept: kept.pop("checksum"), "damaged"),
        (lambda kept: kept.update(enrolment=7), "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_what_to_do(change, said):
    changed(change)
    with pytest.raises(FileFault, match=said) as caught:
        enrolment.load()
    assert "player tune" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"\xff\x00", b"{}"])
def test_anything_else_in_its_place_is_damage(content):
    enrolment.path().write_bytes(content)
    with pytest.raises(FileFault, match="damaged"):
        enrolment.load()


def test_tuning_is_suggested_once():
    assert enrolment.suggest()
    assert not enrolment.suggest()


def test_each_person_of_a_household_has_takes_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    assert enrolment.path("maria").parent == enrolment.path().parent / "people" / "maria"
    with pytest.raises(UsageError):
        enrolment.path("../maria")
