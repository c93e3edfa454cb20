"""What `player doctor` says of what a microphone gives."""

import numpy as np
import pytest

from player.app.doctor import level
from player.errors import PlayerError

_RNG = np.random.default_rng(1)


def noise(rms: float, offset: float = 0.0) -> np.ndarray:
    return np.clip((_RNG.normal(offset, rms, 16_000)) * 32768, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize(
    ("samples", "dead", "said", "unsaid"),
    [
        (noise(0.01), (), "-40 dBFS in this room now", ";"),
        (noise(0.01, 0.2), (), "-40 dBFS in this room now; an offset of 20% of full scale", "channel"),
        (noise(0.01, -0.2), (), "an offset of -20%", "channel"),
        (noise(0.01, 0.001), (), "-40 dBFS", "offset"),
        (noise(0.01), (1,), "nothing in channel 1 of the microphone: another is taken", "offset"),
        (noise(0.0003), (2, 3), "turn its level up; nothing in channel 2 and 3", "offset"),
    ],
)
def test_what_is_odd_is_named(samples: np.ndarray, dead: tuple[int, ...], said: str, unsaid: str) -> None:
    assert said in level(samples, dead)
    assert unsaid not in level(samples, dead)


@pytest.mark.parametrize(
    ("samples", "cause"),
    [
        (np.zeros(16_000, np.int16), "nothing but zeros"),
        (np.zeros(0, np.int16), "nothing but zeros"),
        (noise(2.0), "overdriven"),
    ],
)
def test_what_is_of_no_use_is_one_line(samples: np.ndarray, cause: str) -> None:
    with pytest.raises(PlayerError, match=cause):
        level(samples)
