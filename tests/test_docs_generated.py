"""The documents say what the code does."""

import pytest

from tests import docs_generated
from tests.docs_generated import DOCUMENTS, MARKED, PARTS, ROOT, renewed


@pytest.mark.parametrize("name", DOCUMENTS)
def test_generated_parts_are_up_to_date(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert renewed(text) == text, "run: .venv/bin/python tests/docs_generated.py --write"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("docs/architecture.md", {"packages"}),
        ("docs/commands.md", {"say"}),
        ("docs/platforms.md", {"ears"}),
        ("docs/states.md", {"states", "commands"}),
    ],
)
def test_a_document_has_its_parts(name: str, parts: set[str]) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert {part["name"] for part in MARKED.finditer(text)} == parts


def test_a_stale_part_is_noticed() -> None:
    stale = "Before.\n<!-- generated: commands -->\nold\n<!-- end -->\nAfter.\n"
    assert renewed(stale) == (
        f"Before.\n<!-- generated: commands -->\n{PARTS['commands']()}\n<!-- end -->\nAfter.\n"
    )
    assert renewed("Nothing to renew.") == "Nothing to renew."


def test_the_diagram_shows_what_matters() -> None:
    diagram = docs_generated.states()
    for arrow in (
        "Idle --> Playing: started",
        "Playing --> Paused: “pause”",
        "Paused --> Playing: “previous”, “repeat”, “next”, “resume”",
        "Asking --> Closing",
        "Closing --> Finished: the last sentence is over",
    ):
        assert arrow in diagram
    assert all(
        f"{state} --> Closing" in diagram for state in ("Offering", "Playing", "Waiting", "Asking", "Paused")
    )


def test_the_command_is_the_one_that_the_documents_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs_generated.main([]) == 0
    assert "up to date" in capsys.readouterr().out
