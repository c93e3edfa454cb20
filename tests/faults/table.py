"""Runs one fault at one moment, and judges what the player did about it."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from player.bench.voices import Voice
from player.errors import FileFault
from player.files import journal, languages
from player.ports import EARS_RATE_HZ
from tests.e2e import microphone
from tests.faults.led import Led
from tests.faults.row import Row
from tests.virtual_audio import VirtualAudio

GOAL_S = 1.5  # after the hardware is back
SPEAKER = Voice("flite", "slt")
GONE = {"loudspeaker", "microphone", "voice", "disk"}
STEPS = {"word": "words", "count": "counted", "stop": "counted"}
LANGUAGE = languages.load("en")


@dataclass
class Outcome:
    """What happened; `problem` is "" when all was well."""

    row: Row
    moment: str
    told_s: float | None = None
    back_s: float | None = None
    sound_s: float | None = None
    again: str = ""
    said: int = 0
    problem: str = ""
    notes: list[str] = field(default_factory=list)


def run(row: Row, moment: str, cache: Path) -> Outcome:
    """Break and mend, in the middle of a word or of a count; or break, and say stop."""
    outcome = Outcome(row, moment)
    try:
        with _led(row, moment, cache) as led:
            _begin(led, row, moment)
            if moment == "stop":
                _stopped(led, row)
            else:
                _survived(led, row, outcome)
                led.press("s")
            _ended(led)
    except (AssertionError, OSError, StopIteration, subprocess.SubprocessError) as error:
        outcome.problem = str(error) or repr(error)
    return outcome


@contextmanager
def _led(row: Row, moment: str, cache: Path) -> Iterator[Led]:
    home = Path(tempfile.mkdtemp(prefix="led-"))
    (home / "cache").symlink_to(cache)
    row.prepare(home)
    audio = VirtualAudio()
    audio.start()
    options = ("--from", STEPS[moment], "--ears", row.ears, "--headphones")
    if row.checks:
        _hiss(audio, home)
    led = Led(audio, home, *options, environment={"PYTHONPATH": str(home / "site")}, check=row.checks)
    try:
        yield led
    finally:
        audio.thaw()
        led.close()
        audio.close()
        shutil.rmtree(home, ignore_errors=True)


def _hiss(audio: VirtualAudio, home: Path) -> None:
    """A room as others are: never quite silent."""
    wav = home / "hiss.wav"
    noise = np.random.default_rng(1).normal(0.0, 30.0, EARS_RATE_HZ * 120).astype(np.int16)
    soundfile.write(wav, noise, EARS_RATE_HZ)
    audio.say(wav)


def _begin(led: Led, row: Row, moment: str) -> None:
    if row.ears == "pocketsphinx":
        led.wait_for(lambda: "ALSA plug-in" in led.audio.pactl("list", "source-outputs"), "it listens")
    if moment == "word":
        told = led.wait_for(
            lambda: next((one for one in led.told if "Breathe in" in str(one.fields.get("text"))), None),
            "words",
        )
        time.sleep(max(0.0, told.at_s + 0.8 - time.monotonic()))  # in the middle of the word
    else:
        led.until(0.0, "speech_started", text="15" if row.checks else "5")  # the check takes ten seconds
        time.sleep(0.3)  # between two strokes


def _broken(led: Led, row: Row) -> float:
    at_s = time.monotonic()
    row.break_(led)
    if row.asks:
        led.press(row.asks)
    return at_s


def _stopped(led: Led, row: Row) -> None:
    at_s = _broken(led, row)
    if row.device:
        led.until(at_s, "notice", became="lost", device=row.device)
    led.press("s")


def _survived(led: Led, row: Row, outcome: Outcome) -> None:
    before = _place(led)
    at_s = _broken(led, row)
    if row.device:
        outcome.told_s = led.until(at_s, "notice", became="lost", device=row.device).at_s - at_s
    if row.goes_on and row.device != "disk" and before is not None:
        still = _place(led)
        led.wait_for(lambda: _place(led) != still, "it goes on", row.lasts_s + 20)
    time.sleep(max(0.0, at_s + row.lasts_s - time.monotonic()))  # so long does the fault last
    back_s = time.monotonic()
    row.mend(led)
    since_s = at_s if row.by_itself else back_s
    back_s = since_s if row.by_itself else time.monotonic()
    if row.device and not row.wordless:
        outcome.back_s = max(
            0.0, led.until(since_s, "notice", became="found", device=row.device).at_s - back_s
        )
    elif row.asks:
        outcome.back_s = led.until(at_s, "speech_started", role="preface").at_s - at_s  # the answer
    outcome.sound_s = led.sounds()
    if row.ears == "pocketsphinx":
        _heard(led)
    outcome.said = _said_once(led, row)
    outcome.again = _again(led, row)


def _heard(led: Led) -> None:
    """Somebody says a command, and it is obeyed."""
    led.wait_for(lambda: "ALSA plug-in" in led.audio.pactl("list", "source-outputs"), "it listens again")
    wav = led.home / "said.wav"
    clip = microphone.word(SPEAKER, "pause").astype(np.int16)
    soundfile.write(wav, np.concatenate([clip, np.zeros(EARS_RATE_HZ // 5, np.int16)]), EARS_RATE_HZ)
    end = time.monotonic() + 20
    while not led.first(0, "command", command="pause", by="voice"):
        assert time.monotonic() < end, "a spoken command is not obeyed"
        at_s = time.monotonic()
        led.audio.say(wav).wait(20)
        led.wait_for(
            lambda at_s=at_s: led.first(0, "command", command="pause") or time.monotonic() > at_s + 4,
            "it hears",
        )
    led.press(" ")


def _said_once(led: Led, row: Row) -> int:
    """Return how many sentences were said about it; each at most once."""
    if not row.device:
        told = [one.fields for one in led.told if one.fields.get("became")]
        wrong = [one for one in told if one["device"] in GONE]  # what a microphone gives is another matter
        if row.ears == "vosk":  # of ears that could not begin it is told, once
            assert [one["device"] for one in wrong] == ["microphone"], f"told of {wrong}"
            return led.said(LANGUAGE.sentence("lost_microphone"))
        assert not wrong, f"told of for nothing: {wrong}"
        return 0
    devices = {row.device, *GONE} & {one.fields.get("device") for one in led.told}
    said = sum(_said(led, device) for device in devices)
    if not row.wordless:
        # Of two that are back in the same moment one is told: it is heard that the other one is.
        back = [LANGUAGE.sentence(f"found_{device}") for device in devices]
        led.wait_for(lambda: any(led.said(one) for one in back), f"it says one of {back}")
        said = sum(_said(led, device) for device in devices)
    return said


def _said(led: Led, device: str) -> int:
    """Return how many sentences were said about one device: that it was lost, that it is back, each once."""
    lost = sum(one.fields.get("became") == "lost" for one in led.told if one.fields.get("device") == device)
    assert lost == 1, f"{device} lost {lost} times"
    counts = [led.said(LANGUAGE.sentence(f"{became}_{device}")) for became in ("lost", "found")]
    assert max(counts) <= 1, f"of the {device} it was said {counts} times"
    return sum(counts)


def _ended(led: Led) -> None:
    code = led.ends(12.0)
    assert code == 0, f"exit code {code}: {led.err.read_text()[-300:]}"
    assert "Traceback" not in led.err.read_text()
    led.wait_for(lambda: not led.children(), "no process is left", 5.0)


# --- places, by the journal


def _entries(led: Led) -> list[dict[str, Any]]:
    paths = list((led.home / "data" / "sessions").glob("*.journal"))
    try:
        return [dict(entry) for entry in journal.read(paths[0]).entries] if paths else []
    except FileFault:
        return []


def _place(led: Led) -> list[int] | None:
    places = [entry["place"] for entry in _entries(led) if "place" in entry]
    return places[-1] if places else None


def _again(led: Led, row: Row) -> str:
    """Return what is repeated; fails when the session is elsewhere than where it was."""
    entries = _entries(led)
    if row.device != "loudspeaker":
        return ""
    ours = [entry for entry in entries if entry.get("device") == row.device]
    lost = next(entry["place"] for entry in ours if entry["event"] == "lost")
    found = next(entry["place"] for entry in ours if entry["event"] == "found")
    if row.goes_on:
        return "went on in captions"
    assert found[:3] == lost[:3], f"lost at {lost}, found at {found}"
    assert abs(found[3] - lost[3]) <= 1, f"lost at {lost}, found at {found}"
    return "the sentence" if found[1] == 0 else f"stroke {found[3] + 1}"


# --- deaths of the parent


def orphans(cache: Path) -> Outcome:
    """Kill the player; its helpers must be gone."""
    row = Row("player killed: no process is left", "", lambda led: None, ears="pocketsphinx")
    outcome = Outcome(row, "count")
    try:
        with _led(row, "count", cache) as led:
            _begin(led, row, "count")
            assert led.children(), "no helper was there"
            at_s = time.monotonic()
            led.process.send_signal(signal.SIGKILL)
            led.process.wait()
            led.wait_for(lambda: not led.children(), "its helpers are gone", 5.0)
            outcome.told_s = time.monotonic() - at_s
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        outcome.problem = str(error)
    return outcome
