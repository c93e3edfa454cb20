"""Gain over time: a ramp without a click, and the limiter before the device. Blocks are changed in place."""

import math

import numpy as np

from player.ports import RATE_HZ, Samples

PEAK = 0.98  # nothing louder ever reaches the device
KNEE = 0.8  # below it samples pass bit for bit


class Ramp:
    """A gain that moves in a straight line."""

    def __init__(self, value: float = 1.0) -> None:
        self._value = self._target = value
        self._step = 0.0

    def to(self, target: float, fall_s: float, rise_s: float) -> None:
        """Move to `target` from here: in `fall_s` when that is down, else in `rise_s`."""
        self._target = target
        seconds = fall_s if target < self._value else rise_s
        self._step = (target - self._value) / (seconds * RATE_HZ)

    def at_rest_at(self, value: float) -> bool:
        """Whether the gain is `value` and stays so."""
        return self._value == self._target == value

    def apply(self, block: Samples) -> None:
        """Multiply the next samples."""
        if self._value == self._target:
            if self._value != 1.0:
                block *= np.float32(self._value)
            return
        low, high = sorted((self._value, self._target))
        gain = np.clip(self._value + self._step * np.arange(1, len(block) + 1), low, high)
        block *= gain.astype(np.float32)
        steps_left = math.ceil((self._target - self._value) / self._step)
        self._value = self._target if steps_left <= len(block) else float(gain[-1])


def limit_peaks(block: Samples) -> None:
    """Bend what is above the knee so that it stays under the peak, in place."""
    loud = np.abs(block) > KNEE
    if not loud.any():
        return
    room = np.float32(PEAK - KNEE)
    over = np.abs(block[loud]) - np.float32(KNEE)
    block[loud] = np.copysign(np.float32(KNEE) + room * np.tanh(over / room), block[loud])
