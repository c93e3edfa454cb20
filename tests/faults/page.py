"""The tables of `docs/reliability.md` that these commands write."""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
END = "<!-- end -->"


def table(begin: str) -> str:
    """Return what stands between `begin` and its end."""
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(END)[0]


def write(begin: str, lines: Sequence[str]) -> None:
    """Put lines in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, end, after = rest.partition(END)
    PAGE.write_text(f"{before}{begin}" + "\n".join(lines) + f"\n{end}{after}", encoding="utf-8")
