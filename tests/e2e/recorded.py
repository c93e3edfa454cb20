"""Looking into a recorded session: its log, its silences, its ticks."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
import soundfile

from player.ports import RATE_HZ, Samples
from player.sound import tones

Entry = dict[str, Any]


FLOOR = 10 ** (-75 / 20)  # what lies under a session is softer


def log(path: Path) -> list[Entry]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def events(entries: Sequence[Entry], *names: str) -> list[Entry]:
    return [entry for entry in entries if entry["event"] in names]


def times(entries: Sequence[Entry], *names: str) -> list[float]:
    return [entry["t"] for entry in events(entries, *names)]


def commands(entries: Sequence[Entry]) -> list[str]:
    return [entry["command"] for entry in events(entries, "command")]


def sound(path: Path) -> Samples:
    samples, rate_hz = soundfile.read(path, dtype="float32")
    assert rate_hz == RATE_HZ
    return samples


def between(samples: Samples, from_s: float, to_s: float) -> Samples:
    return samples[round(from_s * RATE_HZ) : round(to_s * RATE_HZ)]


def sounds(samples: Samples) -> bool:
    """Whether there is more than the floor that lies under a session."""
    return float(np.abs(samples).max(initial=0.0)) > FLOOR


def speeches(entries: Sequence[Entry]) -> list[tuple[float, float, str]]:
    """Return (begin, end, text) of everything said; fails where one begins over another."""
    said: list[tuple[float, float, str]] = []
    sounding: Entry | None = None
    for entry in events(entries, "speech_started", "speech_ended"):
        if entry["event"] == "speech_started":
            assert sounding is None, f"{entry} begins over {sounding}"
            sounding = entry
        else:
            assert sounding is not None, f"{entry} ends, but nothing began"
            assert sounding["text"] == entry["text"]
            said.append((sounding["t"], entry["t"], entry["text"]))
            sounding = None
    assert sounding is None, f"{sounding} never ended"
    return said


def place_of(clip: Samples, recording: Samples, least: float = 0.9) -> int:
    """Return where a clip begins in a recording that is at least so like it."""
    like = scipy.signal.oaconvolve(recording, clip[::-1].astype(np.float64), "valid")
    about = int(np.flatnonzero(like > 0.97 * like.max())[0])  # what is said twice: the first time
    at = about + int(like[about : about + 48].argmax())
    part = recording[at : at + len(clip)]
    assert like[at] > least * np.linalg.norm(part) * np.linalg.norm(clip), "the room never heard it"
    return at


def ticks(samples: Samples, name: str = "tick", likeness: float = 0.999) -> list[int]:
    """Return the samples at which a tone begins that is heard alone, found by correlation.

    Written as 16 bit the tone still correlates with itself by more than 0.999; nothing else does.
    """
    pattern = tones.tone(name)[: RATE_HZ // 25].astype(np.float64)
    product = scipy.signal.oaconvolve(samples, pattern[::-1], "valid")
    energy = np.concatenate(([0.0], np.cumsum(samples.astype(np.float64) ** 2)))
    places = len(samples) - len(pattern) + 1
    here = energy[len(pattern) :] - energy[:places]
    like = product / np.sqrt(np.maximum(here, 1e-4) * np.sum(pattern**2))
    return [
        int(at) for at in np.flatnonzero(like > likeness) if like[at] == like[max(0, at - 24) : at + 25].max()
    ]
