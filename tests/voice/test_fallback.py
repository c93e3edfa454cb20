"""A broken hibari, a broken espeak: the next voice speaks, and that is said once."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import SynthesisError
from player.files import voices
from player.files.clips import Clips
from player.voice import client
from player.voice.client import EngineLost, VoiceWorker
from player.voice.fallback import FallbackVoice

CALM = voices.find("calm")


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Every child runs `code` before the worker's own."""
    whole = f"import sys, os, signal\n{code}\nimport player.voice.worker\nplayer.voice.worker.main()"
    monkeypatch.setattr(client, "COMMAND", (sys.executable, "-c", whole))
    monkeypatch.setattr(VoiceWorker.__init__, "__defaults__", (None, None, client.COMMAND))


NO_HIBARI = "sys.modules['hibari'] = None"
CRASH = """
import player.backends.hibari_driver as driver
driver.buildDriver = lambda proxy: os.kill(os.getpid(), signal.SIGILL)
"""


@pytest.mark.parametrize("code", [NO_HIBARI, CRASH], ids=["not installed", "illegal instruction"])
def test_without_hibari_espeak_speaks_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    child(monkeypatch, code)
    said: list[str] = []
    with FallbackVoice(CALM, Clips(tmp_path), said.append) as voice:
        clip = voice.render("Close your eyes.")
        voice.render("Rest.")
        assert voice.profile.name == "espeak-calm"
        assert "espeakng" in voice.identity
    assert len(said) == 1
    assert "\n" not in said[0]
    assert said[0].endswith("Calm, by espeak-ng does instead")
    with VoiceWorker(replace(voices.find("espeak-calm"), name="x"), Clips(tmp_path / "other")) as espeak:
        assert espeak.render("Close your eyes.").tobytes() == clip.tobytes()


def test_what_the_lesser_voice_said_is_not_kept_as_the_better_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:
        child(broken, NO_HIBARI)
        with FallbackVoice(CALM, Clips(tmp_path)) as voice:
            lesser = voice.render("Rest.").tobytes()
    with FallbackVoice(CALM, Clips(tmp_path)) as voice:
        assert voice.render("Rest.").tobytes() != lesser
        assert voice.profile == CALM


LOST_AT_TWO = """
import player.voice.worker as worker
real = worker.deliver
def deliver(voice, profile, text, **more):
    if profile.engine == "hibari" and "two" in text:
        os._exit(9)
    return real(voice, profile, text, **more)
worker.deliver = deliver
"""


def test_a_voice_that_is_lost_in_a_session_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child(monkeypatch, LOST_AT_TWO)
    said: list[str] = []
    with FallbackVoice(CALM, Clips(tmp_path), said.append) as voice:
        voice.render("one")
        assert voice.profile == CALM
        assert voice.render("two").size > 0
        assert voice.profile.name == "espeak-calm"
        assert voice.prepare(["three", "four"]).result(60) == ()
    assert len(said) == 1


def test_where_one_voice_is_asked_for_another_may_begin_and_none_takes_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    with monkeypatch.context() as broken:
        child(broken, LOST_AT_TWO)
        with FallbackVoice(CALM, Clips(tmp_path), said.append, one_voice=True) as voice:
            voice.render("one")
            with pytest.raises(EngineLost):
                voice.render("two")
            assert voice.render("three").size > 0
            assert voice.profile == CALM
    child(monkeypatch, NO_HIBARI)
    with FallbackVoice(CALM, Clips(tmp_path / "other"), said.append, one_voice=True) as voice:
        assert voice.render("one").size > 0
        assert voice.profile.name == "espeak-calm"
    assert len(said) == 1


def test_a_text_that_only_this_engine_cannot_say_is_said_by_the_next_and_the_voice_stays(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    with FallbackVoice(CALM, Clips(tmp_path), said.append) as voice:
        assert voice.render("Закройте глаза.").size > 0
        assert voice.profile == CALM
    assert said == []


@pytest.mark.parametrize("text", ["", "...", "—", "☺ →", "\u200b", "* * *"])
def test_a_text_with_nothing_to_say_is_no_failure_of_the_voice(tmp_path: Path, text: str) -> None:
    said: list[str] = []
    with FallbackVoice(CALM, Clips(tmp_path), said.append) as voice:
        voice.render(text)
        assert voice.profile == CALM
    assert said == []


def test_when_no_voice_works_it_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child(
        monkeypatch,
        "import player.backends.pyttsx3_voice as b\nopen_ = b._open\nb._open = lambda _: open_('nothing')",
    )
    said: list[str] = []
    with FallbackVoice(CALM, Clips(tmp_path), said.append) as voice:
        for _ in range(2):
            with pytest.raises(EngineLost):
                voice.render("Rest.")
    assert len(said) == 2  # hibari left, espeak left


def test_after_closing_nothing_is_tried_any_more(tmp_path: Path) -> None:
    said: list[str] = []
    voice = FallbackVoice(CALM, Clips(tmp_path), said.append)
    voice.close()
    with pytest.raises(SynthesisError, match="closed"):
        voice.render("Rest.")
    assert said == []


def test_each_engine_has_its_lesser_ones_in_order() -> None:
    def engines(name: str) -> list[str]:
        return [profile.engine for profile in voices.lesser(voices.find(name))]

    assert engines("calm") == ["espeak", "system"]
    assert engines("espeak-calm") == ["system"]
    assert engines("system") == []
    assert {p.volume for p in voices.lesser(replace(CALM, volume=0.3))} == {0.3}


def test_counts_are_rendered_ahead_in_both_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with FallbackVoice(CALM, Clips(tmp_path)) as voice:
        assert voice.prepare(["5", "Rest."], brisk={"5"}).result(60) == ()
    assert len(list(tmp_path.glob("*.flac"))) == 3
