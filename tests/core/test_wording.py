"""Wording: everything the engine can say has its sentence, and no sentence can be taken for a command."""

import ast
import re
import string
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

import player.core
from player.core.commands import Command
from player.core.engine import handle
from player.core.events import Alarmed, Device, Event, Found, Heard, Lost, Performed, Started, Unclear
from player.core.orders import Order, Perform, Phrase
from player.core.orientation import duration, where
from player.core.place import Part, Place
from player.core.plan import Advance, Eyes, Plan, Trait, hands_off
from player.core.session import Session
from player.core.states import Asking, Choosing, Closing, Ending, Paused, Playing, Waiting
from player.core.transitions import begin
from player.core.wording import PLURALS, Language
from player.files import languages
from player.files.paths import languages as folder
from tests.core.histories import ANSWERED, PLAN

CODES = sorted(path.stem for path in folder().glob("??.yaml"))
REMINDERS = {"remind_next", "will_wait"}  # the stage puts these into the score of a waiting step
_ENDS = next(i for i, step in enumerate(PLAN.steps) if step.ends)
_MASK = next(i for i, step in enumerate(PLAN.steps) if step.trait is Trait.MASK)
NAME_COMMANDS = {"can_say", "can_stop", "say_stop", "say_next", "remind_next", "signs", "offer_short"}

# No promise of any effect (domain: claims); stems, in English.
CLAIMS = re.compile(
    r"\b(heal|cur(e|es|ing)\b|treat|detox|toxin|wrinkle|collagen|rejuven|young|youth|anti-?ag|slim|immun|lymph|"
    r"qi\b|meridian|energy|circulation|blood|pain|disease|guarantee|improve|effective|beaut|tighten|lifting|relie)",
    re.IGNORECASE,
)


@pytest.fixture(params=CODES)
def language(request: pytest.FixtureRequest) -> Language:
    return languages.load(request.param)


def texts(language: Language, key: str) -> list[str]:
    template = language.sentences[key]
    return list(template.values()) if isinstance(template, Mapping) else [template]


def keys_in_source() -> set[str]:
    """Every key that `Phrase(...)` and `duration(...)` are called with in the core."""
    found: set[str] = set()
    for path in Path(player.core.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            first = node.args[0]
            keys = [one.value for one in ast.walk(first) if isinstance(one, ast.Constant)]
            if node.func.id == "duration":
                found |= {f"{key}_{unit}" for key in keys for unit in ("seconds", "minutes")}
            elif node.func.id == "Phrase" and isinstance(first, ast.JoinedStr):
                found |= {f"{key}{device}" for key in keys for device in Device if str(key).endswith("t_")}
                found |= {f"{key}{device}" for key in keys for device in Device if str(key).endswith("d_")}
            elif node.func.id == "Phrase" and isinstance(first, ast.Constant | ast.IfExp):
                found |= {str(key) for key in keys if not isinstance(key, int)}
    return found | {"at_stroke", "at_stroke_left", "at_stroke_right"}


@cache
def emitted() -> tuple[Phrase, ...]:
    """Phrases as the engine really emits them: every event in every state at every part of every step."""
    phrases = [*starts()]
    for index, part, stroke in product(range(len(PLAN.steps)), Part, range(2)):
        place = Place(index, part, 0, stroke)
        phrases += where(PLAN, place)
        for state in (Playing(place), Paused(place), Waiting(place), Asking(place), Closing(Ending.STOPPED)):
            session = replace(ANSWERED, state=state, runs=(index, index, _MASK))
            over = Performed(session.number)
            phrases += preface(*handle(PLAN, session, over)[1])
            unclear = handle(PLAN, session, Unclear())[0]
            phrases += preface(*handle(PLAN, unclear, over)[1])
            events: list[Event] = [Alarmed(place), *(Lost(d, place) for d in Device)]
            events += [Heard(command, place) for command in Command]
            for event in events:
                after, orders = handle(PLAN, session, event)
                phrases += preface(*orders)
                phrases += preface(*handle(PLAN, after, Heard(Command.UNDO, place))[1])
            lost = replace(session, warned=frozenset(Device))
            phrases += [p for d in Device for p in preface(*handle(PLAN, lost, Found(d, place))[1])]
    chosen = Place(next(i for i, one in enumerate(PLAN.steps) if one.advance is Advance.CHOOSE))
    choosing = Session(Choosing(chosen, (("jaw", "jaw"),)))
    phrases += preface(*handle(PLAN, choosing, Heard(Command.HELP, chosen))[1])
    ends = Session(Playing(Place(_ENDS)))
    phrases += preface(*handle(PLAN, ends, Performed(0))[1])
    phrases += [duration(prefix, s) for prefix in ("left", "left_in_all") for s in (1, 20, 70, 700)]
    return tuple(dict.fromkeys(phrases))


def starts() -> list[Phrase]:
    cut = replace(PLAN, left_out_labels=tuple("abcde"))
    plans = (
        PLAN,
        cut,
        replace(PLAN, known_well=True),
        hands_off(PLAN),
        Plan("short", "Short", "en", PLAN.steps[8:9]),
    )
    steps = (replace(PLAN.steps[-1], place_ids=("LI20",), eyes=eyes) for eyes in (Eyes.OPEN, Eyes.CLOSED))
    hands = tuple(Plan("hands", "Hands", "en", (step,)) for step in steps)
    offer = handle(PLAN, Session(), Started(Place(0), offered=True))[1]
    whole = [
        order
        for plan in (*plans, *hands, hands_off(hands[0]))
        for order in handle(plan, Session(), Started())[1]
    ]
    ends = [order for plan in hands for order in begin(plan, Session(), len(plan.steps))[1]]
    changed = handle(PLAN, ANSWERED, Started(Place(2), changed=True))[1]
    return preface(*whole, *offer, *ends, *changed)


def preface(*orders: Order) -> list[Phrase]:
    return [
        phrase
        for order in orders
        if isinstance(order, Perform)
        for phrase in order.preface
        if isinstance(phrase, Phrase)
    ]


def test_every_key_in_the_source_is_emitted_here_and_nothing_else() -> None:
    # Nobody could hear that the loudspeaker is lost.
    assert {phrase.key for phrase in emitted()} == keys_in_source() - {"lost_loudspeaker"} | {"said"}


def test_every_sentence_is_in_the_language_and_none_is_idle(language: Language) -> None:
    assert set(language.sentences) == (keys_in_source() - {"said"}) | REMINDERS


def test_every_phrase_fills_its_sentence(language: Language) -> None:
    for phrase in emitted():
        said = language.say(phrase)
        assert said
        assert "{" not in said
        assert said[0] == said[0].upper()


def test_every_form_of_a_sentence_asks_only_for_what_the_engine_gives(language: Language) -> None:
    given_ = {phrase.key: {name for name, _ in phrase.values} for phrase in emitted()}
    for key in language.sentences:
        for text in texts(language, key):
            fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            assert fields <= given_.get(key, set()), key


def test_forms_are_those_of_the_language(language: Language) -> None:
    forms = {PLURALS[language.plural](n) for n in range(200)}
    for key, template in language.sentences.items():
        if isinstance(template, Mapping):
            assert set(template) == forms, key


def test_no_sentence_holds_a_command_phrase(language: Language) -> None:
    phrases = [phrase for spoken in language.phrases.values() for phrase in spoken]
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, phrases)) + r")\b", re.IGNORECASE)
    for key in language.sentences.keys() - NAME_COMMANDS:
        for text in texts(language, key):
            assert not pattern.search(text), (key, text)


def test_no_sentence_claims_anything() -> None:
    assert CLAIMS.search("It heals and is relieving.")
    english = languages.load("en")
    for key in english.sentences:
        for text in texts(english, key):
            assert not CLAIMS.search(text), (key, text)


def test_sentences_are_short_and_end(language: Language) -> None:
    for key in language.sentences:
        for text in texts(language, key):
            assert len(text.split()) <= 20, key
            assert text[-1] in ".?!", key


def test_stop_says_exactly_what_a_listener_must_know() -> None:
    said = languages.load("en").sentence("stopped")
    assert said == "Take your hands away. Open your eyes when you are ready."


# --- commands -----------------------------------------------------------------------------------------


def test_every_command_has_phrases_and_no_phrase_means_two(language: Language) -> None:
    spoken = [phrase for command in Command for phrase in language.phrases[command]]
    assert all(language.phrases[command] for command in Command if command is not Command.NAME)
    assert len(spoken) == len(set(spoken))


def test_the_phrases_that_were_promised() -> None:
    english = languages.load("en")
    promised = {
        "repeat": Command.REPEAT,
        "again": Command.REPEAT,
        "resume": Command.RESUME,
        "continue": Command.RESUME,
        "go on": Command.RESUME,
        "previous": Command.PREVIOUS,
        "how long": Command.HOW_LONG,
        "stop": Command.STOP,
    }
    assert {phrase: english.command(phrase) for phrase in promised} == promised
    assert english.command("back") is None  # it is anatomy here
    assert english.command("") is None


def test_help_names_commands_by_their_first_phrase(language: Language) -> None:
    said = language.say(Phrase("can_say", (("commands", "how_long,next"),)))
    for command in (Command.HOW_LONG, Command.NEXT):
        assert language.name(command) in said


# --- plurals and capitals -----------------------------------------------------------------------------


def tiny(plural: str, **sentences: str | Mapping[str, str]) -> Language:
    return Language(code="xx", plural=plural, sentences=sentences, phrases={}, screen={}, routine={})


@pytest.mark.parametrize(
    ("plural", "forms"),
    [
        ("none", {1: "other", 2: "other"}),
        ("one-other", {0: "other", 1: "one", 2: "other", 21: "other"}),
        (
            "one-few-many",
            {
                1: "one",
                2: "few",
                4: "few",
                5: "many",
                11: "many",
                12: "many",
                21: "one",
                22: "few",
                112: "many",
            },
        ),
    ],
)
def test_plurals(plural: str, forms: dict[int, str]) -> None:
    assert {n: PLURALS[plural](n) for n in forms} == forms
    every = {form: f"{form} {{n}}." for form in ("one", "few", "many", "other")}
    language = tiny(plural, left=every)
    for n, form in forms.items():
        assert language.say(Phrase("left", (("n", n),))) == f"{form.capitalize()} {n}."


def test_a_sentence_begins_with_a_capital_and_the_routines_own_text_is_left_alone() -> None:
    language = tiny("none", at="{place}.")
    assert language.say(Phrase("at", (("place", "left temple"),))) == "Left temple."
    assert language.say(Phrase("said", (("text", "iOS {x}"),))) == "iOS {x}"


def test_without_a_keyboard_no_sentence_speaks_of_keys(language: Language) -> None:
    assert language.keyless.keys() <= language.sentences.keys()
    without = language.without_keys()
    assert not [key for key in without.sentences for text in texts(without, key) if "key" in text.split()]
    assert not [key for key in without.sentences for text in texts(without, key) if " keys" in text]
