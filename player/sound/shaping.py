"""The edges of a clip: silence trimmed, ends faded, rate and number format changed."""

import numpy as np
import soxr

from player.ports import RATE_HZ, Samples

_FRAME_S = 0.005
_SILENCE_DB = -50.0  # under the clip's loudest frame
_LEAD_S, _TAIL_S = 0.01, 0.04  # kept around the sound: soft first and last consonants live there
_FADE_IN_S, _FADE_OUT_S = 0.004, 0.012


def trim(sound: Samples, rate_hz: int = RATE_HZ) -> Samples:
    """Return `sound` without the silence around it; empty when there is nothing else."""
    frame = int(rate_hz * _FRAME_S)
    count = -(-sound.size // frame)
    frames = np.pad(sound, (0, count * frame - sound.size)).reshape(count, frame)
    power = np.square(frames).mean(axis=1, dtype=np.float64)
    if not count or not power.max() > 0:
        return sound[:0]
    heard = np.flatnonzero(power > power.max() * 10 ** (_SILENCE_DB / 10))
    first = heard[0] * frame - int(rate_hz * _LEAD_S)
    last = (heard[-1] + 1) * frame + int(rate_hz * _TAIL_S)
    return sound[max(0, first) : last]


def fade_ends(sound: Samples, rate_hz: int = RATE_HZ) -> Samples:
    """Return a copy that begins and ends at exactly zero, without a click."""
    faded = sound.astype(np.float32)
    for seconds, end in ((_FADE_IN_S, faded), (_FADE_OUT_S, faded[::-1])):
        size = min(int(rate_hz * seconds), faded.size)
        end[:size] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(size) / max(1, size))).astype(np.float32)
    return faded


def resample(sound: Samples, from_hz: int, to_hz: int = RATE_HZ) -> Samples:
    """Return `sound` at another rate."""
    if from_hz == to_hz or not sound.size:
        return sound
    return np.asarray(soxr.resample(sound, from_hz, to_hz, quality="VHQ"), dtype=np.float32)


def to_s16(sound: Samples) -> bytes:
    """Return s16le; what is outside -1 to 1 is cut."""
    return bytes(np.clip(np.rint(sound * 32767.0), -32767, 32767).astype("<i2").tobytes())


def from_s16(pcm: bytes) -> Samples:
    """Return float32 samples; `to_s16` gives the same bytes again."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32767.0)
