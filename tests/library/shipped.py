"""The shipped scripts, read once, and their transcripts as the tests compare them."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from player.core.plan import Plan
from player.core.timing import WORDS_PER_S
from player.files import languages, paths
from player.routine.compile.compile_step import Move
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts
from player.routine.lint.linter import subject_of
from player.session.rehearsal import Line, Rehearsal

GOLDEN = Path(__file__).parents[1] / "golden"
SCRIPTS = Scripts(paths.scripts())
OF_NO_VOICE = f"(of no voice: {60 * WORDS_PER_S:.0f} words a minute)"  # the first line of each
WORDS = languages.load("en").routine
NAMES = SCRIPTS.names()
ROUTINES = [name for name in NAMES if not SCRIPTS.routine(name).playlist]
PLAYLISTS = [name for name in NAMES if SCRIPTS.routine(name).playlist]


@cache
def plan(name: str) -> Plan:
    """Return the plan of a script as it is led when nobody asks for anything."""
    routine = SCRIPTS.routine(name)
    return plan_of(routine, SCRIPTS, languages.load(routine.language).routine)


@cache
def all_moves(name: str) -> tuple[Move, ...]:
    """Return every step of a script, those under a condition included."""
    routine = SCRIPTS.routine(name)
    return subject_of(routine, SCRIPTS, languages.load(routine.language)).moves


def transcript(name: str) -> str:
    """Return the rehearsal of a script; beats and counts that follow each other share a line."""
    language = languages.load(SCRIPTS.routine(name).language)
    told = _told(Rehearsal(plan(name), language).lines())
    return "\n".join((OF_NO_VOICE, *told)) + "\n"


def _told(lines: Iterable[Line]) -> Iterator[str]:
    for working, several in groupby(lines, key=lambda line: line.kind in {"beat", "count"}):
        if working:
            yield from _work(list(several))
        else:
            yield from map(str, several)


def _work(lines: list[Line]) -> Iterator[str]:
    for kind in ("beat", "count"):
        some = [line for line in lines if line.kind == kind]
        if some:
            runs = ((text, len(list(same))) for text, same in groupby(line.text for line in some))
            texts = (f"{text} x{n}" if n > 1 else text for text, n in runs)
            yield str(Line(some[0].t_s, kind, ", ".join(texts)))
