"""Documentation and schema are made from what the loader reads with, and the example in them works."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from player.files import paths
from player.routine import docs_tables
from player.routine.compile.load_library import load_library
from player.routine.lint.linter import check_script
from player.routine.model import script
from player.routine.schema.json_schema import schema
from player.routine.schema.routine_keys import ROUTINE, RULES
from player.routine.schema.step_keys import DOING, GROUP, STEP
from tests.routine.folders import Folder, whole

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "path", ["docs/routine-format.md", "docs/lint-rules.md", "player/routine.schema.json"]
)
def test_generated_files_are_up_to_date(path: str) -> None:
    """To make them anew: `python -m tests.routine.test_docs_tables`."""
    wanted = docs_tables.written(ROOT, load_library(paths.scripts() / "library"))[ROOT / path]
    assert (ROOT / path).read_text(encoding="utf-8") == wanted


def test_the_ten_steps_of_the_page_check_clean(folder: Folder) -> None:
    page = (ROOT / "docs/routine-format.md").read_text(encoding="utf-8")
    example = next(
        block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "My evening" in block
    )
    script = folder.path / "my-evening.yaml"
    script.write_text(example)
    assert check_script(script, folder.scripts()) == []
    assert example.count("- id:") == 10


PAGE = (ROOT / "docs/routine-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[:30])
def test_every_example_of_the_page_checks_clean(example: str, folder: Folder) -> None:
    script = folder.path / "my-example.yaml"
    script.write_text(example if example.startswith("format:") else whole(example))
    assert check_script(script, folder.scripts()) == []


def test_the_page_has_an_example_of_each_part() -> None:
    assert len(EXAMPLES) == 7


def test_every_key_has_a_place_in_the_model() -> None:
    def names(kind: type) -> set[str]:
        return {one.name for one in dataclasses.fields(kind)}

    assert set(DOING) == names(script.Doing)
    assert set(STEP) - set(DOING) == names(script.StepSpec) - {"where", "doing", "asks", "care"}
    assert set(RULES) == names(script.Rules)
    assert set(ROUTINE) - {"format"} == names(script.Routine) - {"path", "where", "digest"}
    assert set(GROUP) - {"group", "for_each"} == names(script.Group) - {"id", "where", "loops"}


def test_the_schema_names_every_key_and_accepts_the_shipped_routine() -> None:
    made = schema()
    assert json.loads(json.dumps(made)) == made
    assert set(made["properties"]) == set(ROUTINE)
    assert set(made["$defs"]["step"]["properties"]) == set(STEP)
    assert made["required"] == ["format", "title"]


def test_a_table_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError):
        docs_tables.filled(
            "<!-- table: nonsense -->\n<!-- end -->", load_library(paths.scripts() / "library")
        )


if __name__ == "__main__":
    for target, text in docs_tables.written(ROOT, load_library(paths.scripts() / "library")).items():
        target.write_text(text, encoding="utf-8")
