"""What a playlist gives its routines: one product, the listener's own answers, each safety question once."""

from datetime import date

import pytest

from player.errors import UsageError
from player.routine.compile.compose import load_plan
from player.routine.compile.request import NOTHING_ASKED, Request


def _ids(name: str, request: Request) -> list[str]:
    return [step.id for step in load_plan(name, request=request).steps]


def _said(name: str, step: str, request: Request = NOTHING_ASKED) -> str:
    return next(one.say for one in load_plan(name, request=request).steps if one.id.endswith(step))


def test_preparation_and_aftercare_take_the_product_of_the_massage() -> None:
    assert "powder" in _said("talc-course-session", "prep-sculptural.product.product")
    assert "powder" in _said("talc-course-session", ".wipe")
    assert "cream" in _said("home-course-session", "prep-sculptural.product.product")
    assert "cream" in _said("home-course-session", ".wipe")


def test_without_a_product_the_preparation_offers_none() -> None:
    assert "prep-sculptural.product.product" not in _ids("soft-evening", NOTHING_ASKED)


def test_a_product_that_the_listener_asks_for_wins() -> None:
    assert "plain oil" in _said(
        "home-course-session", "prep-sculptural.product.product", Request(product="oil")
    )


def test_a_product_that_the_massage_forbids_is_refused() -> None:
    with pytest.raises(UsageError, match="product in sculptural-talc-20"):
        load_plan("talc-course-session", request=Request(product="oil"))


def test_the_chosen_massage_brings_its_product() -> None:
    request = Request(params={"massage": "sculptural-talc-20"})
    assert "powder" in _said("acupressure-first", "prep-product.product", request)


def test_the_listener_may_decline_the_steam_of_a_script() -> None:
    steam = "prep-sculptural.steam-branch.steaming.steam"
    assert steam in _ids("home-course-session", NOTHING_ASKED)
    assert steam not in _ids("home-course-session", Request(facts={"opt_in_steam": False}))
    alone = Request(with_prep=True, facts={"opt_in_steam": False})
    assert steam not in _ids("sculptural-home-4-stage", alone)


def test_each_gate_is_asked_once_and_before_everything() -> None:
    ids = _ids("soft-evening", Request(with_gates=True, known={}, today=date(2026, 11, 28)))
    asked = [id_ for id_ in ids if id_.startswith("care.")]
    assert len(asked) == len(set(asked))
    assert {"care.heart", "care.fever", "care.neck_vessels", "care.clot", "care.neck"} <= set(asked)
    assert ids[0] == "care.welcome"
    assert ids.index("prep-sculptural.room") > max(map(ids.index, asked))


def test_gates_come_before_the_preparation() -> None:
    ids = _ids("quick-facial-acupressure", Request(with_gates=True, with_prep=True))
    assert ids[0] == "care.everyday"
    assert next(id_ for id_ in ids if not id_.startswith("care.")) == "prep-hands-and-face.jewellery"


def test_an_essential_oil_asks_its_own_question() -> None:
    request = Request(with_gates=True, product="oil_with_essential")
    assert "care.patch" in _ids("moroccan-contour", request)
    assert "care.patch" not in _ids("moroccan-contour", Request(with_gates=True))
