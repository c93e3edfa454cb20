"""The table of care is up to date, and names no test that is not there."""

import pytest

from tests import docs_care
from tests.docs_care import DOCUMENT, _test, care


def test_it_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == care()


def test_a_test_that_is_gone_is_an_error() -> None:
    with pytest.raises(LookupError):
        _test("tests/library/test_care.py::nowhere")


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        ("TYPED", {}, "literal_forearm"),
        ("TYPED", {**docs_care.TYPED, "opt_in": "no reason"}, "opt_in"),
        ("HEARD", {1: ("quiet-close", "Stand on your head.")}, "quiet-close does not say"),
    ],
)
def test_what_is_asked_nowhere_and_a_line_that_nobody_hears_are_errors(
    monkeypatch: pytest.MonkeyPatch, table: str, row: dict[object, object], told: str
) -> None:
    monkeypatch.setattr(docs_care, table, row)
    with pytest.raises(LookupError, match=told):
        care()
