"""Ears that take samples of a person's words instead of obeying them, and that measure the room.

The same microphone, segments and recogniser as in a session; what comes out are features. In audio time: the
same samples give the same answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from player.core.commands import Command
from player.core.decision import Accepted, Context, Hypothesis, decide, meanings, sureness
from player.ears.enrolment import features
from player.ears.protocol import Measured, Taken
from player.ears.segmenter import Closed, Grew, IsSpeech, Segmenter, SegmentOpened, level_db, seconds
from player.ports import EARS_RATE_HZ, Recogniser

_SLICE = EARS_RATE_HZ // 100
_CLIPPED = 32_700
_STAND_OUT = 10.0  # times the power before: a tone is there

_Sound = npt.NDArray[np.int16]


class TakingChain:
    """One pair of ears for `player tune`: silent until asked by `take` or `measure`."""

    def __init__(
        self, recogniser: Recogniser, phrases: Mapping[Command, Sequence[str]], is_speech: IsSpeech
    ) -> None:
        several = [phrase for one in phrases.values() for phrase in one]
        self.unknown = recogniser.unknown(several)
        self._meanings = meanings(phrases)
        self._recogniser = recogniser
        self._segmenter = Segmenter(is_speech)
        self._wanted = False
        self._sound: bytearray | None = None  # of the segment under way, when it is wanted
        self._floor_db = self._segmenter.floor.db
        self._measuring: tuple[int, float, bytearray] | None = None
        recogniser.expect([phrase for phrase in self._meanings if phrase not in self.unknown])

    @property
    def level_db(self) -> float:
        """Level of the last 30 ms, dB full scale."""
        return self._segmenter.level_db

    @property
    def floor_db(self) -> float:
        """Level of the quiet, dB full scale."""
        return self._segmenter.floor.db

    def take(self, *, wanted: bool) -> None:
        """Answer with a `Taken` for every lone word that begins from now on, or no more."""
        self._wanted = wanted
        if not wanted:
            self._sound = None

    def measure(self, length_s: float, tone_hz: float) -> None:
        """Answer with one `Measured` after that time; look for the tone in it (0: for none)."""
        self._measuring = (2 * round(length_s * EARS_RATE_HZ), tone_hz, bytearray())

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Ignore it: nothing is obeyed."""

    def own_voice(self, *, audible: bool) -> None:
        """Ignore it: samples are asked for in silence."""

    def accept(self, pcm: bytes) -> tuple[Taken | Measured, ...]:
        """Take s16le at 16 kHz. Raises `RecognitionError`."""
        return (*self._measured(pcm), *self._taken(pcm))

    def _measured(self, pcm: bytes) -> Iterator[Measured]:
        if self._measuring is None:
            return
        wanted, tone_hz, heard = self._measuring
        heard += pcm
        if len(heard) >= wanted:
            self._measuring = None
            yield measured(np.frombuffer(bytes(heard[:wanted]), "<i2"), tone_hz)

    def _taken(self, pcm: bytes) -> Iterator[Taken]:
        for change in self._segmenter.accept(pcm):
            match change:
                case SegmentOpened(_, sound) if self._wanted:
                    self._floor_db = self._segmenter.floor.db
                    self._sound = bytearray(sound)
                    self._recogniser.begin()
                    self._recogniser.accept(sound)
                case Grew(sound) if self._sound is not None:
                    self._sound += sound
                    self._recogniser.accept(sound)
                case Closed() if self._sound is not None:
                    yield self._answer(change, bytes(self._sound))
                    self._sound = None

    def _answer(self, stretch: Closed, pcm: bytes) -> Taken:
        said = self._recogniser.end()
        take = features.take_of(pcm)
        sound = np.frombuffer(pcm, "<i2")
        return Taken(
            clean=features.to_text(take.clean),
            noisy=features.to_text(take.noisy),
            text=said.text,
            score=said.score,
            margin=said.margin,
            length_s=round(seconds(stretch.end - stretch.start), 3),
            alone=stretch.alone and stretch.apart,
            clear_db=round(loudest_db(sound) - self._floor_db, 1),
            clipped=clipped(sound),
            sureness=self._sureness(said, stretch),
        )

    def _sureness(self, said: Hypothesis, stretch: Closed) -> float | None:
        """Return how far over its limit it is, or None where a session would not obey it at once."""
        command = self._meanings.get(said.text)
        context = Context(
            listen=frozenset(Command),
            over_floor_db=stretch.over_floor_db,
            over_before_db=stretch.over_before_db,
            length_s=seconds(stretch.end - stretch.start),
        )
        obeyed = command is not None and isinstance(decide(said, command, context), Accepted)
        return round(sureness(said, command, context), 3) if command is not None and obeyed else None


def measured(sound: _Sound, tone_hz: float) -> Measured:
    """Look at a stretch of sound: its quiet level, faults, and when and how loudly the tone came."""
    slices = sound[: len(sound) // _SLICE * _SLICE].reshape(-1, _SLICE)
    levels = [level_db(one) for one in slices]
    floor_db = round(float(np.percentile(levels, 20)), 1)
    at_s, tone_db = _tone(slices, tone_hz) if tone_hz and sound.any() else (None, None)
    return Measured(floor_db, clipped(sound), at_s, tone_db)


def _tone(slices: _Sound, hz: float) -> tuple[float | None, float | None]:
    """Return when a tone stands out (seconds) and its loudest level, or nothing."""
    wave = np.exp(-2j * np.pi * hz / EARS_RATE_HZ * np.arange(2 * _SLICE)) * np.hanning(2 * _SLICE)
    pairs = np.hstack([slices[:-1], slices[1:]]) / 32768
    power = np.abs(pairs @ wave) ** 2
    quiet = np.percentile(power, 10) + 1e-9
    loud = np.flatnonzero(power > quiet * _STAND_OUT)
    if not len(loud) or power.max() < 10 * _STAND_OUT * quiet:
        return None, None
    return round(float(loud[0]) * 0.01, 3), round(max(level_db(one) for one in slices[loud]), 1)


def loudest_db(sound: _Sound) -> float:
    """Return the level of the loudest tenth of a second, dB full scale."""
    size = min(len(sound), 10 * _SLICE)
    pieces = sound[: len(sound) // size * size].reshape(-1, size)
    return max(level_db(one) for one in pieces)


def clipped(sound: _Sound) -> float:
    """Return the share of samples at the limit."""
    return round(float(np.mean(np.abs(sound.astype(np.int32)) >= _CLIPPED)), 5)


def peak(pcm: bytes) -> int:
    """Return the loudest sample of s16le, 0 to 32768."""
    return int(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)).max(initial=0))
