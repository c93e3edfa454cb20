"""The command as a user calls it."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.care import interviewed

CPU_S = 2.0  # of processor time: how long it takes when nothing else runs


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave."""

    code: int
    out: str
    err: str
    cpu_s: float


class Player(Protocol):
    def __call__(self, *arguments: object, **environment: str) -> Answer: ...


@pytest.fixture(scope="session")
def home_folder(tmp_path_factory: pytest.TempPathFactory, with_clips: Callable[[Path], Path]) -> Path:
    return with_clips(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module", autouse=True)
def home(home_folder: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYER_HOME", str(home_folder))
        interviewed()
        yield home_folder


@pytest.fixture
def player(tmp_path: Path) -> Player:
    """Run `python -m player` in an empty folder, without a terminal."""

    def call(*arguments: object, **environment: str) -> Answer:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "player", *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Answer(done.returncode, done.stdout, done.stderr, cpu_s)

    return call
