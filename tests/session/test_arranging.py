"""From an order to its sounds: counts that are longer than their beat are asked for again, in haste."""

import numpy as np
import pytest

from player.core.notation import Role
from player.core.orders import Perform
from player.core.place import Part, Place
from player.core.plan import CountAloud, Hold, Plan, Step, Strokes
from player.files import languages
from player.ports import RATE_HZ
from player.session.arranging import Arranged, Arranger
from player.session.reconnecting_voice import ClipPending
from player.sound.mixer import Layer

USUAL_S, BRISK_S, BREATH_S = 0.7, 0.4, 0.1


class Counting:
    """A voice of 200 Hz behind a breath of 100 ms; each clip comes when it is asked for the second time."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, text: str, *, brisk: bool = False):
        self.asked.append((text, brisk))
        if self.asked.count((text, brisk)) == 1:
            raise ClipPending
        time_s = np.arange(round((BRISK_S if brisk else USUAL_S) * RATE_HZ)) / RATE_HZ
        return np.where(time_s < BREATH_S, 0, 0.1 * np.sin(2 * np.pi * 200 * time_s)).astype(np.float32)


def arranged(bpm: float, hold: Hold | None = None) -> tuple[Arranged, Counting]:
    work = Strokes(3, bpm, hold=hold, count_aloud=CountAloud.EACH)
    plan, render = Plan("p", "P", "en", (Step("s", "there", "Circle.", work),)), Counting()
    arranger = Arranger(plan, languages.load("en"), render)
    arranger.take(Perform(1, Place(0, Part.STROKES)))
    for _ in range(4):
        if found := arranger.arranged():
            return found, render
    pytest.fail("it never came")


@pytest.mark.parametrize(("bpm", "brisk"), [(80, False), (100, True)])
def test_a_count_is_brisk_where_it_is_longer_than_its_beat(bpm: float, brisk: bool) -> None:
    found, render = arranged(bpm)
    counts = [speech for speech in found.score.speech if speech.role is Role.COUNT]
    assert [(speech.text, speech.brisk) for speech in counts] == [("1", brisk), ("2", brisk), ("3", brisk)]
    assert {asked for _, asked in render.asked} == {False, brisk}
    length = round((BRISK_S if brisk else USUAL_S) * RATE_HZ)
    sounds = [sound for sound in found.sounds if sound.layer is Layer.COUNT]
    assert [len(sound.samples) for sound in sounds] == [length] * 3


def test_the_voice_of_a_count_begins_on_its_beat_and_leaves_it_as_loud() -> None:
    found, _ = arranged(60)
    counts = [sound.at for sound in found.sounds if sound.layer is Layer.COUNT]
    assert len(counts) == 3
    ticks = [beat.at for beat in found.score.beats]
    assert [tick - at for tick, at in zip(ticks, counts, strict=True)] == pytest.approx(
        [BREATH_S * RATE_HZ] * 3, abs=RATE_HZ // 100
    )
    assert Layer.VOICE not in {sound.layer for sound in found.sounds}


def test_a_hold_begins_with_its_own_words() -> None:
    found, render = arranged(60, Hold(2, 60, "And hold", "Ease"))
    assert [speech.text for speech in found.score.speech] == ["1", "2", "3", "And hold", "2", "Ease"]
    assert ("And hold", False) in render.asked
