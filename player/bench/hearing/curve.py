"""The trade-off curve as an SVG picture."""

from collections.abc import Sequence

_WIDE, _HIGH, _EDGE = 640, 420, 60
_GRID = 5


def svg(points: Sequence[tuple[float, float, float]]) -> str:
    """Draw (shift, false commands an hour, share obeyed); the dot is what is shipped (shift 0)."""
    most = max((false for _, false, _ in points), default=1.0) or 1.0

    def place(false: float, obeyed: float) -> tuple[float, float]:
        across = _EDGE + (_WIDE - 2 * _EDGE) * false / most
        return round(across, 1), round(_HIGH - _EDGE - (_HIGH - 2 * _EDGE) * obeyed, 1)

    line = " ".join(f"{x},{y}" for x, y in (place(false, obeyed) for _, false, obeyed in points))
    shipped = [place(false, obeyed) for shift, false, obeyed in points if abs(shift) < 1e-9]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-size="13">',
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>',
        *_axes(most),
        f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="5" fill="#c30"/>' for x, y in shipped),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _axes(most: float) -> list[str]:
    parts = [
        f'<text x="{_WIDE / 2}" y="{_HIGH - 15}" text-anchor="middle">false commands per hour</text>',
        f'<text x="8" y="{_EDGE - 20}">words obeyed at the first try</text>',
    ]
    for step in range(_GRID + 1):
        x = _EDGE + (_WIDE - 2 * _EDGE) * step / _GRID
        y = _HIGH - _EDGE - (_HIGH - 2 * _EDGE) * step / _GRID
        parts += [
            f'<line x1="{_EDGE}" y1="{y}" x2="{_WIDE - _EDGE}" y2="{y}" stroke="#ddd"/>',
            f'<text x="{_EDGE - 8}" y="{y + 4}" text-anchor="end">{100 * step / _GRID:.0f} %</text>',
            f'<text x="{x}" y="{_HIGH - _EDGE + 18}" text-anchor="middle">{most * step / _GRID:.1f}</text>',
        ]
    return parts
