"""Curves one below the other, as SVG."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _GAP = 720, 110, 60, 40


def svg(below: str, curves: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return a picture of `curves` (name, one value for each unit of `below`), each from 0 up."""
    height = len(curves) * (_HEIGHT + _GAP) + _GAP
    parts = [_curve(name, values, _GAP + n * (_HEIGHT + _GAP)) for n, (name, values) in enumerate(curves)]
    count = max((len(values) for _, values in curves), default=0)
    foot = f'<text x="{_LEFT}" y="{height - 8}">0</text>'
    foot += f'<text x="{_WIDTH - 20}" y="{height - 8}" text-anchor="end">{count} {escape(below)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="#fff"/>' + "".join(parts) + foot + "</svg>\n"
    )


def _curve(name: str, values: Sequence[float], top: int) -> str:
    most = max(values, default=0.0)
    scale = most * 1.1 or 1.0
    wide = (_WIDTH - _LEFT - 20) / max(1, len(values) - 1)
    points = " ".join(
        f"{_LEFT + n * wide:.1f},{top + _HEIGHT * (1 - value / scale):.1f}" for n, value in enumerate(values)
    )
    return (
        f'<text x="{_LEFT}" y="{top - 6}">{escape(name)}</text>'
        f'<path d="M{_LEFT} {top}V{top + _HEIGHT}H{_WIDTH - 20}" fill="none" stroke="#999"/>'
        f'<text x="{_LEFT - 6}" y="{top + _HEIGHT}" text-anchor="end">0</text>'
        f'<text x="{_LEFT - 6}" y="{top + 12}" text-anchor="end">{most:g}</text>'
        f'<polyline points="{points}" fill="none" stroke="#165" stroke-width="1.5"/>'
    )
