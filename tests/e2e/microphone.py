"""Microphone files: what somebody in a quiet room says, and when."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from player.bench.voices import Voice, render
from player.ports import EARS_RATE_HZ

PEAK = 8000  # a person near the microphone
NOISE_DB = -66.0  # a quiet room


@cache
def word(voice: Voice, text: str) -> np.ndarray:
    """One clip, s16 at 16 kHz, without the silence around it."""
    clip = render(voice, [text + "."])[0].astype(float)
    loud = np.flatnonzero(np.abs(clip) > np.abs(clip).max() / 50)
    return clip[loud[0] : loud[-1]] * PEAK / np.abs(clip).max()


def write(path: Path, voice: Voice, said: Sequence[tuple[float, str]], length_s: float) -> list[float]:
    """Write a room in which `voice` says each text at its second; return when each word ends."""
    room = np.random.default_rng(3).normal(0, 32768 * 10 ** (NOISE_DB / 20), round(length_s * EARS_RATE_HZ))
    ends = []
    for at_s, text in said:
        clip = word(voice, text)
        at = round(at_s * EARS_RATE_HZ)
        room[at : at + len(clip)] += clip
        ends.append(at_s + len(clip) / EARS_RATE_HZ)
    soundfile.write(path, np.clip(room, -32768, 32767).astype(np.int16), EARS_RATE_HZ)
    return ends
