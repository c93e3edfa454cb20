"""The place in an evening: a journal of each chapter. From the newest an evening that was cut off goes on.

The header says what evening it was when the chapter began (`core.evening.Evening`, without its shelf); the
entries of a menu are those of any journal. A chapter that is over has its ending in the last entry.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from player.core.evening import Chapter, Evening
from player.core.plan import Plan
from player.errors import FileFault, StoreError
from player.files import boot, journal, paths
from player.files.journal import Journaled
from player.files.sealed import NOT_OURS

FRESH_S = 3600.0  # after an hour of silence an evening is over
_LEFT = "left"  # the ending of the last chapter of all


@dataclass(frozen=True, slots=True)
class CutOff:
    """An evening that did not come to its end: how it was when its last chapter began, and that journal."""

    evening: Evening
    journal: Journaled

    @property
    def entries(self) -> tuple[Mapping[str, Any], ...]:
        """What came in that chapter, where it was a menu."""
        return self.journal.entries

    def led(self, plan: Plan) -> bool:
        """Whether this plan is the one that was led then."""
        return self.journal.header.get("steps") == _steps(plan)


def folder() -> Path:
    """Return where these journals are kept, made with mode 0700. Raises `StoreError`."""
    return paths.private(paths.data() / "evenings")


def header(evening: Evening, who: str, plan: Plan | None = None) -> dict[str, Any]:
    """Return the first line of a chapter's journal; `plan` where it is a menu."""
    return {
        **boot.stamp(),
        "who": who,
        "evening": {
            "chapter": evening.chapter.value,
            "among": evening.among,
            "chosen": evening.chosen,
            "wishes": dict(evening.wishes),
            "resumes": evening.resumes,
            "led": evening.led,
            "trying": evening.trying,
        },
        "steps": [] if plan is None else _steps(plan),
    }


def _steps(plan: Plan) -> list[list[str]]:
    return [[step.id, step.label] for step in plan.steps]


def cut_off(who: str) -> CutOff | None:
    """Return the evening of `who` that is not over, when it is fresh; None where there is none."""
    try:
        newest = next(iter(journal.journals(folder())), None)
        one = None if newest is None else journal.read(newest)
        if one is None or one.header["who"] != who or not _fresh(one):
            return None
        plain = one.header["evening"]
        evening = Evening(
            chapter=Chapter(plain["chapter"]),
            among=str(plain["among"]),
            chosen=str(plain["chosen"]),
            wishes={str(name): str(value) for name, value in plain["wishes"].items()},
            resumes=bool(plain["resumes"]),
            led=bool(plain["led"]),
            trying=bool(plain["trying"]),
        )
    except (FileFault, StoreError, *NOT_OURS):
        return None  # damaged, or of another version
    return CutOff(evening, one)


def over() -> None:
    """Mark the evening as over, so that the next one begins anew."""
    with suppress(OSError, FileFault, StoreError):
        for newest in journal.journals(folder())[:1]:
            journal.end(newest, _LEFT)


def _fresh(one: Journaled) -> bool:
    ends = (entry.get("ending") for entry in one.entries[-1:])
    return _LEFT not in ends and boot.age_s(one.header) - one.lasted_s <= FRESH_S
