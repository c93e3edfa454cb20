"""What is written never holds a session up and never ends it."""

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from player.cli.pipe import warn
from player.cli.steady import MOST, SteadyOutput


def pipe() -> tuple[int, io.TextIOWrapper]:
    reading, writing = os.pipe()
    return reading, io.TextIOWrapper(os.fdopen(writing, "wb"), "utf-8")


def test_everything_is_written_in_order_before_it_is_finished():
    reading, behind = pipe()
    out = SteadyOutput(behind)
    for count in range(1000):
        print("line", count, file=out)
    out.finish()
    out.finish()
    behind.close()
    with os.fdopen(reading) as written:
        assert written.read().splitlines() == [f"line {count}" for count in range(1000)]


def test_a_reader_that_reads_nothing_holds_nothing_up_and_memory_is_bounded():
    reading, behind = pipe()
    out = SteadyOutput(behind)
    for _ in range(100):
        assert out.write("x" * (MOST // 10)) == MOST // 10
    assert out._writer._waiting <= MOST
    out.finish()  # returns though nothing can be written
    os.close(reading)
    for thread in threading.enumerate():
        if thread.name == "screen":
            thread.join(10)
    behind.close()


def test_a_line_is_written_whole_or_not_at_all():
    reading, behind = pipe()
    out = SteadyOutput(behind)
    for _ in range(500):
        out.write(f"{'x' * 998}\n")
    with os.fdopen(reading, "rb", buffering=0) as written:
        out.finish()
        behind.close()
        taken = b""
        while more := written.read(100_000):
            taken += more
    assert set(taken.splitlines()) == {b"x" * 998}


def write_in_vain(behind: io.TextIOWrapper) -> None:
    out = SteadyOutput(behind)
    for _ in range(10):
        out.write("lost\n")
    out.finish()
    assert not out._writer._thread.is_alive()
    out.write("and more\n")
    assert not out._writer._pieces


def test_a_reader_that_is_gone_is_no_error():
    reading, behind = pipe()
    os.close(reading)
    write_in_vain(behind)
    behind.close()


def test_a_full_disk_is_no_error():
    with Path("/dev/full").open("w", encoding="utf-8") as behind:
        write_in_vain(behind)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_has_no_place_in_the_encoding_is_replaced(encoding):
    reading, writing = os.pipe()
    behind = io.TextIOWrapper(os.fdopen(writing, "wb"), encoding)
    out = SteadyOutput(behind)
    out.write("rest → 日\n")
    out.finish()
    behind.close()
    with os.fdopen(reading, "rb") as written:
        assert written.read() == b"rest ? ?\n"


def test_a_warning_that_cannot_be_written_ends_nothing(monkeypatch):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        warn("the disk is full")
        warn("and stays so")
