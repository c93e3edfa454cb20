"""A plan: the flat, ordered steps of one session, ready to be led.

A routine script may loop, nest and substitute; its plan does not. Everything here is frozen data that
was checked when the script was loaded, so the engine and the score never ask whether a value makes sense.
Texts are final: what is spoken stands here word for word, in the routine's language.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from player.core.condition import Condition, Value


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
    ANSWER = "answer"  # until "yes" or "no"; silence never goes on
    UNLESS_YES = "unless_yes"  # until an answer or a short silence, which the question has announced
    CHOICE = "choice"  # until an answer or ten seconds of silence; then the answer is not known
    CHOOSE = "choose"  # until one of several answers, or "next"; a long silence ends the session


PATIENCE_S = 600.0  # of silence, after which nobody is there any more
ASKING = frozenset({Advance.ANSWER, Advance.UNLESS_YES, Advance.CHOICE})


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step asks: `fact` is what the session's answers are kept under.

    `opens` is the answer that leads on: "no" (False) to a question of care, "yes" (True) to "Has your doctor
    agreed?". It counts only once the topic has been named, needs surer hearing, is echoed. None: a choice.
    `choices`: what can be said, a name or the id of a command, and the answer that it stands for.
    """

    fact: str
    opens: bool | None = None
    echo: str = ""  # said after the answer that opens the way, or after any of the choices
    choices: tuple[tuple[str, str], ...] = ()
    patience_s: float = PATIENCE_S  # of silence in which one of them may still come
    ends: tuple[str, ...] = ()  # answers after which nothing more of the plan comes
    passes: bool = False  # after it the next step begins; else the session ends, as nobody is there


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
    say_again: str = ""  # when it is asked once more; empty: the instruction
    find: str = ""  # how to find the place by touch, in full
    place_ids: tuple[str, ...] = ()  # points, lines, zones, nodes: for the face map
    side: Side = Side.NONE
    advance: Advance = Advance.AUTO
    eyes: Eyes = Eyes.EITHER
    trait: Trait = Trait.NORMAL
    mouth_busy: bool = False
    ears_covered: bool = False
    settle_s: float = 3.0  # time to place the hands
    line: int = 0  # where the script says it
    ask: Ask | None = None
    when: Condition | None = None  # what could not be decided when the plan was made; None: it comes
    ends: bool = False  # the session ends with it: it may not go on
    care: bool = False  # a matter of health: never passed by, kept out of log, journal and cache
    massage: bool = False  # hands at the face, in a routine of the course


@dataclass(frozen=True, slots=True)
class Parting:
    """A sentence at the end of a session that was done; `when`: of the answers that were given in it."""

    text: str
    when: Condition | None = None


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
    today: tuple[str, ...] = ()  # what is left out because of a fact, as sentences, to be said once
    heard: bool = True  # whether anybody can answer
    known_well: bool = False  # so that the short form is offered
    course: tuple[str, ...] = ()  # where a course stands, said at the beginning
    partings: tuple[Parting, ...] = ()  # and at the end
    framed: bool = True  # it is announced when it begins, and taken leave of at its end
    waits: bool = True  # without end where only a word leads on; else a long silence ends it

    @property
    def has_short_form(self) -> bool:
        """Whether any of its instructions can be said shortly."""
        return any(step.say_short for step in self.steps)

    def number(self, index: int) -> int:
        """Return which step `index` is of those that are counted, from 1: what is asked of health is not.

        So a step has the same number whatever had to be asked before it; a question has that of the next one.
        """
        return 1 + sum(not step.care for step in self.steps[:index])

    @property
    def counted(self) -> int:
        """How many steps are counted."""
        return sum(not step.care for step in self.steps)

    @property
    def hands_on(self) -> bool:
        """Whether hands, or steam, come to the face in it."""
        return any(step.place_ids for step in self.steps)


_NEVER = Value(fixed=False)
UNASKED_S = 8.0  # for a step that waits, when nobody can be heard


def hands_off(plan: Plan, wait_s: float = UNASKED_S) -> Plan:
    """Return the plan for a session in which nobody can answer: what would wait goes on by itself.

    A question of care becomes a notice, no choice comes, and what needs an answer is left out. What would
    wait for "next" takes `wait_s`. Every step keeps its index.
    """
    return replace(plan, heard=False, steps=tuple(_by_itself(step, wait_s) for step in plan.steps))


def _by_itself(step: Step, wait_s: float) -> Step:
    if step.advance is Advance.AUTO:
        return step
    if step.advance is Advance.CHOICE:
        return replace(step, advance=Advance.AUTO, ask=None, when=_NEVER)
    least_s = wait_s if step.advance is Advance.WAIT else UNASKED_S
    return replace(step, advance=Advance.AUTO, ask=None, settle_s=max(step.settle_s, least_s))


def asks_care(plan: Plan) -> bool:
    """Whether somebody must be heard before this plan may be led."""
    return any(step.ask is not None and step.ask.opens is not None for step in plan.steps)
