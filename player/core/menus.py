"""The menus of an evening as plans: the offers, the few questions, what comes afterwards.

In: an evening and the words of its language; out: a plan whose steps ask, to be led as any other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from player.core.condition import Comparison, Condition, Logic, Value
from player.core.evening import (
    ALL,
    ANOTHER,
    AS_LAST,
    GOOD_NIGHT,
    GROUP,
    HOW,
    INTRODUCTION,
    KEEP,
    MINUTES,
    NEXT,
    OFFER,
    PLACES,
    QUIET,
    RESUME,
    SHORT,
    SORE,
    VOICE,
    WHERE,
    YES,
    AnsweredBy,
    Chapter,
    Evening,
    Offer,
)
from player.core.menu_words import Choices, Words
from player.core.plan import PATIENCE_S, Advance, Ask, Eyes, Plan, Step, Timed

TAKE_BACK_S = 60.0  # in which a "stop" can be taken back
_BRIEFLY: Mapping[str, Any] = {"patience_s": 15.0, "passes": True}  # nothing hangs on the answer
QUIET_S = 600.0
_LEAST_LEFT = 1.0  # minutes: a shorter form is offered from here on
OFFERED = (GOOD_NIGHT, QUIET, INTRODUCTION, VOICE, SHORT, ALL)  # whatever else is
_LENGTHS = (5, 10, 20)  # minutes that can be asked for
_QUIETS = ("60", "300")  # seconds of quiet


def menu(evening: Evening, words: Words, *, hour: int, by: AnsweredBy = AnsweredBy.VOICE) -> Plan:
    """Return the plan of what is led now, which is answered `by`. Raises `KeyError` for what is no menu."""
    steps = tuple(_steps(evening, words, hour, by))
    return Plan(
        evening.chapter.value, words.say(f"title_{evening.chapter}"), words.language.code, steps, framed=False
    )


def _steps(evening: Evening, words: Words, hour: int, by: AnsweredBy) -> Iterator[Step]:
    menus: Mapping[Chapter, Callable[[], Iterator[Step]]] = {
        Chapter.GREETING: lambda: _greeting(evening, words, hour),
        Chapter.INTRODUCTION: lambda: _introduction(words, by),
        Chapter.OFFER: lambda: _offers(evening, words),
        Chapter.QUESTIONS: lambda: _questions(evening, words),
        Chapter.STOPPED: lambda: _stopped(words, _TRIED.get(by, "") if evening.trying else ""),
        Chapter.AFTERWARDS: lambda: _afterwards(evening, words),
        Chapter.VOICE: lambda: _voice(words),
        Chapter.QUIET: lambda: _quiet(words),
        Chapter.GOOD_NIGHT: lambda: _good_night(words),
    }
    return menus[evening.chapter]()


def _told(name: str, label: str, say: str, *, when: Condition | None = None, secs: float = 0.5) -> Step:
    return Step(id=name, label=label, say=say, work=Timed(secs), settle_s=0.0, when=when)


def _asked(
    name: str,
    label: str,
    say: str,
    fact: str,
    choices: Choices,
    leads_out: Choices = (),
    **more: Any,
) -> Step:
    """Return a step that asks; `leads_out` are answers that end the plan."""
    again = more.pop("again", say)
    ask = Ask(
        fact=fact,
        choices=(*choices, *leads_out),
        patience_s=more.pop("patience_s", PATIENCE_S),
        echo=more.pop("echo", ""),
        ends=tuple(dict.fromkeys(value for _, value in leads_out)),
        passes=more.pop("passes", False),
    )
    step = Step(id=name, label=label, say=say, work=Timed(0.5), settle_s=0.0, advance=Advance.CHOOSE, ask=ask)
    return replace(step, say_again=again, **more)


def _greeting(evening: Evening, words: Words, hour: int) -> Iterator[Step]:
    """Yield the first word by itself: it is short, so it can be said before anything else is ready."""
    label, last = words.say("greeting_label"), evening.last
    hello = "hello_morning" if 4 <= hour < 11 else "hello_day" if hour < 17 else "hello_late"
    yield _told("hello", label, words.say(hello))
    if evening.interrupted:
        yield _told("cut-off", label, words.say("cut_off"))
    elif last.title:
        days = last.days_ago
        when = "today" if days == 0 else "yesterday" if days == 1 else "week" if days < 7 else "before"
        yield _told("last", label, words.say(f"last_{when}", title=last.title, weekday=last.weekday))


def _offers(evening: Evening, words: Words) -> Iterator[Step]:
    label = words.say("offer_label")
    named = words.choices(*OFFERED, *words.lengths, *_groups(evening, words))
    named += tuple((name, o.id) for o in evening.shelf if o.allowed for name in o.names)
    if evening.interrupted:
        say = words.say("offer_interrupted")
        yield _asked("go-on", label, say, OFFER, (("no", ""),), (("yes", RESUME), *named))
    key = "offer_among" if evening.among else "offer_first"
    for number, offer in enumerate(evening.offers):
        about = {"title": offer.title, "minutes": words.minutes(offer.minutes)}
        yield _asked(
            f"offer-{number + 1}",
            offer.title,
            words.say("offer_more" if number else key, **about),
            OFFER,
            (("no", ""),),
            (("yes", offer.id), *named),
            again=words.say("offer_once_more"),
            find=words.say("about", **about),
        )
    last = words.say("offer_all" if evening.offers else "offer_none")
    yield _asked("again", label, last, OFFER, (), (("yes", ALL), ("no", GOOD_NIGHT), *named))


def _groups(evening: Evening, words: Words) -> tuple[str, ...]:
    there = {f"{GROUP}{group}" for offer in evening.shelf if offer.allowed for group in offer.groups}
    return tuple(value for value in words.names if value in there)


def _questions(evening: Evening, words: Words) -> Iterator[Step]:
    offer = evening.offer(evening.chosen)
    if offer is None:
        return
    label, leave = words.say("ask_label"), words.choices(GOOD_NIGHT, ANOTHER)
    about = words.say("about", title=offer.title, minutes=words.minutes(offer.minutes))
    yield _told("chosen", offer.title, about)
    if evening.wishes:
        say = words.say("as_last", wishes=", ".join(_wishes(evening.wishes, words)))
        choices = (("yes", YES), *((name, YES) for name in words.names[AS_LAST]), ("no", ""))
        yield _asked("as-last", label, say, AS_LAST, choices, leave)
    for name, say, choices in _wished(offer, evening.wishes, words):
        yield _asked(name, label, say, name, choices, leave, when=Logic("not", (Value(AS_LAST),)))
    ready = (("yes", "ready"), ("resume", "ready"), *words.choices("ready"))
    again = words.say("ready_again")
    yield _asked("ready", words.say("ready_label"), words.say("ready"), NEXT, ready, leave, again=again)


def _wished(offer: Offer, last: Mapping[str, str], words: Words) -> Iterator[tuple[str, str, Choices]]:
    """Yield what can be chosen for a routine: its name, the question, what can be said."""
    there = tuple(one for one in offer.products if f"product:{one}" in words.names)
    if len(there) > 1:
        wanted = last.get("product", "")
        products = tuple(dict.fromkeys((wanted, *there) if wanted in there else there))
        spoken, said = words.of("product:", products)
        say = words.say("ask_product", products=words.one_of(spoken))
        yield "product", say, (("yes", products[0]), *said)
    shorter = tuple(str(n) for n in _LENGTHS if n <= offer.minutes - _LEAST_LEFT)
    if shorter:
        spoken, said = words.of(MINUTES, shorter)
        say = words.say("ask_minutes", minutes=words.minutes(offer.minutes), choices=words.one_of(spoken))
        yield "minutes", say, (("yes", ""), *((name, "") for name in words.names[ALL]), *said)
    if offer.quiet:
        _, said = words.of("quiet:", _QUIETS)
        yield "quiet", words.say("ask_quiet"), (("yes", _QUIETS[0]), *said)


def _wishes(wishes: Mapping[str, str], words: Words) -> Iterator[str]:
    """Yield what was wished, as it is spoken."""
    product = words.names.get(f"product:{wishes.get('product', '')}")
    said = (
        product and words.part("wish_product", product=product[0]),
        wishes.get("minutes") and words.part("wish_minutes", n=wishes["minutes"]),
        wishes.get("quiet") and words.part("wish_quiet", n=round(float(wishes["quiet"]) / 60)),
    )
    return (text for text in said if text)


def _stopped(words: Words, tried: str) -> Iterator[Step]:
    choices = (
        ("resume", RESUME),
        ("yes", RESUME),
        ("no", GOOD_NIGHT),
        *words.choices(ANOTHER, QUIET, GOOD_NIGHT),
    )
    label, say = words.say("take_back_label"), words.say(f"{tried}_stopped" if tried else "take_back")
    yield _asked("take-back", label, say, NEXT, (), choices, again="", patience_s=TAKE_BACK_S)


def _afterwards(evening: Evening, words: Words) -> Iterator[Step]:
    if evening.led:
        # "sore" is easily heard as "slower", which means nothing here; to be careful is the better mistake
        choices = (("yes", "good"), ("slower", SORE), *words.choices("good", "too-strong", SORE))
        say, again, leave = words.say("how"), words.say("how_again"), words.choices(GOOD_NIGHT)
        yield _asked(
            HOW, words.say("how_label"), say, HOW, choices, leave, again=again, care=True, **_BRIEFLY
        )
        yield _where(words)
        yield from (_because(value, key, words, when) for value, key, when in _MEANT)
    label, say = words.say("afterwards_label"), words.say("afterwards")
    choices = (("yes", ANOTHER), ("no", GOOD_NIGHT), *words.choices(ANOTHER, QUIET, GOOD_NIGHT))
    yield _asked("afterwards", label, say, NEXT, (), choices)


_PLACED = Value(WHERE)
_MEANT: tuple[tuple[str, str, tuple[Condition, ...]], ...] = (
    ("good", "how_good", ()),
    ("too-strong", "how_strong", ()),
    (SORE, "how_sore_there", (_PLACED,)),
    (SORE, "how_sore", (Logic("not", (_PLACED,)),)),
)


def _where(words: Words) -> Step:
    """Return the question where it is sore; what is not understood means everywhere."""
    spoken, said = words.of("sore:", PLACES)
    say, label = words.say("where", places=words.one_of(spoken)), words.say("how_label")
    everywhere = tuple((name, "") for name in words.names["everywhere"])
    choices, leave = (*said, *everywhere), words.choices(GOOD_NIGHT)
    return _asked(WHERE, label, say, WHERE, choices, leave, when=_how(SORE), care=True, **_BRIEFLY)


def _how(value: str) -> Condition:
    return Comparison(Value(HOW), "==", Value(fixed=value))


def _because(value: str, key: str, words: Words, also: tuple[Condition, ...]) -> Step:
    when = Logic("and", (_how(value), *also))
    return replace(_told(key.replace("_", "-"), words.say("how_label"), words.say(key), when=when), care=True)


def _voice(words: Words) -> Iterator[Step]:
    """Yield the question that is asked in another voice: it is its own sample."""
    choices = (("yes", KEEP), ("no", ""), ("next", VOICE), *words.choices(VOICE, GOOD_NIGHT))
    yield _asked("voice", words.say("voice_label"), words.say("voice"), NEXT, (), choices)


def _quiet(words: Words) -> Iterator[Step]:
    yield Step(
        id="quiet",
        label=words.say("quiet_label"),
        say=words.say("quiet"),
        work=Timed(QUIET_S),
        eyes=Eyes.CLOSED,
    )


def _good_night(words: Words) -> Iterator[Step]:
    yield _told("good-night", words.say("good_night_label"), words.say("good_night"))


# How what is tried is told; by keys "continue" is not tried: the space bar goes on after a pause.
_TRIED: Mapping[AnsweredBy, str] = {AnsweredBy.VOICE: "try", AnsweredBy.KEYS: "press"}


def _introduction(words: Words, by: AnsweredBy) -> Iterator[Step]:
    label, tried = words.say("try_label"), _TRIED.get(by, "")
    yield _told("hello", words.say("intro_label"), words.say("hello_first"))
    how = words.say(tried or "unheard")
    yield _told("welcome", words.say("intro_label"), f"{words.say('intro')} {how}")
    if not tried:
        return
    leave, again, echo = (
        words.choices(GOOD_NIGHT),
        words.say(f"{tried}_once_more"),
        words.say(f"{tried}_heard"),
    )
    for name in (
        ("pause", "resume", "again", "next") if by is AnsweredBy.VOICE else ("pause", "again", "next")
    ):
        choices = (("repeat" if name == "again" else name, name),)
        say = words.say(f"{tried}_{name}")
        yield _asked(
            f"try-{name}", label, say, f"try-{name}", choices, leave, again=again, echo=echo, **_BRIEFLY
        )
    stop = words.say(f"{tried}_stop")
    yield _asked("try-stop", label, stop, "try-stop", (("yes", ""),), leave, again="", **_BRIEFLY)
