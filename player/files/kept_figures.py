"""Figures that sessions have found out and later ones begin with, by name, in a file of the cache.

What cannot be read counts as nothing known, and a disk that refuses costs only what there was to gain.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from player.errors import StoreError
from player.files import paths
from player.files.whole import write_whole

_MOST = 16  # names
_MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """One kind of figure; what is further from zero than `limit` is none."""

    file: str
    limit: float
    digits: int

    def load(self, name: str) -> float | None:
        """Return the figure of that name, None when nothing is known."""
        return self._kept().get(name)

    def keep(self, name: str, figure: float) -> None:
        """Keep a figure, and forget the one that was kept longest ago when there are many."""
        others = [(other, kept) for other, kept in self._kept().items() if other != name]
        figures = dict([*others[1 - _MOST :], (name, round(figure, self.digits))])
        with suppress(OSError, StoreError):
            write_whole(self._path(), json.dumps(figures).encode("ascii"))

    def _path(self) -> Path:
        return paths.cache() / self.file

    def _kept(self) -> dict[str, float]:
        try:
            kept = json.loads(self._path().read_bytes()[:_MAX_BYTES])
            return {str(name): float(figure) for name, figure in kept.items() if abs(figure) <= self.limit}
        except (OSError, StoreError, ValueError, TypeError, AttributeError, RecursionError):
            return {}
