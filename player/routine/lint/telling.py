"""Rules about what somebody with closed eyes must be told: how many, in whole sentences, not too often."""

import re
from collections import Counter
from collections.abc import Iterator

from player.core.plan import Strokes, Timed
from player.core.score import sentences
from player.core.timing import stroke_s
from player.routine.compile.compile_step import Move
from player.routine.lint.own_limits import working
from player.routine.lint.rule import ERROR, HERE, WARNING, Finding, Rule, Subject
from player.routine.lint.words import said
from player.routine.model.script import Family, position

OFTEN = 2  # times in which the same words may be heard
SLOW_S = 1.0  # a slow stroke takes at least this long

_WORD = re.compile(r"[a-z'-]+|\d+")
_HANDS_ON = frozenset({Family.ACUPRESSURE, Family.SCULPTURAL})


def _counts(subject: Subject) -> Iterator[Finding]:
    for move in working(subject):
        wanted = _numbers(move)
        for key, text in (("say", move.step.say), ("say_short", move.step.say_short)):
            heard = _heard(text, subject)
            for number in wanted if text else ():
                if number not in heard:
                    where = said(move) if key == "say" else move.where(key)
                    yield where, f"this counts to {number}, and `{key}` does not say so"


def _numbers(move: Move) -> tuple[int, ...]:
    """Return what is counted in a step: strokes, sets, the seconds of a hold. One is not counted."""
    work = move.step.work
    if isinstance(work, Timed):
        return (work.sets,) if work.sets > 1 else ()
    one_each = work.alternate and work.reps == 2
    numbers = (1 if one_each else work.reps, work.hold.count if work.hold else 1, work.sets)
    return tuple(number for number in numbers if number > 1)


def _heard(text: str, subject: Subject) -> set[int]:
    words = (word for word in _WORD.findall(text.lower()))
    return {int(word) if word.isdigit() else subject.lists.numbers.get(word, 0) for word in words}


def _short_forms(subject: Subject) -> Iterator[Finding]:
    if subject.routine.family in _HANDS_ON and any(working(subject)):
        for move in subject.moves:
            if move.spec.say and not move.step.say_short:
                yield said(move), "nobody who knows the routine can shorten this: give it a `say_short`"


def _fragments(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        for sentence in sentences(move.step.say.lower()):
            words = _WORD.findall(sentence)
            if len(words) < 2 or not any(word in subject.lists.verbs for word in words):
                yield said(move), f"`{sentence}` is no whole sentence: say with a verb what is done"


def _often(subject: Subject) -> Iterator[Finding]:
    heard: Counter[str] = Counter()
    for move in subject.moves:
        for text in told(move):
            heard[text] += 1
            if heard[text] == OFTEN + 1:
                yield said(move), f"`{text}` is heard more than twice: use other words, or say less"


def told(move: Move) -> Iterator[str]:
    """Yield every sentence that is heard in a step, counts aside."""
    yield from sentences(move.step.say)
    work = move.step.work
    if isinstance(work, Timed):
        yield from (notice.text for notice in work.announcements if notice.text)
    elif work.between:
        yield from (work.between,) * (work.sets - 1)


def _slow(subject: Subject) -> Iterator[Finding]:
    for move in working(subject):
        work = move.step.work
        stroke = stroke_s(work) if isinstance(work, Strokes) else 60 / work.bpm if work.bpm else SLOW_S
        if stroke < SLOW_S and (match := subject.lists.slow.search(move.step.say.lower())):
            yield said(move), f"`{match[0]}`, and the beat is faster than one a second: beat: 60"


def _leaning(subject: Subject) -> Iterator[Finding]:
    for spec in subject.specs[1:]:
        match = subject.lists.leaning.match(spec.say.lower())
        if match and not spec.say_alone:
            message = f"`{match[0]}` leans on the step before, which may be left out: give it a `say_alone`"
            yield position(spec.where, "say"), message


RULES = (
    Rule(
        id="leans-on-the-step-before",
        severity=ERROR,
        reason="To fit a time, or because of a fact, the step before may be left out.",
        fails=f'- say: "Circle on the chin."\n- say: {HERE}"Slide out to the jaw."',
        passes='- say: "Chin."\n- {say: "Slide out to the jaw.", say_alone: "Circle on the jaw."}',
        check=_leaning,
    ),
    Rule(
        id="count-said",
        severity=WARNING,
        reason="Who does not know how many are coming cannot tell when it ends.",
        fails=f"- {{say: {HERE}Make circles., at: temple, stroke: circle, strokes: 15}}",
        passes="- {say: Make fifteen circles., at: temple, stroke: circle, strokes: 15}",
        check=_counts,
    ),
    Rule(
        id="short-form",
        severity=WARNING,
        reason="Who knows a routine wants to hear less of it.",
        fails=f"- {{say: {HERE}Make circles on your temples., at: temple, stroke: circle}}",
        passes="- {say: Make circles on your temples., say_short: Temples., at: temple, stroke: circle}",
        check=_short_forms,
    ),
    Rule(
        id="whole-sentence",
        severity=WARNING,
        reason="A lone word leaves open what is to be done.",
        fails=f"- {{say: {HERE}Temples., at: temple, stroke: circle}}",
        passes="- {say: Circle on your temples., at: temple, stroke: circle}",
        check=_fragments,
    ),
    Rule(
        id="said-often",
        severity=WARNING,
        reason="What is heard again and again in the same words is no longer heard.",
        fails=f"- {{say: Rest now., id: a}}\n- {{say: Rest now., id: b}}\n- {{say: {HERE}Rest now., id: c}}",
        passes="- {say: Rest now., id: a}\n- {say: Rest now., id: b}\n- {say: And rest., id: c}",
        check=_often,
    ),
    Rule(
        id="slow",
        severity=WARNING,
        reason="What is called slow is at most one a second.",
        fails=f"- {{say: {HERE}Make slow circles., at: temple, stroke: circle}}",
        passes="- {say: Make slow circles., at: temple, stroke: circle, beat: 60}",
        check=_slow,
    ),
)
