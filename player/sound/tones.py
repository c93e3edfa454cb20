"""The soft tones: pure notes that fade in and out, quieter than the voice, made the same every time.

A recogniser must not take them for speech: few steady partials under 1.6 kHz, no glides, no noise. Levels are
peaks; a clip of the voice peaks at 0.7.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from player.ports import RATE_HZ, Samples

_HUM_HZ = 130.8
CHIME_HZ = 523.3
_HUM_EDGE_S = 0.15


@dataclass(frozen=True, slots=True)
class _Note:
    """One note: it begins at `at_s`, rises within `rise_s` and decays over `ring_s` to nothing."""

    hz: float
    peak: float
    ring_s: float
    at_s: float = 0.0
    rise_s: float = 0.005
    overtone: float = 0.2  # how strong the octave above is


_TONES: dict[str, tuple[_Note, ...]] = {
    "tick": (_Note(660, 0.16, 0.06, rise_s=0.003),),
    "tick_soft": (_Note(660, 0.08, 0.06, rise_s=0.003),),
    "tick_left": (_Note(523.3, 0.16, 0.06, rise_s=0.003),),
    "tick_right": (_Note(784, 0.16, 0.06, rise_s=0.003),),
    "breath_in": (_Note(392, 0.1, 0.9, rise_s=0.12), _Note(587.3, 0.05, 0.9, rise_s=0.2)),
    "chime": (_Note(CHIME_HZ, 0.14, 1.4, rise_s=0.008), _Note(784, 0.06, 1.0, rise_s=0.008)),
    "life": (_Note(220, 0.02, 1.6, rise_s=0.2, overtone=0.05),),
    "done": (_Note(523.3, 0.12, 0.35), _Note(659.3, 0.12, 0.6, at_s=0.16)),
    "unsure": (_Note(440, 0.1, 0.2), _Note(440, 0.1, 0.3, at_s=0.18)),
    # A small bowl: partials that are no multiples of each other, each a pair that beats slowly.
    "bell": (
        *(_Note(261.6 + apart, 0.06, 5.0, rise_s=0.012, overtone=0.0) for apart in (0.0, 0.7)),
        *(_Note(709.0 + apart, 0.022, 3.0, rise_s=0.01, overtone=0.0) for apart in (0.0, 1.1)),
        _Note(1347, 0.009, 1.6, rise_s=0.008, overtone=0.0),
    ),
    "paused": (_Note(523.3, 0.1, 0.3), _Note(392, 0.1, 0.5, at_s=0.16)),
}


@lru_cache
def tone(name: str) -> Samples:
    """Return the tone of that name, read-only. Raises `KeyError`."""
    notes = _TONES[name]
    sound = np.zeros(max(_samples(note.at_s + note.ring_s) for note in notes))
    for note in notes:
        first = _samples(note.at_s)
        played = _play(note)
        sound[first : first + len(played)] += played
    return _frozen(sound)


@lru_cache(maxsize=32)
def hum(seconds: float) -> Samples:
    """Return a low steady tone with soft ends, read-only."""
    length = _samples(seconds)
    time = np.arange(length) / RATE_HZ
    wave = 0.08 * np.sin(2 * np.pi * _HUM_HZ * time) + 0.03 * np.sin(4 * np.pi * _HUM_HZ * time)
    edge = min(_samples(_HUM_EDGE_S), length // 2)
    rise = _rise(edge)
    wave[:edge] *= rise
    wave[length - edge :] *= rise[::-1]
    return _frozen(wave)


def _play(note: _Note) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    length = _samples(note.ring_s)
    time = np.arange(length) / RATE_HZ
    wave = np.sin(2 * np.pi * note.hz * time) + note.overtone * np.sin(4 * np.pi * note.hz * time)
    shape = np.exp(-4 * time / note.ring_s)
    rise = _samples(note.rise_s)
    shape[:rise] *= _rise(rise)
    tail = length // 3
    shape[length - tail :] *= _rise(tail)[::-1]
    wave *= shape
    return np.asarray(wave * (note.peak / np.abs(wave).max()))


def _rise(length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(1, length)))


def _samples(seconds: float) -> int:
    return round(seconds * RATE_HZ)


def _frozen(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    samples = sound.astype(np.float32)
    samples.flags.writeable = False
    return samples
