"""What the tests of the routine language share."""

from pathlib import Path

import pytest

from tests.routine.folders import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
