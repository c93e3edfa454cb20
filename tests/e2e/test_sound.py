"""What a session sounds like: beats to the sample, a pause that freezes, even levels, no clicks, whole words.

Led into a file by keys, so that every moment can be known beforehand.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import scipy.signal

from player.app import virtual
from player.app.session_config import SessionConfig
from player.core.commands import Command
from player.core.observations import Observation
from player.core.plan import Strokes
from player.core.score import RING_S
from player.files import languages, voices
from player.files.observation_json import to_plain
from player.ports import BLOCK, RATE_HZ, Samples
from player.routine.compile.compose import load_plan
from player.sound.loudness import loudness
from player.sound.onset import voiced_onset
from player.voice.client import VoiceWorker
from tests.e2e import recorded
from tests.e2e.recorded import Entry, between, events, times

BLOCK_S = BLOCK / RATE_HZ
STEP = "between-brows"  # fifteen strokes, two in a second
PERIOD = RATE_HZ // 2
TONE_S = 0.66


@dataclass(slots=True)
class Watcher:
    """Keeps all that it observes in its JSON form, strokes too."""

    entries: list[Entry] = field(default_factory=list)

    def observe(self, t_s: float, observation: Observation) -> None:
        self.entries.append(to_plain(t_s, observation))


@dataclass(frozen=True, slots=True)
class Session:
    entries: list[Entry]
    samples: Samples

    def strokes(self, step: str) -> list[Entry]:
        """The strokes of one step, in the order in which they came."""
        index, found = -1, []
        names = [entry["step"] for entry in events(self.entries, "step")]
        for entry in events(self.entries, "step", "stroke"):
            index += entry["event"] == "step"
            if entry["event"] == "stroke" and names[index] == step and entry["part"] == "strokes":
                found.append(entry)
        return found


@pytest.fixture(scope="module")
def setting():
    plan = load_plan("quick-facial-acupressure")
    with VoiceWorker(voices.find("calm")) as voice:
        yield SessionConfig(plan, languages.load(plan.language), voice.render)


@pytest.fixture(scope="module")
def lead(setting, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")

    def session(*presses: tuple[float, Command], **changes) -> Session:
        watcher = Watcher()
        out = folder / "out.wav"
        virtual.lead(replace(setting, observers=(watcher,), **changes), virtual.Files(out, presses=presses))
        return Session(watcher.entries, recorded.sound(out))

    return session


@pytest.fixture(scope="module")
def whole(lead):
    """Led from beginning to end with nobody in the room."""
    return lead()


@pytest.fixture(scope="module")
def silent(setting, lead):
    """The same with a voice that sounds like nothing: only the beat is heard."""
    return lead(render=partial(unheard, setting))


@pytest.fixture(scope="module")
def frozen(silent, setting, lead):
    """Paused in the middle of the seventh stroke, and again in the ninth; taken up after 8 s."""
    at_s = silent.strokes(STEP)[6]["t"] + 0.24
    presses = ((at_s, Command.PAUSE), (at_s + 8, Command.RESUME))
    return lead(*presses, render=partial(unheard, setting))


def test_every_beat_of_every_step_is_exact(silent, setting):
    found = np.array(recorded.ticks(silent.samples))
    expected = 0
    for step in setting.plan.steps:
        if not isinstance(step.work, Strokes) or not step.work.reps or step.work.alternate:
            continue
        strokes = silent.strokes(step.id)
        period = round(60 * RATE_HZ / step.work.bpm)
        here = found[(found > (strokes[0]["t"] - 0.1) * RATE_HZ)][: step.work.reps]
        assert set(np.diff(here)) == {period}, step.id
        assert abs(here[0] / RATE_HZ - strokes[0]["t"]) <= BLOCK_S, step.id
        expected += step.work.reps
    assert expected > 100
    assert len(found) == expected


def test_under_the_voice_the_beat_stays_on_its_grid(whole, silent):
    alone = recorded.ticks(silent.samples)
    heard = recorded.ticks(whole.samples)
    assert set(heard) <= set(alone)
    assert len(heard) > 0.6 * len(alone)


def test_a_pause_freezes_and_resume_goes_on_at_the_same_stroke(frozen):
    paused, resumed = times(frozen.entries, "paused")[0], times(frozen.entries, "resumed")[0]
    assert resumed - paused == pytest.approx(8, abs=2 * BLOCK_S)
    strokes = frozen.strokes(STEP)
    before = [entry["stroke"] for entry in strokes if entry["t"] <= paused]
    after = [entry["stroke"] for entry in strokes if entry["t"] > resumed]
    assert before == list(range(7))
    assert after == list(range(6, 15))
    assert not [entry for entry in strokes if paused < entry["t"] < resumed]


def test_the_beats_around_a_pause_are_exact(frozen):
    paused, resumed = times(frozen.entries, "paused")[0], times(frozen.entries, "resumed")[0]
    first = frozen.strokes(STEP)[0]["t"]
    found = [at for at in recorded.ticks(frozen.samples) if (first - 0.1) * RATE_HZ < at]
    before = [at for at in found if at < paused * RATE_HZ]
    after = [at for at in found if at > resumed * RATE_HZ][:9]
    assert len(before) == 7
    assert {b - a for a, b in pairwise(before)} == {PERIOD}
    assert {b - a for a, b in pairwise(after)} == {PERIOD}
    assert not [at for at in found if paused * RATE_HZ <= at <= resumed * RATE_HZ]


def test_a_pause_is_one_soft_tone_and_then_nothing(frozen):
    paused, resumed = times(frozen.entries, "paused")[0], times(frozen.entries, "resumed")[0]
    assert recorded.sounds(between(frozen.samples, paused, paused + TONE_S))
    assert not recorded.sounds(between(frozen.samples, paused + TONE_S, resumed))


def test_a_pause_says_where_the_user_is_before_it_goes_on(frozen):
    resumed = times(frozen.entries, "resumed")[0]
    first = next(e for e in events(frozen.entries, "speech_started") if e["t"] >= resumed)
    assert "between the brows" in first["text"].lower()
    assert "7" in first["text"]
    assert "15" in first["text"]


def test_every_sentence_sounds_whole_and_alone(whole, setting):
    """What the file holds while a sentence is said is the clip of that sentence, to the last bit."""
    told = [
        (entry["t"], entry["text"])
        for entry in events(whole.entries, "speech_started")
        if entry["role"] in {"instruction", "preface"}
        and entry["t"] > RING_S  # the bell rings under the first
    ]
    assert len(told) >= 40
    for t, text in told:
        clip = setting.render(text)
        about = round(t * RATE_HZ)
        heard = whole.samples[max(0, about - 2 * BLOCK) : about + len(clip) + 2 * BLOCK]
        like = scipy.signal.correlate(heard, clip, "valid", method="fft")
        at = int(like.argmax())
        error = np.abs(heard[at : at + len(clip)] - clip)
        assert error.max() < recorded.FLOOR + 1 / 32768, text


def test_nothing_is_said_over_anything_else(whole):
    said = recorded.speeches(whole.entries)
    assert len(said) > 70
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(said))


def test_the_levels_are_even(whole):
    levels = [
        loudness(between(whole.samples, begin, end))
        for begin, end, _ in recorded.speeches(whole.entries)
        if end - begin > 1.5
    ]
    assert len(levels) > 30
    assert max(levels) - min(levels) < 1  # LU
    assert np.abs(whole.samples).max() < 0.9


def test_nothing_clicks(whole, frozen, lead, setting):
    """The voice ends at 12 kHz: what is louder above 16 than its own clips is a click."""
    chopped = lead(
        *((5.0, Command.NEXT), (8.0, Command.REPEAT), (11.0, Command.NEXT)),
        *((15.0, Command.PAUSE), (19.0, Command.RESUME), (20.0, Command.REPEAT), (24.0, Command.STOP)),
    )
    bursts_db = max(above_16_khz_db(setting.render(text)) for text in said(whole) | said(chopped))
    for session in (whole, frozen, chopped):
        assert above_16_khz_db(session.samples) < bursts_db + 1


def test_the_click_detector_hears_a_click(whole, setting):
    bursts_db = max(above_16_khz_db(setting.render(text)) for text in said(whole))
    clicking = whole.samples[: 20 * RATE_HZ].copy()
    clicking[np.flatnonzero(np.abs(clicking) > 0.1)[20_000] :] = 0
    assert above_16_khz_db(clicking) > bursts_db + 6


def test_the_voice_of_every_count_begins_on_its_beat(whole, silent):
    voice = whole.samples - silent.samples  # the beats are the same to the bit
    beats = np.array(recorded.ticks(silent.samples))
    counts = [entry["t"] for entry in events(whole.entries, "speech_started") if entry["role"] == "count"]
    assert len(counts) > 20
    for t in counts:
        begin = round(t * RATE_HZ) - 2 * BLOCK
        onset = begin + voiced_onset(voice[begin : begin + RATE_HZ // 2])
        assert np.abs(beats - onset).min() <= RATE_HZ // 100, t


def unheard(setting: SessionConfig, text: str, *, brisk: bool = False) -> Samples:
    """A voice that begins where the real one does, under the last bit of a file."""
    return setting.render(text, brisk=brisk) * np.float32(1e-6)


def said(session: Session) -> set[str]:
    return {entry["text"] for entry in events(session.entries, "speech_started")}


def above_16_khz_db(samples: Samples) -> float:
    sieve = scipy.signal.butter(8, 16_000, "high", fs=RATE_HZ, output="sos")
    return 20 * np.log10(float(np.abs(scipy.signal.sosfilt(sieve, samples)).max()))
