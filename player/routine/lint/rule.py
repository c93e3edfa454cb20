"""What a rule is, and what it looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from player.core.wording import Language
from player.routine.compile.compile_step import Move
from player.routine.lint.wordlists import WordLists
from player.routine.model.library import Library
from player.routine.model.script import Routine, StepSpec

Position = tuple[int, int]
Finding = tuple[Position, str]

ERROR = "error"
WARNING = "warning"
HERE = "»"  # in a failing example: where the fault is


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a script that is shown or spoken."""

    where: Position
    key: str
    text: str
    spoken: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """One script with everything that rules ask for."""

    routine: Routine
    moves: tuple[Move, ...]  # its own steps, as if every condition held
    specs: tuple[StepSpec, ...]
    texts: tuple[Text, ...]
    library: Library
    language: Language
    lists: WordLists
    expected_s: float | None = None  # None when something that it runs is missing


Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `fails` and `passes` are scripts without the first three lines; `»` marks the fault.

    A rule without `check` is kept while a script is read.
    """

    id: str
    severity: str
    reason: str
    fails: str
    passes: str
    check: Check | None = None
