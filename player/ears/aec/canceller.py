"""The whole canceller: the reference aligned in pace and delay, subtracted, and judged by its own figures."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from player.ears.aec.delay import REACH, PathEstimate
from player.ears.aec.double_talk import DoubleTalkDetector
from player.ears.aec.drift import DriftEstimate, Look, Reading
from player.ears.aec.kalman import KalmanFilter
from player.ears.aec.self_voice import STRANGER, displaced, likeness, sought
from player.ports import EARS_RATE_HZ, Samples

BLOCK = 160  # 10 ms: what the filter takes at a time
PARTS = 30  # 0.3 s of echo
CONVERGED_DB = 15.0
LOST_DB = 10.0  # once it has converged; the words of a user lower the figure too
_LEAD = 160  # samples of the filter before the echo's strongest part
_MOVED = 80  # samples: a delay that differs by more is another one
_LEARN = 3 * EARS_RATE_HZ  # what the filter is taught again after a new alignment
_SETTLED = EARS_RATE_HZ // 10  # samples ago: by then nearly all of what comes late has come
KEEP = 8 * EARS_RATE_HZ  # samples of the reference: what is older is of no use
_DRIFT_STEP_PPM = 0.3  # smaller corrections are not worth their trouble
_DRIFT_JUMP_PPM = 8.0  # more than this, and what was learnt is worth nothing
_FIGURE_BLOCKS = 200  # the last 2 s of echo
_NOTHING_DB = -100.0
_SILENT_DB = -60.0  # full scale: an echo under this is heard by nobody (headphones, a soft voice)
_WORTH_SMOOTHING = 0.9  # of the two powers, per block
_PATIENCE_BLOCKS = 50  # of making it worse; then what was learnt is worth nothing
_BELIEVE_EVERY = 5  # calls
_EXPECTED = 0.1  # power of the first taps for an echo as loud as the reference
_LEAST_EXPECTED = 1e-4
_FAINT = 1e-7
_RECENT = 3 * EARS_RATE_HZ // BLOCK  # blocks: what can be asked about
_AUDIBLE = 1e-5  # mean power of a reference that can be heard, -50 dB full scale


@dataclass(frozen=True, slots=True)
class CancellerFigures:
    """How well it cancels. ERLE: how much the echo is weaker after than before."""

    erle_db: float
    converged: bool
    delay_ms: float | None
    drift_ppm: float | None
    residual_db: float  # what is left while the echo sounds, full scale
    played_s: float  # how long it has heard the loudspeaker play


class EchoCanceller:
    """Takes the microphone and what the loudspeaker was given; returns the microphone without the echo.

    `slack_ms`: how much earlier the reference comes than its sound, at least. `drift_ppm`: what the drift
    was the last time; it is measured again.
    """

    def __init__(self, slack_ms: float = 0.0, drift_ppm: float = 0.0) -> None:
        self._filter = KalmanFilter(BLOCK, PARTS)
        self._reading = Reading(KEEP, round(slack_ms * EARS_RATE_HZ / 1000))
        self._reading.ppm = drift_ppm
        self._path = PathEstimate()
        self._drift = DriftEstimate()
        self._line: Samples = np.zeros(REACH + _LEARN, np.float32)  # the reference at the microphone's pace
        self._kept: Samples = np.zeros(_LEARN, np.float32)  # the microphone
        self._delay: int | None = None
        self._levels: deque[tuple[float, float]] = deque(maxlen=_FIGURE_BLOCKS)
        self._played_s = 0.0
        self._converged = False
        self._powers = np.zeros(2)  # of the microphone before and after, smoothed
        self._worse = 0  # blocks
        self._watch = DoubleTalkDetector()
        self._recent: deque[tuple[Samples, Samples]] = deque(maxlen=_RECENT)  # what was left, and the echo
        self._blocks = self._accepted = 0

    def accept(self, heard: bytes, played: bytes) -> bytes:
        """Take s16le at 16 kHz: a whole number of 10 ms of microphone, and what came of the reference."""
        self._reading.put(_floats(played))
        self._fill_in()
        sound = _floats(heard)
        reference, jumped = self._reading.take(len(sound))
        if jumped:
            self._path.forget()
            self._drift.forget()
            self._doubt()
        left = [
            self._step(sound[at : at + BLOCK], reference[at : at + BLOCK])
            for at in range(0, len(sound), BLOCK)
        ]
        heard_then, played_then = (
            _before(line, _SETTLED)[-len(sound) :] for line in (self._kept, self._line)
        )
        look = self._path.accept(heard_then, played_then, self._reading.corrected)
        if look is not None:
            self._follow(look)
        self._accepted += 1
        if self._accepted % _BELIEVE_EVERY == 0:
            self._believe()
        return np.clip(np.rint(np.concatenate(left) * 32768), -32768, 32767).astype("<i2").tobytes()

    def _fill_in(self) -> None:
        """Put in what came too late for its reading: its sound comes later still, from the loudspeaker."""
        late = min(self._reading.late, len(self._line))
        if late:
            self._line[-late:] = self._reading.past(late)

    @property
    def figures(self) -> CancellerFigures:
        """How well it does now."""
        delay_ms = None if self._delay is None else 1000 * self._delay / EARS_RATE_HZ
        erle_db, residual_db = self._judge()
        return CancellerFigures(
            erle_db=erle_db,
            converged=self.converged,
            delay_ms=delay_ms,
            drift_ppm=self._drift.ppm,
            residual_db=residual_db,
            played_s=self._played_s,
        )

    @property
    def converged(self) -> bool:
        """Whether so little of the echo is left that what is heard can be believed."""
        return self._converged

    def _believe(self) -> None:
        limit_db = LOST_DB if self._converged else CONVERGED_DB
        erle_db, left_db = self._judge()
        works = erle_db >= limit_db or erle_db + left_db < _SILENT_DB
        self._converged = len(self._levels) == _FIGURE_BLOCKS and works

    @property
    def someone(self) -> bool:
        """Whether what is left holds more than remains of the echo: somebody makes a sound."""
        return self._delay is None or self._watch.someone

    def own(self, start: int, end: int) -> float:
        """Return how like the player's own voice samples `start` to `end` were: see `self_voice`."""
        first = max(0, start // BLOCK - self._blocks + len(self._recent))
        last = max(first, end // BLOCK - self._blocks + len(self._recent))
        blocks = list(self._recent)[first:last]
        if not blocks:
            return STRANGER
        left, echo = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        since = (len(self._recent) - last) * BLOCK
        heard, played = (_before(line, since) for line in (self._kept, self._line))
        heard, played = heard[-len(left) :], played[-len(left) - REACH :]
        known = self._delay if self._converged else None
        moved = STRANGER if known is None else displaced(heard, played, known)
        return max(likeness(left, echo), sought(left, played), moved)

    def _judge(self) -> tuple[float, float]:
        if not self._levels:
            return 0.0, 0.0
        before, after = np.median(np.array(self._levels), axis=0)
        return float(before - after), float(after)

    def _step(self, heard: Samples, played: Samples) -> Samples:
        if _power(played) > _AUDIBLE:
            self._played_s += BLOCK / EARS_RATE_HZ
        _push(self._line, played)
        _push(self._kept, heard)
        reference = self._delayed(BLOCK)
        audible = _power(reference) > _AUDIBLE
        left = heard if self._delay is None else self._subtract(heard, reference, audible=audible)
        if audible:
            self._levels.append((_db(heard), _db(left)))
        self._blocks += 1
        self._recent.append((left, self._filter.echo))
        return left

    def _subtract(self, heard: Samples, reference: Samples, *, audible: bool) -> Samples:
        """Return what is left, or what was heard where subtracting makes it louder: there is no such echo."""
        left = self._filter(heard, reference)
        powers = np.array([_power(heard), _power(left)])
        self._powers = _WORTH_SMOOTHING * self._powers + (1 - _WORTH_SMOOTHING) * powers
        if self._powers[1] <= self._powers[0]:
            self._worse = 0
            self._watch.accept(_db(left), _db(self._filter.echo))
            return left
        self._watch.accept(_db(heard), _NOTHING_DB)
        self._worse += audible
        if self._worse > _PATIENCE_BLOCKS:
            self._filter, self._worse = self._new_filter(), 0
        return heard

    def _follow(self, look: Look) -> None:
        self._drift.look(look)
        self._follow_drift()
        delay = self._path.delay
        if delay is not None and (self._delay is None or abs(delay - self._delay) > _MOVED):
            self._delay = delay
            self._learn_again()
            self._doubt()

    def _doubt(self) -> None:
        """Believe nothing of what is left until it has been shown anew: the echo is not where it was."""
        self._levels.clear()
        self._converged = False

    def _follow_drift(self) -> None:
        ppm = self._drift.ppm
        if ppm is None or abs(ppm - self._reading.ppm) < _DRIFT_STEP_PPM:
            return
        jump = abs(ppm - self._reading.ppm) > _DRIFT_JUMP_PPM
        self._reading.ppm = ppm
        if jump and self._delay is not None:
            _push(self._line, self._reading.past(len(self._line)))
            self._learn_again()

    def _learn_again(self) -> None:
        """Teach the filter what it would have learnt from the last seconds, had it known."""
        self._filter = self._new_filter()
        reference = self._delayed(_LEARN)
        for at in range(0, _LEARN, BLOCK):
            self._filter(self._kept[at : at + BLOCK], reference[at : at + BLOCK])

    def _new_filter(self) -> KalmanFilter:
        """Return one that expects an echo as loud as it can be: no louder than all that is heard."""
        loudness = _power(self._kept) / (_power(self._delayed(_LEARN)) + _FAINT)
        return KalmanFilter(BLOCK, PARTS, min(max(_EXPECTED * loudness, _LEAST_EXPECTED), 1.0))

    def _delayed(self, count: int) -> Samples:
        end = len(self._line) - max(0, (self._delay or 0) - _LEAD)
        return self._line[end - count : end]


def _before(line: Samples, since: int) -> Samples:
    """Return a line as it was `since` samples ago."""
    return line[: len(line) - since]


def _push(line: Samples, new: Samples) -> None:
    line[: -len(new)] = line[len(new) :]
    line[-len(new) :] = new


def _floats(pcm: bytes) -> Samples:
    samples: Samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    return samples / np.float32(32768)


def _db(sound: Samples) -> float:
    return 10 * math.log10(_power(sound) + 1e-10)


def _power(sound: Samples) -> float:
    return float(sound @ sound) / len(sound)
