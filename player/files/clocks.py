"""How far the clocks of a loudspeaker and a microphone part, as the last session found it.

The next one begins with that, instead of finding it out in eight seconds. What cannot be read counts as
nothing known, and a disk that refuses costs only those seconds.
"""

import json
from contextlib import suppress
from pathlib import Path

from player.errors import StoreError
from player.files import paths

_LIMIT_PPM = 300.0  # no crystal is worse
_MOST = 16  # pairs of devices
_MAX_BYTES = 10_000


def load(loudspeaker: str, microphone: str) -> float:
    """Return the drift of these two in ppm, positive when the echo comes later and later; 0.0: not known."""
    return _kept().get(_pair(loudspeaker, microphone), 0.0)


def keep(loudspeaker: str, microphone: str, ppm: float) -> None:
    """Keep the drift of these two, and forget the pair that was kept longest ago when there are many."""
    pair = _pair(loudspeaker, microphone)
    others = [(name, kept) for name, kept in _kept().items() if name != pair]
    with suppress(OSError, StoreError):
        _path().touch(mode=0o600)
        _path().write_text(json.dumps(dict([*others[1 - _MOST :], (pair, round(ppm, 1))])), encoding="ascii")


def _pair(loudspeaker: str, microphone: str) -> str:
    return f"{loudspeaker} > {microphone}"


def _path() -> Path:
    return paths.cache() / "clocks.json"


def _kept() -> dict[str, float]:
    try:
        kept = json.loads(_path().read_bytes()[:_MAX_BYTES])
        return {str(pair): float(ppm) for pair, ppm in kept.items() if abs(ppm) <= _LIMIT_PPM}
    except (OSError, StoreError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
