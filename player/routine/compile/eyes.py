"""The eyes: when they must open or close, the listener is told, unless the script's own words do it.

In: compiled moves in order and the language's words; out: the same moves, some with a sentence in front.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from player.core.plan import Eyes, Step
from player.routine.compile.compile_step import Move
from player.routine.model.script import Words


def announced(moves: Iterable[Move], words: Words) -> tuple[Move, ...]:
    """Return the moves, with a sentence in front wherever the eyes change and nobody says so.

    A session begins with open eyes. What a step's own words ask for last is how the eyes are after it.
    """
    asked = re.compile(f"(?P<open>{words['says_open']})|{words['says_closed']}", re.IGNORECASE)
    found: list[Move] = []
    now = Eyes.OPEN
    for move in moves:
        step = move.step
        said = _said(step.say, asked)
        if said is None and step.eyes not in {Eyes.EITHER, now}:
            sentence = words["open_eyes" if step.eyes is Eyes.OPEN else "close_eyes"]
            move = replace(move, step=_with(step, sentence))  # noqa: PLW2901 - the same move, announced
        if said is not None:
            now = said
        elif step.eyes is not Eyes.EITHER:
            now = step.eyes
        found.append(move)
    return tuple(found)


def _said(text: str, asked: re.Pattern[str]) -> Eyes | None:
    last = None
    for match in asked.finditer(text):
        last = Eyes.OPEN if match["open"] else Eyes.CLOSED
    return last


def _with(step: Step, sentence: str) -> Step:
    short = f"{sentence} {step.say_short}" if step.say_short else ""
    return replace(step, say=f"{sentence} {step.say}".strip(), say_short=short)
