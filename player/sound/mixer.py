"""Everything that is heard goes through the mixer: one program, tones on top, one master volume.

A program is a set of clips at sample positions. The audio thread calls `render`; every other method only
leaves a command that takes effect at the next block, so any thread may call it at any time. Fades, ducking
and volume are applied to what is not rendered yet: what they need of time is one block and the buffer of
the device.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from player.ports import RATE_HZ, Samples
from player.sound.beds import BedLoop
from player.sound.floor import Floor
from player.sound.gain import Ramp, limit_peaks

BEAT_UNDER_VOICE = 10 ** (-10 / 20)
BED_UNDER_SPEECH = 10 ** (-4 / 20)

_FADE_OUT: Samples = (
    0.5 + 0.5 * np.cos(np.pi * np.arange(1, RATE_HZ * 60 // 1000 + 1) / (RATE_HZ * 60 // 1000))
).astype(np.float32)
_BEAT_RAMP = RATE_HZ * 20 // 1000
_VOLUME_S = 0.1
_DUCK_ATTACK_S = 0.05
_DUCK_RELEASE_S = 0.4
_BED_DUCK_S = 0.4
_BED_RELEASE_S = 3.0  # slow: a bed that comes back quickly between two sentences pumps
_HISTORY = 64  # far more commands than ever wait between rendering and hearing


class Layer(StrEnum):
    """What a sound is. A beat goes down by 10 dB while a voice sounds, but not under its count."""

    VOICE = "voice"
    COUNT = "count"
    BEAT = "beat"
    CUE = "cue"


@dataclass(frozen=True, slots=True)
class Sound:
    """One clip; its first sample is sample `at` of the program."""

    at: int
    samples: Samples
    layer: Layer

    @property
    def end(self) -> int:
        """The first program sample after the clip."""
        return self.at + len(self.samples)


class Mixer:
    """Renders what is to be heard and remembers which program position each sample was.

    `rendered` counts all samples of the session. `tap(session_sample, block)` gets every block as it goes to
    the device, from the audio thread: it must not block, and must not write to the block. `floor` lies under
    everything, at any volume. `supply` is called once, when a bed first comes in, and lays one.
    """

    def __init__(self, floor: Floor | None = None) -> None:
        self._floor = floor
        self.rendered = 0
        self.tap: Callable[[int, Samples], None] | None = None
        self.supply: Callable[[], None] | None = None
        self._commands: deque[Callable[[], None]] = deque()
        self._program: _Program | None = None
        self._fading: list[_Fading] = []
        self._cues: list[_Program] = []
        self._volume = Ramp()
        self._duck = Ramp()
        self._bed: BedLoop | None = None
        self._bed_fade = Ramp(0.0)
        self._bed_duck = Ramp()
        self._bed_ducked = False
        self._history: tuple[_Segment, ...] = (_Segment(0, 0, 0, 0),)

    # --- from any thread

    def play(self, number: int, sounds: Sequence[Sound], length: int) -> None:
        """Replace the program by `sounds`, from position 0; what sounds now fades out under its beginning.

        The position ends at `length`; a clip that is longer rings on. Number 0 is taken: it means none.
        """
        self._commands.append(partial(self._start, _Program(sounds), number, length))

    def hush(self) -> None:
        """Fade the program out and drop it: its position stays where the fade began."""
        self._commands.append(self._drop)

    def cue(self, samples: Samples) -> None:
        """Play a tone at once, on top of the program and independent of it."""
        self._commands.append(partial(self._cues.append, _Program([Sound(0, samples, Layer.CUE)])))

    def volume(self, gain: float) -> None:
        """Set the master gain of everything, without a click."""
        self._commands.append(partial(self._volume.to, gain, _VOLUME_S, _VOLUME_S))

    def duck(self, gain: float) -> None:
        """Take the program down to `gain` quickly, or back to 1 slowly; tones are not touched."""
        self._commands.append(partial(self._duck.to, gain, _DUCK_ATTACK_S, _DUCK_RELEASE_S))

    def bed(self, samples: Samples | None) -> None:
        """Lay a loop under everything from now on, or none; it is silent until it is faded in."""
        self._commands.append(
            partial(setattr, self, "_bed", BedLoop(samples) if samples is not None else None)
        )

    def fade_bed(self, gain: float, seconds: float) -> None:
        """Bring the bed to `gain` within `seconds`."""
        if gain and self.supply is not None:
            supply, self.supply = self.supply, None
            supply()
        self._commands.append(partial(self._bed_fade.to, gain, seconds, seconds))

    def heard(self, played: int) -> tuple[int, int]:
        """Return (number, position) of the program when `played` samples of the session have been heard.

        The number is 0 before the first program. After `hush` both stay as they were.
        """
        history = self._history
        segment = next((one for one in reversed(history) if one.start <= played), history[0])
        position = segment.position + max(0, played - segment.start)
        return segment.number, min(position, segment.limit)

    # --- on the audio thread

    def render(self, frames: int) -> Samples:
        """Return the next `frames` samples of the session. Never blocks, never raises."""
        for _ in range(len(self._commands)):
            self._commands.popleft()()
        block = np.zeros(frames, np.float32)
        self._add_program(block)
        self._duck.apply(block)
        for tone in self._cues:
            tone.add_to(block)
        self._cues = [tone for tone in self._cues if not tone.over]
        self._add_bed(block)
        self._volume.apply(block)
        limit_peaks(block)
        if self._floor is not None:
            self._floor.add_to(block, self.rendered)
        self._show(block)
        self.rendered += frames
        return block

    def _add_program(self, block: Samples) -> None:
        for old in self._fading:
            old.add_to(block)
        self._fading = [old for old in self._fading if not old.over]
        if self._program is not None:
            self._program.add_to(block)

    def _add_bed(self, block: Samples) -> None:
        if self._bed is None or self._bed_fade.at_rest_at(0.0):
            return
        speaking = self._program is not None and self._program.voiced
        if speaking != self._bed_ducked:
            self._bed_ducked = speaking
            self._bed_duck.to(BED_UNDER_SPEECH if speaking else 1.0, _BED_DUCK_S, _BED_RELEASE_S)
        part = self._bed.next(len(block))
        self._bed_fade.apply(part)
        self._bed_duck.apply(part)
        block += part

    def _show(self, block: Samples) -> None:
        if self.tap is None:
            return
        try:
            self.tap(self.rendered, block)
        except Exception:  # noqa: BLE001 - whoever listens in must never be able to silence the session
            self.tap = None

    def _start(self, program: "_Program", number: int, length: int) -> None:
        self._fade_out()
        self._program = program
        self._remember(number, 0, length)

    def _drop(self) -> None:
        if self._program is None:
            return
        number, position = self.heard(self.rendered)
        self._fade_out()
        self._remember(number, position, position)

    def _fade_out(self) -> None:
        if self._program is not None and self._program.begun:
            self._fading.append(_Fading(self._program))
        self._program = None

    def _remember(self, number: int, position: int, limit: int) -> None:
        # A new tuple each time: `heard` reads the old one or the new one, never one that changes.
        self._history = (*self._history[1 - _HISTORY :], _Segment(self.rendered, number, position, limit))


class _Segment(NamedTuple):
    """From session sample `start` on, program `number` runs from `position` up to `limit`."""

    start: int
    number: int
    position: int
    limit: int


class _Program:
    """Clips in the order in which they begin, and how far they have been rendered."""

    def __init__(self, sounds: Iterable[Sound]) -> None:
        self._sounds = sorted(sounds, key=lambda sound: sound.at)
        self._gain_at, self._gain = _beat_gain(self._sounds)
        self._next = 0
        self._live: list[Sound] = []
        self._position = 0

    @property
    def begun(self) -> bool:
        return self._position > 0

    @property
    def over(self) -> bool:
        return self._next == len(self._sounds) and not self._live

    @property
    def voiced(self) -> bool:
        """Whether a voice sounds now."""
        return any(sound.layer is Layer.VOICE for sound in self._live)

    def add_to(self, block: Samples) -> None:
        start, end = self._position, self._position + len(block)
        while self._next < len(self._sounds) and self._sounds[self._next].at < end:
            self._live.append(self._sounds[self._next])
            self._next += 1
        for sound in self._live:
            first, last = max(sound.at, start), min(sound.end, end)
            if first < last:
                block[first - start : last - start] += self._part(sound, first, last)
        self._live = [sound for sound in self._live if sound.end > end]
        self._position = end

    def _part(self, sound: Sound, first: int, last: int) -> Samples:
        part = sound.samples[first - sound.at : last - sound.at]
        if sound.layer is not Layer.BEAT or not len(self._gain):
            return part
        gain = np.interp(np.arange(first, last), self._gain_at, self._gain)
        return (part * gain).astype(np.float32)


class _Fading:
    """A program on its way out."""

    def __init__(self, program: _Program) -> None:
        self._program = program
        self._done = 0

    @property
    def over(self) -> bool:
        return self._done >= len(_FADE_OUT)

    def add_to(self, block: Samples) -> None:
        fade = _FADE_OUT[self._done : self._done + len(block)]
        part = np.zeros(len(fade), np.float32)
        self._program.add_to(part)
        block[: len(fade)] += part * fade
        self._done += len(fade)


def _beat_gain(sounds: Sequence[Sound]) -> tuple[list[int], list[float]]:
    """Return the corners (program sample, gain) of the gain of beats: down when a voice begins."""
    at: list[int] = []
    gain: list[float] = []
    for sound in sounds:
        if sound.layer is not Layer.VOICE or not len(sound.samples):
            continue
        if at and sound.at - _BEAT_RAMP <= at[-1]:  # still down: stay down to the later end
            at[-2] = max(at[-2], sound.end)
            at[-1] = at[-2] + _BEAT_RAMP
        else:
            at += [sound.at - _BEAT_RAMP, sound.at, sound.end, sound.end + _BEAT_RAMP]
            gain += [1.0, BEAT_UNDER_VOICE, BEAT_UNDER_VOICE, 1.0]
    return at, gain
