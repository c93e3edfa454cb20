"""A plan: the flat, ordered steps of one session, ready to be led.

A routine script may loop, nest and substitute; its plan does not. Everything here is frozen data that
was checked when the script was loaded, so the engine and the score never ask whether a value makes sense.
Texts are final: what is spoken stands here word for word, in the routine's language.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Side(StrEnum):
    """Whose side: always the listener's own left and right."""

    NONE = "none"
    MID = "mid"
    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"
    ALTERNATE = "alternate"


class Advance(StrEnum):
    """What moves a step on when its work is done."""

    AUTO = "auto"
    WAIT = "wait"  # until "next"
    YES = "yes"  # until "yes"; "no" ends the session kindly
    UNLESS_NO = "unless_no"  # until "yes" or a short silence; "no" ends the session kindly
    ANSWER = "answer"  # until "yes" or "no"; both go on, the answer is kept


ASKING = frozenset({Advance.YES, Advance.UNLESS_NO, Advance.ANSWER})


class Eyes(StrEnum):
    """What the step needs of the eyes."""

    CLOSED = "closed"
    OPEN = "open"
    EITHER = "either"


class Trait(StrEnum):
    """Special steps in which pause, repeat and next mean something else (see docs/routine-format.md)."""

    NORMAL = "normal"
    DEEP = "deep"  # a hold or deep point: pause eases off, resume restarts the hold
    STEAM = "steam"  # pause lifts the face away; there is no second steam
    MASK = "mask"  # on the skin: its clock runs on through a pause
    ONCE = "once"  # a movement that comes once: repeat only says the sentence again
    SHORT = "short"  # vibration, pinch: at most one extra run
    QUIET = "quiet"  # a rest in silence, from 20 s on: repeat answers with a chime only


class CountAloud(StrEnum):
    """Which repetitions are spoken; the others tick."""

    NONE = "none"
    EACH = "each"
    EVERY_5 = "every_5"


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold at the end of a set, counted aloud from 1 to `count`.

    `begin` is said instead of "1", so that it is not taken for more strokes; `end` is said after it.
    """

    count: int
    bpm: float = 60.0
    begin: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Counted work: `sets` times (`reps` strokes of `beats` beats each, then the hold).

    `reps` may be 0: then the step is its holds. Either `reps` or `hold` is there.
    """

    reps: int
    bpm: float = 60.0
    beats: int = 1
    sets: int = 1
    hold: Hold | None = None
    count_aloud: CountAloud = CountAloud.EVERY_5
    alternate: bool = False  # two tick pitches, left and right in turn
    breath: bool = False  # a chime at each in-breath instead of a tick
    between: str = ""  # said between sets: "Again, from the chin."


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice when `left_s` seconds are left: a sentence, or a chime when `text` is empty."""

    left_s: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Timed:
    """Timed work: `sets` times `secs` seconds, ticking when `bpm` is not None."""

    secs: float
    bpm: float | None = None
    beats: int = 1
    sets: int = 1
    announcements: tuple[Announcement, ...] = ()
    hum: bool = False  # a soft steady tone while active (vibration)


Work = Strokes | Timed


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan."""

    id: str  # unique in the plan, stable between versions: "stage-1.ML4.stroke-line"
    label: str  # where the listener is, speakable after "You are at": "left temple"
    say: str  # the instruction, in full
    work: Work
    say_short: str = ""  # for the practised; empty: there is none
    find: str = ""  # how to find the place by touch, in full
    place_ids: tuple[str, ...] = ()  # points, lines, zones, nodes: for the face map
    side: Side = Side.NONE
    advance: Advance = Advance.AUTO
    eyes: Eyes = Eyes.EITHER
    trait: Trait = Trait.NORMAL
    mouth_busy: bool = False
    ears_covered: bool = False
    settle_s: float = 3.0  # time to place the hands
    limit_s: float | None = None  # never longer than this in all, pauses included (steam)
    line: int = 0  # where the script says it


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of one session, in order."""

    id: str
    title: str
    language: str
    steps: tuple[Step, ...]
    digest: str = ""  # of what was loaded: tells a changed script from the same one
    left_out: tuple[str, ...] = field(default=())  # ids of steps left out to fit the time
    left_out_labels: tuple[str, ...] = field(default=())  # and where they would have been, to be said once

    @property
    def hands_on(self) -> bool:
        """Whether hands, or steam, come to the face in it."""
        return any(step.place_ids for step in self.steps)


UNASKED_S = 8.0  # for a step that waits, when nobody can be heard


def hands_off(plan: Plan) -> Plan:
    """Return the plan for a session in which nobody can answer: what would wait goes on by itself."""
    return replace(plan, steps=tuple(_by_itself(step) for step in plan.steps))


def _by_itself(step: Step) -> Step:
    if step.advance is Advance.AUTO:
        return step
    return replace(step, advance=Advance.AUTO, settle_s=max(step.settle_s, UNASKED_S))
