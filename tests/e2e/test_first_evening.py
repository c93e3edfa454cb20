"""A first evening by voice alone, sound files in and out: interview, session, end, and nothing is touched."""

from pathlib import Path

import pytest

from player.bench.voices import Voice
from player.core.states import Ending
from player.files import facts
from tests.care import FACTS, LASTING
from tests.e2e.newcomer import DECLINED, Newcomer, evening


def test_somebody_who_hesitates_is_early_and_is_wrong_is_led_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    newcomer = Newcomer(Voice("flite", "rms"))
    ending = evening(newcomer, tmp_path, "espeak-calm", "pocketsphinx", minutes=2)
    assert ending is Ending.COMPLETED
    heard = newcomer.heard
    # hesitates: asked twice; too early: not taken before the topic was named; wrong: taken back, asked again
    assert heard.count(FACTS["minor"].question) == 2
    assert heard.count(FACTS["cancer"].question) == 1
    assert newcomer.obeyed.count("undo") == 1
    assert heard.count(FACTS["moles"].question) == 2
    # declines, and has something
    assert DECLINED in heard
    assert heard[heard.index(FACTS["over_45"].question) + 1].startswith("I did not hear an answer")
    assert heard[heard.index(FACTS["jaw_trouble"].question) + 1] == FACTS["jaw_trouble"].yes
    assert heard[-1].startswith("Here it ends.")
    # what was answered is kept, and led by
    kept = {name: answers[-1].yes for name, answers in facts.load().items()}
    assert {name for name, yes in kept.items() if yes} == {"jaw_trouble", "thin_blood"}
    assert set(LASTING) - {"over_45", "over_35"} <= set(kept)
    assert not {"over_45", "over_35"} & set(kept)  # who declines the one is not asked the other
    assert "Keep it light." in heard
    assert not [text for text in heard if "jaw muscle" in text]
