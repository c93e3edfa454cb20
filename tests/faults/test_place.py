"""The place of an interrupted session: kept through every death, and never offered wrongly."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from player.app import resume
from player.core.commands import Command
from player.core.engine import Engine
from player.core.events import Event, Heard, Performed, Started
from player.core.place import Part, Place
from player.core.session import Session
from player.errors import BusyError, FileFault, PlayerError
from player.files import boot, facts, journal
from player.files.alone import alone
from player.files.facts import Answered
from player.files.journal import Journal
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.codec import place_to_plain, to_plain
from tests.faults.routine import FILE
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    return journal.folder()


def interrupted(
    folder: Path, routine: Path = FILE, *more: dict, minutes: float = 1.0, lasted_s: float = 60
) -> Path:
    """Write the journal of a session that was killed at stroke 9 of the second step."""
    plan = load_plan(str(routine))
    header = resume.header(plan, str(routine), Request(), Session(), resumed=False)
    header["begun"] -= 60 * minutes
    header["awake_s"] -= 60 * minutes
    kept = Journal(folder, header)
    engine = Engine(plan)
    events: tuple[Event, ...] = (Started(), Performed(1), Heard(Command.FASTER, Place(1, Part.STROKES, 0, 4)))
    for event in events:
        kept.write(to_plain(event))
        engine.handle(event)
    for stroke in range(4, 10):
        kept.write({"place": place_to_plain(Place(1, Part.STROKES, 0, stroke))})
    for entry in more:
        kept.write(entry)
    kept.close()
    later(kept.path, lasted_s)
    return kept.path


def later(path: Path, lasted_s: float) -> None:
    """Write every entry anew as if the session had lasted so long."""
    header, *entries = [entry for entry, _end in journal._entries(path.read_bytes())]
    path.write_bytes(b"".join(map(journal.line, [header, *({**one, "at_s": lasted_s} for one in entries)])))


def place(path: Path) -> Place | None:
    found = resume.kept(journal.read(path))
    return found.recovered.place if found else None


# --- deaths


def test_a_kill_loses_at_most_one_stroke_and_never_the_place(folder):
    """In a process of its own: it forks, and this one has threads."""
    command = [sys.executable, "-m", "tests.faults.kills", "--count", "5", "--seed", "1000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["kills"] == 5
    assert figures["most_lost"] <= 1


def test_a_torn_last_line_costs_that_line_alone(folder):
    path = interrupted(folder)
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        assert place(path) == Place(1, Part.STROKES, 0, 8), cut
    path.write_bytes(whole)
    assert place(path) == Place(1, Part.STROKES, 0, 9)


def test_any_cut_leaves_a_place_where_the_session_was(folder):
    path = interrupted(folder)
    whole = path.read_bytes()
    been = {None, Place(0), Place(1), *(Place(1, Part.STROKES, 0, stroke) for stroke in range(4, 10))}
    header = whole.index(b"\n") + 1
    for cut in range(header, len(whole), 3):
        path.write_bytes(whole[:cut])
        assert place(path) in been


def test_any_damaged_byte_leaves_a_place_where_the_session_was(folder):
    path = interrupted(folder)
    whole = path.read_bytes()
    been = {None, Place(0), Place(1), *(Place(1, Part.STROKES, 0, stroke) for stroke in range(4, 10))}
    header = whole.index(b"\n") + 1
    for at in range(header, len(whole), 5):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :])
        assert place(path) in been


def test_a_damaged_header_is_no_journal(folder):
    path = interrupted(folder)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(FileFault, match="no journal"):
        journal.read(path)
    assert resume.unfinished() is None


# --- what is offered


def test_an_interrupted_session_is_offered(folder):
    path = interrupted(folder)
    one = resume.unfinished(str(FILE))
    assert one is not None
    assert one.path == path


def test_a_finished_one_is_not(folder):
    interrupted(folder, FILE, {"event": "ended", "ending": "completed"})
    assert resume.unfinished() is None


def test_one_that_was_gone_on_with_is_not_even_if_its_last_line_was_torn(folder):
    path = interrupted(folder)
    path.write_bytes(path.read_bytes()[:-5])
    one = resume.unfinished()
    assert one is not None
    resume.close(one)
    assert resume.unfinished() is None


def test_a_stale_one_is_not(folder):
    interrupted(folder, minutes=24 * 60)
    assert resume.unfinished() is None


def test_one_that_hardly_began_is_not(folder):
    interrupted(folder, lasted_s=19)
    assert resume.unfinished() is None


@pytest.mark.parametrize("hours", [-24 * 365, 24 * 365])
def test_neither_a_copied_file_nor_a_clock_that_is_set_decides(folder, monkeypatch, hours):
    path = interrupted(folder)
    os.utime(path, (time.time() + 3600 * hours,) * 2)  # copied, or touched by a backup
    assert resume.unfinished() is not None
    now_s = time.time() + 3600 * hours
    monkeypatch.setattr(time, "time", lambda: now_s)
    assert resume.unfinished() is not None


@pytest.mark.parametrize(("hours", "offered"), [(-1, True), (1, True), (-24, False), (24, False)])
def test_after_a_restart_of_the_machine_the_date_decides(folder, monkeypatch, hours, offered):
    interrupted(folder)
    monkeypatch.setattr(boot, "now", lambda: boot.Moment("another run", 60.0))
    now_s = time.time() + 3600 * hours
    monkeypatch.setattr(time, "time", lambda: now_s)
    assert (resume.unfinished() is not None) is offered


def test_the_newest_is_the_one_that_was_written_last_whatever_the_clock_said(folder, monkeypatch):
    interrupted(folder, FILE, {"event": "ended", "ending": "completed"})
    monkeypatch.setattr(time, "gmtime", lambda _s=None: time.struct_time((1970, 1, 1, 0, 0, 0, 3, 1, 0)))
    last = interrupted(folder)
    assert "1970" in last.name
    one = resume.unfinished()
    assert one is not None
    assert one.path == last


def test_a_script_is_named_by_its_place_and_another_of_its_name_is_not_led(folder, own, monkeypatch):
    other = own.parent / "elsewhere"
    other.mkdir()
    (other / own.name).write_text(own.read_text().replace("title: ", "title: Another "))
    monkeypatch.chdir(own.parent)
    path = interrupted(folder, Path(own.name))
    monkeypatch.chdir(other)
    one = resume.unfinished()
    assert one is not None
    assert one.path == path
    assert one.header["routine"] == str(own.resolve())
    assert resume.kept(one).plan.title == load_plan(own).title
    assert resume.unfinished(own.name) is None  # the file of that name here was not led
    monkeypatch.chdir(own.parent)
    for name in (own.name, f"./{own.name}", own.stem, str(own)):
        assert resume.unfinished(name) is not None, name


def test_a_link_that_leads_elsewhere_by_now_changes_nothing(folder, own):
    other = own.with_name("other.yaml")
    other.write_text(own.read_text().replace("title: ", "title: Another "))
    link = own.with_name("link.yaml")
    link.symlink_to(own)
    interrupted(folder, link)
    link.unlink()
    link.symlink_to(other)
    one = resume.unfinished()
    assert one is not None
    assert resume.kept(one).plan.title == load_plan(own).title


def test_a_script_that_is_gone_is_named_with_its_place(folder, own, monkeypatch):
    monkeypatch.chdir(own.parent)
    interrupted(folder, Path(own.name))
    own.unlink()
    one = resume.unfinished()
    assert one is not None
    with pytest.raises(FileFault, match=rf"{own.resolve()}: there is no such file"):
        resume.kept(one)


def test_a_journal_that_names_its_script_by_the_folder_of_that_day_is_not_offered(folder, own, monkeypatch):
    monkeypatch.chdir(own.parent)
    monkeypatch.setattr(resume, "named", str)  # as it was written once
    interrupted(folder, Path(own.name))
    monkeypatch.undo()
    monkeypatch.setenv("PLAYER_HOME", str(folder.parents[1]))
    assert resume.unfinished() is None


def test_a_routine_that_comes_along_is_named_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quick-facial-acupressure.yaml").touch()
    assert resume.named("quick-facial-acupressure") == "quick-facial-acupressure"


def test_one_of_another_version_is_not(folder, monkeypatch):
    monkeypatch.setattr(journal, "VERSION", 99)
    path = interrupted(folder)
    monkeypatch.undo()
    monkeypatch.setenv("PLAYER_HOME", str(folder.parents[1]))
    assert resume.unfinished() is None
    with pytest.raises(FileFault, match="version 99"):
        journal.read(path)


def test_one_that_was_killed_before_it_began_does_not_hide_the_one_before(folder):
    first = interrupted(folder)
    first = first.rename(first.with_name("20000101T000000Z-1.journal"))
    plan = load_plan(str(FILE))
    Journal(folder, resume.header(plan, str(FILE), Request(), Session(), resumed=True)).close()
    one = resume.unfinished()
    assert one is not None
    assert one.path == first


def test_a_finished_one_hides_the_ones_before(folder):
    first = interrupted(folder)
    first.rename(first.with_name("20000101T000000Z-1.journal"))
    interrupted(folder, FILE, {"event": "ended", "ending": "completed"})
    assert resume.unfinished() is None


# --- a changed script


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.read_text())
    return path


def edited(own: Path, *changes: tuple[str, str]) -> None:
    text = own.read_text()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    own.write_text(text)


NEW_STEP = ("  - id: words\n", "  - id: new\n    say: New.\n    seconds: 5\n  - id: words\n")
COMMENT = ("title: Interrupted\n", "# A remark.\ntitle: Interrupted, once more\n")
OTHER = ("as light as rain", "as light as snow")
ITSELF = ("strokes: 60\n", "strokes: 50\n")


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ((COMMENT,), Place(1, Part.STROKES, 0, 9)),
        ((OTHER,), Place(1, Part.STROKES, 0, 9)),
        ((COMMENT, NEW_STEP), Place(2, Part.STROKES, 0, 9)),
        ((ITSELF,), Place(1)),
        ((ITSELF, NEW_STEP), Place(2)),
    ],
)
def test_in_a_changed_script_only_a_step_that_changed_begins_anew(folder, own, changes, there):
    path = interrupted(folder, own)
    edited(own, *changes)
    found = resume.kept(journal.read(path))
    assert found is not None
    assert found.recovered.place == there
    assert found.recovered.changed is (there.part is Part.INSTRUCTION)


def test_what_was_done_in_unchanged_steps_counts_on(folder, own):
    """Else a deep point or the steam could be done again beyond its limit."""
    path = interrupted(folder, own)
    edited(own, NEW_STEP, OTHER)
    assert resume.kept(journal.read(path)).recovered.session.runs == (1, 2)
    edited(own, ITSELF)
    assert resume.kept(journal.read(path)).recovered.session.runs == (1,)


def test_answers_to_questions_that_stand_as_they_were_are_kept(folder, own):
    edited(own, ("    seconds: 8\n", "    seconds: 8\n    ask: soreness\n"))
    path = interrupted(folder, own)
    facts.save({"soreness": (Answered(yes=True, at=datetime.now(UTC)),)})
    header, first, *rest = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([header, first, journal.line({"event": "answered"})[:-1], *rest[1:]]))
    edited(own, COMMENT)
    assert resume.kept(journal.read(path)).recovered.session.answers == (("soreness", True),)
    edited(own, ("Sit well, and", "Sit up, and"))
    assert resume.kept(journal.read(path)).recovered.session.answers == ()


def test_a_journal_that_does_not_say_what_its_steps_asked_for_begins_the_step_anew(folder, own):
    path = interrupted(folder, own)
    header = {key: value for key, value in journal.read(path).header.items() if key != "prints"}
    path.write_bytes(b"\n".join([journal.line(header)[:-1], *path.read_bytes().split(b"\n")[1:]]))
    edited(own, COMMENT)
    found = resume.kept(journal.read(path))
    assert (found.recovered.place, found.recovered.session.runs) == (Place(1), ())


def test_a_step_that_changed_is_said_to_begin_anew():
    plan = load_plan(str(FILE))
    for offered in (False, True):
        said = [order.preface for order in Engine(plan).handle(Started(Place(1), offered, changed=True))[:1]]
        assert said[0][0].key == "step_changed"
        same = [order.preface for order in Engine(plan).handle(Started(Place(1), offered))[:1]]
        assert all(phrase.key != "step_changed" for phrase in same[0])


def test_a_changed_script_without_the_step_says_so(folder, own):
    path = interrupted(folder, own)
    own.write_text(own.read_text().replace("id: counted", "id: other"))
    with pytest.raises(PlayerError, match="`counted` is no longer in it"):
        resume.kept(journal.read(path))


def test_a_place_that_cannot_be_is_refused(folder):
    path = interrupted(folder, FILE, {"place": [1, int(Part.STROKES), 0, 4000, 0]})
    with pytest.raises(PlayerError, match="no place of this routine"):
        resume.kept(journal.read(path))


def test_a_session_that_nobody_could_answer_goes_on_likewise(folder, own):
    """Its plan waited for nobody; the plan of the script does."""
    own.write_text(own.read_text().replace("    seconds: 8\n", "    seconds: 8\n    advance: wait\n"))
    path = interrupted(folder, own)
    entries = path.read_bytes().split(b"\n")
    header = journal.read(path).header | {"hands_off": True}
    path.write_bytes(b"\n".join([journal.line(header)[:-1], *entries[1:]]))
    found = resume.kept(journal.read(path))
    assert found is not None
    assert found.recovered.session.runs == (0, 1)


# --- two at once, and clocks


def test_the_second_player_says_so_and_leaves(folder):
    with alone(print):
        command = [sys.executable, "-m", "player", "play", str(FILE), "--ears", "none"]
        second = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    assert second.returncode == BusyError.exit_code
    assert "another player is leading a session" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_lock_of_a_killed_player_is_free(folder):
    code = "from player.files.alone import alone\nwith alone(print): print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(BusyError), alone(print):
            pass
        holder.kill()
    with alone(print):
        pass


# --- the disk


class Disk:
    """Refuses to write after so many bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        self._write = os.write
        monkeypatch.setattr(journal.os, "write", self.write)

    def write(self, descriptor: int, data: bytes) -> int:
        part = data[: self.room]
        if not part:
            raise OSError(28, "No space left on device")
        self.room -= len(part)
        return self._write(descriptor, part)


def wait_for(true, limit_s: float = 10.0) -> None:
    assert until(true, limit_s), "waited in vain"


def test_a_full_disk_is_told_once_and_nothing_is_lost_when_there_is_room(folder, monkeypatch):
    disk = Disk(monkeypatch, room=100)
    told: list[bool] = []
    kept = Journal(folder, {}, told.append)
    for stroke in range(50):
        kept.write({"place": [0, 1, 0, stroke, 0]})
    wait_for(lambda: kept.failed)
    for stroke in range(50, 60):
        kept.write({"place": [0, 1, 0, stroke, 0]})
    assert kept.failed == "No space left on device"
    disk.room = 1_000_000
    wait_for(lambda: not kept.failed)
    kept.close()
    assert told == [True, False]
    entries = journal.read(kept.path).entries
    assert [entry["place"][3] for entry in entries] == list(range(60))


def test_a_disk_that_has_room_again_is_written_although_strokes_never_stop(folder, monkeypatch):
    disk = Disk(monkeypatch, room=0)
    kept = Journal(folder, {})
    wait_for(lambda: kept.failed)
    disk.room = 1_000_000
    end = time.monotonic() + 5
    while kept.failed and time.monotonic() < end:
        kept.write({"place": [0, 1, 0, 1, 0]})
        time.sleep(0.1)  # lines come as often as strokes do
    assert not kept.failed
    assert len(journal.read(kept.path).entries) > 0  # what a kill leaves
    kept.close()


def test_a_full_journal_keeps_the_step_and_the_end(folder, monkeypatch):
    """Else a finished session is offered again, and one that is cut off goes on hours before."""
    monkeypatch.setattr(journal, "MAX_BYTES", 4_000)
    path = interrupted(
        folder, FILE, *[{"place": [1, int(Part.STROKES), 0, 10, 0]}] * 100, to_plain(Performed(3))
    )
    assert path.stat().st_size < 4_500
    assert place(path) == Place(2)
    path = interrupted(
        folder, FILE, *[to_plain(Performed(9))] * 200, {"event": "ended", "ending": "completed"}
    )
    assert path.stat().st_size < 8_500
    assert journal.read(path).finished


def test_a_disk_that_is_full_in_the_middle_of_a_line_leaves_whole_lines(folder, monkeypatch):
    disk = Disk(monkeypatch, room=10_000)
    kept = Journal(folder, {})
    kept.write({"place": [0, 1, 0, 1, 0]})
    wait_for(lambda: kept.path.exists() and len(kept.path.read_bytes().splitlines()) == 2)
    disk.room = 7
    kept.write({"place": [0, 1, 0, 2, 0]})
    wait_for(lambda: kept.failed)
    assert kept.path.read_bytes().endswith(b"\n")
    kept.close()


def test_a_slow_disk_holds_up_neither_the_session_nor_the_next_line(folder, monkeypatch):
    slow = threading.Event()
    synced: list[int] = []

    def fsync(_descriptor: int) -> None:
        synced.append(1)
        slow.wait(5)

    monkeypatch.setattr(journal.os, "fsync", fsync)
    kept = Journal(folder, {})
    wait_for(lambda: synced)
    kept.write({"place": [0, 1, 0, 1, 0]})
    wait_for(lambda: b"place" in kept.path.read_bytes(), limit_s=2)
    slow.set()
    kept.close()


def test_the_disk_is_asked_to_keep_lines_although_they_never_stop(folder, monkeypatch):
    synced: list[int] = []
    monkeypatch.setattr(journal.os, "fsync", synced.append)
    kept = Journal(folder, {})
    end = time.monotonic() + 10
    while not synced and time.monotonic() < end:
        kept.write({"place": [0, 1, 0, 1, 0]})
        time.sleep(0.1)  # lines come as often as strokes do
    assert synced
    kept.close()


def test_a_journal_is_private_and_named_by_a_clock_that_never_goes_back_an_hour(folder):
    path = interrupted(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert time.strftime("%Y%m%dT%H", time.gmtime(path.stat().st_mtime)) in path.name


def test_a_replay_gives_the_same_session(folder):
    plan = load_plan(str(FILE))
    found = resume.kept(journal.read(interrupted(folder)))
    assert found is not None
    assert found.recovered.session.pace == 1.15
    engine = Engine(plan, replace(found.recovered.session, number=0))
    orders = engine.handle(Started(found.recovered.place))
    assert orders[0].place == Place(1, Part.STROKES, 0, 9)
