"""What somebody reads first is short, and what it points to is there."""

import re
import subprocess

import pytest

from tests.resolution import ROOT

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"""(?:\]\(|src="|srcset=")([^)"#\s]*)(?:#([^)"\s]*))?""")


def heading_ids(text: str) -> set[str]:
    """Return the anchors that a page has: its headings in small letters, hyphens for spaces."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("name", "most"), [("README.md", 900), ("docs/architecture.md", 2500)])
def test_a_page_that_everybody_reads_stays_short(name: str, most: int) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").split()) < most


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: object) -> None:
    for name, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", name):
            continue
        place = page.parent / name if name else page
        assert place.exists(), f"{page.name}: {name}"
        assert not anchor or anchor in heading_ids(place.read_text(encoding="utf-8")), f"{name}#{anchor}"


def test_every_document_stands_in_the_table_of_documents() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    here = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert here == set(re.findall(r"\]\(([\w-]+\.md)\)", index))


@pytest.mark.parametrize(("given", "led"), [((), "player evening"), (("ROUTINE=x",), "player play x")])
def test_make_play_leads_an_evening_as_the_first_page_says(given: tuple[str, ...], led: str) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "play", *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"{led} " in f"{told.stdout} ".replace("\n", " ")
