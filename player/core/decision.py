"""What counts as a command: pure, the same for every recogniser.

Isolation has been judged before (`player/ears/segmenter.py`): what arrives here was said alone. Two things
are weighed: how sure the recogniser is, and what it costs to be wrong. A missed "stop" costs trust, so it is
the easiest to say; a wrong "undo" costs the listener's place, so it must be surer.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from player.core.commands import Command

_LEAD = 2.0  # half as much lead over other words is as good as over free speech
_LEAD_WEIGHT = 2 / 3  # and tells a phrase from a word that sounds like it twice as well
_SUREST = 100.0

# A recogniser is seldom wrong about a lone word in quiet, or one that stands far out of the noise before it;
# it invents in noise. The limits fall by `_BONUS` at most as a word comes to the upper of these levels over
# the floor, or over the loudest of what was before it. In noise one that is no louder than that is hardly a
# word.
_BONUS = 5.0
_OVER_FLOOR_DB, _OVER_BEFORE_DB = (15.0, 30.0), (3.0, 10.0)
_HIDDEN_MALUS = 10.0
_LETTER_S = 0.05  # nobody says a phrase faster; in noise its soft beginning and end may not be heard
_BEYOND_DOUBT = 15.0  # over its limit: a recogniser that is so sure is believed in spite of that

# Of a phrase that must not be lost and is one of a few words: sure enough to ask, and to obey a second time.
_AMONG_WORDS = -20.0
MOST_AROUND = 4  # words in all

REPEAT_S = 4.0  # the same doubtful command again within this time is meant


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a recogniser makes of one stretch of sound.

    `text` is one phrase of those expected, or "" for anything else. `score` is the log-likelihood ratio of
    the phrase against free speech, in ten-thousandths per 10 ms spoken, `margin` the same against the best
    other word; higher is surer. None: this recogniser has no such figure, and its text alone decides.
    """

    text: str
    score: float | None = None
    margin: float | None = None
    disputed: bool = False  # of two recognisers one surely hears another word


@dataclass(frozen=True, slots=True)
class Context:
    """What is known besides the sound. An empty `listen` means deaf."""

    listen: frozenset[Command]
    voice_audible: bool = False  # the player's own voice was in the room while this was heard
    doubted: Command | None = None  # heard doubtfully in the last `REPEAT_S`
    over_floor_db: float = 0.0  # how loud it was over the noise
    over_before_db: float = 3.0  # and over the loudest of what came just before
    voiced: bool = True  # whether there was a voice in it
    own: bool = False  # it was the player's own voice
    length_s: float = math.inf  # how long it was
    apart: bool = True  # there was quiet before it; else one short word


@dataclass(frozen=True, slots=True)
class Trust:
    """A command's limits: from `sure` on it is obeyed, from `doubtful` on a second time is enough."""

    sure: float
    doubtful: float


_EASIEST = Trust(sure=-12.0, doubtful=-22.0)
_EASY = Trust(sure=-8.0, doubtful=-16.0)
_STRICT = Trust(sure=-4.0, doubtful=-12.0)
_STRICTEST = Trust(sure=0.0, doubtful=-8.0)

TRUST: Mapping[Command, Trust] = MappingProxyType(
    {
        Command.STOP: _EASIEST,
        Command.PAUSE: _EASY,
        Command.RESUME: _EASY,
        Command.REPEAT: _EASY,
        Command.NEXT: _STRICT,
        Command.PREVIOUS: _STRICT,
        Command.SLOWER: _EASY,
        Command.FASTER: _EASY,
        Command.LOUDER: _EASY,
        Command.QUIETER: _EASY,
        Command.BRIEF: _EASY,
        Command.FULL: _EASY,
        Command.SOUND: _EASY,
        Command.SILENCE: _EASY,
        Command.HELP: _EASY,
        Command.WHERE: _STRICTEST,
        Command.HOW_LONG: _STRICTEST,
        Command.UNDO: _STRICTEST,
        Command.YES: _EASY,
        Command.NO: _EASY,
        Command.NAME: Trust(sure=-11.0, doubtful=-21.0),  # one of few; a wrong one leads to a question
    }
)

# So much over its limit in `TRUST`, which is that of the answer that closes the way, must an answer be that
# opens the way to work on the body; and "undo" while it is waited for: a "no" is taken for it.
OPENING = _STRICTEST.sure - _EASY.sure

# From which likeness on (`player/ears/aec/self_voice.py`) a sound is the player's own, while its echo is
# known to be cancelled and while it is not.
_OWN, _OWN_BEFORE = -0.15, -0.25

OVER_OWN_VOICE = frozenset({Command.STOP, Command.PAUSE})
_PATIENT = frozenset({Command.WHERE, Command.HOW_LONG, Command.UNDO})  # most false commands are of these
ANSWERS = frozenset({Command.YES, Command.NO})


class Reason(StrEnum):
    """Why something heard is not obeyed."""

    NO_COMMAND = "no_command"
    OWN_VOICE = "own_voice"
    UNSURE = "unsure"
    NOT_NOW = "not_now"  # surely a command, but it means nothing now
    TOO_LATE = "too_late"  # it was said so long ago that it is meant no more


@dataclass(frozen=True, slots=True)
class Accepted:
    """Obey."""

    command: Command


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Probably this command; said again within `REPEAT_S` it will be obeyed."""

    command: Command


@dataclass(frozen=True, slots=True)
class Rejected:
    """Do nothing."""

    reason: Reason


Verdict = Accepted | Doubtful | Rejected


@dataclass(frozen=True, slots=True)
class Onset:
    """Someone or something began to make a sound like speech."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """One isolated stretch of speech and what was decided. Times are seconds of microphone time."""

    text: str
    command: Command | None  # what the text means; obey it only when the verdict is `Accepted`
    score: float | None
    margin: float | None
    start_s: float
    end_s: float
    decided_s: float
    verdict: Verdict
    sureness: float = 0.0  # how far over its command's limit; 0 is just enough
    # By the clock of the machine, where there is one: when the word began, and when it was decided.
    began_at_s: float | None = None
    decided_at_s: float | None = None

    @property
    def began_s(self) -> float:
        """When the word began."""
        return self.start_s if self.began_at_s is None else self.began_at_s


Hearing = Onset | Recognition


def meanings(phrases: Mapping[Command, Sequence[str]]) -> dict[str, Command]:
    """Turn each command's phrases into what each phrase means."""
    return {phrase: command for command, several in phrases.items() for phrase in several}


def hasty(meaning: Mapping[str, Command]) -> frozenset[str]:
    """Return the phrases that may be decided before it is sure that nothing follows.

    Not those that begin another command's phrase, nor those of commands that are costly and error-prone.
    """
    return frozenset(
        phrase
        for phrase, command in meaning.items()
        if command not in _PATIENT
        and not any(
            longer.startswith(f"{phrase} ") and (other is not command or other is Command.NAME)
            for longer, other in meaning.items()
        )
    )


def among(words: Collection[str], heeded: Iterable[str]) -> Hypothesis:
    """Return a doubtful answer where a heeded phrase is one of a few words that were heard, else none."""
    found = (phrase for phrase in heeded if phrase in words and len(words) <= MOST_AROUND)
    return next((Hypothesis(phrase, _AMONG_WORDS) for phrase in found), Hypothesis(""))


def is_own(likeness: float, *, cancelled: bool) -> bool:
    """Return whether a sound so like the echo is the player's own voice."""
    return likeness > (_OWN if cancelled else _OWN_BEFORE)


def decide(hypothesis: Hypothesis, command: Command | None, context: Context) -> Verdict:
    """Weigh a hypothesis; `command` is the meaning of its text."""
    if context.own:
        return Rejected(Reason.OWN_VOICE)
    if command is None or not context.listen or _unasked(command, context):
        return Rejected(Reason.NO_COMMAND)
    if not context.apart and command is not Command.STOP:
        return Rejected(Reason.NO_COMMAND)
    if context.voice_audible and command not in OVER_OWN_VOICE:
        return Rejected(Reason.OWN_VOICE)
    verdict = _weigh(hypothesis, command, context)
    if isinstance(verdict, Rejected) or command is Command.STOP or command in context.listen:
        return verdict
    return Rejected(Reason.NOT_NOW if isinstance(verdict, Accepted) else Reason.UNSURE)


def opens(heard: "Recognition", doubted: Command | None) -> bool:
    """Return whether what is costly while a question of care is open was heard surely enough, or twice."""
    return heard.sureness >= OPENING or (doubted is not None and heard.command is doubted)


def _unasked(command: Command, context: Context) -> bool:
    return command in ANSWERS and command not in context.listen


def _weigh(hypothesis: Hypothesis, command: Command, context: Context) -> Verdict:
    sure = sureness(hypothesis, command, context)
    hurried = command is not Command.STOP and _hurried(hypothesis.text, context)
    believed = hypothesis.score is not None and sure >= _BEYOND_DOUBT
    if (_mere_noise(context) or hurried) and not believed:
        return Rejected(Reason.UNSURE)
    if sure < TRUST[command].doubtful - TRUST[command].sure:
        return Rejected(Reason.UNSURE)
    disputed = hypothesis.disputed and _in_quiet(context) and command is not Command.STOP
    obeyed = (sure >= 0 and not disputed) or context.doubted is command
    return Accepted(command) if obeyed else Doubtful(command)


def _mere_noise(context: Context) -> bool:
    """In quiet a whisper is a word; where there is noise, what has no voice in it is more of the noise."""
    return not context.voiced and not _in_quiet(context)


def _in_quiet(context: Context) -> bool:
    return context.over_floor_db >= _OVER_FLOOR_DB[1]


def _hurried(text: str, context: Context) -> bool:
    """Whether it was shorter than anybody says it: the beginning of a sentence, or a piece of a word."""
    return _in_quiet(context) and context.length_s < _LETTER_S * sum(map(str.isalpha, text))


def sureness(hypothesis: Hypothesis, command: Command, context: Context) -> float:
    """Return how far a command is over its limit where it was said; from 0 on it is obeyed."""
    return strength(hypothesis) - TRUST[command].sure + _ease(command, context)


def strength(hypothesis: Hypothesis) -> float:
    """Return how sure the recogniser is, all its figures together; the surest when it has none."""
    score = _SUREST if hypothesis.score is None else hypothesis.score
    if hypothesis.margin is None:
        return score
    return (1 - _LEAD_WEIGHT) * score + _LEAD_WEIGHT * _LEAD * hypothesis.margin


def _ease(command: Command, context: Context) -> float:
    if not context.voiced:
        return 0.0
    quiet = _between(context.over_floor_db, _OVER_FLOOR_DB)
    clear = max(quiet, _between(context.over_before_db, _OVER_BEFORE_DB))
    hidden = not stands_out(context.over_floor_db, context.over_before_db)
    heeded = command is Command.STOP or context.doubted is command
    return _BONUS * clear - _HIDDEN_MALUS * (hidden and not heeded)


def stands_out(over_floor_db: float, over_before_db: float) -> bool:
    """Whether it was said in quiet, or louder than what came just before; in noise little else is a word."""
    return over_before_db >= _OVER_BEFORE_DB[0] or over_floor_db >= _OVER_FLOOR_DB[1]


def _between(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return min(max((value - low) / (high - low), 0.0), 1.0)
