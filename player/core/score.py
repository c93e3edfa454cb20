"""A score: one performance of a step as sounds at sample positions, beginning at any place of it.

Positions are samples at 48 kHz from the start of the performance. Beats lie at exact multiples of the beat:
nothing is ever added up, so nothing drifts. What is said never overlaps anything else that is said: a spoken
count that has no room is left to its tick.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from player.core.counting import CountSound, MeasureCount, fitted
from player.core.notation import Beat, Role, Score, ScoreMark, Speech, samples
from player.core.orders import Tone
from player.core.place import Part, Place
from player.core.plan import PATIENCE_S, Advance, CountAloud, Hold, Step, Strokes, Timed, Trait, Work
from player.core.timing import EASED_S, RATE_HZ, SENTENCE_GAP_S, STEP_GAP_S, gap_s

LEAD_IN_S = 2.0  # from a preface back into the beat
SILENCE_S = {Advance.UNLESS_YES: 6.0, Advance.CHOICE: 10.0}  # in which a question can still be answered
AGAIN_S, REMIND_S = 8.0, 45.0  # of silence before it is asked once more; before a reminder, and the next
REST_NOTICE_S = 10.0  # a long rest is noticed this long before its end
LONG_REST_S = 45.0
BELL_S, RING_S = 0.6, 5.0  # from a bell to the word after it, under which it rings on; with nothing after it
LIFE_S = 60.0  # in a long silence one very soft tone a minute tells that the player is there

Measure = Callable[[str], int]  # text to samples


def sentences(text: str) -> tuple[str, ...]:
    """Split a text after each full stop, question or exclamation mark that a space follows."""
    cut = text.replace("? ", "?\0").replace("! ", "!\0").replace(". ", ".\0")
    return tuple(part.strip() for part in cut.split("\0") if part.strip())


@dataclass(slots=True)
class _Writer:
    """Collects a score of one step; `cursor` is where the next thing goes."""

    measure: Measure
    step: Step
    index: int
    manner: "Manner"
    cursor: int = 0
    speech: list[Speech] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    marks: list[ScoreMark] = field(default_factory=list)

    def introduce(self, preface: "Preface") -> None:
        """Say and sound what comes before the step."""
        for item in preface:
            if isinstance(item, Tone):
                self.beats.append(Beat(self.cursor, item.value))
                self.rest(BELL_S)
            else:
                self.say(item, Role.PREFACE)

    def silence(self, seconds: float) -> None:
        """Leave a long silence, with its signs of life, and move on past it."""
        self.live(self.cursor, self.cursor + samples(seconds))
        self.rest(seconds)

    def live(self, begin: int, end: int) -> None:
        """Sound a sign of life each minute between two samples."""
        if self.manner.signs_of_life:
            minutes = range(begin + samples(LIFE_S), end - samples(LIFE_S / 2), samples(LIFE_S))
            self.beats.extend(Beat(at, "life") for at in minutes)

    def say(self, text: str, role: Role) -> None:
        """Say `text` here, and move on past it and a breath."""
        end = self.cursor + self.measure(text)
        self.speech.append(Speech(self.cursor, end, text, role))
        self.cursor = end + samples(SENTENCE_GAP_S)

    def say_at(self, at: int, text: str, role: Role) -> None:
        """Say `text` at sample `at` unless something is still being said there."""
        if not self.speech or self.speech[-1].end <= at:
            self.speech.append(Speech(at, at + self.measure(text), text, role))

    def counted(self, text: str, bpm: float) -> CountSound:
        """Return how a count is said on this beat."""
        measure = self.manner.measure_count or (lambda text, _brisk: (self.measure(text), 0))
        return fitted(text, self.beat(bpm), measure)

    def count(self, at: int, text: str, bpm: float) -> None:
        """Say a count whose voice begins on the beat at sample `at`, unless something is still being said."""
        count = self.counted(text, bpm)
        begin = max(0, at - count.onset)
        if not self.speech or self.speech[-1].end <= begin:
            self.speech.append(Speech(begin, begin + count.length, text, Role.COUNT, count.brisk))

    def mark(self, at: int, part: Part, *, set_: int = 0, stroke: int = 0, elapsed_ms: int = 0) -> None:
        self.marks.append(ScoreMark(at, Place(self.index, part, set_, stroke, elapsed_ms)))

    def rest(self, seconds: float) -> None:
        self.cursor += samples(seconds)

    def beat(self, bpm: float, beats: int = 1) -> float:
        """Return the samples of `beats` beats, not rounded: rounding comes last."""
        return beats * 60 * RATE_HZ / bpm / self.manner.pace

    def finished(self) -> Score:
        spoken = max((speech.end for speech in self.speech), default=0)
        return Score(tuple(self.speech), tuple(self.beats), tuple(self.marks), max(self.cursor, spoken))


@dataclass(frozen=True, slots=True)
class Manner:
    """How a performance is given: `brief` for the practised, `reminder` said while something waits.

    `signs_of_life`: a soft tone a minute in long silences. Without `measure_count` clips begin on beats.
    """

    pace: float = 1.0
    brief: bool = False
    reminder: str = ""
    signs_of_life: bool = True
    measure_count: MeasureCount | None = None


_NOWHERE = Step("", "", "", Timed(0))  # for what is said outside of any step
Preface = tuple[str | Tone, ...]  # sentences, and tones between them


def compose(step: Step, place: Place, preface: Preface, measure: Measure, manner: Manner) -> Score:
    """Return the score of `step` from `place` on, after the sentences and tones of `preface`.

    `measure` gives the samples of each text. While the preface sounds the score has no place yet.
    """
    out = _Writer(measure, step, place.step, manner)
    out.introduce(preface)
    if step.trait in {Trait.MASK, Trait.STEAM} and place.part is Part.TIME:
        out.cursor = 0  # the clock of what acts on the skin does not stand still while we talk
    elif place.part is Part.INSTRUCTION:
        _instruct(out, place.stroke, brief=manner.brief)
    elif preface and place.part is not Part.DONE:
        out.rest(LEAD_IN_S)
    if place.part is not Part.DONE:
        _work(out, place)
    at_end = place.part is Part.DONE
    _finish(out, manner.reminder if at_end else "", at_end=at_end)
    return out.finished()


def announce(preface: Preface, measure: Measure, manner: Manner, listen_s: float = 0.0) -> Score:
    """Return the score of sentences and tones alone, outside of any step, and of the silence after them."""
    out = _Writer(measure, _NOWHERE, 0, manner)
    out.introduce(preface)
    if preface and isinstance(preface[-1], Tone):
        out.rest(RING_S - BELL_S)
    out.silence(listen_s)
    return out.finished()


def _instruct(out: _Writer, first: int, *, brief: bool) -> None:
    texts = sentences((brief and out.step.say_short) or out.step.say)
    for index, text in enumerate(texts[first:], first):
        out.mark(out.cursor, Part.INSTRUCTION, stroke=index)
        out.say(text, Role.INSTRUCTION)
    out.mark(out.cursor, Part.INSTRUCTION, stroke=len(texts))
    out.rest(out.step.settle_s)


def _finish(out: _Writer, reminder: str, *, at_end: bool) -> None:
    """Let the last word end; then the breath before the next step, or the wait for an answer."""
    out.cursor = max([out.cursor, *(speech.end for speech in out.speech)])
    out.mark(out.cursor, Part.DONE)
    advance = out.step.advance
    if advance is Advance.AUTO:
        out.rest(STEP_GAP_S)
    elif at_end and advance in SILENCE_S:
        out.rest(SILENCE_S[advance])
    elif at_end and advance is Advance.ANSWER:
        for text in (out.step.say_again or out.step.say, reminder):  # asked once more; then it waits
            out.rest(AGAIN_S)
            out.say(text, Role.NOTICE)
        out.rest(REMIND_S)
    elif at_end and advance is Advance.CHOOSE and out.step.ask is not None:
        if out.step.say_again:
            out.rest(AGAIN_S)
            out.say(out.step.say_again, Role.NOTICE)
        out.silence(out.step.ask.patience_s)
    elif reminder:
        out.rest(REMIND_S)
        out.say(reminder, Role.NOTICE)
        out.silence(PATIENCE_S)


def _work(out: _Writer, place: Place) -> None:
    """Write the sets that are left, the first of them from `place`."""
    work = out.step.work
    for set_ in range(place.set, work.sets):
        begun = place if set_ == place.set else Place(place.step)
        if isinstance(work, Timed):
            _timed(out, work, set_, begun.elapsed_ms)
        else:
            _strokes(out, work, set_, begun)
        if set_ + 1 < work.sets:
            if isinstance(work, Strokes) and work.between:
                out.say_at(out.cursor + samples(EASED_S), work.between, Role.COUNT)
            out.rest(gap_s(work))


def _strokes(out: _Writer, work: Strokes, set_: int, begun: Place) -> None:
    if begun.part is not Part.HOLD:
        _beat_strokes(out, work, set_, begun.stroke if begun.part is Part.STROKES else 0)
    if work.hold:
        _count_hold(out, work.hold, set_, begun.stroke if begun.part is Part.HOLD else 0)


def _beat_strokes(out: _Writer, work: Strokes, set_: int, first: int) -> None:
    if _counted(work, first + 1):
        out.cursor = max(out.cursor, out.counted(str(first + 1), work.bpm).onset)
    origin = out.cursor
    for k in range(first, work.reps):
        at = origin + round((k - first) * out.beat(work.bpm, work.beats))
        out.mark(at, Part.STROKES, set_=set_, stroke=k)
        if not out.step.ears_covered:
            out.beats.extend(
                Beat(origin + round(out.beat(work.bpm, (k - first) * work.beats + b)), _tick(work, k, b))
                for b in _audible(work)
            )
        if _counted(work, k + 1):
            out.count(at, str(k + 1), work.bpm)
    out.cursor = origin + round((work.reps - first) * out.beat(work.bpm, work.beats))


def _audible(work: Strokes) -> range:
    """Return the beats of a stroke that sound: of a breath only the first."""
    return range(1 if work.breath else work.beats)


def _tick(work: Strokes, stroke: int, beat: int) -> str:
    if work.breath:
        return "breath_in"
    if beat:
        return "tick_soft"
    return ("tick_left", "tick_right")[stroke % 2] if work.alternate else "tick"


def _counted(work: Strokes, number: int) -> bool:
    if work.count_aloud is CountAloud.NONE:
        return False
    return work.count_aloud is CountAloud.EACH or number % 5 == 0


def _count_hold(out: _Writer, hold: Hold, set_: int, first: int) -> None:
    out.cursor = max(out.cursor, out.counted(_count_of(hold, first), hold.bpm).onset)
    origin = out.cursor
    for k in range(first, hold.count):
        at = origin + round((k - first) * out.beat(hold.bpm))
        out.mark(at, Part.HOLD, set_=set_, stroke=k)
        out.count(at, _count_of(hold, k), hold.bpm)
    out.cursor = origin + round((hold.count - first) * out.beat(hold.bpm))
    if hold.end:
        out.say_at(out.cursor, hold.end, Role.COUNT)


def _count_of(hold: Hold, index: int) -> str:
    return str(index + 1) if index else hold.begin or "1"


def _timed(out: _Writer, work: Timed, set_: int, elapsed_ms: int) -> None:
    """Write timed work: seconds are doses and do not change with the pace; the beat does."""
    start = out.cursor
    elapsed_ms = min(elapsed_ms, round(work.secs * 1000))
    origin = start - samples(elapsed_ms / 1000)  # where the set began, were it played whole
    end = origin + samples(work.secs)
    out.mark(start, Part.TIME, set_=set_, elapsed_ms=elapsed_ms)
    for second in range(elapsed_ms // 1000 + 1, math.ceil(work.secs)):
        out.mark(origin + samples(second), Part.TIME, set_=set_, elapsed_ms=second * 1000)
    if work.hum:
        out.beats.append(Beat(start, "hum", end - start))
    elif work.bpm and not out.step.ears_covered:
        period = out.beat(work.bpm, work.beats)
        first = math.ceil((start - origin) / period)
        ticks = range(first, math.ceil((end - origin) / period))
        out.beats.extend(Beat(origin + round(k * period), "tick") for k in ticks)
    _notices(out, work, start, end)
    out.cursor = end


def is_long_rest(work: Work) -> bool:
    """Return whether a bell opens this work and sounds again before its end."""
    return (
        isinstance(work, Timed) and work.bpm is None and not work.announcements and work.secs >= LONG_REST_S
    )


def _notices(out: _Writer, work: Timed, start: int, end: int) -> None:
    if work.bpm is None and not work.hum:
        out.live(start, end)
    if is_long_rest(work):
        out.beats.extend(Beat(at, "bell") for at in (start, end - samples(REST_NOTICE_S)) if at >= start)
    for notice in sorted(work.announcements, key=lambda n: -n.left_s):
        at = end - samples(notice.left_s)
        if at > start and notice.text:
            out.say_at(at, notice.text, Role.NOTICE)
        elif at > start:
            out.beats.append(Beat(at, "chime"))
