"""What a file's name says is what it is; what it is not is told in one line."""

import io
import os
import subprocess
import sys

import pytest
import soundfile

from player.files import settings

WITH_SHORT_FORM = "desk-break"
SHORT = "format: 1\ntitle: Short\nsteps:\n  - id: one\n    say: Rub your palms.\n    seconds: 2\n"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nRub your palms.\n"
ICS = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Massage\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_the_standard_output_carries_the_sound_alone(tmp_path, home, name):
    (tmp_path / "short.yaml").write_text(SHORT)
    done = subprocess.run(
        [sys.executable, "-m", "player", "play", "short.yaml", "--ears", "none", "--out", name],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert done.stdout[:4] == b"RIFF"
    assert b"Rub your palms" not in done.stdout
    assert b"Rub your palms" in done.stderr
    header, sound = done.stdout[:44], done.stdout[44:]
    samples, rate_hz = soundfile.read(
        io.BytesIO(header[:40] + len(sound).to_bytes(4, "little") + sound), dtype="float32"
    )
    assert len(samples) > 3 * rate_hz
    assert abs(samples).max() > 0.05
    assert list(tmp_path.iterdir()) == [tmp_path / "short.yaml"]


@pytest.mark.parametrize("name", ["out.m4a", "deep/out.wma"])
def test_a_sound_file_that_cannot_be_written_is_one_clear_line(player, tmp_path, name):
    (tmp_path / "deep").mkdir()
    (tmp_path / "short.yaml").write_text(SHORT)
    answer = player("play", "short.yaml", "--ears", "none", "--out", name)
    assert answer.code == 2
    assert f"{name}: sound cannot be written as" in answer.err
    assert len(answer.err.splitlines()) == 2


@pytest.mark.parametrize("name", ["music", "music/"])
def test_a_folder_is_no_loudspeaker_and_no_sound_file(player, tmp_path, name):
    (tmp_path / "music").mkdir()
    (tmp_path / "short.yaml").write_text(SHORT)
    answer = player("play", "short.yaml", "--ears", "none", "--out", name)
    assert answer.code == 5
    assert answer.err.splitlines() == ["music is a folder", "  name a file in it, such as music/file"]
    assert not list((tmp_path / "music").iterdir())


@pytest.mark.parametrize("name", ["face.png", "face.PDF"])
def test_a_drawing_is_svg(player, tmp_path, name):
    answer = player("show", "quick-facial-acupressure", "--map", name)
    assert answer.code == 2
    assert answer.err.splitlines()[0] == f"--map {name}: drawings are SVG"
    assert "face.svg" in answer.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("talk.srt", SRT, "subtitles"),
        ("dates.ics", ICS, "a calendar"),
        ("renamed.yaml", ICS, "a calendar"),
        ("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:04.000\nRub.\n", "subtitles"),
        ("song.mp3", "ID3", "a sound file"),
    ],
)
@pytest.mark.parametrize("command", ["show", "rehearse", "check"])
def test_what_is_no_routine_is_told_apart(player, tmp_path, name, text, what, command):
    (tmp_path / name).write_text(text)
    answer = player(command, name)
    assert answer.code == 3
    told = (answer.out + answer.err).splitlines()
    assert told[0].startswith(f"{name}: this is ")
    assert what in told[0]
    assert "Traceback" not in answer.err


def test_whatever_is_yaml_is_led_whatever_its_name(player, tmp_path):
    (tmp_path / "short.txt").write_text(SHORT)
    assert player("show", "./short.txt").code == 0
    assert player("show", "short.txt").code == 0


def test_a_routine_that_lies_here_is_found_by_its_name(player, tmp_path):
    for name in ("mine.yaml", "yours.yml", "theirs.YML"):
        (tmp_path / name).write_text(SHORT.replace("Short", name.partition(".")[0].title()))
    assert "Mine" in player("show", "mine").out
    assert "Yours" in player("show", "yours").out
    assert "Theirs" in player("show", "theirs.YML").out
    (tmp_path / "quick-facial-acupressure.yaml").write_text(SHORT)  # what comes along keeps its name
    assert "Short" not in player("show", "quick-facial-acupressure").out.splitlines()[0]
    assert player("show", "nobodys").code == 3


def test_both_endings_are_checked_in_a_folder_and_made_by_new(player, tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/one.yml").write_text(SHORT.replace("seconds: 2", "seconds: soon"))
    answer = player("check", "scripts")
    assert answer.code == 3
    assert "scripts/one.yml:6:" in answer.out
    made = player("new", "fresh.yml")
    assert made.out.strip() == "fresh.yml"
    assert player("check", "fresh.yml").code == 0


def test_settings_are_read_under_both_endings(player, tmp_path):
    (tmp_path / "own/config").mkdir(parents=True)
    (tmp_path / "own/config/settings.yml").write_text("words:\n  nxt: [onward]\n")
    (tmp_path / "short.yaml").write_text(SHORT)
    answer = player("play", "short.yaml", "--out", "x.wav", PLAYER_HOME=str(tmp_path / "own"))
    assert answer.code == 3
    assert "settings.yml:2:3" in answer.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("play", "--speed", "0.8"), "`--pace`"),
        (("--speed", "2"), "`--pace`"),
        (("play", "quick-facial-acupressure", "--tempo=2"), "`--pace`"),
        (("rehearse", "quick-facial-acupressure", "--duration", "9"), "`--minutes`"),
        (("play", "--mic", "USB"), "`--in`"),
        (("play", "--headphone-mode"), "`--headphones`"),
        (("show", "quick"), "`quick-facial-acupressure`"),
        (("show", "acupressure quick"), "`quick-facial-acupressure`"),
        (("export", "focus-jaw", "x.mp3", "--voice", "espeak-britsh"), "`espeak-british`"),
    ],
)
def test_what_was_meant_is_named(player, arguments, named):
    answer = player(*arguments)
    assert answer.code in {2, 3}
    assert named in answer.err.partition("did you mean ")[2].partition("?")[0]


@pytest.mark.parametrize("arguments", [("--minutes", "5"), ("--time", "5")])
def test_what_one_session_takes_is_said_of_an_evening(player, arguments):
    answer = player(*arguments)
    assert answer.code == 2
    assert "`player play ROUTINE --minutes ...`" in answer.err


@pytest.mark.parametrize("arguments", [("show", "xyzzy"), ("play", "--xyzzy")])
def test_nothing_is_guessed_where_nothing_is_near(player, arguments):
    answer = player(*arguments)
    assert answer.code in {2, 3}
    assert "did you mean" not in answer.err


def test_brief_works_in_a_rehearsal_too(player):
    whole, brief = (player("rehearse", WITH_SHORT_FORM, *more).out for more in ((), ("--brief",)))
    assert len(brief) < len(whole)
    assert brief.count("==") == whole.count("==")


def test_the_full_form_says_how_to_find_each_place_and_learn_is_the_command_alone(player):
    whole, full = (player("rehearse", "quick-facial-acupressure", *more).out for more in ((), ("--full",)))
    assert len(full) > len(whole)
    assert full.count("==") == whole.count("==")
    assert player("play", "quick-facial-acupressure", "--learn").code == 2
    assert "`player play ROUTINE --full ...`" in player("--full").err


@pytest.mark.parametrize("left", ["", "# my own\n"])
def test_a_setting_is_taken_out_though_it_is_the_last(player, left):
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text(left, encoding="utf-8")
    assert player("settings", "minutes=10").code == 0
    answer = player("settings", "minutes=")
    assert (answer.code, answer.err) == (0, "")
    assert settings.load().minutes is None
    assert settings.path().read_text(encoding="utf-8") == left


def test_a_setting_without_a_value_is_asked_for_one(player):
    answer = player("settings", "pace")
    assert answer.code == 2
    assert answer.err.splitlines()[0].endswith("`pace` has no value")
    assert "pace=VALUE" in answer.err


def test_a_routine_in_the_place_of_a_command_is_told_how_to_lead_it(player):
    answer = player("focus-jaw")
    assert answer.code == 2
    assert "`player play focus-jaw`" in answer.err
