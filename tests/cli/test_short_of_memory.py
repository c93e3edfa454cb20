"""A machine, or a limit, with too little memory: one line with the cure, no traceback."""

import pytest

from player.cli import content
from player.cli.main import main


def failing(error: Exception):
    def run(_options) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("numpy/random/_generator.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_it_is_one_line_with_the_cure(monkeypatch, capsys, error):
    monkeypatch.setattr(content, "run", failing(error))
    assert main(["list"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0].endswith("has too little memory for it")
    assert "ulimit -v" in told.err


@pytest.mark.parametrize("error", [ImportError("cannot import name"), RuntimeError("a bug of ours")])
def test_a_bug_stays_a_bug(monkeypatch, error):
    monkeypatch.setattr(content, "run", failing(error))
    with pytest.raises(type(error)):
        main(["list"])
