"""A player with folders of its own, shared by all end-to-end tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.care import interviewed


@pytest.fixture(scope="session")
def home_folder(tmp_path_factory: pytest.TempPathFactory, with_clips: Callable[[Path], Path]) -> Path:
    return with_clips(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module", autouse=True)
def home(home_folder: Path) -> Iterator[Path]:
    """Data of this run alone; what was spoken once is found by all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYER_HOME", str(home_folder))
        interviewed()
        yield home_folder
