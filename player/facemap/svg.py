"""Writing SVG: elements, safe text, colours for light and dark, smooth curves."""

import re
from collections.abc import Sequence
from math import atan2, cos, sin
from typing import TypeAlias

from player.routine.model.library import Xy

Value: TypeAlias = str | float

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1a1e24",
    "soft": "#59626d",
    "skin": "#f7f2ea",
    "feature": "#9aa2ac",
    "area": "#cfe0f2",
    "rim": "#6688ad",
    "way": "#0b57a4",
}
DARK = {
    "paper": "#15181c",
    "ink": "#eef1f4",
    "soft": "#aab3bd",
    "skin": "#20242a",
    "feature": "#67717c",
    "area": "#24405f",
    "rim": "#7ba3d2",
    "way": "#86bdf8",
}
_CLASSES = {
    "paper": {"fill": "paper"},
    "skin": {"fill": "skin", "stroke": "feature"},
    "feature": {"fill": "none", "stroke": "feature"},
    "frame": {"fill": "paper", "stroke": "feature"},
    "area": {"fill": "area", "stroke": "rim"},
    "never": {"stroke": "soft"},
    "way": {"fill": "none", "stroke": "way"},
    "head": {"fill": "way"},
    "spot": {"fill": "way", "stroke": "paper"},
    "ring": {"fill": "paper", "stroke": "way"},
    "badge": {"fill": "paper", "stroke": "ink"},
    "leader": {"stroke": "ink"},
    "ink": {"fill": "ink"},
    "soft": {"fill": "soft"},
}


def text_of(text: str) -> str:
    """Return `text` fit to stand in XML: escaped, and without what XML cannot hold."""
    return "".join(_ESCAPED.get(c, c) for c in _NOT_XML.sub("", text))


def element(name: str, *inside: str, **attributes: Value) -> str:
    """Return an element; `class_` and `stroke_width` become `class` and `stroke-width`; `inside` is SVG."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_written(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(text: str, x: float, y: float, class_: str = "ink", **attributes: Value) -> str:
    """Return one line of text."""
    return element("text", text_of(text), x=x, y=y, class_=class_, **attributes)


def number(value: float) -> str:
    """Return a coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else _short(value)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _written(value: Value) -> str:
    return text_of(value) if isinstance(value, str) else number(value)


def curve(points: Sequence[Xy], *, closed: bool = False) -> str:
    """Return path data: a smooth curve through all points."""
    count = len(points)

    def at(index: int) -> Xy:
        return points[index % count] if closed else points[min(max(index, 0), count - 1)]

    data = [f"M{_pair(points[0])}"]
    for i in range(count if closed else count - 1):
        before, start, end, after = (at(i + k) for k in (-1, 0, 1, 2))
        first = start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6
        second = end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6
        data.append(f"C{_pair(first)} {_pair(second)} {_pair(end)}")
    return "".join(data) + ("Z" if closed else "")


def polygon(points: Sequence[Xy]) -> str:
    """Return path data: straight edges."""
    return "M" + "L".join(map(_pair, points)) + "Z"


def arrow_head(tip: Xy, come_from: Xy, length: float = 13.0) -> str:
    """Return path data of an arrow's head at `tip`."""
    angle = atan2(tip[1] - come_from[1], tip[0] - come_from[0])

    def corner(turn: float) -> Xy:
        return tip[0] - length * cos(angle + turn), tip[1] - length * sin(angle + turn)

    return polygon((tip, corner(0.42), corner(-0.42)))


def _pair(point: Xy) -> str:
    return f"{number(point[0])} {number(point[1])}"


def plain_style() -> str:
    """Return the light colours alone, for what draws without knowing variables."""
    rules = (
        f".{name}{{{''.join(f'{key}:{LIGHT.get(colour, colour)};' for key, colour in paints.items())}}}"
        for name, paints in _CLASSES.items()
    )
    return element("style", "".join(rules))


def style() -> str:
    """Return the style sheet. Each colour stands twice, for programs that do not know variables."""
    rules = [f"svg{{{_variables(LIGHT)}}}"]
    for name, paints in _CLASSES.items():
        rules.append(f".{name}{{{''.join(_paint(key, colour) for key, colour in paints.items())}}}")
    rules += [
        "text{font-family:system-ui,'Segoe UI','DejaVu Sans',sans-serif;font-size:16px}",
        f"@media screen and (prefers-color-scheme:dark){{svg{{{_variables(DARK)}}}}}",
    ]
    return element("style", "\n".join(rules))


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _paint(key: str, colour: str) -> str:
    return f"{key}:none;" if colour == "none" else f"{key}:{LIGHT[colour]};{key}:var(--{colour});"
