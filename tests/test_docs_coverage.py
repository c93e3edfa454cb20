"""The coverage document says what is true of the shipped scripts."""

import pytest

from player.files import paths
from player.routine.compile.load import Scripts
from tests.docs_coverage import DOCUMENT, SECTIONS, _place, coverage


def test_it_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == coverage()


def test_nothing_that_is_named_is_without_a_place() -> None:
    assert all(where for _, rows in SECTIONS for _, where in rows)
    assert sum(len(rows) for _, rows in SECTIONS) >= 85


@pytest.mark.parametrize("where", ["quick-facial-acupressure#nowhere", "fact:flying"])
def test_a_place_that_is_gone_is_an_error(where: str) -> None:
    with pytest.raises(LookupError):
        _place(where, Scripts(paths.scripts()))
