"""Every key of the routine language is read by some code, or says why not."""

import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from player.cli.main import main
from player.files import languages, paths
from player.files.facts import Answered
from player.routine import docs_tables
from player.routine.compile.compose import Request, load_plan, plan_of
from player.routine.compile.load import Scripts
from player.routine.compile.load_library import _loaded
from player.routine.lint.linter import check_script
from player.routine.model import library, script

# Written by `class.field`: why no code reads it.
UNREAD = {
    "StepSpec.note": "for those who read the script",
    "Group.note": "for those who read the script",
}
KNOWN = {name: Answered(yes=True, at=datetime.now(UTC)) for name in ("cancer", "soreness")}
NO_KEYS = {"Library"}  # what is kept beside the keys
_LISTERS = {"changed"}  # functions that go over all fields without knowing any

MODELS = [
    kind
    for module in (library, script)
    for kind in vars(module).values()
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module.__name__
]


def watch(kind: type, read: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Note in `read` every field of `kind` that code of the player reads."""

    def noting(self: object, name: str) -> object:
        caller = sys._getframe(1)
        function = caller.f_code.co_qualname.partition(".")[0]
        if caller.f_globals["__name__"].startswith("player.") and function not in _LISTERS:
            read.add(f"{kind.__name__}.{name}")
        return object.__getattribute__(self, name)

    monkeypatch.setattr(kind, "__getattribute__", noting)


def use_everything(folder: Path) -> None:
    """Check, lead, show and draw every shipped script, and write the tables of the documents."""
    _loaded.clear()
    scripts = Scripts(paths.scripts())
    for routine in scripts.all():
        check_script(scripts.folder / f"{routine.id}.yaml", scripts)
        plan_of(routine, scripts, languages.load(routine.language).routine, Request(with_gates=True))
        assert main(["show", routine.id]) == 0
        assert main(["show", routine.id, "--map", str(folder / "map.svg")]) == 0
    load_plan("quick-facial-acupressure", request=Request(with_gates=True, known=KNOWN))
    assert main(["show", "acupressure-first", "--set", "massage=zogan-inspired"]) == 0
    docs_tables.tables_of(scripts.library)


def test_every_key_is_read_or_says_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    for kind in MODELS:
        watch(kind, read, monkeypatch)
    use_everything(tmp_path)
    fields = {
        f"{kind.__name__}.{field.name}"
        for kind in MODELS
        if kind.__name__ not in NO_KEYS
        for field in dataclasses.fields(kind)
    }
    unread = fields - read
    assert sorted(unread - UNREAD.keys()) == [], (
        "no code reads these keys of scripts: use them or take them out"
    )
    assert sorted(UNREAD.keys() - unread) == [], "these are read: take them out of UNREAD"
