"""A player with folders of its own, shared by all end-to-end tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Cache and data of this run alone: the first session starts cold, the others find its clips."""
    folder = tmp_path_factory.mktemp("home")
    before = os.environ.get("PLAYER_HOME")
    os.environ["PLAYER_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["PLAYER_HOME"]
    else:
        os.environ["PLAYER_HOME"] = before
