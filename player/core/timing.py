"""How long things take, by rule of thumb, before any clip exists.

140 words a minute and 3 s to place the hands: the domain's authoring rules. The score uses the true
lengths of the clips; these estimates serve "how long", rehearsal without a voice, and the check of a
routine's target.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from player.core.condition import holds
from player.core.place import Part, Place
from player.core.plan import ASKING, Plan, Step, Strokes, Timed, Work

RATE_HZ = 48_000  # of all sound inside the player
WORDS_PER_S = 140 / 60
SENTENCE_GAP_S = 0.35
ANSWER_S = 3.0  # a word of an answer, until it is heard, and its echo: so it was in led interviews
STEP_GAP_S = 1.0
SET_GAP_S = 1.0
EASED_S = 0.8  # the hold has been eased off by then
NOTHING_SAID: Mapping[str, bool] = MappingProxyType({})
RETURN_GAP_S = 3.0  # between sets, where the hands let go and go back to the beginning


def speech_s(text: str) -> float:
    """Return the expected seconds of speaking `text`."""
    return len(text.split()) / WORDS_PER_S


def stroke_s(work: Strokes, pace: float = 1.0) -> float:
    """Return the seconds of one stroke."""
    return work.beats * 60 / work.bpm / pace


def set_s(work: Strokes, pace: float = 1.0) -> float:
    """Return the seconds of one set with its hold."""
    hold = work.hold.count * 60 / work.hold.bpm / pace if work.hold else 0.0
    return work.reps * stroke_s(work, pace) + hold


def gap_s(work: Work) -> float:
    """Return the seconds between two sets."""
    returns = isinstance(work, Strokes) and (work.between or (work.hold and work.hold.end))
    return RETURN_GAP_S if returns else SET_GAP_S


def work_s(step: Step, pace: float = 1.0) -> float:
    """Return the seconds of the step's work. Doses in seconds do not change with the pace."""
    work = step.work
    one = work.secs if isinstance(work, Timed) else set_s(work, pace)
    return work.sets * one + (work.sets - 1) * gap_s(work)


def step_s(step: Step, pace: float = 1.0) -> float:
    """Return the expected seconds of the whole step; a question is answered at once."""
    answer_s = ANSWER_S if step.advance in ASKING else 0.0
    return speech_s(step.say) + step.settle_s + work_s(step, pace) + STEP_GAP_S + answer_s


def usual_s(steps: Iterable[Step], pace: float = 1.0, answers: Mapping[str, bool] = NOTHING_SAID) -> float:
    """Return the expected seconds of these steps, where every answer that is not known is no."""
    return sum(step_s(step, pace) for step in steps if holds(step.when, answers))


def _worked_s(step: Step, place: Place, pace: float) -> float:
    work = step.work
    if place.part is Part.DONE:
        return work_s(step, pace)
    if isinstance(work, Timed):
        return place.set * (work.secs + gap_s(work)) + place.elapsed_ms / 1000
    done = place.set * (set_s(work, pace) + gap_s(work))
    if place.part is Part.HOLD and work.hold:
        return done + work.reps * stroke_s(work, pace) + place.stroke * 60 / work.hold.bpm / pace
    return done + place.stroke * stroke_s(work, pace)


def left_s(plan: Plan, place: Place, pace: float = 1.0, answers: Mapping[str, bool] = NOTHING_SAID) -> float:
    """Return the expected seconds from `place` to the end, where every answer that is not known is no."""
    step = plan.steps[place.step]
    here = step_s(step, pace)
    if place.part is not Part.INSTRUCTION:
        here = work_s(step, pace) - _worked_s(step, place, pace) + STEP_GAP_S
    return here + usual_s(plan.steps[place.step + 1 :], pace, answers)
