"""A player with folders of its own, shared by all end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.care import interviewed


@pytest.fixture(scope="session")
def home_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module", autouse=True)
def home(home_folder: Path) -> Iterator[Path]:
    """Cache and data of this run alone: the first session starts cold, the others find its clips."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYER_HOME", str(home_folder))
        interviewed()
        yield home_folder
