"""What is kept of the clocks of two devices."""

import stat

import pytest

from player.files import clocks, paths


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))


def test_each_pair_of_devices_has_its_own():
    clocks.keep("speaker", "webcam", 48.26)
    clocks.keep("speaker", "headset", -12.0)
    assert clocks.load("speaker", "webcam") == 48.3
    assert clocks.load("speaker", "headset") == -12.0
    assert clocks.load("headset", "speaker") == 0.0
    assert stat.S_IMODE((paths.cache() / "clocks.json").stat().st_mode) == 0o600


def test_the_pair_that_was_kept_longest_ago_is_forgotten():
    for number in range(16):
        clocks.keep("speaker", str(number), 10.0)
    clocks.keep("speaker", "0", 20.0)
    clocks.keep("speaker", "new", 30.0)
    assert [clocks.load("speaker", name) for name in ("0", "1", "2", "new")] == [20.0, 0.0, 10.0, 30.0]


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "no json", '{"a > b": "fast"}', '{"a > b": 301.0}', '{"a > b": NaN}', '{"a > b": null}'],
)
def test_what_cannot_be_is_nothing_known_and_is_replaced(text):
    (paths.cache() / "clocks.json").write_text(text)
    assert clocks.load("a", "b") == 0.0
    clocks.keep("a", "b", 5.0)
    assert clocks.load("a", "b") == 5.0


def test_a_disk_that_refuses_is_borne(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "file"))
    clocks.keep("a", "b", 5.0)
    assert clocks.load("a", "b") == 0.0
