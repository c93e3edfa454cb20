"""Fixtures that more than one folder of tests needs."""

import hashlib
from collections.abc import Iterator

import pytest

from tests import virtual_audio
from tests.virtual_audio import VirtualAudio


@pytest.fixture
def virtual_audio_room() -> Iterator[VirtualAudio]:
    """Virtual sound hardware; PortAudio in this process sees it."""
    virtual_audio.require()
    with virtual_audio.room() as audio:
        yield audio


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say which of two large values differ, instead of a diff of them: of clips that would take hours."""
    if not _is_large(left) and not _is_large(right):
        return None
    return [f"{_in_short(left)} {op} {_in_short(right)}"]


def _is_large(value: object) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_is_large, value[:10]))
    return isinstance(value, bytes | bytearray | str) and len(value) > 20_000


def _in_short(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes with SHA-256 {hashlib.sha256(value).hexdigest()[:12]}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_in_short, value[:10]))}]"
    return repr(value)[:200]
