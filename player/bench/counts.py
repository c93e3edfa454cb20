"""Counts and rates, with their confidence."""

import math
from dataclasses import dataclass

_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and between which shares the truth lies (Wilson, 95 %)."""

    count: int
    of: int

    @property
    def between(self) -> tuple[float, float]:
        """Bounds from 0 to 1."""
        if not self.of:
            return 0.0, 1.0
        p, n, z = self.count / self.of, self.of, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.between
        share = self.count / self.of if self.of else 0.0
        return f"{self.count}/{self.of} = {share:.1%} ({low:.1%}-{high:.1%})"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so much time, and between which hourly rates the truth lies (95 %)."""

    count: int
    seconds: float

    @property
    def per_hour(self) -> float:
        """Events an hour."""
        return 3600 * self.count / self.seconds if self.seconds else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """Bounds an hour: Poisson, by the cube-root approximation to its chi-squared; exact for none."""
        n, hours = self.count, max(self.seconds, 1e-9) / 3600
        low = n * (1 - 1 / (9 * n) - _Z / (3 * math.sqrt(n))) ** 3 if n else 0.0
        high = (n + 1) * (1 - 1 / (9 * (n + 1)) + _Z / (3 * math.sqrt(n + 1))) ** 3
        return max(0.0, low) / hours, (high if n else -math.log(0.025)) / hours

    def __str__(self) -> str:
        low, high = self.between
        minutes = self.seconds / 60
        return f"{self.count} in {minutes:.1f} min = {self.per_hour:.1f} an hour ({low:.1f}-{high:.1f})"
