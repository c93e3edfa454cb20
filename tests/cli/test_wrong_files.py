"""Every file of the player's may be wrong: one line with the cure, and the session is led all the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHORT = "format: 1\ntitle: Short\nsteps:\n  - id: one\n    say: Rub your palms.\n    seconds: 1\n"
# At its one step: what is said before it takes longer.
BEGIN = ("play", "short.yaml", "--ears", "none", "--from", "one")
# Root may do everything; without these it is held to the bits of a file like everybody.
LIKE_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
WITHOUT_AN_ENTRY = """
import pwd, sys
def gone(_): raise KeyError
pwd.getpwuid = gone
from player.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def own(tmp_path, with_clips):
    """The player's folders, used before."""
    for name in ("data/sessions", "config"):
        (tmp_path / "own" / name).mkdir(parents=True)
    with_clips(tmp_path / "own")
    (tmp_path / "short.yaml").write_text(SHORT)
    yield tmp_path / "own"
    for folder in (tmp_path / "own").rglob("*"):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)


@pytest.fixture
def play(tmp_path):
    """Lead a short session, in real time, where there is neither device nor ear."""

    def led(*start: str, arguments=BEGIN, **environment: str):
        program = list(start) or [sys.executable, "-m", "player"]
        given = {name: text for name, text in os.environ.items() if name != "HOME"}
        given |= {"PYTHONPATH": os.pathsep.join(sys.path), "PULSE_SERVER": f"unix:{tmp_path}/nowhere"}
        done = subprocess.run(
            [*program, *arguments],
            cwd=tmp_path,
            env=given | {"PLAYER_HOME": str(tmp_path / "own")} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    return led


def led_with(done, *words: str) -> None:
    """Check that it was led to its end, and that no more than one line for each of `words` tells of it."""
    assert done.returncode == 0, done.stderr
    assert "-- completed" in done.stdout
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == len(words), done.stderr
    for word in words:
        assert any(word in line for line in lines), done.stderr


def loop(path: Path) -> None:
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


def nested_folder(path: Path) -> None:
    (path / "deep").mkdir(parents=True)


@pytest.mark.parametrize("spoil", [nested_folder, loop])
def test_a_lock_that_cannot_be_is_told_and_does_without(own, play, spoil):
    spoil(own / "data/lock")
    led_with(play(), "data/lock: ")


def test_settings_that_are_a_folder_are_told_and_left_out(own, play):
    nested_folder(own / "config/settings.yaml")
    led_with(play(), "led without your settings")


def test_settings_that_are_wrong_are_still_refused(own, play):
    (own / "config/settings.yaml").write_text("words:\n  nxt: [onward]\n")
    done = play()
    assert done.returncode == 3
    assert "settings.yaml:2:3" in done.stderr


def test_settings_in_a_loop_count_as_none(own, play):
    loop(own / "config/settings.yaml")
    led_with(play())


def test_folders_that_are_called_journals_are_none_and_stay(own, play):
    for number in range(25):
        nested_folder(own / f"data/sessions/20990101T000000Z-{number}.journal")
    led_with(play())
    assert len(list((own / "data/sessions").glob("2099*/deep"))) == 25
    assert play(arguments=("resume",)).returncode == 1


def test_a_folder_of_journals_that_is_a_file_is_told(own, play):
    (own / "data/sessions").rmdir()
    (own / "data/sessions").touch()
    led_with(play(), "data/sessions: cannot make this folder")


@pytest.mark.parametrize("kind", ["data", "cache", "config"])
def test_a_folder_that_is_a_file_is_told_once(own, play, kind):
    shutil.rmtree(own / kind)
    (own / kind).touch()
    led_with(play(), f"own/{kind}: cannot make this folder")
    assert (own / kind).is_file()


def as_anybody() -> list[str]:
    return [*(LIKE_ANYBODY if os.geteuid() == 0 else []), sys.executable, "-m", "player"]


def test_a_read_only_folder_that_was_used_before_is_told_and_led(own, play):
    assert play().returncode == 0
    for folder in (own / "data/sessions", own / "data", own / "cache", own / "config"):
        folder.chmod(0o500)
    (own / "data/lock").chmod(0o400)
    led_with(play(*as_anybody()), "data/lock: ", "the place could not be kept: ")


def test_files_that_were_root_s_once_are_told_and_led(own, play):
    assert play().returncode == 0
    (own / "config/settings.yaml").touch()
    (own / "data/enrolment.json").touch()
    for file in ("config/settings.yaml", "data/enrolment.json", "data/lock"):
        (own / file).chmod(0)
    led_with(play(*as_anybody()), "data/lock: ", "led without your settings")


def test_settings_that_nobody_may_write_stay_as_they_are(own, play):
    file = own / "config/settings.yaml"
    file.write_text("# not to be changed\n")
    file.chmod(0o444)
    done = play(*as_anybody(), arguments=("settings", "minutes=10"))
    assert (done.returncode, done.stderr.splitlines()[0].count("Permission denied")) == (5, 1)
    assert file.read_text() == "# not to be changed\n"


def test_folders_that_were_root_s_once_are_told_and_led(own, play):
    (own / "data").chmod(0)
    led_with(play(*as_anybody()), "data: Permission denied; this session is led without what is kept there")


def test_a_limit_to_the_size_of_files_costs_the_journal_and_not_the_session(own, play):
    limited = ("sh", "-c", 'ulimit -f 0; exec "$0" -m player "$@"', sys.executable)
    done = play(*limited)
    assert done.returncode == 0, done.stderr
    assert "lost: disk" in done.stdout
    assert "-- completed" in done.stdout


@pytest.mark.parametrize("home", ["", "own"])
def test_a_user_of_whom_the_system_knows_nothing_is_led(own, play, tmp_path, home):
    start = (sys.executable, "-c", WITHOUT_AN_ENTRY)
    done = play(*start, PLAYER_HOME=str(own) if home else "")
    led_with(done, *([] if home else ["nobody knows where your home folder is"]))


@pytest.mark.parametrize("command", ["resume", "doctor", "tune", "list"])
def test_other_commands_tell_a_user_without_a_home_in_one_line(own, play, command):
    done = play(sys.executable, "-c", WITHOUT_AN_ENTRY, arguments=(command,), PLAYER_HOME="")
    assert done.returncode in ({0} if command == "list" else {1, 4, 5})
    assert len(done.stderr.splitlines()) <= 3


@pytest.mark.parametrize("inner", ["[", '{"a":'])
def test_a_file_of_one_s_voice_that_is_nested_without_end_is_damaged(own, play, inner):
    (own / "data/enrolment.json").write_text(inner * 100_000)
    done = play(arguments=("tune", "--show"))
    assert done.returncode == 3
    assert "enrolment.json: damaged" in done.stderr
    (own / "data/enrolment.json").write_text(json.dumps({"version": 1, "enrolment": inner * 100_000}))
    assert play(arguments=("tune", "--show")).returncode == 3
