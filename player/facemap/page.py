"""The whole page: title, face, small views, legend, key."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from player.facemap.drawing import FRONT, Drawing
from player.facemap.face import WIDE, Frame, badge, face, symbol
from player.facemap.labels import Box
from player.facemap.marks import Marked, Shape, mark
from player.facemap.svg import arrow_head, element, style, text_of, words
from player.routine.compile.compile_step import Move
from player.routine.model.library import Library

Texts = Mapping[str, str]

_FACE_WIDE = 1080.0
_TOP = 84.0
_BOTTOM = _TOP + 1110.0
_KEY_ROW = 26.0
_LEGEND_HIGH = 1230.0  # a column is not higher, but for its last entry
_COLUMN = 450.0
_MARGIN = 24.0
_LETTER = 9.0  # the width of a letter of 16 px, on the safe side
_INSET_WIDE = 236.0


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A step in the legend."""

    number: int
    lines: tuple[str, ...]
    note: str

    @property
    def high(self) -> float:
        """Its height on the page."""
        return 20.0 * len(self.lines) + (18.0 if self.note else 0.0) + 9.0


def draw(
    title: str,
    moves: Sequence[Move],
    notes: Sequence[str],
    library: Library,
    drawing: Drawing,
    texts: Texts,
    *,
    mirrored: bool = False,
) -> str:
    """Return the face map of a session as an SVG document.

    `notes` says one short thing of each move, such as its dose; `texts` are the words of the language
    (`map_left` and so on). Unless `mirrored`, the figure faces the reader.
    """
    marked = mark(moves, library, drawing)
    named = {number for number, _ in marked.undrawn} | {n for one in marked.marks for n in one.steps}
    entries = [
        LegendEntry(n, _wrapped(move.step.label, 42), note)
        for n, (move, note) in enumerate(zip(moves, notes, strict=True), 1)
        if n in named
    ]
    nowhere = [str(n) for n in range(1, len(moves) + 1) if n not in named]
    facts = _facts(marked, nowhere, texts)
    columns = _columns(entries)
    wide = _FACE_WIDE + _COLUMN * len(columns) + _MARGIN
    key, below = _key(marked, texts)
    rows = _wrapped(facts, int((_FACE_WIDE - _MARGIN) / _LETTER))
    high = max(below + 20 * len(rows), _TOP + max(map(_high, columns))) + _MARGIN
    orientation = texts["map_mirrored" if mirrored else "map_facing"]
    parts = [
        element("title", text_of(title), id="title"),
        element("desc", text_of(_described(orientation, entries, facts)), id="desc"),
        style(),
        _never_pattern(),
        element("rect", width=wide, height=high, class_="paper"),
        words(_cut(title, int(wide / 15)), _MARGIN, 40, style="font-size:26px", font_weight="bold"),
        words(orientation, _MARGIN, 64, "soft"),
        *_faces(marked, drawing, texts, mirrored=mirrored),
        *_legend(columns),
        key,
        *(words(line, _MARGIN, below + 14 + 20 * row, "soft") for row, line in enumerate(rows)),
    ]
    return _document(parts, wide, high)


def _document(parts: Sequence[str], wide: float, high: float) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element(
        "svg",
        *(f"\n{part}" for part in parts),
        "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {wide:.0f} {high:.0f}",
        role="img",
        aria_labelledby="title desc",
    )


# --- the face and the small views ------------------------------------------------------------------


def _faces(marked: Marked, drawing: Drawing, texts: Texts, *, mirrored: bool) -> Iterator[str]:
    used = dict.fromkeys(one.view for one in marked.marks if one.view != FRONT)
    spaces = [(8.0, _TOP), (_FACE_WIDE - _INSET_WIDE - 8, _TOP)]
    insets = [
        _inset(name, drawing, *space) for name, space in zip(sorted(used), reversed(spaces), strict=False)
    ]
    front = Frame(drawing.views[FRONT], 0, _TOP, 1.0, mirrored)
    sides = list(_side_words(front, texts, 22))
    yield face(
        front,
        [one for one in marked.marks if one.view == FRONT],
        marked.forbidden,
        [*(inset.box.grown(4) for _, inset in insets), *(box for _, box in sides)],
    )
    yield from (word for word, _ in sides)
    for name, inset in insets:
        yield element("g", *_inset_parts(name, inset, marked, texts))


def _inset(name: str, drawing: Drawing, left: float, top: float) -> tuple[str, Frame]:
    view = drawing.views[name]
    scale = _INSET_WIDE / ((view.window[2] - view.window[0]) * WIDE)
    return name, Frame(view, left, top + 22, scale, view.turned)


def _inset_parts(name: str, inset: Frame, marked: Marked, texts: Texts) -> Iterator[str]:
    box = inset.box
    yield element(
        "rect",
        x=box.left,
        y=box.top - 22,
        width=box.right - box.left,
        height=box.bottom - box.top + 22,
        rx=8,
        class_="frame",
    )
    sides = list(_side_words(inset, texts, 11))
    yield words(texts[f"map_{name}"], box.left + 8, box.top - 6, "soft", style="font-size:12px")
    yield face(inset, [one for one in marked.marks if one.view == name], (), [one for _, one in sides])
    yield from (word for word, _ in sides)


def _side_words(frame: Frame, texts: Texts, size: float) -> Iterator[tuple[str, Box]]:
    x, y = frame.view.words_at
    for key, at in (("map_left", x), ("map_right", 1 - x)):
        across, down = frame.at((at, y))
        half = size * 0.32 * len(texts[key])
        word = words(
            texts[key],
            across,
            down,
            text_anchor="middle",
            font_weight="bold",
            style=f"font-size:{size:.0f}px",
        )
        yield word, Box(across - half, down - size, across + half, down + size / 3)


# --- the legend --------------------------------------------------------------------------------------------


def _columns(entries: Sequence[LegendEntry]) -> list[list[LegendEntry]]:
    """Return the entries in as few columns as the page bears, all of nearly the same height."""
    whole = _high(entries)
    columns: list[list[LegendEntry]] = [[]]
    each = whole / ceil(max(whole, 1) / _LEGEND_HIGH)
    for entry in entries:
        if columns[-1] and _high(columns[-1]) >= each:
            columns.append([])
        columns[-1].append(entry)
    return columns


def _high(entries: Sequence[LegendEntry]) -> float:
    return sum(entry.high for entry in entries)


def _legend(columns: Sequence[Sequence[LegendEntry]]) -> Iterator[str]:
    for number, column in enumerate(columns):
        left, y = _FACE_WIDE + _COLUMN * number, _TOP + 16
        for entry in column:
            yield words(str(entry.number), left + 30, y, text_anchor="end", font_weight="bold")
            for row, line in enumerate(entry.lines):
                yield words(line, left + 42, y + 20 * row)
            yield words(entry.note, left + 42, y + 20 * len(entry.lines) - 2, "soft", style="font-size:14px")
            y += entry.high


# --- the key ------------------------------------------------------------------------------------------------


def _key(marked: Marked, texts: Texts) -> tuple[str, float]:
    """Return what the signs mean, as far as they are on this page, and where the page goes on below."""
    parts = []
    x, y = _MARGIN, _BOTTOM + 20
    for key, sign in _signs(marked):
        length = 46 + _LETTER * len(texts[key]) + 22
        if x + length > _FACE_WIDE:
            x, y = _MARGIN, y + _KEY_ROW
        parts += [
            element("g", sign, transform=f"translate({x:.0f} {y:.0f})"),
            words(texts[key], x + 46, y + 5),
        ]
        x += length
    return element("g", *parts), y + _KEY_ROW


def _signs(marked: Marked) -> Iterator[tuple[str, str]]:
    shapes = {one.shape for one in marked.marks}
    for shape in (Shape.POINT, Shape.NODE, Shape.ATTACHMENT):
        if shape in shapes:
            yield f"map_{shape.value}", symbol(shape, (18, 0))
    lines = [one for one in marked.marks if one.shape is Shape.LINE]
    for key, to_and_fro in (("map_line", False), ("map_to_and_fro", True)):
        if any(one.to_and_fro is to_and_fro for one in lines):
            yield key, _arrow(to_and_fro=to_and_fro)
    if Shape.ZONE in shapes:
        yield "map_zone", _patch(class_="area", fill_opacity="0.55", stroke_dasharray="2 4")
    if any(one.in_turn for one in marked.marks):
        yield "map_in_turn", badge("1", Box(8, -9, 26, 8), in_turn=True)
    if marked.forbidden:
        yield "map_never", _patch(class_="never", fill="url(#never)", stroke_dasharray="1 3")


def _arrow(*, to_and_fro: bool) -> str:
    drawn = element("path", d="M2 0L36 0", class_="way", stroke_width=2.6)
    drawn += element("path", d=arrow_head((38, 0), (0, 0)), class_="head")
    return drawn + (element("path", d=arrow_head((0, 0), (38, 0)), class_="head") if to_and_fro else "")


def _patch(**attributes: str) -> str:
    return element("rect", x=2, y=-9, width=34, height=18, **attributes)


def _never_pattern() -> str:
    ground = element("rect", width=9, height=9, class_="paper")
    cross = element("path", d="M0 0L9 9M9 0L0 9", class_="never", stroke_width=1, stroke_opacity="0.45")
    return element(
        "defs",
        element("pattern", ground, cross, id="never", width=9, height=9, patternUnits="userSpaceOnUse"),
    )


# --- texts --------------------------------------------------------------------------------------------------


def _facts(marked: Marked, nowhere: Sequence[str], texts: Texts) -> str:
    undrawn = "; ".join(f"{number} {name}" for number, name in marked.undrawn)
    parts = [texts["map_undrawn"].replace("{places}", undrawn)] if undrawn else []
    parts += [texts["map_nowhere"].replace("{steps}", ", ".join(nowhere))] if nowhere else []
    return " ".join(parts)


def _described(orientation: str, entries: Sequence[LegendEntry], facts: str) -> str:
    steps = "; ".join(f"{entry.number} {' '.join(entry.lines)}" for entry in entries)
    return " ".join(filter(None, (orientation, f"{steps}." if steps else "", facts)))


def _wrapped(text: str, letters: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, letters))


def _cut(text: str, letters: int) -> str:
    return textwrap.shorten(text, letters, placeholder=" …") if len(text) > letters else text
