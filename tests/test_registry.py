"""The tables of what can be chosen, and what follows from them."""

import pytest

from player import registry
from player.app import ears
from player.app.doctor import findings
from player.cli.main import parser
from player.errors import BackendUnavailable
from player.files import languages
from player.ports import RecogniserKind


@pytest.mark.parametrize("name", registry.RECOGNISERS)
def test_every_recogniser_can_be_asked_for_by_its_name(name):
    assert parser().parse_args(["play", "--ears", name]).ears == name
    assert registry.recogniser(name).title


@pytest.mark.parametrize("name", registry.VOICE_ENGINES)
def test_every_voice_engine_says_what_makes_its_sound(name):
    engine = registry.voice_engine(name)
    assert engine.title
    assert engine.version()
    assert {"rate", "voice"} <= engine.properties


def test_the_doctor_looks_at_each():
    names = {finding.name for finding in findings(languages.load("en"))}
    assert {f"ears: {name}" for name in (*registry.RECOGNISERS, "auto")} <= names
    assert {f"voice: {name}" for name in registry.VOICE_ENGINES} <= names


def unusable():
    raise BackendUnavailable("not here", "get one")


@pytest.mark.parametrize(
    ("finds", "chosen", "model"),
    [
        ((str, str), "first", ""),
        ((unusable, lambda: "model"), "second", "model"),
        ((unusable, unusable), "second", ""),  # it tells what it lacks when it is started
    ],
)
def test_auto_takes_the_first_that_can_listen_here(finds, chosen, model, monkeypatch):
    kinds = dict(zip(("first", "second"), finds, strict=True))
    monkeypatch.setattr(registry, "RECOGNISERS", dict.fromkeys(kinds, ""))
    monkeypatch.setattr(
        registry, "recogniser", lambda name: RecogniserKind(name, make=lambda _needs: None, find=kinds[name])
    )
    setup = ears.setup("auto", languages.load("en"))
    assert (setup.ears, setup.model) == (chosen, model)
