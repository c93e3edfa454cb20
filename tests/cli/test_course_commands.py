"""`player course`, `player history`: shown, kept, written, forgotten; every wrong value in one line."""

import argparse
from datetime import UTC, date, datetime, timedelta

import icalendar
import numpy as np
import pytest
import soundfile
import vobject

from player.app.choices import Choices
from player.cli import play
from player.cli.history import picture
from player.cli.main import main
from player.core.course import AgeBand, Calendar, Course, Meant, meant
from player.core.session import Session
from player.files import calendar_file, history
from player.files.history import History, SessionDone
from player.routine.compile.request import Request
from tests.care import interviewed

TODAY = datetime.now(UTC).astimezone().date()
FIRST = date(2026, 10, 20)


def done(day: date, *, massage: bool = True) -> SessionDone:
    began = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return SessionDone(
        began=began,
        day=day,
        routine="zogan-inspired",
        title="Zogan",
        ending="completed",
        done=9,
        of=9,
        massage=massage,
    )


def test_a_course_is_begun_counted_and_ended(player):
    begun = TODAY - timedelta(20)
    assert f"Course since {begun}: 0 of 12" in player("course", "--start", begun, "--who", "anna").out
    for days in (20, 17, 17, 10):
        history.add(done(TODAY - timedelta(days)), "anna")
    shown = player("course", "--who", "anna").out
    assert f"Course since {begun}: 3 of 12 sessions (at least 8), every 3 days." in shown
    assert f"Last massage: {TODAY - timedelta(10)}." in shown
    assert "No course is under way" in player("course").out  # of somebody else
    assert "No course is under way" in player("course", "--end", "--who", "anna").out
    again = player("course", "--start", "today", "--who", "anna")
    assert (again.code, "two courses a year are meant" in again.err) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--start", "2026-02-30"), 2, "`2026-02-30` is not a day: write it as year, month and day"),
        (("--start", "24.12.2026"), 2, "`24.12.2026` is not a day"),
        (("--start", "tomorrow"), 2, "`tomorrow` is not a day"),
        (("--start", "1926-12-24"), 2, "--start 1926-12-24: that is more than a year from today"),
        (("--start",), 2, "expected one argument"),
        (("--start", "today", "--end"), 2, "not allowed with"),
        (("--end",), 1, "there is no course to end"),
        (("--ics", "course.txt"), 2, "--ics course.txt: a calendar file ends with .ics"),
        (("--ics", ".ics"), 2, "--ics .ics: a calendar file ends with .ics"),
        (("--ics", "course.ics"), 1, "there is no course to write"),
        (("--who", "../anna"), 2, "a name is one word"),
    ],
)
def test_a_wrong_value_is_one_line(capsys, monkeypatch, tmp_path, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    try:
        left = main(["course", *arguments, *([] if "--who" in arguments else ["--who", "nobody"])])
    except SystemExit as ended:
        left = ended.code
    told = capsys.readouterr()
    assert (left, told.out) == (code, "")
    (line,) = (line for line in told.err.splitlines() if not line.startswith(("usage:", " ")))
    assert said in line


def test_what_is_under_way_is_not_begun_twice_and_a_day_before_a_course_is_refused(player):
    assert player("course", "--start", TODAY - timedelta(9), "--who", "otto").code == 0
    answer = player("course", "--start", "today", "--who", "otto")
    assert (answer.code, f"the course of {TODAY - timedelta(9)} is not over" in answer.err) == (1, True)
    assert player("course", "--end", "--who", "otto").code == 0
    answer = player("course", "--start", TODAY - timedelta(20), "--who", "otto")
    assert (answer.code, f"there was a course until {TODAY}" in answer.err) == (2, True)


def test_the_calendar_file_opens_in_two_parsers(player, tmp_path):
    begins = TODAY + timedelta(10)
    assert player("course", "--start", begins, "--who", "ida").code == 0
    answer = player("course", "--ics", "mine.ics", "--who", "ida")
    assert (answer.code, f"from {begins} to " in answer.out) == (0, True)
    text = (tmp_path / "mine.ics").read_bytes()
    assert (tmp_path / "mine.ics").stat().st_mode & 0o777 == 0o600
    expected = [one.day for one in meant(Calendar(courses=(Course(begins),)), TODAY)]
    one = [event.decoded("dtstart") for event in icalendar.Calendar.from_ical(text).walk("VEVENT")]
    (read,) = vobject.readComponents(text.decode())
    other = [event.dtstart.value for event in read.vevent_list]
    assert one == other == expected  # whole days, without a time zone
    assert read.vevent_list[7].summary.value == "Facial massage, 8 of 12"
    assert len({event.uid.value for event in read.vevent_list}) == len(expected)
    assert player("course", "--ics", "/nowhere/mine.ics", "--who", "ida").code == 5


def test_a_later_file_replaces_the_days_of_the_one_before(tmp_path):
    def names(today: date, *days: date) -> set[str]:
        calendar = Calendar(days, (Course(FIRST),), AgeBand.OVER_45)
        calendar_file.write(tmp_path / "c.ics", meant(calendar, today), datetime.now(UTC))
        found = icalendar.Calendar.from_ical((tmp_path / "c.ics").read_bytes()).walk("VEVENT")
        return {str(event["uid"]) for event in found if "of 12" in event["summary"]}

    before, after = names(FIRST), names(FIRST + timedelta(9), FIRST, FIRST + timedelta(5))
    assert after < before
    assert len(before - after) == 2


def test_what_cannot_be_read_or_is_of_the_future_is_said_in_one_line(player):
    history.save(History().with_session(done(TODAY + timedelta(400))), "max")
    for command in ("course", "history"):
        answer = player(command, "--who", "max")
        assert (answer.code, answer.err.count("\n")) == (0, 1)
        assert "dated in the future, so it is not counted: please check the clock" in answer.err
    assert "in the future: check the clock" in player("history", "--who", "max").out
    history.path("max").write_text("damaged")
    answer = player("course", "--who", "max")
    assert (answer.code, answer.err.count("\n"), "damaged: it is not counted" in answer.err) == (0, 1, True)
    assert player("course", "--who", "max", "--start", "today").code == 0
    assert history.path("max").with_suffix(".damaged").read_text() == "damaged"


def test_what_is_chosen_in_place_of_a_massage_is_led(monkeypatch):
    """The question itself is led in `tests/library/test_course_led.py`."""
    led = []

    def answered(_options, choices: Choices, asked: Request) -> Session:
        led.append((choices.routine, choices.start, choices.who, asked.with_gates))
        return Session(answers=(("instead", len(led) == 1), ("instead_acupressure", True)))

    monkeypatch.setattr(play, "_one_on_this_machine", answered)
    options, asked = argparse.Namespace(command="play"), Request(minutes=9, with_gates=True)
    assert play._on_this_machine(options, Choices("micromassage", start="2", who="lea"), asked) == 0
    assert led == [("micromassage", "2", "lea", True), ("quick-facial-acupressure", "", "lea", True)]


def test_a_session_that_was_led_stands_in_the_history_until_it_is_forgotten(player, tmp_path):
    interviewed(who="lea", practised=False)
    soundfile.write(tmp_path / "quiet.wav", np.zeros(16_000 * 60, np.float32), 16_000)
    assert "Nothing has been done yet" in player("history", "--who", "lea").out
    routine = ("play", "focus-brow", "--who", "lea", "--from", "7", "--voice", "espeak-british")
    assert player(*routine, "--out", "file.wav").code == 0
    assert "Nothing has been done yet" in player("history", "--who", "lea").out  # a file is no session
    assert player(*routine, "--out", "file.wav", "--in", "quiet.wav").code == 0
    assert f"{TODAY}  Focus: forehead and brow" in player("history", "--who", "lea").out
    (kept,) = history.load("lea").sessions
    assert (kept.routine, kept.ending, kept.massage) == ("focus-brow", "completed", False)
    assert 0 < kept.done < kept.of
    assert history.path("lea").stat().st_mode & 0o777 == 0o600
    assert player("history", "--forget", "--who", "lea").code == 0
    assert not history.path("lea").exists()
    assert player("history", "--forget", "--who", "lea").code == 1


def test_the_picture_marks_each_day():
    drawn = list(picture((done(FIRST), done(date(2026, 11, 2), massage=False)), date(2026, 11, 28)))
    assert [line.split() for line in drawn[:1]] == [
        ["September", "2026", "October", "2026", "November", "2026"]
    ]
    assert "20●" in "\n".join(drawn)
    assert " 2○" in "\n".join(drawn)
    assert "\n".join(drawn).count("●") == 1
    january = list(picture((), date(2026, 1, 31)))
    assert january[0].split() == ["November", "2025", "December", "2025", "January", "2026"]


def test_what_is_meant_has_a_day_and_a_number():
    first, second = list(meant(Calendar(courses=(Course(FIRST),)), FIRST))[:2]
    assert (first, second) == (Meant(FIRST, 1, FIRST), Meant(FIRST + timedelta(3), 2, FIRST))
