"""The evening: a sequence of plans. Which of them comes next follows from how the last one ended.

In: what is on the shelf, what was done last time, and the outcome of each plan; out: the evening after it.
Pure: what day it is and what the facts forbid stand in the values. The plans are made in `core.menus`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from player.core.condition import Fact
from player.core.states import Ending

OFFER, NEXT, HOW, WHERE = "offer", "next", "how", "sore-where"  # facts: chosen, what comes next, how it was
SORE, PLACES = "sore", ("jaw", "cheeks", "forehead", "eyes", "neck")  # an answer to HOW; where that can be
QUIET, GOOD_NIGHT, ANOTHER, RESUME = "quiet", "good-night", "another", "resume"
INTRODUCTION, SHORT, ALL = "introduction", "short", "all"
GROUP, MINUTES = "group:", "minutes:"  # before what is meant
AS_LAST, YES = "as-last", "yes"
VOICE, KEEP = "voice", "keep"  # another voice, and that it is kept
SHORT_MIN = 10.0  # something short is no longer
MOST_OFFERS = 5  # of a whole shelf; of a group all are offered


class Chapter(StrEnum):
    """What is being led."""

    GREETING = "greeting"
    INTRODUCTION = "introduction"
    INTERVIEW = "interview"
    OFFER = "offer"
    QUESTIONS = "questions"
    ROUTINE = "routine"
    STOPPED = "stopped"
    AFTERWARDS = "afterwards"
    VOICE = "voice"
    QUIET = "quiet"
    GOOD_NIGHT = "good_night"
    OVER = "over"


class AnsweredBy(StrEnum):
    """What an answer can come by: the voice, with or without keys beside it; keys alone; nothing."""

    VOICE = "voice"
    KEYS = "keys"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Offer:
    """A routine on the shelf, as it can be offered.

    `groups`: its family and what it is for. `products`: what may be on the hands, the usual one first.
    """

    id: str
    title: str
    minutes: float
    names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    quiet: bool = False  # how long its quiet time lasts can be chosen
    restful: bool = False
    usual: bool = False  # meant for everybody, any day
    allowed: bool = True  # no fact forbids it


@dataclass(frozen=True, slots=True)
class LastTime:
    """What was led last: its id, how many days ago (and that weekday, spoken), what was chosen, its title."""

    routine: str = ""
    days_ago: int = 0
    weekday: str = ""
    wishes: Mapping[str, str] = field(default_factory=dict)  # product, minutes, quiet
    title: str = ""


@dataclass(frozen=True, slots=True)
class ChapterOutcome:
    """How a plan ended, and what was answered in it."""

    ending: Ending
    answers: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evening:
    """One moment of an evening: what is led now, and what that is made of."""

    chapter: Chapter
    shelf: tuple[Offer, ...] = ()  # in the order in which it is suggested
    last: LastTime = LastTime()
    interview: bool = False  # it is due
    interrupted: bool = False  # a session of before can go on
    among: str = ""  # of which the offers are: a group, some minutes, "short"; "": of everything
    chosen: str = ""  # a routine
    wishes: Mapping[str, str] = field(default_factory=dict)
    resumes: bool = False  # the routine is taken up where it was left
    led: bool = False  # a routine came to its end, so it can be asked how it was
    trying: bool = False  # "stop" was said where it is tried

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What is offered one after the other; never what a fact forbids."""
        allowed = tuple(offer for offer in self.shelf if offer.allowed)
        if not self.among:
            return allowed[:MOST_OFFERS]
        return tuple(offer for offer in allowed if _is_among(offer, self.among)) or allowed[:MOST_OFFERS]

    def offer(self, name: str) -> Offer | None:
        """Return what is on the shelf under this id and may be led."""
        return next((offer for offer in self.shelf if offer.id == name and offer.allowed), None)


def begun(evening: Evening, *, first: bool) -> Evening:
    """Return the evening at its beginning: a greeting; the first time it introduces itself."""
    return replace(evening, chapter=Chapter.INTRODUCTION if first else Chapter.GREETING)


def _offered_first(evening: Evening) -> Chapter:
    due = evening.interview and not evening.interrupted  # what was interrupted has been asked for then
    return Chapter.INTERVIEW if due else Chapter.OFFER


def ordered(shelf: tuple[Offer, ...], last: LastTime, *, late: bool) -> tuple[Offer, ...]:
    """Return the shelf as it is suggested: what was led last, something quick, something restful, the rest.

    `late`: in the evening what is restful comes before what is quick.
    """
    known = [offer for offer in shelf if offer.id == last.routine]
    usual = sorted(shelf, key=lambda offer: (not offer.usual, offer.minutes, offer.id))
    quick = [offer for offer in usual if not offer.restful and offer.minutes <= SHORT_MIN]
    restful = [offer for offer in usual if offer.restful]
    first = (restful[:1], quick[:1]) if late else (quick[:1], restful[:1])
    return tuple(dict.fromkeys((*known, *first[0], *first[1], *usual)))


def _is_among(offer: Offer, what: str) -> bool:
    kind, _, value = what.partition(":")
    if what == SHORT:
        return offer.minutes <= SHORT_MIN
    if f"{kind}:" == MINUTES:
        return offer.minutes <= float(value) + 1.0
    return value in offer.groups


def following(evening: Evening, outcome: ChapterOutcome) -> Evening:
    """Return the evening after a plan of it has ended so."""
    if evening.chapter is Chapter.ROUTINE:
        return _after_routine(evening, outcome)
    if outcome.ending is Ending.STOPPED:
        tried = evening.chapter is Chapter.INTRODUCTION
        return replace(evening, chapter=Chapter.STOPPED if tried else Chapter.OVER, trying=tried)
    if outcome.ending is Ending.UNANSWERED:
        silent = evening.chapter is Chapter.STOPPED  # whoever has ended it wants no farewell
        return replace(evening, chapter=Chapter.OVER if silent else Chapter.GOOD_NIGHT)
    if GOOD_NIGHT in outcome.answers.values():
        return replace(evening, chapter=Chapter.GOOD_NIGHT)
    return _after_menu(evening, outcome.answers)


def _after_menu(evening: Evening, answers: Mapping[str, Fact]) -> Evening:
    match evening.chapter:
        case Chapter.GREETING | Chapter.INTRODUCTION:
            return replace(evening, chapter=_offered_first(evening))
        case Chapter.INTERVIEW:
            return replace(evening, chapter=Chapter.OFFER, interview=False)
        case Chapter.OFFER:
            return chosen(evening, str(answers.get(OFFER, "")))
        case Chapter.QUESTIONS:
            return _asked(evening, answers)
        case Chapter.STOPPED if evening.trying and answers.get(NEXT) == RESUME:
            return replace(evening, chapter=_offered_first(evening), trying=False)
        case Chapter.STOPPED | Chapter.AFTERWARDS | Chapter.VOICE:
            return chosen(replace(evening, trying=False), str(answers.get(NEXT, "")))
    return replace(evening, chapter=Chapter.OVER)


def _after_routine(evening: Evening, outcome: ChapterOutcome) -> Evening:
    evening = replace(evening, resumes=False, interrupted=False)
    if outcome.ending is Ending.UNANSWERED:
        return replace(evening, chapter=Chapter.GOOD_NIGHT)
    if outcome.ending is Ending.STOPPED:
        return replace(evening, chapter=Chapter.STOPPED, led=False)
    return replace(evening, chapter=Chapter.AFTERWARDS, led=outcome.ending is Ending.COMPLETED)


def taken_up(cut: Evening, outcome: ChapterOutcome | None) -> Evening:
    """Return how an evening goes on that was cut off; `outcome`: how its last chapter ended (None: not).

    A session of before (`interrupted`) is offered; one that cannot go on is begun by its questions.
    """
    if outcome is not None:
        return following(cut, outcome)
    chapter = cut.chapter
    if chapter is Chapter.ROUTINE:
        chapter = Chapter.OFFER if cut.interrupted else Chapter.QUESTIONS
    elif chapter is Chapter.INTERVIEW and not cut.interview:
        chapter = Chapter.OFFER
    if chapter is Chapter.QUESTIONS and cut.offer(cut.chosen) is None:
        chapter = Chapter.OFFER
    return replace(cut, chapter=chapter)


def chosen(evening: Evening, what: str) -> Evening:
    """Return the evening after a choice in a menu; nothing chosen: it is offered (once more)."""
    if what == GOOD_NIGHT:
        return replace(evening, chapter=Chapter.GOOD_NIGHT)
    if what == QUIET:
        return replace(evening, chapter=Chapter.QUIET)
    if what in {INTRODUCTION, VOICE}:
        return replace(evening, chapter=Chapter(what))
    if what == RESUME:
        return replace(evening, chapter=Chapter.ROUTINE, resumes=True)
    if evening.offer(what) is not None:
        wishes = evening.last.wishes if evening.last.routine == what else {}
        return replace(evening, chapter=Chapter.QUESTIONS, chosen=what, wishes=wishes)
    among = what if what == SHORT or what.startswith((GROUP, MINUTES)) else ""
    return replace(evening, chapter=Chapter.OFFER, among=among, interrupted=False)


def _asked(evening: Evening, answers: Mapping[str, Fact]) -> Evening:
    """Return the evening after the questions: what was answered, or all as last time."""
    if ANOTHER in answers.values():
        return chosen(evening, ANOTHER)
    given = {name: str(answers[name]) for name in ("product", "minutes", "quiet") if answers.get(name)}
    return replace(evening, chapter=Chapter.ROUTINE, wishes=evening.wishes if answers.get(AS_LAST) else given)
