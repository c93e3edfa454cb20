from pathlib import Path

import pytest

from player.errors import FileFault
from player.files import voices
from player.files.voices import VoiceProfile


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return path


def test_every_voice_that_comes_with_the_player_loads() -> None:
    assert set(voices.names()) >= {"calm", "low", "system"}
    for name in voices.names():
        profile = voices.find(name)
        assert profile.name == name
        assert profile.title
    assert len({voices.find(name).title for name in voices.names()}) == len(voices.names())


def test_all_fields_are_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "title: Mine\nlanguage: en\nengine: espeak\nvoice: en-us+f3\nrate_wpm: 120\npitch: 0\n"
        "pitch_range: 9\n"
        "word_gap_ms: 30\nvolume: 0.5\nsentence_pause_s: 0\n",
    )
    expected = VoiceProfile(
        name="mine",
        title="Mine",
        language="en",
        engine="espeak",
        voice="en-us+f3",
        rate_wpm=120,
        pitch=0,
        pitch_range=9,
        word_gap_ms=30,
        volume=0.5,
        sentence_pause_s=0.0,
    )
    assert voices.find(str(path)) == voices.load(path) == expected


def test_what_is_not_said_is_ordinary(tmp_path: Path) -> None:
    profile = voices.load(written(tmp_path, "title: Mine\nlanguage: en\n"))
    assert profile == VoiceProfile("mine", "Mine", "en", sentence_pause_s=None)


def test_an_unknown_name_gets_a_proposal_and_the_list() -> None:
    with pytest.raises(FileFault, match=r"no voice `clam`.*did you mean `calm`") as caught:
        voices.find("clam")
    assert "system" in caught.value.hint
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["", "../calm", "/etc/passwd", "calm.yml", "no/such.yaml", "a\x1b[0m\nb"])
def test_a_name_is_no_way_to_other_files(name: str) -> None:
    with pytest.raises(FileFault) as caught:
        voices.find(name)
    assert "\n" not in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path, "langage: en\nengine: espek\nrate_wpm: 1000\npitch: high\nvolume: 2\nsentence_pause_s: 9\n"
    )
    with pytest.raises(FileFault) as caught:
        voices.load(path)
    said = str(caught.value)
    for part in (
        "mine.yaml:1:1: `langage` is not a key of a voice (did you mean `language`?)",
        "needs `title`",
        "did you mean `espeak`",
        "rate_wpm` is 1000; it should be from 80 to 300",
        "`pitch` should be a number, not `high`",
        "`volume` is 2",
        "`sentence_pause_s` is 9",
    ):
        assert part in said


def test_in_an_installed_player_the_voices_are_inside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside = tmp_path / "player" / "voices"
    inside.mkdir(parents=True)
    monkeypatch.setattr(voices, "__file__", str(tmp_path / "player" / "files" / "voices.py"))
    assert voices.folder() == inside
    inside.rmdir()
    assert voices.folder() == tmp_path / "voices"
