"""The table of care is up to date, and names no test that is not there."""

import pytest

from tests.docs_care import DOCUMENT, _test, care


def test_it_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == care()


def test_a_test_that_is_gone_is_an_error() -> None:
    with pytest.raises(LookupError):
        _test("tests/library/test_care.py::nowhere")
