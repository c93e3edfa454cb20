"""What there is: every script of a folder, in one line each."""

from dataclasses import dataclass
from pathlib import Path

from player.core.timing import usual_s
from player.errors import FileFault
from player.files import languages, paths
from player.routine.compile.compose import session_of
from player.routine.compile.load import Scripts
from player.routine.model.script import Routine, Words


@dataclass(frozen=True, slots=True)
class Summary:
    """One script. `fault` says why it cannot be used, and then only `id` and `path` are right."""

    id: str
    path: str
    kind: str = "routine"  # routine, card, playlist
    title: str = ""
    family: str = ""
    availability: str = ""
    often: str = ""
    steps: int = 0
    minutes: float = 0.0  # expected, waiting not counted
    target_min: tuple[float, float] | None = None
    product: str = "none"
    honest_note: str = ""
    source: str = ""
    fault: str = ""


def list_routines(scripts_dir: Path | None = None, words: Words | None = None) -> tuple[Summary, ...]:
    """Return every script of the folder, by name. A broken one is listed with its fault."""
    scripts = Scripts(scripts_dir or paths.scripts())
    words = words or languages.load("en").routine
    return tuple(_summary(name, scripts, words) for name in scripts.names())


def _summary(name: str, scripts: Scripts, words: Words) -> Summary:
    try:
        return summary(scripts.routine(name), scripts, words)
    except FileFault as error:
        return Summary(name, str(scripts.path(name)), fault=str(error.faults[0]))


def summary(routine: Routine, scripts: Scripts, words: Words) -> Summary:
    """Return one line about a routine. Raises `FileFault` when something it runs is missing."""
    moves, _left_out, _digest = session_of(routine, scripts, words)
    return Summary(
        id=routine.id,
        path=routine.path,
        kind=routine.kind,
        title=routine.title,
        family=routine.family.value,
        availability=routine.availability.value,
        often=routine.often.value,
        steps=len(moves),
        minutes=usual_s(move.step for move in moves) / 60,
        target_min=routine.target_min,
        product=routine.products.default,
        honest_note=routine.honest_note,
        source=routine.source,
    )
