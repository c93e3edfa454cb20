"""The compile way runs in one direction: each stage is entered once for a session, and none calls back."""

import ast
import sys
from pathlib import Path

import pytest

import player.routine.compile
from player.routine.compile import assemble, budget, compile_step, eyes, learning, rest_bell, unroll
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request

FOLDER = Path(player.routine.compile.__file__).parent
WAY = (
    *(
        "load_library",
        "size",
        "resolve",
        "load",
        "request",
        "known",
        "care",
        "gates",
        "narrow",
        "course_steps",
    ),
    "assemble",
    *(
        "unroll",
        "phrasing",
        "compile_step",
        "budget",
        "practice",
        "eyes",
        "settle",
        "rest_bell",
        "learning",
        "alone",
        "compose",
    ),
)
STAGES = (assemble, unroll, compile_step, budget, eyes, rest_bell, learning)


def imported(module: str) -> set[str]:
    found = ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8")))
    names = {node.module for node in found if isinstance(node, ast.ImportFrom) and node.module}
    return {name.rpartition(".")[2] for name in names if name.startswith(player.routine.compile.__name__)}


def test_the_way_names_every_module() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__"} == set(WAY)


@pytest.mark.parametrize("module", WAY)
def test_a_stage_imports_only_what_comes_before_it(module: str) -> None:
    assert imported(module) <= set(WAY[: WAY.index(module)])


def stays(name: str, request: Request) -> list[str]:
    """In which stage control is, one entry for each stay; what a stage calls outside belongs to its stay."""
    files = {str(stage.__file__): stage.__name__.rpartition(".")[2] for stage in STAGES}
    found: list[str] = []

    def look(frame: object, event: str, _argument: object) -> None:
        where = frame.f_back if event == "return" else frame  # type: ignore[attr-defined]
        while where is not None and where.f_code.co_filename not in files:
            where = where.f_back
        stage = files[where.f_code.co_filename] if where is not None else ""
        if event in {"call", "return"} and [stage] != found[-1:]:
            found.append(stage)

    sys.setprofile(look)
    try:
        load_plan(name, request=request)
    finally:
        sys.setprofile(None)
    return [stage for stage in found if stage]


@pytest.mark.parametrize("name", ["quick-facial-acupressure", "daily-full", "soft-evening"])
def test_control_enters_each_stage_once(name: str) -> None:
    way = stays(name, Request(with_gates=True, with_prep=True, with_after=True))
    once = [stage for stage in way if stage != "assemble"]  # that reads a file for each routine it names
    assert once == ["unroll", "compile_step", "budget", "eyes", "rest_bell"]
