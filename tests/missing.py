"""What a test needs and this machine has not: a skip that says so, and in the gate a failure."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip with the reason; in CI, fail with it."""
    if os.environ.get("PLAYER_CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
