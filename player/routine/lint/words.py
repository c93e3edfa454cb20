"""Rules about words: what is spoken, and how it sounds."""

import re
from collections.abc import Iterable, Iterator

from player.core.plan import Eyes, Side, Timed
from player.core.score import sentences
from player.core.spoken_form import spoken_form, unspoken
from player.core.timing import speech_s
from player.files import speech
from player.routine.compile.compile_step import Move
from player.routine.compile.phrasing import side
from player.routine.lint.rule import ERROR, HERE, WARNING, Finding, Position, Rule, Subject, Text
from player.routine.lint.wordlists import WORD
from player.routine.model.script import Family, StepSpec, position
from player.routine.schema.schema_types import PLACEHOLDER
from player.routine.schema.step_keys import PLACE_WORDS

PLACES_AND_SIDES = frozenset({*PLACE_WORDS, "side"})
MAX_SAY_WORDS = 45
MAX_SENTENCE_WORDS = 28
MAX_NOTICE_S = 5.0

# A code, a name with an underscore or dot, a unit on a number, a sign that a voice reads oddly, capitals.
_UNSPEAKABLE = re.compile(
    r"\b[A-Z]{1,3}-?[A-Z]{0,2}\d+[a-z]?\b|\b\w+_\w+\b|\b[zN]\.\w+|\b\d+(?:cm|mm|ml|s|min|sec|secs|x)\b"
    r"|[&/%#*=+@^~|]|\b[A-Z]{2,}\b|https?:"
)


def texts_of(specs: Iterable[StepSpec]) -> tuple[Text, ...]:
    """Return every text of these steps; all of them are spoken."""
    found: list[Text] = []
    for spec in specs:
        for key in ("say", "say_short", "say_alone", "find", "label", "say_on_announce", "say_between"):
            text = getattr(spec, key)
            if text:
                found.append(Text(position(spec.where, key), key, text, spoken=True))
        found.extend(
            Text(position(spec.where, "say_by_product"), "say_by_product", text, spoken=True)
            for text in spec.say_by_product.values()
        )
    return tuple(found)


def _commands(subject: Subject) -> Iterator[Finding]:
    for text in _spoken(subject):
        for match in subject.lists.commands.finditer(text.text.lower()):
            yield (
                text.where,
                f"`{match[0]}` is a command: the player may hear itself; say it with other words",
            )


def _spoken(subject: Subject) -> Iterator[Text]:
    return (text for text in subject.texts if text.spoken)


def _near(subject: Subject) -> Iterator[Finding]:
    near = subject.lists.near
    for text in _spoken(subject):
        for word in near.keys() & set(WORD.findall(text.text.lower())):
            yield text.where, f"`{word}` sounds like the command `{near[word]}`: use another word"


def _claims(subject: Subject) -> Iterator[Finding]:
    card = subject.routine.family is Family.INFO
    for text in subject.texts:
        if card and text.key in {"say", "title"}:  # a card quotes cautions
            continue
        for sentence in sentences(text.text.lower()):
            match = subject.lists.claims.search(sentence)
            if match and not subject.lists.claim_negations.search(sentence, 0, match.start()):
                yield (
                    text.where,
                    f"`{match[0]}` is a claim that nobody can keep: say what is done, not what it does",
                )


def _say_length(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        words = len(move.step.say.split())
        if words > MAX_SAY_WORDS:
            yield said(move), f"{words} words are too many to keep in mind; at most {MAX_SAY_WORDS}"


def said(move: Move) -> Position:
    """Return where the script has the instruction of a step."""
    return move.where("say" if move.spec.say else "say_by_product")


def _sentence_length(subject: Subject) -> Iterator[Finding]:
    for text in _spoken(subject):
        for sentence in sentences(text.text):
            if (words := sentence.count(" ") + 1) > MAX_SENTENCE_WORDS:
                yield (
                    text.where,
                    f"a sentence of {words} words: make two of it (at most {MAX_SENTENCE_WORDS})",
                )


def _notice_length(subject: Subject) -> Iterator[Finding]:
    for text in subject.texts:
        if text.key == "say_on_announce" and speech_s(text.text) > MAX_NOTICE_S:
            yield (
                text.where,
                f"a notice of about {speech_s(text.text):.0f} s breaks the quiet: at most {MAX_NOTICE_S:g} s",
            )


def _unheard_notice(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        work = move.step.work
        for notice in move.spec.announce or ():
            if not isinstance(work, Timed):
                yield move.where("announce"), "only timed work announces: say `seconds`, or leave this out"
            elif notice.left_s >= work.secs:
                message = f"with {notice.left_s:g} seconds left never comes: the step lasts {work.secs:g}"
                yield move.where("announce"), message


def _side_said(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        if move.step.side not in {Side.LEFT, Side.RIGHT}:
            continue
        which = re.compile(rf"\b{side(move.step.side, subject.language.routine)}\b", re.IGNORECASE)
        for key, text in (("say", move.step.say), ("say_short", move.step.say_short)):
            if text and not which.search(text):
                where = said(move) if key == "say" else move.where(key)
                yield where, "nobody hears which side this is: say left or right, or `{side}` in a loop"


def _unspeakable(subject: Subject) -> Iterator[Finding]:
    for text in _spoken(subject):
        if match := _UNSPEAKABLE.search(PLACEHOLDER.sub("", text.text)):
            yield text.where, f"a voice cannot read `{match[0]}` well: write it in words"


def _unspoken(subject: Subject) -> Iterator[Finding]:
    forms = speech.load(subject.language.code).forms
    for text in _spoken(subject):
        if left := "".join(unspoken(text.text, forms)):
            yield text.where, f"no voice speaks `{left}`: write it in words"
        elif text.text and not spoken_form(PLACEHOLDER.sub("x", text.text), forms):
            yield text.where, "there is nothing to speak in it"


def _danger(subject: Subject) -> Iterator[Finding]:
    lists = subject.lists
    for text in _spoken(subject):
        lower = text.text.lower()
        if not lists.never_pressed.search(lower):
            continue
        for sentence in sentences(lower):
            place = lists.never_pressed.search(sentence)
            verb = lists.pressing.search(sentence)
            if place and verb and not lists.forbidding.search(sentence):
                yield (
                    text.where,
                    f"`{verb[0]}` and `{place[0]}` in one sentence: there is never pressure there",
                )


def _sight(subject: Subject) -> Iterator[Finding]:
    for move in subject.moves:
        if move.step.eyes is not Eyes.CLOSED:
            continue
        if move.stroke.tool:
            yield move.where("eyes"), "a tool is used with open eyes: eyes: open"
        if match := subject.lists.sight.search(move.step.say.lower()):
            yield (
                said(move),
                f"`{match[0]}` needs sight, and the eyes are closed here: eyes: open, or other words",
            )


def _twist(subject: Subject) -> Iterator[Finding]:
    if not subject.routine.rules.no_twist:
        return
    for text in _spoken(subject):
        for sentence in sentences(text.text.lower()):
            if (match := subject.lists.twisting.search(sentence)) and not subject.lists.forbidding.search(
                sentence
            ):
                yield text.where, f"`{match[0]}`: this routine does not twist the skin"


RULES = (
    Rule(
        id="command-word",
        severity=ERROR,
        reason="The player may hear itself say a command.",
        fails=f'- say: {HERE}"Stop when it is warm."',
        passes='- say: "Rest when it is warm."',
        check=_commands,
    ),
    Rule(
        id="near-command",
        severity=WARNING,
        reason="A word that sounds like a command may be taken for it.",
        fails=f'- say: {HERE}"Lay your hands like paws on the chest."',
        passes='- say: "Lay your hands on the chest."',
        check=_near,
    ),
    Rule(
        id="claim",
        severity=ERROR,
        reason="A routine may promise nothing that it cannot keep.",
        fails=f'- say: {HERE}"This smooths your wrinkles."',
        passes='- say: "Slow, light circles."',
        check=_claims,
    ),
    Rule(
        id="say-length",
        severity=ERROR,
        reason="What is told with closed eyes must be kept in mind.",
        fails=f'- say: {HERE}"{"Now rest a little longer. " * 10}"',
        passes='- say: "Now rest a little longer."',
        check=_say_length,
    ),
    Rule(
        id="sentence-length",
        severity=WARNING,
        reason="Short sentences are understood at first hearing.",
        fails=f'- say: {HERE}"{"Rest and " * 14}rest."',
        passes='- say: "Rest and rest."',
        check=_sentence_length,
    ),
    Rule(
        id="notice-length",
        severity=WARNING,
        reason="A notice must not take up the time that it speaks of.",
        fails="- {say: Go., seconds: 60, announce: 9, "
        f'say_on_announce: {HERE}"{"There is time to rest. " * 3}"}}',
        passes='- {say: Rest., seconds: 60, announce: 30, say_on_announce: "{time} left."}',
        check=_notice_length,
    ),
    Rule(
        id="unheard-notice",
        severity=WARNING,
        reason="A notice that never comes is missed.",
        fails=f"- {{say: Circle., at: temple, stroke: circle, announce: {HERE}halfway}}",
        passes="- {say: Circle., at: temple, stroke: circle, seconds: 60, announce: halfway}",
        check=_unheard_notice,
    ),
    Rule(
        id="side-said",
        severity=ERROR,
        reason="With closed eyes a side is known only when it is said.",
        fails=f"- {{group: g, for_each: {{side: [left, right]}}, "
        f"steps: [{{say: {HERE}Tap., at: ML1, stroke: tap}}]}}",
        passes="- {group: g, for_each: {side: [left, right]}, "
        'steps: [{say: "{side}.", at: ML1, stroke: tap}]}',
        check=_side_said,
    ),
    Rule(
        id="unspeakable",
        severity=ERROR,
        reason="Codes, signs and capitals are read aloud badly.",
        fails=f'- say: {HERE}"Circle on ST6."',
        passes='- say: "Circle on the jaw muscle."',
        check=_unspeakable,
    ),
    Rule(
        id="unspoken",
        severity=WARNING,
        reason="Pictures, unknown signs and other alphabets are left out of what is spoken.",
        fails=f'- say: {HERE}"Rest now \N{ROCKET}."',
        passes='- say: "Rest now, 10-15 seconds."',
        check=_unspoken,
    ),
    Rule(
        id="never-pressed",
        severity=ERROR,
        reason="There is never pressure on the eyes, the throat or the carotid.",
        fails=f'- say: {HERE}"Press the eyelids gently."',
        passes='- say: "Never press the eyelids."',
        check=_danger,
    ),
    Rule(
        id="sight",
        severity=ERROR,
        reason="With closed eyes nobody can look, read or pour.",
        fails=f'- {{say: {HERE}"Watch it in the mirror.", eyes: closed}}',
        passes='- {say: "Watch it in the mirror.", eyes: open}',
        check=_sight,
    ),
    Rule(
        id="no-twist",
        severity=ERROR,
        reason="Where nothing is twisted, nobody is told to.",
        fails=f'rules: {{no_twist: yes}}\nsteps:\n- say: {HERE}"Twist a small fold."',
        passes='rules: {no_twist: yes}\nsteps:\n- say: "Pick up a small fold, never twisted."',
        check=_twist,
    ),
)
